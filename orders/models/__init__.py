"""Tables of the orders stage."""

from orders.models.customers import Address, Company, Contact, Customer
from orders.models.desk import ApiKey, Document, Milestone, SubmissionOnce, WorkItem
from orders.models.moves import Handover, Heartbeat, Move
from orders.models.orders import DateChange, Incoterm, Order, OrderLine, ShipPolicy, Snapshot
from orders.models.people import STAFF_ROLES, Role, User
from orders.models.products import (
    BomLine,
    Characteristic,
    Item,
    Option,
    OptionGroup,
    Parameter,
    PriceRule,
    Process,
    Product,
    RoutingStep,
    Rule,
)

__all__ = [
    "STAFF_ROLES",
    "Address",
    "ApiKey",
    "BomLine",
    "Characteristic",
    "Company",
    "Contact",
    "Customer",
    "DateChange",
    "Document",
    "Handover",
    "Heartbeat",
    "Incoterm",
    "Item",
    "Milestone",
    "Move",
    "Option",
    "OptionGroup",
    "Order",
    "OrderLine",
    "Parameter",
    "PriceRule",
    "Process",
    "Product",
    "Role",
    "RoutingStep",
    "Rule",
    "ShipPolicy",
    "Snapshot",
    "SubmissionOnce",
    "User",
    "WorkItem",
]
