"""The shape of every answer, for the schema; the answers themselves are built as plain JSON."""

from typing import Any

from rest_framework import serializers

from orders.engine import PARAMETER_KINDS, RULE_KINDS
from orders.engine.deciding import Standing
from orders.lifecycle import RAIL
from orders.models import Incoterm, ShipPolicy
from orders.models.orders import STATE_CODES
from orders.services import SCOPES

STANDINGS = ("done", "current", "upcoming", "dropped")
SHIP_POLICIES = ShipPolicy.values
INCOTERMS = Incoterm.values
SCOPE_CODES = list(SCOPES)

Shape = serializers.Serializer[Any]
"""A serializer that only describes."""


class Money(Shape):
    amount = serializers.CharField(help_text="Exact, as text, with the places of the currency: `1234.50`.")
    currency = serializers.CharField(help_text="ISO 4217, such as EUR.")


class FieldError(Shape):
    field = serializers.CharField(help_text="The place in the input: `lines[0].choices.CPU`.")
    message = serializers.CharField()
    remedy = serializers.CharField(help_text="What would be right; may be empty.")


class Problem(Shape):
    """A problem (RFC 9457)."""

    type = serializers.CharField(help_text="Identifies the kind; the address of a page about it.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    remedy = serializers.CharField()
    errors = FieldError(many=True, help_text="Faults of the input, each at its field; otherwise empty.")  # type: ignore[assignment]
    reference = serializers.CharField(required=False, help_text="With status 500: what to tell us.")


class State(Shape):
    code = serializers.ChoiceField(choices=STATE_CODES)
    text = serializers.CharField(help_text="In plain words.")
    on_hold = serializers.BooleanField()


class Dates(Shape):
    """Four dates that are never mixed; null while unknown."""

    requested = serializers.DateField(allow_null=True, help_text="The day you asked for.")
    promised = serializers.DateTimeField(allow_null=True, help_text="What we promised.")
    forecast = serializers.DateTimeField(allow_null=True, help_text="What we expect now.")
    actual = serializers.DateTimeField(allow_null=True, help_text="When it was delivered.")


class Step(Shape):
    stage = serializers.ChoiceField(choices=RAIL)
    text = serializers.CharField()
    standing = serializers.ChoiceField(
        choices=STANDINGS, help_text="`dropped` where the order was cancelled, declined or has expired."
    )


class Specification(Shape):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    text = serializers.CharField(help_text="The value in words.")
    unit = serializers.CharField()


class ProductName(Shape):
    code = serializers.CharField()
    name = serializers.CharField()


class LinePrice(Shape):
    unit = Money()
    total = Money()


class OrderLine(Shape):
    position = serializers.IntegerField()
    product = ProductName()
    quantity = serializers.IntegerField()
    unit = serializers.CharField()
    specification = Specification(many=True)
    price = LinePrice()
    state = State()
    dates = Dates()
    progress = Step(many=True, help_text="The six stages in order.")


class Milestone(Shape):
    id = serializers.IntegerField(help_text="Grows within an order; the cursor of its events.")
    at = serializers.DateTimeField()
    code = serializers.CharField()
    text = serializers.CharField()
    line = serializers.IntegerField(allow_null=True, help_text="The position it is about; null: the order.")


class Document(Shape):
    kind = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField(help_text="Opens in a browser after sign-in.")
    created_at = serializers.DateTimeField()


class NextAction(Shape):
    event = serializers.CharField()
    text = serializers.CharField()


class OrderLinks(Shape):
    self = serializers.CharField()
    events = serializers.CharField()


class OrderSummary(Shape):
    id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True, help_text="`SO-…`, once the order is confirmed.")
    quotation_number = serializers.CharField(help_text="`QUO-…`; keeps leading to the order.")
    customer_po = serializers.CharField(help_text="Your purchase order number; may be empty.")
    state = State(help_text="Of the least advanced open line.")
    dates = Dates()
    total = Money()
    line_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    links = OrderLinks()


