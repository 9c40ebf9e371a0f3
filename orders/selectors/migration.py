"""What another revision of a product changes for the quotations that are still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.errors import Refused
from orders.engine import (
    CompiledProduct,
    CostBasis,
    Offer,
    Problem,
    Release,
    Terms,
    configure,
    effectivity,
    offer,
)
from orders.engine.differing import Change, row_differences
from orders.models import OrderLine, Product, ProductRevision
from orders.selectors.conditions import conditions, shop_day
from orders.selectors.products import compiled_by_ids
from orders.selectors.releases import release_of

OPEN_STATES = ("draft", "quoted")
PARTS = ("bom", "routing", "characteristics")


@dataclass(frozen=True)
class Made:
    """A line as one revision would make it: its problems, or its offer and its job."""

    problems: tuple[Problem, ...] = ()
    offer: Offer | None = None
    release: Release | None = None

    @property
    def price(self) -> Decimal | None:
        """Per piece, where it can be priced."""
        return self.offer.price.unit_price if self.offer else None

    @property
    def cost(self) -> Decimal | None:
        """Per piece, where it can be costed."""
        return self.offer.cost.unit_cost if self.offer else None


@dataclass(frozen=True)
class LineMigration:
    """An open line beside what the other revision makes of it.

    `problems` say why its choices no longer do: unknown or removed options, broken rules. Prices and costs
    are those of today's list in the product's currency, without the customer's own terms, so that only the
    models differ. `changes` are the differing rows of BOM, routing and inspection plan.
    """

    line: OrderLine
    old: Made
    new: Made
    changes: tuple[Change, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the line from the other revision."""
        return self.new.problems

    @property
    def same(self) -> bool:
        """Whether nothing changes for it."""
        return not self.problems and not self.changes and self._figures(self.old) == self._figures(self.new)

    def _figures(self, made: Made) -> tuple[Decimal | None, Decimal | None]:
        return made.price, made.cost


def migration_report(product: Product, revision: ProductRevision | None = None) -> list[LineMigration]:
    """Every open quotation line of the product made with another revision than this one, or the one in force.

    A draft may be asked for before it is published; ModelRefused where it cannot be compiled. At most six
    statements, however many lines and revisions there are.
    """
    target = revision.pk if revision else product.in_force_id
    if target is None:
        raise Refused(f"{product.code} is not published.", remedy="Publish it, or name a draft.")
    lines = open_lines(product, target)
    compiled = compiled_by_ids({target, *(line.revision_id for line in lines if line.revision_id)})
    found = conditions(customer=None, currency=product.currency, products=[product.pk], day=shop_day())
    terms = found.terms(product.pk, Decimal(0))
    return [
        _migration(line, compiled[line.revision_id or target], compiled[target], terms, found.basis)
        for line in lines
    ]


def open_lines(product: Product, target: int) -> Sequence[OrderLine]:
    """Lines in open quotations with another revision; one statement."""
    lines = OrderLine.objects.filter(product=product, state__in=OPEN_STATES).exclude(revision_id=target)
    return list(lines.select_related("order__customer", "revision").order_by("order_id", "position"))


def _migration(
    line: OrderLine, old: CompiledProduct, new: CompiledProduct, terms: Terms, basis: CostBasis
) -> LineMigration:
    before, after = _made(line, old, terms, basis), _made(line, new, terms, basis)
    changes: list[Change] = []
    if before.release and after.release:
        for part in PARTS:
            changes += row_differences(part, getattr(before.release, part), getattr(after.release, part))
    return LineMigration(line, before, after, tuple(changes))


def _made(line: OrderLine, compiled: CompiledProduct, terms: Terms, basis: CostBasis) -> Made:
    configuration = configure(compiled, line.choices)
    if not configuration.valid:
        return Made(configuration.problems)
    at = effectivity(line.serial, line.requested_date, line.order.requested_date, shop_day())
    try:
        release = release_of(compiled, configuration, line.quantity, at)
        return Made((), offer(compiled, configuration, line.quantity, terms, basis, release), release)
    except Refused as error:
        return Made((Problem("", error.message, error.remedy),))
