"""Tests of the root: settings, services, commands."""
