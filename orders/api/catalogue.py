"""What customers read of products: choices, rules and prices, never costs, materials or suppliers."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from kernel.errors import Refused
from kernel.wording import plain
from orders.api.representations import Json, money
from orders.engine import (
    CompiledProduct,
    Configuration,
    FeatureRow,
    ParameterRow,
    Price,
    Problem,
    configure,
    specification,
)
from orders.engine.deciding import Available, Decider, availability, beside, mended
from orders.models import Customer, Product
from orders.selectors import compiled_product, decider
from orders.selectors.configuring import Buyer, offer_for

NO_PRICE = Problem("", "This configuration cannot be priced automatically.", "Ask us for a quote.")


def product_summary(product: Product) -> Json:
    """A product as it stands in the list."""
    return {
        "code": product.code,
        "name": product.name,
        "description": product.description,
        "revision": product.revision,
        "base_price": money(product.base_price, product.currency),
        "links": {
            "self": reverse("api:product", args=[product.code]),
            "configure": reverse("api:configure", args=[product.code]),
        },
    }


def product_detail(product: Product) -> Json:
    """A product with everything that can be chosen."""
    compiled = compiled_product(product)
    model = compiled.model
    return {
        **product_summary(product),
        "groups": [_group(row, model.currency) for row in model.groups],
        "parameters": [_parameter(row) for row in model.parameters],
        "rules": [
            {"kind": rule.row.kind, "reason": rule.row.reason, "choices": list(rule.names)}
            for rule in compiled.rules
        ],
        "price_rules": [rule.label for rule in model.prices],
    }


def configuration_answer(
    product: Product, choices: Mapping[str, Any], quantity: int, customer: Customer
) -> Json:
    """Problems and price with the defaults besides; how options stand by these choices alone."""
    answers = decider(product)
    read = configure(answers.compiled, choices)
    priced = _priced(product, answers.compiled, read, quantity, customer) if read.valid else None
    problems = () if read.valid else mended(read, beside(answers, read, choices))
    problems = problems or (() if priced else (NO_PRICE,))
    return {
        "product": product.code,
        "revision": product.revision,
        "valid": not problems,
        "choices": dict(read.choices),
        "specification": specification(answers.compiled, read),
        "problems": [_problem(row) for row in problems],
        "price": _price(priced) if priced else None,
        **_left(answers, choices),
    }


def _group(row: FeatureRow, currency: str) -> Json:
    return {
        "code": row.code,
        "label": row.label,
        "help": row.help,
        "required": row.required,
        "default": row.default,
        "options": [_option(option, currency) for option in row.options],
    }


def _option(row: FeatureRow, currency: str) -> Json:
    return {
        "code": row.code,
        "label": row.label,
        "price_adder": money(row.price_adder, currency),
        "price_percent": plain(row.price_percent),
    }


def _parameter(row: ParameterRow) -> Json:
    bounds = {name: getattr(row, name) for name in ("minimum", "maximum", "step")}
    return {
        "code": row.code,
        "label": row.label,
        "help": row.help,
        "kind": row.kind,
        "unit": row.unit,
        **{name: None if value is None else plain(value) for name, value in bounds.items()},
        "pattern": row.pattern,
        "max_length": row.max_length,
        "default": row.default,
    }


def _problem(row: Problem) -> Json:
    return {
        "field": f"choices.{row.field}" if row.field else "choices",
        "message": row.message,
        "remedy": row.remedy,
        "repairs": [
            {"field": f"choices.{fix.field}", "code": fix.code, "label": fix.label} for fix in row.repairs
        ],
    }


def _left(answers: Decider, choices: Mapping[str, Any]) -> Json:
    """What the choices given leave."""
    decision = answers.decide(choices)
    variants = answers.variants(decision)
    return {
        "availability": _availability(availability(answers, decision)),
        "implied": answers.implied(decision),
        "variants": None if variants is None else str(variants),
    }


def _availability(stands: Available) -> Json:
    return {
        code: {
            option: {
                "available": found.valid,
                "standing": found.standing.name.lower(),
                "reason": found.reason,
            }
            for option, found in options.items()
        }
        for code, options in stands.items()
    }


def _priced(
    product: Product, compiled: CompiledProduct, read: Configuration, quantity: int, customer: Customer
) -> Price | None:
    """None where formulas or rates fail: what exactly failed is for whoever keeps them."""
    try:
        return offer_for(product, compiled, read, quantity, Buyer(customer)).price
    except Refused:
        return None


def _price(priced: Price) -> Json:
    return {
        "unit": money(priced.unit_price, priced.currency),
        "quantity": priced.quantity,
        "total": money(priced.total, priced.currency),
        "steps": [{"label": step.label, "amount": plain(step.amount)} for step in priced.trace],
    }
