"""The life of a job on one page: its states, its events, and whom each move hands over to."""

from kernel.machine import Machine, Row, State

STATES = (
    State("draft", "Draft", "We are preparing your quotation", "pencil", "neutral", 0),
    State("quoted", "Quoted", "Your quotation is ready", "file-text", "info", 1),
    State("planning", "Planning", "Your order is being scheduled", "calendar", "info", 2, stage=True),
    State("procurement", "Procurement", "Materials are on their way", "shopping-cart", "info", 3, stage=True),
    State("production", "Production", "Your order is being built", "tool", "active", 4, stage=True),
    State("quality", "Quality", "Your order is being inspected", "clipboard-check", "active", 5, stage=True),
    State("logistics", "Logistics", "Your order is being packed", "package", "active", 6, stage=True),
    State("in_transit", "In transit", "Your order is on its way", "truck", "active", 7, stage=True),
    State("delivered", "Delivered", "Your order has been delivered", "circle-check", "good", 8),
    State("closed", "Closed", "Your order is complete", "lock", "neutral", 9, final=True),
    State("expired", "Expired", "Your quotation has expired", "hourglass", "neutral", 10, final=True),
    State("declined", "Declined", "You declined the quotation", "circle-x", "neutral", 11, final=True),
    State("cancelled", "Cancelled", "Your order was cancelled", "ban", "bad", 12, final=True),
)

BEFORE_ORDER = ("draft", "quoted")
IN_WORK = ("planning", "procurement", "production", "quality", "logistics")
RAIL = ("planning", "procurement", "production", "quality", "logistics", "in_transit")
OPEN = (*BEFORE_ORDER, *IN_WORK, "in_transit")

WITHDRAW = (
    "planning.withdraw_jobs",
    "procurement.withdraw_jobs",
    "production.withdraw_jobs",
    "quality.withdraw_jobs",
    "logistics.withdraw_jobs",
)

ROWS = (
    Row(("draft",), "quote", "quoted", "Send quotation", primary=True),
    Row(("quoted",), "revise", "draft", "Revise quotation"),
    Row(("quoted",), "expire", "expired", "Expire quotation", by="sweeper"),
    Row(("quoted",), "decline", "declined", "Record decline", asks_reason=True),
    Row(("quoted",), "confirm", "planning", "Confirm order", ("planning.plan_jobs",), primary=True),
    Row(
        ("planning",),
        "planned",
        "procurement",
        "Hand over to procurement",
        ("procurement.source_jobs", "quality.plan_inspections"),
        by="stage",
    ),
    Row(
        ("procurement",),
        "supplied",
        "production",
        "Release to production",
        ("production.release_jobs",),
        "stage",
    ),
    Row(
        ("production",), "produced", "quality", "Hand over to inspection", ("quality.inspect_jobs",), "stage"
    ),
    Row(("quality",), "failed", "production", "Send back for rework", ("production.rework_jobs",), "stage"),
    Row(
        ("quality",),
        "passed",
        "logistics",
        "Release for delivery",
        ("logistics.prepare_deliveries",),
        "stage",
    ),
    Row(("logistics",), "shipped", "in_transit", "Ship", by="stage"),
    Row(("in_transit",), "delivered", "delivered", "Confirm delivery", by="stage"),
    Row(("delivered",), "close", "closed", "Close order", primary=True),
    Row((*IN_WORK, "in_transit"), "hold", "", "Hold job", asks_reason=True),
    Row((*IN_WORK, "in_transit"), "resume", "", "Resume job"),
    Row((*BEFORE_ORDER,), "cancel", "cancelled", "Cancel quotation", asks_reason=True),
    Row((*IN_WORK, "in_transit"), "cancel", "cancelled", "Cancel order", WITHDRAW, asks_reason=True),
)

LIFECYCLE = Machine(STATES, ROWS)
