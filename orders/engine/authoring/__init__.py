"""What product engineers do to a model: change it row by row, with formulas judged and completed.

document, key = added(document, "rules", to_document(row))
judge(scope, "rules", "then", "CPU = C3X").hint
level(document, "CHASSIS").leaves
"""

from orders.engine.authoring.formulas import (
    FORMULAS,
    Judgement,
    Suggestion,
    judge,
    reads,
    renamed,
    renamed_everywhere,
    renamed_row,
    scope_for,
    suggest,
)
from orders.engine.authoring.places import Place, place_of
from orders.engine.authoring.rows import (
    BETWEEN,
    BOM,
    CLASSES,
    HEAD,
    HEAD_FIELDS,
    NAMED_BY,
    TREE,
    added,
    changed,
    hung,
    keys_of,
    moved,
    removed,
    row_at,
    rows_at,
)
from orders.engine.authoring.tree import Leaf, Level, level, path_of, search, trail, walk

__all__ = [
    "BETWEEN",
    "BOM",
    "CLASSES",
    "FORMULAS",
    "HEAD",
    "HEAD_FIELDS",
    "NAMED_BY",
    "TREE",
    "Judgement",
    "Leaf",
    "Level",
    "Place",
    "Suggestion",
    "added",
    "changed",
    "hung",
    "judge",
    "keys_of",
    "level",
    "moved",
    "path_of",
    "place_of",
    "reads",
    "removed",
    "renamed",
    "renamed_everywhere",
    "renamed_row",
    "row_at",
    "rows_at",
    "scope_for",
    "search",
    "suggest",
    "trail",
    "walk",
]
