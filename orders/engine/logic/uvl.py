"""Reading UVL, the Universal Variability Language: features, groups and propositional constraints."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn

from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.syntax import nearest, refused
from orders.engine.logic.tree import FeatureTree, Group
from orders.engine.logic.uvl_constraints import Constraint

KEYWORDS: Final = {
    "mandatory": Group.AND,
    "optional": Group.AND,
    "alternative": Group.ALTERNATIVE,
    "or": Group.OR,
}
SECTIONS: Final = ("namespace", "include", "imports", "features", "constraints")
BOUNDS: Final = re.compile(r"\[\s*(\d+)\s*(?:\.\.\s*(\d+|\*)\s*)?\]$")
FEATURE: Final = re.compile(
    r"""(?:(?:Boolean|Integer|Real|String)\s+(?=["\w]))?(?:"(?P<quoted>[^"]+)"|(?P<name>[^\W\d][\w.]*))\s*"""
    r"""(?P<times>cardinality\s*\[[^\]]*\])?\s*(?P<attributes>\{.*\})?$""",
    re.DOTALL,
)
COMMENT: Final = re.compile(r"""("[^"\n]*"|'[^'\n]*')|//[^\n]*|/\*.*?\*/""", re.DOTALL)
INNER: Final = re.compile(r"\bconstraints?\s+(\[[^\]]*\]|[^,{}\[\]]+)")


class Line(NamedTuple):
    """A statement: brackets may carry it over several lines of the file."""

    number: int
    indent: int
    text: str


@dataclass
class Block:
    """The children below one group keyword."""

    keyword: str
    group: Group
    low: int = 0
    high: int | None = None
    nodes: list["Node"] = field(default_factory=list)


@dataclass
class Node:
    """A feature as written."""

    name: str
    line: Line
    blocks: list[Block] = field(default_factory=list)


class Helper(NamedTuple):
    """A feature that stands for one group of a feature with several; no other can have its name."""

    name: str
    block: Block


def read_uvl(text: str, file: str = "model.uvl") -> FeatureTree:
    """The tree with its constraints, numbered from 1 in their order; Refused with line and column."""
    return _Reader(file).read(text)


def lines_of(text: str, file: str) -> Iterator[Line]:
    """Statements without comments; a bracket left open takes the next line in."""
    plain = COMMENT.sub(lambda found: found[1] or re.sub(r"[^\n]", " ", found[0]), text)
    pending, first, depth = "", 0, 0
    for number, raw in enumerate(plain.splitlines(), 1):
        if not depth and not raw.strip():
            continue
        pending, first = (f"{pending}\n{raw}", first) if depth else (raw.rstrip(), number)
        if depth or "{" in raw or "[" in raw:
            unquoted = re.sub(r"\"[^\"]*\"|'[^']*'", "", pending)
            depth = sum(unquoted.count(sign) for sign in "{[") - sum(unquoted.count(sign) for sign in "}]")
        if depth <= 0:
            statement = pending.strip()
            yield Line(first, len(pending) - len(pending.lstrip()), statement)
            depth = 0
    if depth:
        raise refused(file, first, len(pending.splitlines()[0]), "a bracket is not closed.")


class _Reader:
    """One pass over the statements, then one over the features to number them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.builder = TreeBuilder()
        self.inner: list[tuple[Line, int, str]] = []
        self.roots: list[Node] = []
        self.constraints: list[Line] = []

    def read(self, text: str) -> FeatureTree:
        section = ""
        stack: list[tuple[int, Node | Block]] = []
        for line in lines_of(text, self.file):
            if line.indent == 0:
                section = self.open_section(line)
            elif section == "features":
                self.place(stack, line)
            elif section == "constraints":
                self.constraints.append(line)
            elif section == "imports":
                self.wrong(line, "imports cannot be followed.", "Put the whole model into one file.")
        if not self.roots:
            raise refused(self.file, 1, 1, "there is no feature.", "A model starts with “features”.")
        self.number_features()
        for line, column, text in self.all_constraints():
            formula = Constraint(self.file, line.number, column, text, self.index).read()
            self.builder.rule(formula, " ".join(text.split()))
        return self.builder.build()

    def wrong(self, line: Line, problem: str, remedy: str = "", column: int = 0) -> NoReturn:
        raise refused(self.file, line.number, line.indent + 1 + column, problem, remedy)

    def open_section(self, line: Line) -> str:
        word = line.text.split()[0]
        if word not in SECTIONS:
            self.wrong(
                line,
                f"“{word}” is no section.",
                nearest(word, SECTIONS) or f"Sections: {', '.join(SECTIONS)}.",
            )
        return word

    def place(self, stack: list[tuple[int, Node | Block]], line: Line) -> None:
        """Hang a statement below the last one with a smaller indent: features and groups take turns."""
        while stack and stack[-1][0] >= line.indent:
            stack.pop()
        above = stack[-1][1] if stack else None
        if isinstance(above, Node):
            block = self.read_block(line)
            above.blocks.append(block)
            stack.append((line.indent, block))
            return
        node = self.read_feature(line)
        if above is not None:
            above.nodes.append(node)
        elif self.roots:
            self.wrong(line, "a second root feature.", "Indent it below the group it belongs to.")
        else:
            self.roots.append(node)
        stack.append((line.indent, node))

    def read_block(self, line: Line) -> Block:
        if line.text in KEYWORDS:
            return Block(line.text, KEYWORDS[line.text])
        bounds = BOUNDS.match(line.text)
        if bounds is None:
            word = line.text.split()[0]
            choices = ", ".join(KEYWORDS)
            remedy = nearest(word, KEYWORDS) or f"Below a feature stand groups: {choices} or [1..3]."
            self.wrong(line, f"“{word}” is no group.", remedy)
        low = int(bounds[1])
        high = None if bounds[2] == "*" else int(bounds[2] or bounds[1])
        if high is not None and (high < low or not high):
            self.wrong(line, f"at least {low} and at most {high} cannot be.")
        return Block(line.text, Group.CARDINALITY, low, high)

    def read_feature(self, line: Line) -> Node:
        found = FEATURE.match(line.text)
        name = found and (found["quoted"] or found["name"])
        if not found or not name:
            column = len(line.text) - len(re.sub(r'^("[^"]*"|\w*)\s*', "", line.text))
            self.wrong(line, "a feature's name is expected.", 'Put names with other signs in “"”.', column)
        if name in KEYWORDS and not found["quoted"]:
            self.wrong(
                line, f"group “{name}” stands where a feature is expected.", "Indent it below its feature."
            )
        if found["times"] and not re.search(r"\[\s*(0\s*\.\.\s*)?1\s*\]", found["times"]):
            self.wrong(
                line, "a feature that occurs several times cannot be read.", column=found.start("times")
            )
        attributes = found["attributes"] or ""
        for inner in INNER.finditer(attributes):
            self.inner += [
                (line, line.indent + 1 + found.start("attributes") + inner.start(1) + part.start(), part[0])
                for part in re.finditer(r"[^\[\],]+", inner[1])
            ]
        return Node(name, line)

    def number_features(self) -> None:
        """Number features from the root down, in the order of the file."""
        self.index: dict[str, int] = {}
        lines: dict[str, int] = {}
        waiting: list[tuple[Node | Helper, int, bool]] = [(root, -1, True) for root in self.roots]
        while waiting:
            item, parent, mandatory = waiting.pop()
            if isinstance(item, Helper):
                holder = self.builder.feature(item.name, parent, mandatory=True, hidden=True)
                waiting.extend(reversed(self.below(item.block, holder)))
                continue
            if item.name in self.index:
                problem = f"feature “{item.name}” stands in line {lines[item.name]} already."
                self.wrong(item.line, problem, "Give one of them another name.")
            feature = self.builder.feature(item.name, parent, mandatory=mandatory)
            self.index[item.name], lines[item.name] = feature, item.line.number
            waiting.extend(reversed(self.groups(item, feature)))

    def groups(self, node: Node, feature: int) -> list[tuple["Node | Helper", int, bool]]:
        """What hangs below a feature: its children, and a hidden helper per group where it has several."""
        blocks = [block for block in node.blocks if block.nodes]
        for block in blocks:
            if block.low > len(block.nodes):
                self.wrong(node.line, f"its group asks for {block.low} of {len(block.nodes)} features.")
        if len(blocks) == 1:
            return self.below(blocks[0], feature)
        found: list[tuple[Node | Helper, int, bool]] = []
        for place, block in enumerate(blocks, 1):
            if block.group == Group.AND:
                found += self.below(block, feature)
            else:
                found.append((Helper(f'{node.name}"{place}', block), feature, True))
        return found

    def below(self, block: Block, holder: int) -> list[tuple["Node | Helper", int, bool]]:
        """The features of a group, which its holder takes over."""
        self.builder.combine(holder, block.group, block.low, block.high)
        return [(child, holder, block.keyword == "mandatory") for child in block.nodes]

    def all_constraints(self) -> Iterator[tuple[Line, int, str]]:
        for line in self.constraints:
            yield line, line.indent + 1, line.text
        yield from self.inner
