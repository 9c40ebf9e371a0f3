"""Faults: what a shop's machines do to it, and that no order is lost by it."""
