"""Packing, shipments, delivery."""
