"""Configurator, pricing and explosion: pure functions on frozen data.

compiled = compile_product(model)                     # once per product revision
configuration = configure(compiled, {"CPU": "C16"})   # typed values, problems, availability
price(compiled, configuration, 3).unit_price
explode(compiled, configuration, 3).bom
"""

from orders.engine.compiling import CompiledProduct, compile_product
from orders.engine.configuring import Availability, Configuration, configure
from orders.engine.explosion import Release, explode, specification, unit_cost
from orders.engine.model import (
    PARAMETER_KINDS,
    QUANTITY,
    RULE_KINDS,
    BomRow,
    BudgetRow,
    CharacteristicRow,
    DerivedRow,
    DocumentRow,
    Fault,
    FeatureRow,
    FormulaFailed,
    ModelRefused,
    ParameterRow,
    Placed,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
    choice,
)
from orders.engine.pricing import Price, PriceStep, price
from orders.engine.proving import prove_product
from orders.engine.reading import Problem, Repair, Stored, shown

__all__ = [
    "PARAMETER_KINDS",
    "QUANTITY",
    "RULE_KINDS",
    "Availability",
    "BomRow",
    "BudgetRow",
    "CharacteristicRow",
    "CompiledProduct",
    "Configuration",
    "DerivedRow",
    "DocumentRow",
    "Fault",
    "FeatureRow",
    "FormulaFailed",
    "ModelRefused",
    "ParameterRow",
    "Placed",
    "Price",
    "PriceRow",
    "PriceStep",
    "Problem",
    "ProductModel",
    "Release",
    "Repair",
    "RuleRow",
    "StepRow",
    "Stored",
    "choice",
    "compile_product",
    "configure",
    "explode",
    "price",
    "prove_product",
    "shown",
    "specification",
    "unit_cost",
]
