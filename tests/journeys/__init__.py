"""Stories of whole orders, end to end: real workers, a real sweeper, a real browser, the customer's API."""
