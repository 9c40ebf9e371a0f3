"""Commands of the orders stage."""
