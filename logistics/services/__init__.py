"""Writes of the logistics stage."""

from logistics.services.packing import PackageInput, pack, prepare_deliveries, withdraw_jobs
from logistics.services.returning import take_back
from logistics.services.shipping import deliver, ship

__all__ = ["PackageInput", "deliver", "pack", "prepare_deliveries", "ship", "take_back", "withdraw_jobs"]
