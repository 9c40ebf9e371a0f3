"""Work centres, calendars, the finite-capacity schedule, requirements."""
