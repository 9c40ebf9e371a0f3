"""Inputs of the orders pages."""
