"""Configurator, pricing and explosion: pure functions on frozen data.

compiled = compile_product(model)                     # once per product revision
configuration = configure(compiled, {"CPU": "C16"})   # typed values, problems, availability
price(compiled, configuration, 3).unit_price
explode(compiled, configuration, 3).bom
"""

from orders.engine.compiling import CompiledProduct, compile_product
from orders.engine.configuring import Availability, Configuration, Problem, Repair, configure, shown
from orders.engine.explosion import Release, explode, specification, unit_cost
from orders.engine.model import (
    QUANTITY,
    BomRow,
    CharacteristicRow,
    Fault,
    FormulaFailed,
    GroupRow,
    ModelRefused,
    OptionRow,
    ParameterRow,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
)
from orders.engine.pricing import Price, PriceStep, price
from orders.engine.proving import prove_product

__all__ = [
    "QUANTITY",
    "Availability",
    "BomRow",
    "CharacteristicRow",
    "CompiledProduct",
    "Configuration",
    "Fault",
    "FormulaFailed",
    "GroupRow",
    "ModelRefused",
    "OptionRow",
    "ParameterRow",
    "Price",
    "PriceRow",
    "PriceStep",
    "Problem",
    "ProductModel",
    "Release",
    "Repair",
    "RuleRow",
    "StepRow",
    "compile_product",
    "configure",
    "explode",
    "price",
    "prove_product",
    "shown",
    "specification",
    "unit_cost",
]
