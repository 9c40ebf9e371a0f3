"""A line is priced on the terms of its customer, and beyond the limits only two people may sell at it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.errors import Conflict, NotAllowed, Refused
from orders import services
from orders.engine import restored
from orders.engine.figures import Figure, faults
from orders.models import (
    Address,
    Company,
    CostRate,
    CurrencyRate,
    Customer,
    ListPrice,
    Order,
    OrderLine,
    OverheadRate,
    PriceApproval,
    PriceGroup,
    PriceList,
    PricingPolicy,
    Process,
    Product,
    Role,
    TaxRule,
    User,
    WorkItem,
)
from orders.services import LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db
START = date(2026, 1, 1)


def priced(customer: Customer, product: Product, quantity: int = 2, discount: str = "0") -> OrderLine:
    """One line of a fresh quotation."""
    lines = [LineInput(product, quantity, discount_percent=Decimal(discount))]
    return services.create_quotation(customer=customer, lines=lines, by=None, now=cast.NOW).lines.get()


def listed(product: Product, *, group: PriceGroup | None = None, **fields: object) -> ListPrice:
    """The product on a price list, for all or for a group."""
    kept = {name: fields.pop(name) for name in ("currency", "valid_from", "valid_until") if name in fields}
    code = f"L{PriceList.objects.count()}"
    made = PriceList.objects.create(
        **{"code": code, "name": code, "group": group, "valid_from": START, **kept}
    )
    return made.prices.create(product=product, **fields)


def dealer(**fields: object) -> Customer:
    """A customer of the price group DEALER."""
    group, _ = PriceGroup.objects.get_or_create(code="DEALER", name="Dealers")
    return cast.customer(price_group=group, **fields)


# Price lists and currencies


def test_the_list_of_the_group_comes_before_the_list_for_all() -> None:
    product, customer = cast.published_desk(), dealer()
    listed(product, base_price=390)
    listed(product, group=customer.price_group, base_price=350)
    assert priced(customer, product).unit_price == 350
    assert priced(cast.customer(), product).unit_price == 390


def test_a_list_counts_on_its_days_only() -> None:
    product = cast.published_desk()
    listed(product, base_price=1, valid_until=date(2026, 11, 22))
    listed(product, base_price=2, valid_from=date(2026, 11, 24))
    assert priced(cast.customer(), product).unit_price == 400


def test_options_breaks_and_discounts_of_the_list_count() -> None:
    product = cast.published_desk()
    row = listed(product, discount_percent=10)
    row.options.create(choice="TOP", option="STEEL", adder=50)
    row.breaks.create(from_quantity=10, discount_percent=20)
    wanted = LineInput(product, 10, {"TOP": "STEEL", "LEGS": "IRON"}, discount_percent=Decimal(5))
    made = services.create_quotation(customer=cast.customer(), lines=[wanted], by=None, now=cast.NOW)
    assert made.lines.get().unit_price == Decimal("338.58")  # (400 + 50) × 1.1 × 0.9 × 0.8 × 0.95


def test_a_price_in_another_currency_is_converted_by_the_rate_of_the_day() -> None:
    product, customer = cast.published_desk(), cast.customer(currency="USD")
    for days, rate in ((0, "1.08"), (1, "1.10"), (60, "2")):
        day = date(2026, 11, 22) + timedelta(days)
        CurrencyRate.objects.create(from_currency="EUR", to_currency="USD", valid_from=day, rate=rate)
    line = priced(customer, product)
    assert (line.unit_price, line.order.currency) == (Decimal("440.00"), "USD")
    assert line.unit_cost == Decimal("58.30")


def test_a_rate_that_is_kept_the_other_way_round_divides() -> None:
    CurrencyRate.objects.create(from_currency="USD", to_currency="EUR", valid_from=START, rate="0.8")
    assert priced(cast.customer(currency="USD"), cast.published_desk()).unit_price == Decimal("500.00")


def test_without_a_rate_the_line_is_refused_with_the_remedy() -> None:
    with pytest.raises(Refused) as caught:
        priced(cast.customer(currency="USD"), cast.published_desk())
    assert caught.value.field == "lines.0.product"
    assert "There is no rate from EUR to USD on 23.11.2026." in caught.value.message
    assert caught.value.remedy == "Choose a product priced in USD, or have the rate entered."


@pytest.mark.parametrize("wrong", ["-1", "100.01", "5.001", "NaN"])
def test_what_is_no_discount_is_refused_at_its_field(wrong: str) -> None:
    with pytest.raises(Refused) as caught:
        priced(cast.customer(), cast.published_desk(), discount=wrong)
    assert caught.value.field == "lines.0.discount_percent"


# Cost and tax


def test_the_cost_rolls_up_by_the_rates_of_the_day_and_opens() -> None:
    product = cast.published_desk()
    Company.objects.create(name="Shop", address="Here")
    for process in Process.objects.all():
        CostRate.objects.create(process=process, valid_from=START, setup_per_hour=30, labour_per_hour=60)
    OverheadRate.objects.create(valid_from=START, material_percent=10, admin_percent=5)
    line = priced(cast.customer(), product)
    cost = restored(line.cost_trace)
    assert line.unit_cost == Decimal("125.27")  # (116.60 + 122) × 1.05 ÷ 2
    assert cost is not None
    assert list(faults(cost)) == []
    assert "Cost rate of SAW" in str(line.cost_trace)


def test_price_and_cost_are_stored_as_figures_that_open() -> None:
    line = priced(cast.customer(), cast.published_desk())
    found = [restored(line.price_trace), restored(line.cost_trace)]
    amounts = [figure.amount for figure in found if isinstance(figure, Figure)]
    assert amounts == [line.unit_price, line.unit_cost]


def test_the_tax_follows_the_place_of_delivery_and_the_customer() -> None:
    TaxRule.objects.create(country="DE", percent=19, wording="VAT 19 %", valid_from=START)
    TaxRule.objects.create(
        country="PT", customer_category="business", percent=0, wording="Reverse charge", valid_from=START
    )
    german, other = cast.customer(), cast.customer()
    Address.objects.filter(customer=other).update(country="PT")
    product = cast.published_desk()
    said = [
        (line.tax_percent, line.tax_wording) for line in (priced(german, product), priced(other, product))
    ]
    assert said == [(19, "VAT 19 %"), (0, "Reverse charge")]


def test_an_address_that_is_named_late_brings_its_tax() -> None:
    TaxRule.objects.create(country="NO", percent=0, wording="Export", valid_from=START)
    order = cast.quoted()
    home = order.customer.addresses.create(name="B", street="K", postal_code="1", city="Oslo", country="NO")
    services.addressing.name_ship_to(order=order, ship_to=home, now=cast.NOW)
    assert order.lines.get().tax_wording == "Export"


def test_all_conditions_are_read_in_one_statement() -> None:
    product = cast.published_desk()
    priced(cast.customer(), product)
    with CaptureQueriesContext(connection) as statements:
        priced(cast.customer(), product)
    assert sum("orders_taxrule" in row["sql"] for row in statements) == 1


# Four eyes


@pytest.fixture
def limits() -> None:
    """Sales may give 5 % down to a margin of 20 %, managers 20 % down to none."""
    PricingPolicy.objects.create(role=Role.SALES, most_discount_percent=5, least_margin_percent=20)
    PricingPolicy.objects.create(role=Role.MANAGER, most_discount_percent=20)


def discounted(by: User | None, percent: str = "12") -> Order:
    """A draft with a discount by somebody."""
    wish = LineInput(cast.published_desk(), 2, discount_percent=Decimal(percent))
    return cast.quotation(wish, by=by)


@pytest.mark.usefixtures("limits")
def test_within_the_limit_nobody_is_asked() -> None:
    order = services.send_quotation(order=discounted(cast.seller(), "5"), by=None, now=cast.NOW)
    assert order.state == "quoted"
    assert not WorkItem.objects.filter(role=Role.MANAGER).exists()


@pytest.mark.usefixtures("limits")
def test_beyond_the_limit_a_manager_is_asked_and_nothing_is_sent() -> None:
    order = discounted(cast.seller())
    item = WorkItem.objects.waiting().get(role=Role.MANAGER)
    assert item.reason == f"Approve {order} line 10: discount 12 % is above 5 %"
    with pytest.raises(Conflict, match="The price of line 10 is not approved: discount 12 % is above 5 %"):
        services.send_quotation(order=order, by=None, now=cast.NOW)
    assert Order.objects.get().state == "draft"


@pytest.mark.usefixtures("limits")
def test_a_margin_below_the_limit_asks_too() -> None:
    product = cast.published_desk()
    listed(product, base_price=60)
    order = cast.quotation(LineInput(product, 1), by=cast.seller())
    assert order.lines.get().approval_reason == "margin 11.7 % is below 20 %"


@pytest.mark.usefixtures("limits")
def test_a_second_person_approves_and_it_is_kept_with_name_time_and_price() -> None:
    seller, manager = cast.seller(), cast.person(Role.MANAGER)
    order = discounted(seller)
    services.approve_price(order=order, by=manager, note="Fleet customer", now=cast.NOW)
    kept, line = PriceApproval.objects.get(), order.lines.get()
    assert (kept.priced_by, kept.approved_by, kept.at) == (seller, manager, cast.NOW)
    assert (kept.fingerprint, kept.unit_price, kept.note) == (line.price_fingerprint, 352, "Fleet customer")
    assert [item.role for item in WorkItem.objects.waiting()] == [Role.SALES]
    assert services.send_quotation(order=order, by=seller, now=cast.NOW).state == "quoted"


@pytest.mark.usefixtures("limits")
def test_nobody_approves_the_own_price() -> None:
    manager = cast.person(Role.SALES, Role.MANAGER)
    order = discounted(manager, "30")
    with pytest.raises(NotAllowed, match="You gave the price of line 10 yourself"):
        services.approve_price(order=order, by=manager, now=cast.NOW)
    assert not PriceApproval.objects.exists()


@pytest.mark.usefixtures("limits")
def test_only_managers_approve() -> None:
    with pytest.raises(NotAllowed, match="Only a manager"):
        services.approve_price(order=discounted(cast.seller()), by=cast.seller(), now=cast.NOW)


@pytest.mark.usefixtures("limits")
def test_where_nothing_waits_there_is_nothing_to_approve() -> None:
    with pytest.raises(Conflict, match="waits for approval"):
        services.approve_price(order=cast.quotation(), by=cast.person(Role.MANAGER), now=cast.NOW)


def changed(order: Order, by: User, percent: str = "12", note: str = "") -> OrderLine:
    """The line saved again by somebody."""
    line = order.lines.select_related("product").get()
    wish = LineInput(line.product, line.quantity, note=note, discount_percent=Decimal(percent))
    services.change_quotation(order=order, lines=[wish], by=by, version=None, now=cast.NOW)
    return order.lines.get()


@pytest.mark.usefixtures("limits")
def test_an_approved_price_that_changes_needs_a_new_approval() -> None:
    seller, manager = cast.seller(), cast.person(Role.MANAGER)
    order = discounted(seller)
    services.approve_price(order=order, by=manager, now=cast.NOW)
    assert changed(order, seller, "13").approved_at is None
    with pytest.raises(Conflict, match="discount 13 % is above 5 %"):
        services.send_quotation(order=order, by=seller, now=cast.NOW)


@pytest.mark.usefixtures("limits")
def test_an_unchanged_price_stays_approved_and_stays_its_givers() -> None:
    seller, manager = cast.seller(), cast.person(Role.MANAGER)
    order = discounted(seller)
    services.approve_price(order=order, by=manager, now=cast.NOW)
    line = changed(order, manager, note="Call before delivery")
    assert (line.note, line.priced_by, line.approved_by) == ("Call before delivery", seller, manager)


@pytest.mark.usefixtures("limits")
def test_saving_anothers_discount_does_not_make_it_ones_own_to_be_approved_by_the_other() -> None:
    giver, other = cast.person(Role.MANAGER), cast.person(Role.MANAGER)
    order = discounted(giver, "30")
    changed(order, other, "30")
    with pytest.raises(NotAllowed, match="yourself"):
        services.approve_price(order=order, by=giver, now=cast.NOW)


@pytest.mark.usefixtures("limits")
def test_a_price_back_within_the_limit_takes_the_request_off_the_list() -> None:
    seller = cast.seller()
    order = discounted(seller)
    changed(order, seller, "5")
    assert not WorkItem.objects.waiting().filter(role=Role.MANAGER).exists()


@pytest.mark.usefixtures("limits")
def test_a_quantity_to_choose_from_needs_the_approval_as_well() -> None:
    product = cast.published_desk()
    listed(product).breaks.create(from_quantity=50, base_price=60)
    wish = LineInput(product, 2, alternatives=[50])
    order = cast.quotation(wish, by=cast.seller())
    assert order.lines.get().approval_reason == "margin 11.7 % is below 20 %"
