"""Machines that stand and people who are away."""
