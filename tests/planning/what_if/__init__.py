"""What-ifs: made, planned beside the plan in force, compared, adopted and dropped."""
