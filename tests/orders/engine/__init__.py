"""The engines of orders."""
