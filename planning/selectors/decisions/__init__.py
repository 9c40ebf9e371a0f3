"""Jobs in danger, and what can be done about each."""
