"""A compiled model as bytes: arrays and JSON in one compressed archive, nothing that runs when read."""

import json
from dataclasses import asdict
from io import BytesIO
from typing import Any, Final, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from orders.engine.logic.circuit import Circuit
from orders.engine.logic.cnf import Cnf
from orders.engine.logic.frame import Frame
from orders.engine.logic.reduction import Forest
from orders.engine.logic.tree import (
    And,
    Budget,
    FeatureTree,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Rule,
    Table,
    Var,
)

VERSION: Final = 1
Made = TypeVar("Made", Circuit, Cnf, Forest)
Arrays = dict[str, NDArray[Any]]


def pack(frame: Frame, circuit: Circuit | None, note: str) -> bytes:
    """Everything a solver needs."""
    tree = frame.tree
    words = {
        "version": VERSION,
        "note": note,
        "names": tree.names,
        "rules": [[rule.number, _listed(rule.formula), rule.label] for rule in tree.rules],
        "tables": [[table.number, table.columns, table.allowed, table.label] for table in tree.tables],
        "budgets": [asdict(budget) for budget in tree.budgets],
        "variables": [frame.cnf.variables, circuit.variables if circuit else None],
    }
    arrays: Arrays = {"words": np.frombuffer(json.dumps(words).encode(), np.uint8)}
    for name in ("parent", "mandatory", "group", "low", "high", "hidden"):
        arrays[f"tree.{name}"] = getattr(tree, name)
    for place, table in enumerate(tree.tables):
        arrays[f"table.{place}"] = table.rows
    for prefix, part in (("forest", frame.forest), ("cnf", frame.cnf), ("circuit", circuit)):
        if part is not None:
            arrays |= {f"{prefix}.{name}": getattr(part, name) for name in _array_fields(type(part))}
    buffer = BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(data: bytes) -> tuple[Frame, Circuit | None, str]:
    """What `pack` was given; ValueError where the bytes are something else or of another version."""
    try:
        with np.load(BytesIO(data), allow_pickle=False) as archive:
            arrays: Arrays = dict(archive.items())
        words = json.loads(arrays["words"].tobytes())
    except (BadZipFile, KeyError, OSError, EOFError, ValueError) as error:
        raise ValueError("this is no compiled model") from error
    if words["version"] != VERSION:
        raise ValueError(f"compiled by version {words['version']}, not {VERSION}: compile the model again")
    cnf_variables, circuit_variables = words["variables"]
    frame = Frame(
        _tree(words, arrays), _made(Forest, "forest", arrays), _made(Cnf, "cnf", arrays, cnf_variables)
    )
    circuit = None if circuit_variables is None else _made(Circuit, "circuit", arrays, circuit_variables)
    return frame, circuit, words["note"]


def _array_fields(kind: type[Any]) -> list[str]:
    return [name for name in kind.__annotations__ if name != "variables"]


def _made(kind: type[Made], prefix: str, arrays: Arrays, variables: int | None = None) -> Made:
    values: dict[str, Any] = {name: arrays[f"{prefix}.{name}"] for name in _array_fields(kind)}
    if variables is not None:
        values["variables"] = variables
    return kind(**values)


def _tree(words: dict[str, Any], arrays: Arrays) -> FeatureTree:
    parts = {
        name: arrays[f"tree.{name}"] for name in ("parent", "mandatory", "group", "low", "high", "hidden")
    }
    return FeatureTree(
        names=tuple(words["names"]),
        rules=tuple(Rule(number, _formula(listed), label) for number, listed, label in words["rules"]),
        tables=tuple(
            Table(number, tuple(map(tuple, columns)), arrays[f"table.{place}"], allowed, label)
            for place, (number, columns, allowed, label) in enumerate(words["tables"])
        ),
        budgets=tuple(
            Budget(**{**row, "features": tuple(row["features"]), "weights": tuple(row["weights"])})
            for row in words["budgets"]
        ),
        **parts,
    )


def _listed(formula: Formula) -> Any:
    """A formula as JSON: a number for a feature, else a list with its operator first."""
    match formula:
        case Var(feature):
            return feature
        case Not(part):
            return ["!", _listed(part)]
        case And(parts):
            return ["&", *map(_listed, parts)]
        case Or(parts):
            return ["|", *map(_listed, parts)]
        case Implies(left, right):
            return [">", _listed(left), _listed(right)]
        case Iff(left, right):
            return ["=", _listed(left), _listed(right)]


def _formula(listed: Any) -> Formula:
    """The contrary of `_listed`."""
    if isinstance(listed, int):
        return Var(listed)
    operator, *rest = listed
    parts = tuple(map(_formula, rest))
    match operator:
        case "!":
            return Not(*parts)
        case "&":
            return And(parts)
        case "|":
            return Or(parts)
        case ">":
            return Implies(*parts)
    return Iff(*parts)
