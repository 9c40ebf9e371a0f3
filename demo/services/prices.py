"""The demo's prices and rates, from demo.shop into the tables."""

from datetime import date
from decimal import Decimal

from demo.shop import families, prices
from demo.shop import resources as shop
from orders.models import (
    CostRate,
    CurrencyRate,
    Customer,
    OptionPrice,
    OverheadRate,
    PriceGroup,
    PriceList,
    PricingPolicy,
    Process,
    Product,
    QuantityBreak,
    TaxRule,
)
from orders.selectors.quotations import Payment, Terms
from orders.services import keep_template


def make_prices(*, year: int) -> None:
    """Price groups and lists, currency rates, taxes, cost and overhead rates, and limits, from 1 January."""
    since = date(year, 1, 1)
    _lists(since)
    CurrencyRate.objects.bulk_create(
        CurrencyRate(from_currency=source, to_currency=target, rate=Decimal(rate), valid_from=since)
        for source, target, rate in prices.CURRENCY_RATES
    )
    TaxRule.objects.bulk_create(
        TaxRule(
            country=country,
            customer_category=category,
            percent=Decimal(percent),
            wording=wording,
            valid_from=since,
        )
        for country, category, percent, wording in prices.TAXES
    )
    PricingPolicy.objects.bulk_create(
        PricingPolicy(
            role=role,
            most_discount_percent=Decimal(discount),
            least_margin_percent=None if margin is None else Decimal(margin),
        )
        for role, discount, margin in prices.POLICIES
    )
    _costs(since)
    _terms()


def _lists(since: date) -> None:
    groups: dict[str | None, PriceGroup] = {}
    for code, name, customers in prices.PRICE_GROUPS:
        groups[code] = PriceGroup.objects.create(code=code, name=name)
        Customer.objects.filter(code__in=customers).update(price_group=groups[code])
    products = {product.code: product for product in Product.objects.all()}
    for code, name, group, currency, rows in prices.PRICE_LISTS:
        made = PriceList.objects.create(
            code=code, name=name, group=groups.get(group), currency=currency, valid_from=since
        )
        for product, base, discount, options, breaks in rows:
            line = made.prices.create(
                product=products[product], base_price=_amount(base), discount_percent=Decimal(discount)
            )
            OptionPrice.objects.bulk_create(
                OptionPrice(list_price=line, choice=choice, option=option, adder=Decimal(adder))
                for choice, option, adder in options
            )
            QuantityBreak.objects.bulk_create(
                QuantityBreak(
                    list_price=line,
                    from_quantity=quantity,
                    base_price=_amount(price),
                    discount_percent=_amount(percent),
                )
                for quantity, price, percent in breaks
            )


def _terms() -> None:
    customers = {customer.code: customer for customer in Customer.objects.all()}
    for customer, language, payment, delivery, days, parts in prices.TERMS:
        plan = tuple(Payment(event, Decimal(share), days_net=net) for event, share, net in parts)
        terms = Terms(payment, delivery, plan, days)
        keep_template(customer=customers[customer] if customer else None, terms=terms, language=language)


def _costs(since: date) -> None:
    """Each process at the rate of the first work centre that offers it, machine and labour apart."""
    hourly: dict[str, Decimal] = {}
    for _, _, _, process, _, rate in (*shop.WORK_CENTRES, *families.WORK_CENTRES):
        hourly.setdefault(process, Decimal(rate))
    CostRate.objects.bulk_create(
        CostRate(
            process=process,
            valid_from=since,
            setup_per_hour=hourly[process.code],
            machine_per_hour=hourly[process.code] * Decimal(prices.MACHINE_SHARE),
            labour_per_hour=hourly[process.code] * Decimal(prices.LABOUR_SHARE),
            overhead_percent=Decimal(prices.OVERHEAD_PERCENT),
        )
        for process in Process.objects.filter(code__in=hourly)
    )
    OverheadRate.objects.create(
        valid_from=since,
        material_percent=Decimal(prices.MATERIAL_PERCENT),
        admin_percent=Decimal(prices.ADMIN_PERCENT),
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
