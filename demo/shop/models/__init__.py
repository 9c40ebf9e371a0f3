"""The product models of the demo, each one file as the product engineers export it."""

from pathlib import Path

import yaml

from orders.engine import ProductModel
from orders.engine.document import from_document

FAMILIES = (
    ("NB-W7", "A workstation built to order: chassis, processor, memory, graphics, disks, burn-in."),
    ("HW-INT", "The interior of a coach-built car by Hartwell & Sons: hides, veneer, embroidery, starlight."),
    ("AC-G4", "A galley monument by Aerocab: trolleys, inserts, water, power, decor per airline."),
)


def load(code: str) -> ProductModel:
    """The model of a product by its code."""
    text = (Path(__file__).parent / f"{code.lower()}.yaml").read_text()
    return from_document(yaml.safe_load(text))
