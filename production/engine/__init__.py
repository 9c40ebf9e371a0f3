"""Pure rules of the shop floor."""
