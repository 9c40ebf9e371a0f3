"""What-ifs: compared, and what stands in the way of adopting one."""
