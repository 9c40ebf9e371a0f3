"""Explosion at scale: a 150 % BOM in arrays, requirements and cost of one configuration in milliseconds.

structure = build(lines, parts, names)                # once per revision
formulas = check_formulas(structure, scope)
holds, amounts = formulas.holds(values), formulas.amounts(values)
answer(structure, holds, 3, structure.costs(parts), amounts=amounts).need
"""

from orders.engine.structure.answering import (
    Answer,
    answer,
    changed,
    exact,
    explode,
    money,
    roll_up,
    storable,
    weigh,
)
from orders.engine.structure.building import build
from orders.engine.structure.formulas import Formulas, check_formulas
from orders.engine.structure.reading import NUMBER, TEXT, Columns, read_columns
from orders.engine.structure.tables import (
    DEEPEST,
    EPOCH,
    NORMAL,
    OPEN,
    PHANTOM,
    PRODUCT,
    SUPPLIED,
    FloatArray,
    Lines,
    Parts,
    Structure,
)
from orders.engine.structure.warming import warm_up

__all__ = [
    "DEEPEST",
    "EPOCH",
    "NORMAL",
    "NUMBER",
    "OPEN",
    "PHANTOM",
    "PRODUCT",
    "SUPPLIED",
    "TEXT",
    "Answer",
    "Columns",
    "FloatArray",
    "Formulas",
    "Lines",
    "Parts",
    "Structure",
    "answer",
    "build",
    "changed",
    "check_formulas",
    "exact",
    "explode",
    "money",
    "read_columns",
    "roll_up",
    "storable",
    "warm_up",
    "weigh",
]
