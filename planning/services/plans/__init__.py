"""Making plans: new jobs, replans, repairs, and storing them."""
