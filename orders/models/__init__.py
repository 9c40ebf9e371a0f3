"""Tables of the orders stage."""

from orders.models.customers import Address, Company, Contact, Customer, PriceGroup, TaxCategory
from orders.models.desk import ApiKey, Document, Milestone, SubmissionOnce, WorkItem
from orders.models.drawings import Drawing
from orders.models.moves import Handover, Heartbeat, Move
from orders.models.orders import DateChange, Incoterm, Order, OrderLine, Priority, ShipPolicy, Snapshot
from orders.models.people import STAFF_ROLES, Role, User
from orders.models.prices import (
    CostRate,
    CurrencyRate,
    ListPrice,
    OptionPrice,
    OverheadRate,
    PriceApproval,
    PriceList,
    PricingPolicy,
    QuantityBreak,
    TaxRule,
)
from orders.models.products import BomLine, Item, Process, Product, ProductRevision, ProductTax
from orders.models.quotations import (
    LostReason,
    PaymentEvent,
    PaymentTerm,
    QuotationMessage,
    QuotationPaper,
    QuotationRevision,
    TermsTemplate,
)

__all__ = [
    "STAFF_ROLES",
    "Address",
    "ApiKey",
    "BomLine",
    "Company",
    "Contact",
    "CostRate",
    "CurrencyRate",
    "Customer",
    "DateChange",
    "Document",
    "Drawing",
    "Handover",
    "Heartbeat",
    "Incoterm",
    "Item",
    "ListPrice",
    "LostReason",
    "Milestone",
    "Move",
    "OptionPrice",
    "Order",
    "OrderLine",
    "OverheadRate",
    "PaymentEvent",
    "PaymentTerm",
    "PriceApproval",
    "PriceGroup",
    "PriceList",
    "PricingPolicy",
    "Priority",
    "Process",
    "Product",
    "ProductRevision",
    "ProductTax",
    "QuantityBreak",
    "QuotationMessage",
    "QuotationPaper",
    "QuotationRevision",
    "Role",
    "ShipPolicy",
    "Snapshot",
    "SubmissionOnce",
    "TaxCategory",
    "TaxRule",
    "TermsTemplate",
    "User",
    "WorkItem",
]
