"""The shop: machines, calendars, people, tools, and what they offer."""
