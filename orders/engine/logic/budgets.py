"""Sums of weights with a limit as decision diagrams; each node is a determined variable."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final, Protocol

from kernel.errors import Refused
from orders.engine.logic.tree import Budget, FeatureTree, Group

MOST_NODES: Final = 100_000
MOST_LAYERS: Final = 600
FOREVER: Final = 1 << 62
YES: Final = "yes"
NO: Final = "no"


class Helpers(Protocol):
    """Where helper variables and their definitions go."""

    def new_variable(self) -> int:
        """A variable that was not there yet."""

    def define(self, *clauses: tuple[int, ...]) -> None:
        """Clauses that determine it."""


@dataclass
class Layer:
    """Options of which at most one is true, with their weights; none of them weighs nothing."""

    options: tuple[tuple[int, int], ...]


def layers_of(tree: FeatureTree, budget: Budget) -> list[Layer]:
    """The budget's features, children of one alternative group together, heaviest first."""
    together: dict[int, list[tuple[int, int]]] = {}
    for feature, weight in zip(budget.features, budget.weights, strict=True):
        parent = int(tree.parent[feature])
        exclusive = parent >= 0 and tree.high[parent] == 1 and tree.group[parent] != Group.AND
        if weight:
            together.setdefault(parent if exclusive else -feature - 2, []).append((feature, weight))
    layers = [Layer(tuple(options)) for options in together.values()]
    return sorted(layers, key=lambda layer: -max(abs(weight) for _, weight in layer.options))


Node = tuple[int | str, int, int]
"""A literal, YES or NO, and the smallest and largest room left for which it answers the same."""


@dataclass
class _Diagram:
    """Nodes by layer and interval of room left (Abío, Nieuwenhuis, Oliveras, Rodríguez-Carbonell 2012)."""

    made: Helpers
    layers: list[Layer]
    most: list[int]
    nodes: list[list[tuple[int, int, int | str]]] = field(default_factory=list)
    size: int = 0

    def node(self, level: int, room: int) -> Node:
        """Whether the layers from `level` on fit into `room`."""
        if room < 0:
            return NO, -FOREVER, -1
        if room >= self.most[level]:
            return YES, self.most[level], FOREVER
        known = self.nodes[level]
        place = bisect_right(known, (room, FOREVER, NO)) - 1
        if place >= 0 and known[place][0] <= room <= known[place][1]:
            low, high, literal = known[place]
            return literal, low, high
        options = self.layers[level].options
        below = {
            weight: self.node(level + 1, room - weight) for weight in {0, *(weight for _, weight in options)}
        }
        low = max(least + weight for weight, (_, least, _) in below.items())
        high = min(most + weight for weight, (_, _, most) in below.items())
        answers = {answer for answer, _, _ in below.values()}
        literal = answers.pop() if len(answers) == 1 else self.define(options, below)
        known.insert(place + 1, (low, high, literal))
        return literal, low, high

    def define(self, options: tuple[tuple[int, int], ...], below: dict[int, Node]) -> int:
        """A variable that answers as the node below the option taken does."""
        self.size += 1
        if self.size > MOST_NODES:
            raise Refused("A budget has too many different sums.", remedy="Round its weights.")
        variable = self.made.new_variable()
        none = tuple(literal for literal, _ in options)
        for taken, weight in [*(((-literal,), weight) for literal, weight in options), (none, 0)]:
            answer = below[weight][0]
            if not isinstance(answer, int):
                self.made.define((*taken, variable if answer == YES else -variable))
                continue
            self.made.define((*taken, -variable, answer), (*taken, variable, -answer))
        return variable


def limited(made: Helpers, layers: list[Layer], limit: int) -> int:
    """A literal that is true exactly where the weights of the true options add up to at most `limit`."""
    if len(layers) > MOST_LAYERS:
        raise Refused(f"A budget sums more than {MOST_LAYERS} independent options.", remedy="Split it.")
    positive: list[Layer] = []
    for layer in layers:
        least = min(0, *(weight for _, weight in layer.options))
        limit -= least
        positive.append(layer if not least else _shifted(made, layer, -least))
    most = [0]
    for layer in reversed(positive):
        most.append(most[-1] + max(weight for _, weight in layer.options))
    diagram = _Diagram(made, positive, most[::-1], [[] for _ in positive])
    literal, _, _ = diagram.node(0, limit)
    if isinstance(literal, int):
        return literal
    variable = made.new_variable()
    made.define((variable if literal == YES else -variable,))
    return variable


def _shifted(made: Helpers, layer: Layer, by: int) -> Layer:
    """Weights without negative ones: taking no option becomes one with a weight."""
    if len(layer.options) == 1:
        literal, weight = layer.options[0]
        return Layer(((-literal, -weight),)) if weight == -by else layer
    none = made.new_variable()
    literals = [literal for literal, _ in layer.options]
    made.define((none, *literals), *((-none, -literal) for literal in literals))
    options = [(literal, weight + by) for literal, weight in layer.options]
    return Layer((*((literal, weight) for literal, weight in options if weight), (none, by)))
