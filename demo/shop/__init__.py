"""Northbyte Systems, a fictional maker of workstations, as plain data."""
