"""Remedies: looked for, taken, measured."""
