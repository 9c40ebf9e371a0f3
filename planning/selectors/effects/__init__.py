"""What changes would do to every job."""
