"""Stories and pages in a real browser."""
