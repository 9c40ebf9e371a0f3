"""Reading XCSP 2.1: a root per variable with one alternative per value, a table per constraint."""

from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from kernel.errors import Refused
from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.syntax import refused, unknown
from orders.engine.logic.tree import FeatureTree, Group

IGNORED: Final = {"instance", "presentation", "domains", "variables", "relations", "constraints"}
KNOWN: Final = {"domain", "variable", "relation", "constraint"}


@dataclass
class Element:
    """An XML element with its place in the file."""

    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    text: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Relation:
    """Tuples of values, supported or in conflict."""

    tuples: NDArray[np.int64]
    allowed: bool


def read_xcsp(text: str, file: str = "model.xml") -> FeatureTree:
    """The instance as a tree; feature `v=3` is value 3 of variable v. Refused with line and column."""
    return _Reader(file).read(_elements(text, file))


def _elements(text: str, file: str) -> list[Element]:
    """The elements in the order of the file; document types and entities are refused."""
    parser = expat.ParserCreate()
    found: list[Element] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        found.append(Element(tag, attributes, *place))

    def data(part: str) -> None:
        if found:
            found[-1].text.append(part)

    def doctype(*_: object) -> None:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise refused(file, line, column, "a document type is not expected.", "Remove “<!DOCTYPE …>”.")

    parser.StartElementHandler, parser.CharacterDataHandler = start, data
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise refused(file, error.lineno, error.offset + 1, f"{expat.ErrorString(error.code)}.") from error
    return found


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.builder = TreeBuilder()
        self.domains: dict[str, NDArray[np.int64]] = {}
        self.values: dict[str, NDArray[np.int64]] = {}
        self.first: dict[str, int] = {}
        self.names: set[str] = set()
        self.relations: dict[str, Relation] = {}

    def read(self, elements: list[Element]) -> FeatureTree:
        readers = {
            "domain": self.read_domain,
            "variable": self.read_variable,
            "relation": self.read_relation,
            "constraint": self.read_constraint,
        }
        for element in elements:
            if element.tag in readers:
                readers[element.tag](element)
            elif element.tag not in IGNORED:
                self.wrong(element, f"“{element.tag}” cannot be read.", "Only tables of tuples can be.")
        if not self.values:
            raise refused(self.file, 1, 1, "there is no variable.")
        return self.builder.build()

    def wrong(self, element: Element, problem: str, remedy: str = "") -> NoReturn:
        raise refused(self.file, element.line, element.column, problem, remedy)

    def attribute(self, element: Element, name: str) -> str:
        if name not in element.attributes:
            self.wrong(element, f"“{element.tag}” has no “{name}”.")
        return element.attributes[name]

    def missing(self, element: Element, name: str, known: object, kind: str) -> Refused:
        names = list(known) if isinstance(known, dict) else []
        return unknown(self.file, element.line, element.column, name, names, kind)

    def numbers(self, element: Element, text: str) -> list[int]:
        """Numbers and ranges such as 0..5."""
        found: list[int] = []
        for word in text.split():
            first, dots, last = word.partition("..")
            try:
                found += range(int(first), int(last) + 1) if dots else [int(first)]
            except ValueError:
                self.wrong(element, f"“{word}” is no number.")
        return found

    def read_domain(self, element: Element) -> None:
        values = self.numbers(element, "".join(element.text))
        if not values:
            self.wrong(element, "the domain has no value.")
        self.domains[self.attribute(element, "name")] = np.array(sorted(set(values)), np.int64)

    def read_variable(self, element: Element) -> None:
        name, domain = self.attribute(element, "name"), self.attribute(element, "domain")
        if domain not in self.domains:
            raise self.missing(element, domain, self.domains, "domain")
        if name in self.values:
            self.wrong(element, f"variable “{name}” is there already.")
        self.values[name] = self.domains[domain]
        root = self.builder.feature(name, mandatory=True)
        self.builder.combine(root, Group.ALTERNATIVE)
        self.first[name] = root + 1
        values = [f"{name}={value}" for value in self.values[name].tolist()]
        if taken := self.names.intersection((name, *values)):
            self.wrong(element, f"“{taken.pop()}” is the name of a variable and of a value.")
        self.names.update((name, *values))
        for value in values:
            self.builder.feature(value, root)

    def read_relation(self, element: Element) -> None:
        name, arity = self.attribute(element, "name"), self.attribute(element, "arity")
        semantics = self.attribute(element, "semantics")
        if not arity.isdecimal() or not int(arity):
            self.wrong(element, f"arity “{arity}” is no number above 0.")
        if semantics not in {"supports", "conflicts"}:
            self.wrong(
                element, f"semantics “{semantics}” cannot be read.", "It is “supports” or “conflicts”."
            )
        words = "".join(element.text).replace("|", " ").split()
        try:
            flat = np.array(list(map(int, words)), np.int64)
        except ValueError:
            self.wrong(element, "a tuple holds something that is no number.")
        if len(flat) % int(arity):
            self.wrong(element, f"{len(flat)} values do not make tuples of {arity}.")
        self.relations[name] = Relation(flat.reshape(-1, int(arity)), semantics == "supports")

    def read_constraint(self, element: Element) -> None:
        name, reference = self.attribute(element, "name"), self.attribute(element, "reference")
        scope = self.attribute(element, "scope").split()
        if reference not in self.relations:
            raise self.missing(element, reference, self.relations, "relation")
        for variable in scope:
            if variable not in self.values:
                raise self.missing(element, variable, self.values, "variable")
        relation = self.relations[reference]
        if len(scope) != relation.tuples.shape[1] or len(set(scope)) != len(scope):
            self.wrong(element, f"the scope does not fit relation “{reference}”.")
        rows, known = np.empty(relation.tuples.shape, np.int32), np.ones(len(relation.tuples), np.bool_)
        for column, variable in enumerate(scope):
            values, wanted = self.values[variable], relation.tuples[:, column]
            places = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
            known &= values[places] == wanted
            rows[:, column] = self.first[variable] + places
        columns = [
            range(self.first[variable], self.first[variable] + len(self.values[variable]))
            for variable in scope
        ]
        self.builder.table(columns, rows[known], allowed=relation.allowed, label=name)
