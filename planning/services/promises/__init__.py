"""Dates that are held for quotations."""
