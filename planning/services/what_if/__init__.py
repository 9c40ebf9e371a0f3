"""What-ifs: made, planned, adopted."""
