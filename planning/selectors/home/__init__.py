"""The planner's home and its figures."""
