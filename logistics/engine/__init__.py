"""Pure parts of logistics: papers."""

from logistics.engine.papers import delivery_note

__all__ = ["delivery_note"]
