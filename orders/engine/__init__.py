"""Configurator, pricing and explosion: pure functions on frozen data.

compiled = compile_product(model)                     # once per product revision
configuration = configure(compiled, {"CPU": "C16"})   # typed values, problems
price(compiled, configuration, 3).unit_price
explode(compiled, configuration, 3).bom
"""

from orders.engine.assemblies import assembly_faults
from orders.engine.compiling import CompiledProduct, compile_product
from orders.engine.configuring import Configuration, configure
from orders.engine.costing import Cost, CostBasis, ProcessRate
from orders.engine.effectivity import Effectivity, effectivity
from orders.engine.exchange import Exchange, RateRow
from orders.engine.explosion import Release, explode, specification
from orders.engine.figures import Figure, restored, stored
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
from orders.engine.offering import Offer, offer
from orders.engine.pricing import Price, PriceStep, price
from orders.engine.proving import Proof, prove, prove_product
from orders.engine.reading import Problem, Repair, Stored, shown
from orders.engine.terms import (
    BreakRow,
    Limit,
    ListTerms,
    Tax,
    TaxRow,
    Terms,
    beyond,
    margin_percent,
    tax_for,
    taxes,
)

__all__ = [
    "PARAMETER_KINDS",
    "QUANTITY",
    "RULE_KINDS",
    "BomRow",
    "BreakRow",
    "BudgetRow",
    "CharacteristicRow",
    "CompiledProduct",
    "Configuration",
    "Cost",
    "CostBasis",
    "DerivedRow",
    "DocumentRow",
    "Effectivity",
    "Exchange",
    "Fault",
    "FeatureRow",
    "Figure",
    "FormulaFailed",
    "Limit",
    "ListTerms",
    "ModelRefused",
    "Offer",
    "ParameterRow",
    "Placed",
    "Price",
    "PriceRow",
    "PriceStep",
    "Problem",
    "ProcessRate",
    "ProductModel",
    "Proof",
    "RateRow",
    "Release",
    "Repair",
    "RuleRow",
    "StepRow",
    "Stored",
    "Tax",
    "TaxRow",
    "Terms",
    "assembly_faults",
    "beyond",
    "choice",
    "compile_product",
    "configure",
    "effectivity",
    "explode",
    "margin_percent",
    "offer",
    "price",
    "prove",
    "prove_product",
    "restored",
    "shown",
    "specification",
    "stored",
    "tax_for",
    "taxes",
]
