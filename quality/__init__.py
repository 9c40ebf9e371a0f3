"""Inspections, recorded values, nonconformances."""
