"""How the parts of a model go into each other: checked and levelled as the explosion at scale sees it."""

import numpy as np

from kernel.errors import Refused
from orders.engine.model import BomRow, Fault, ModelRefused, ProductModel
from orders.engine.structure import NORMAL, OPEN, Lines, Parts, build


def assembly_faults(model: ProductModel) -> list[Fault]:
    """The first thing wrong with how parts go into each other: an unknown part, a loop, the 65th level.

    Units, scrap and constant quantities are checked with them.
    """
    try:
        downwards(model)
    except ModelRefused as refusal:
        return refusal.faults
    return []


def downwards(model: ProductModel) -> list[int]:
    """The find numbers of the BOM, each after all lines of whatever its assembly goes into.

    ModelRefused with what `assembly_faults` says. One pass in this order sees the whole need of an assembly
    before the first of its lines.
    """
    if not model.bom:
        return []
    numbers = sorted({row.item for row in model.bom} | {row.assembly for row in model.bom if row.assembly})
    ids = {number: place for place, number in enumerate(numbers, start=1)}
    try:
        structure = build(
            _lines(model.bom, ids), _parts(model.bom, ids), lambda found: [numbers[i - 1] for i in found]
        )
    except Refused as refusal:
        row, _, message = refusal.message.partition(": ")
        fault = Fault(row, refusal.field, message[:1].upper() + message[1:], refusal.remedy)
        raise ModelRefused([fault], model.code) from None
    return [int(number) for number in structure.number]


def _lines(bom: tuple[BomRow, ...], ids: dict[str, int]) -> Lines:
    count = len(bom)
    quantities = tuple(dict.fromkeys(row.quantity for row in bom))
    places = {text: place for place, text in enumerate(quantities)}
    return Lines(
        number=np.array([row.find_number for row in bom], dtype=np.int64),
        assembly=np.array([ids.get(row.assembly, 0) for row in bom], dtype=np.int64),
        item=np.array([ids[row.item] for row in bom], dtype=np.int64),
        condition=np.zeros(count, dtype=np.int64),
        quantity=np.array([places[row.quantity] for row in bom], dtype=np.int64),
        scrap=np.array([float(row.scrap_percent) for row in bom]),
        kind=np.full(count, NORMAL, dtype=np.int8),
        windows=np.full((4, count), OPEN, dtype=np.int64),
        conditions=("",),
        quantities=quantities,
    )


def _parts(bom: tuple[BomRow, ...], ids: dict[str, int]) -> Parts:
    units = {row.item: row.unit for row in bom}
    known = tuple(dict.fromkeys(units.values()))
    places = {code: place for place, code in enumerate(known)}
    return Parts(
        id=np.array([ids[item] for item in units], dtype=np.int64),
        unit=np.array([places[code] for code in units.values()], dtype=np.int64),
        cost=np.zeros(len(units)),
        units=known,
    )
