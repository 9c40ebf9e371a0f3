"""The acts on an order: which are possible now, why others are not, what each asks for and calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from orders import services
from orders.forms.acts import (
    ActForm,
    ConfirmForm,
    DeclineForm,
    LineForm,
    LineReasonForm,
    NoteForm,
    PromiseForm,
    ReasonForm,
    SendForm,
)
from orders.lifecycle import BEFORE_ORDER, IN_WORK, LIFECYCLE
from orders.models import Order, OrderLine, Role, User
from orders.selectors.quotations import terms_of
from orders.services.addressing import name_ship_to
from orders.views.people import OFFICE

COMMERCIAL = (Role.SALES, Role.MANAGER)


@dataclass(frozen=True)
class Act:
    """One act: its words, what it asks for, who may, which lines it is possible for, and how it is done."""

    code: str
    verb: str
    icon: str
    title: str
    text: str
    done: str
    form: type[ActForm]
    event: str
    carry: Callable[[ActForm, User], object]
    phase: str = "order"
    roles: Sequence[str] = COMMERCIAL
    tint: str = "primary"

    def lines(self, order: Order, lines: Sequence[OrderLine]) -> list[OrderLine]:
        """The lines that could take part now."""
        able = [line for line in lines if (line.state, self.event) in POSSIBLE]
        if self.event == "approve":
            return [line for line in able if line.approval_reason and line.approved_at is None]
        if self.event == "hold":
            return [line for line in able if not line.held]
        return [line for line in able if line.held] if self.event == "resume" else able

    def why_not(self, order: Order, lines: Sequence[OrderLine]) -> str:
        """Why it is not possible now and what would make it so; empty where it is."""
        if self.event == "close":
            return _why_not_close(lines)
        if self.event == "quote" and (unapproved := _unapproved(lines)):
            return unapproved
        if self.event == "confirm" and any(line.optional or line.alternatives for line in lines):
            return "It leaves the customer a choice: record it on the page of the revision."
        if self.lines(order, lines):
            return ""
        return WHY_NOT.get((self.event, order.state)) or f"Not possible in state “{order.state_info.label}”."


POSSIBLE = (
    {("draft", "approve")}
    | {(source, row.event) for row in LIFECYCLE.rows for source in row.sources}
    | {(state, "promise") for state in (*IN_WORK, "in_transit")}
)
WHY_NOT = {
    ("approve", "draft"): "No price waits for an approval.",
    ("approve", "quoted"): "The quotation is sent.",
    ("confirm", "draft"): "Send the quotation first.",
    ("quote", "quoted"): "It is sent. Revise it to change it.",
    ("revise", "draft"): "It is a draft: edit it.",
    ("decline", "draft"): "It was not sent yet.",
}


def _why_not_close(lines: Sequence[OrderLine]) -> str:
    waiting = [line for line in lines if line.state != "delivered" and not line.state_info.final]
    if waiting:
        named = ", ".join(
            f"line {line.position} is in {line.state_info.label.lower()}" for line in waiting[:3]
        )
        return f"Possible once everything is delivered: {named}."
    return "" if any(line.state == "delivered" for line in lines) else "Nothing was delivered."


def _unapproved(lines: Sequence[OrderLine]) -> str:
    """Which price keeps the quotation from being sent."""
    waiting = [line for line in lines if line.state == "draft" and line.approval_reason]
    line = next((line for line in waiting if line.approved_at is None), None)
    if line is not None and getattr(line, "agreed", None) is False:
        return f"The price of line {line.position} was turned down. Change it."
    return f"Line {line.position} waits for an approval: {line.approval_reason}." if line else ""


def _approve(form: ActForm, by: User) -> object:
    data = form.cleaned_data
    return services.approve_price(order=form.order, by=by, note=data["note"], version=data["version"])


def _turn_down(form: ActForm, by: User) -> object:
    data = form.cleaned_data
    return services.turn_down_price(order=form.order, by=by, reason=data["reason"], version=data["version"])


def _send(form: ActForm, by: User) -> object:
    data = form.cleaned_data
    order = services.send_quotation(
        order=form.order,
        by=by,
        version=data["version"],
        valid_until=data["valid_until"],
        beside=data.get("beside", False),
    )
    return services.paper_of(revision=order.revisions.latest("id"))


def _confirm(form: ActForm, by: User) -> object:
    data, order = form.cleaned_data, form.order
    if data.get("ship_to"):
        order = name_ship_to(order=order, ship_to=data["ship_to"], version=data["version"])
    return services.confirm_order(
        order=order,
        by=by,
        version=data["version"],
        customer_po=data["customer_po"],
        promised=data["promised"],
    )


def _revise(form: ActForm, by: User) -> object:
    return services.revise_quotation(order=form.order, by=by, version=form.cleaned_data["version"])


def _decline(form: ActForm, by: User) -> object:
    data = form.cleaned_data
    return services.decline_quotation(
        order=form.order,
        reason=data["reason"],
        lost_reason=data["lost_reason"],
        by=by,
        version=data["version"],
    )


def _hold(form: ActForm, by: User) -> object:
    return services.hold_jobs(lines=form.chosen_lines(), reason=form.cleaned_data["reason"], by=by)


def _resume(form: ActForm, by: User) -> object:
    return services.resume_jobs(lines=form.chosen_lines(), by=by)


def _promise(form: ActForm, by: User) -> object:
    data = form.cleaned_data
    return services.promise_anew(
        order=form.order,
        promised=data["promised"],
        reason=data["reason"],
        by=by,
        version=data["version"],
        lines=None if form.whole_order else form.chosen_lines(),
    )


def _cancel(form: ActForm, by: User) -> object:
    reason, version = form.cleaned_data["reason"], form.cleaned_data["version"]
    if form.whole_order:
        return services.cancel_order(order=form.order, reason=reason, by=by, version=version)
    line = form.chosen_lines()[0]
    return services.cancel_job(line=line, reason=reason, by=by, version=version)


def _close(form: ActForm, by: User) -> object:
    return services.close_order(order=form.order, by=by, version=form.cleaned_data["version"])


ACTS = (
    Act(
        "send", "Send quotation", "send", "Send the quotation?",
        "The customer may accept it until the day given. It cannot be edited while it is out.",
        "The quotation is sent.", SendForm, "quote", _send, "quotation",
    ),
    Act(
        "approve", "Approve price", "checklist", "Approve the price?",
        "You agree as the second person. It is kept with your name; a changed price needs a new approval.",
        "The price is approved.", NoteForm, "approve", _approve, "quotation", roles=(Role.MANAGER,),
    ),
    Act(
        "turn-down", "Turn down price", "circle-x", "Turn the price down?",
        "The seller finds your reason on the sales list. The quotation cannot be sent at this price.",
        "The price is turned down.", ReasonForm, "approve", _turn_down, "quotation", roles=(Role.MANAGER,),
    ),
    Act(
        "confirm", "Confirm order", "check", "Confirm the order?",
        "It gets its order number, its specification is frozen, and planning starts at once.",
        "The order is confirmed.", ConfirmForm, "confirm", _confirm, "quotation",
    ),
    Act(
        "close", "Close order", "lock", "Close the order?",
        "Everything was delivered. A closed order is history and cannot be changed any more.",
        "The order is closed.", ActForm, "close", _close,
    ),
    Act(
        "revise", "Revise quotation", "arrow-back-up", "Take the quotation back?",
        "It becomes a draft again and has to be sent anew.",
        "The quotation is a draft again.", ActForm, "revise", _revise, "quotation",
    ),
    Act(
        "decline", "Record decline", "circle-x", "Record that the customer declined?",
        "The quotation ends here. The reason helps to win the next one.",
        "The decline is recorded.", DeclineForm, "decline", _decline, "quotation",
    ),
    Act(
        "promise", "Promise anew", "calendar-event", "Promise another date?",
        "The earlier promise stays in the history, and the customer reads the new one.",
        "The new date is promised.", PromiseForm, "promise", _promise,
    ),
    Act(
        "hold", "Hold job", "hand-stop", "Put on hold?",
        "No stage works on it, nothing is bought, booked or packed for it until it is resumed.",
        "On hold.", LineReasonForm, "hold", _hold, roles=OFFICE,
    ),
    Act(
        "resume", "Resume job", "player-play", "Resume?",
        "Every stage goes on where it stopped.",
        "It goes on.", LineForm, "resume", _resume, roles=OFFICE,
    ),
    Act(
        "cancel-quotation", "Cancel quotation", "ban", "Cancel the quotation?",
        "It ends here and cannot be sent any more.",
        "The quotation is cancelled.", ReasonForm, "cancel", _cancel, "quotation", tint="danger",
    ),
    Act(
        "cancel", "Cancel order", "ban", "Cancel?",
        "Planned operations and reservations are withdrawn, what was bought becomes free stock. "
        "Work done so far stays on record. This cannot be undone.",
        "Cancelled. Each stage withdraws what it can.", LineReasonForm, "cancel", _cancel, tint="danger",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """An act as the page offers it: with its form once that is asked for, or why it is not possible now."""

    act: Act
    form: ActForm | None
    why_not: str

    @property
    def opened(self) -> bool:
        """Whether the person asked for its form."""
        return self.form is not None


def offers(
    order: Order, lines: Sequence[OrderLine], user: User, *, refused: ActForm | None, code: str
) -> list[Offer]:
    """The acts of this phase that the person may do; act `code` is open, with its `refused` form if any."""
    phase = "quotation" if order.state in BEFORE_ORDER else "order"
    acts = [act for act in ACTS if act.phase == phase and user.has_role(*act.roles)]
    if order.state_info.final:
        return []
    return [
        Offer(
            act=act,
            form=(refused or form_of(act, order, lines)) if act.code == code else None,
            why_not=act.why_not(order, lines),
        )
        for act in acts
        if act.event != "resume" or act.lines(order, lines)
    ]


def form_of(act: Act, order: Order, lines: Sequence[OrderLine], data: Any = None) -> ActForm:
    """The act's form, filled from the order or from what was posted."""
    initial: dict[str, Any] = {}
    if act.form is ConfirmForm:
        days = [line.requested_date for line in lines if line.requested_date]
        held = [timezone.localdate(line.promised_at) for line in lines if line.promised_at]
        initial = {
            "customer_po": order.customer_po,
            "promised": max(held, default=None) or order.requested_date or max(days, default=None),
        }
    elif act.form is SendForm and order.state == "draft":
        lasts = timedelta(days=terms_of(order).valid_days)
        initial = {"valid_until": services.today(timezone.now()) + lasts}
    return act.form(
        data, order=order, lines=act.lines(order, lines), initial=initial, auto_id=f"{act.code}_%s"
    )
