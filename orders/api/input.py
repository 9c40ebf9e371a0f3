"""What requests may carry: types and shapes here, the meaning is checked by the services."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from kernel.wording import did_you_mean
from orders.models.orders import STATE_CODES
from orders.selectors.for_customers import Wanted
from orders.services.lines import LARGEST_QUANTITY, LARGEST_SERIAL, LONGEST_NOTE, MOST_LINES

LARGEST_CURSOR = 2**63 - 1
MOST_CHOICES = 64
LARGEST_PAGE = 100


class Strict(serializers.Serializer[Any]):
    """Refuses names it does not know instead of overlooking a typing error."""

    def to_internal_value(self, data: Any) -> Any:
        """The values; ValidationError with every fault, the unknown names among them."""
        unknown = self._unknown(data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            known = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
            raise serializers.ValidationError({**known, **unknown}) from None
        if unknown:
            raise serializers.ValidationError(unknown)
        return values

    def _unknown(self, data: Any) -> dict[str, Any]:
        names = [str(name) for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        return {
            name[:64]: serializers.ErrorDetail(
                f"There is no field “{name[:64]}”. {did_you_mean(name, list(self.fields))}".strip(), "unknown"
            )
            for name in names[:20]
        }


@extend_schema_field({"type": ["string", "number", "boolean"]})
class ChoiceValue(serializers.Field[Any, Any, Any, Any]):
    """An option's code, a number, a text, yes or no as true or false, or null for none."""

    def to_internal_value(self, data: Any) -> Any:
        """As it came; ValidationError for an object or a list."""
        if isinstance(data, dict | list):
            raise serializers.ValidationError("A choice is a text, a number, true, false or null.", "invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


class Choices(serializers.DictField):
    """Choices by the code of their group or parameter."""

    child = ChoiceValue(allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """At most so many, with names of a usable length; what they mean is up to the product."""
        if isinstance(data, dict) and (len(data) > MOST_CHOICES or any(len(name) > 64 for name in data)):
            raise serializers.ValidationError(f"Give at most {MOST_CHOICES} choices with short names.", "max")
        found: dict[str, Any] = super().to_internal_value(data)
        return found


class QuotationLine(Strict):
    """One wished line."""

    product = serializers.CharField(max_length=40, help_text="Code of a product.")
    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST_QUANTITY, help_text="Whole pieces.")
    unit = serializers.CharField(default="pcs", max_length=10)
    choices = Choices(default=dict, help_text="Option codes, numbers, texts or true/false by code.")
    note = serializers.CharField(default="", allow_blank=True, max_length=LONGEST_NOTE)
    requested_date = serializers.DateField(default=None, allow_null=True)
    serial = serializers.IntegerField(
        default=None, allow_null=True, min_value=1, max_value=LARGEST_SERIAL, help_text="Of the first piece."
    )


class Quotation(Strict):
    """A request for a quotation."""

    lines = QuotationLine(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    customer_po = serializers.CharField(default="", allow_blank=True, max_length=40)
    requested_date = serializers.DateField(default=None, allow_null=True)
    currency = serializers.CharField(default="", allow_blank=True, max_length=3, help_text="Yours, if any.")
    ship_policy = serializers.CharField(default="complete", max_length=10, help_text="complete or as_ready")
    incoterm = serializers.CharField(default="DAP", max_length=3, help_text="Incoterms 2020.")
    incoterm_place = serializers.CharField(default="", allow_blank=True, max_length=80)
    note = serializers.CharField(default="", allow_blank=True, max_length=2000)


class Choosing(Strict):
    """Choices to try."""

    choices = Choices(default=dict, help_text="Option codes, numbers, texts or true/false by code.")
    quantity = serializers.IntegerField(default=1, min_value=1, max_value=LARGEST_QUANTITY)


class OrderQuery(Strict):
    """Which orders."""

    state = serializers.CharField(
        required=False, help_text=f"One or several, with commas between: {', '.join(STATE_CODES)}."
    )
    updated_since = serializers.DateTimeField(
        required=False,
        default_timezone=UTC,
        help_text="RFC 3339; orders of which the state, the dates or the milestones changed since then. "
        "Let calls overlap by a minute.",
    )
    customer_po = serializers.CharField(required=False, max_length=40, help_text="Exactly this PO number.")
    cursor = serializers.IntegerField(
        required=False, min_value=0, max_value=LARGEST_CURSOR, help_text="From `next`."
    )
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=LARGEST_PAGE)

    def validate_state(self, value: str) -> tuple[str, ...]:
        """The codes; ValidationError names an unknown one."""
        codes = tuple(code.strip() for code in value.split(","))
        for code in codes:
            if code not in STATE_CODES:
                hint = did_you_mean(code, STATE_CODES, f"States are {', '.join(STATE_CODES)}.")
                raise serializers.ValidationError(f"There is no state “{code[:40]}”. {hint}")
        return codes


class EventQuery(Strict):
    """Which events."""

    after = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=LARGEST_CURSOR,
        help_text="Only events after this one: `cursor` of the call before.",
    )
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=LARGEST_PAGE)


class ProductQuery(Strict):
    """Which products."""

    cursor = serializers.CharField(required=False, default="", max_length=40, help_text="From `next`.")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=LARGEST_PAGE)


def query_of(request: Request, kind: type[Strict]) -> dict[str, Any]:
    """The checked parameters of the address; ValidationError at their names."""
    return _valid(kind(data=request.query_params.dict()))


def body_of(request: Request, kind: type[Strict]) -> dict[str, Any]:
    """The checked body; ValidationError at its fields."""
    return _valid(kind(data=request.data))


def wanted_orders(request: Request) -> Wanted:
    """The filters of the list."""
    given = query_of(request, OrderQuery)
    return Wanted(
        states=given.get("state", ()),
        updated_since=given.get("updated_since"),
        customer_po=given.get("customer_po", ""),
        before=given.get("cursor"),
        limit=given["limit"],
    )


def _valid(form: Strict) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    values: dict[str, Any] = form.validated_data
    return values