class Order(OrderSummary):
    valid_until = serializers.DateField(allow_null=True, help_text="Last day of the quotation.")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    ship_policy = serializers.ChoiceField(choices=SHIP_POLICIES)
    incoterm = serializers.ChoiceField(choices=INCOTERMS)
    incoterm_place = serializers.CharField()
    progress = Step(many=True, help_text="The six stages in order.")
    lines = OrderLine(many=True)
    milestones = Milestone(many=True, help_text="Oldest first.")
    documents = Document(many=True)
    next_actions = NextAction(many=True, help_text="What you can do now.")


class OrderPage(Shape):
    items = OrderSummary(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True, help_text="Address of the next page; null on the last.")


class EventPage(Shape):
    items = Milestone(many=True, help_text="Oldest first.")
    cursor = serializers.IntegerField(help_text="`after` for the next call: the last id seen.")
    next = serializers.CharField(help_text="Address of what comes after these; may be asked again later.")
    more = serializers.BooleanField(help_text="Whether there is more right now.")


class ProductLinks(Shape):
    self = serializers.CharField()
    configure = serializers.CharField()


class ProductSummary(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    revision = serializers.IntegerField()
    base_price = Money()
    links = ProductLinks()


class ProductPage(Shape):
    items = ProductSummary(many=True, help_text="By code.")
    next = serializers.CharField(allow_null=True, help_text="Address of the next page; null on the last.")


class Option(Shape):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    price_adder = Money(help_text="Per piece.")
    price_percent = serializers.CharField(help_text="Percent of the price so far, per piece.")


class OptionGroup(Shape):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    default = serializers.CharField(allow_null=True, help_text="Chosen where nothing is said.")
    options = Option(many=True)


class ParameterShape(Shape):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    kind = serializers.ChoiceField(choices=PARAMETER_KINDS)
    unit = serializers.CharField()
    minimum = serializers.CharField(allow_null=True)
    maximum = serializers.CharField(allow_null=True)
    step = serializers.CharField(allow_null=True)
    pattern = serializers.CharField(help_text="A text must match it as a whole; may be empty.")
    max_length = serializers.IntegerField()
    default = serializers.CharField()


class RuleShape(Shape):
    kind = serializers.ChoiceField(choices=RULE_KINDS)
    reason = serializers.CharField(help_text="What you read when it is broken.")
    choices = serializers.ListField(child=serializers.CharField(), help_text="The choices it is about.")


class Product(ProductSummary):
    groups = OptionGroup(many=True)
    parameters = ParameterShape(many=True)
    rules = RuleShape(many=True)
    price_rules = serializers.ListField(
        child=serializers.CharField(), help_text="What else changes the price."
    )


class Repair(Shape):
    field = serializers.CharField()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ChoiceProblem(FieldError):
    repairs = Repair(many=True, help_text="Options that would make the rule hold.")


class Availability(Shape):
    available = serializers.BooleanField()
    standing = serializers.ChoiceField(
        choices=[standing.name.lower() for standing in Standing],
        help_text="Switch: possible if only the choice made beside it is changed.",
    )
    reason = serializers.CharField(help_text="Why not; may be empty.")


class PriceStep(Shape):
    label = serializers.CharField()  # type: ignore[assignment]
    amount = serializers.CharField(help_text="Exact, per piece.")


class ConfiguredPrice(Shape):
    unit = Money()
    quantity = serializers.IntegerField()
    total = Money()
    steps = PriceStep(many=True)


class ConfigurationAnswer(Shape):
    product = serializers.CharField()
    revision = serializers.IntegerField()
    valid = serializers.BooleanField()
    choices = serializers.DictField(help_text="All choices with the defaults filled in.")
    specification = Specification(many=True)
    problems = ChoiceProblem(many=True)
    availability = serializers.DictField(
        child=serializers.DictField(child=Availability()),
        help_text="For each choice and option: how it stands after the choices given, and why it is blocked.",
    )
    implied = serializers.DictField(help_text="What follows from the choices given.")
    variants = serializers.CharField(
        allow_null=True, help_text="How many variants are left; null where they cannot be counted in time."
    )
    price = ConfiguredPrice(allow_null=True, help_text="Null while something is wrong.")
