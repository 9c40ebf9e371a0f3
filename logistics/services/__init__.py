"""Writes of the logistics stage."""

from logistics.services.packing import (
    PackageInput,
    Packing,
    pack,
    pack_all,
    prepare_deliveries,
    withdraw_jobs,
)
from logistics.services.returning import take_back
from logistics.services.shipping import Pickup, Proof, deliver, deliver_all, ship, ship_all

__all__ = [
    "PackageInput",
    "Packing",
    "Pickup",
    "Proof",
    "deliver",
    "deliver_all",
    "pack",
    "pack_all",
    "prepare_deliveries",
    "ship",
    "ship_all",
    "take_back",
    "withdraw_jobs",
]
