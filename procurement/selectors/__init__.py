"""Reads of the procurement stage."""
