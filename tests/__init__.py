"""Tests mirror the code room by room, on real services."""
