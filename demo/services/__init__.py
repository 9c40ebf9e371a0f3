"""Writes of the demo: the shop's master data, its orders, and the people who play it."""

from demo.services.history import load_demo
from demo.services.simulation import Simulation

__all__ = ["Simulation", "load_demo"]
