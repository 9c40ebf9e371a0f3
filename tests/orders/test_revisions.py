"""What is sent is kept: revisions by letter, superseded or side by side, answered once, brought back."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kernel.errors import Conflict, Refused
from orders import services
from orders.models import Order, QuotationRevision, WorkItem
from orders.services import Acceptance, LineInput, canonical_sha256, hash_of, token_of
from tests.orders import cast

pytestmark = pytest.mark.django_db

STRONG = {"TOP": "STEEL", "LEGS": "IRON"}
LATER = cast.NOW + timedelta(days=1)


def revision(order: Order, letter: str = "A") -> QuotationRevision:
    """What was sent under this letter."""
    return order.revisions.get(letter=letter)


def statuses(order: Order) -> str:
    """The state of each revision, oldest first."""
    return " ".join(order.revisions.values_list("status", flat=True))


def accepted(
    found: QuotationRevision, *, options: list[int] | None = None, quantities: Mapping[int, int] | None = None
) -> Order:
    """Accept it as the customer would."""
    wanted = Acceptance("Lena Brandt", found.sha256, options=options or [], quantities=quantities or {})
    return services.accept_quotation(revision=found, acceptance=wanted, by=None, now=LATER)


def revised(order: Order, *lines: LineInput, **how: Any) -> QuotationRevision:
    """Take it back, write these lines, send it again."""
    services.revise_quotation(order=order, by=None, now=cast.NOW)
    services.change_quotation(order=order, lines=lines, by=None, version=None, now=cast.NOW)
    services.send_quotation(order=order, by=None, now=cast.NOW, **how)
    return order.revisions.order_by("-id")[0]


def with_choices() -> Order:
    """A desk, another one as an option line, and 1, 5 or 20 of a third."""
    product = cast.published_desk()
    return cast.quoted(
        LineInput(product, 2),
        LineInput(product, 1, STRONG, optional=True),
        LineInput(product, 1, alternatives=[20, 5]),
    )


# --- sending ---


def test_what_is_sent_is_kept_with_its_fingerprint_and_without_costs() -> None:
    sent = revision(cast.quoted(LineInput(cast.published_desk(), 2, STRONG)))
    (line,) = sent.content["lines"]
    assert (sent.letter, sent.status, sent.sha256) == ("A", "sent", canonical_sha256(sent.content))
    assert (line["unit_price"], line["total"], sent.content["total"]) == ("539.00", "1078.00", "1078.00")
    assert {"code": "TOP", "label": "Top", "text": "Steel"} in line["specification"]
    assert "cost" not in str(sent.content)


def test_only_the_hash_of_a_links_secret_is_stored() -> None:
    sent = revision(cast.quoted())
    token = token_of(sent)
    assert len(token) == 64
    assert sent.token_sha256 == hash_of(token)
    assert token not in str(QuotationRevision.objects.values().get())


def test_a_link_made_under_another_key_is_not_shown_again(settings: Any) -> None:
    sent = revision(cast.quoted())
    settings.SECRET_KEY = "another one"
    assert token_of(sent) == ""


def test_sending_again_supersedes_what_was_sent_before() -> None:
    order = cast.quoted()
    again = revised(order, LineInput(order.lines.get().product, 7))
    assert (again.letter, statuses(order)) == ("B", "superseded sent")


def test_sent_beside_both_stay_open_and_the_longer_one_holds_the_quotation() -> None:
    order = cast.quoted()
    revised(order, LineInput(order.lines.get().product, 7), beside=True, valid_until=cast.NOW.date())
    order.refresh_from_db()
    assert (statuses(order), order.valid_until) == ("sent sent", date(2026, 12, 23))


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (53, "BA"), (703, "AAA")])
def test_letters_go_on_after_z(number: int, letters: str) -> None:
    assert services.revisions.letter_of(number) == letters


@pytest.mark.parametrize("change", [{"content": {}}, {"sha256": "0" * 64}, {"frozen": {}}, {"letter": "Z"}])
def test_the_database_refuses_to_change_what_was_sent(change: dict[str, Any]) -> None:
    order = cast.quoted()
    with pytest.raises(DatabaseError, match="keeps what was sent"), transaction.atomic():
        order.revisions.update(**change)


def test_the_database_refuses_a_second_answer_and_deleting() -> None:
    order = accepted(revision(cast.quoted()))
    with pytest.raises(DatabaseError, match="keeps what was sent"), transaction.atomic():
        order.revisions.update(status="declined")
    with pytest.raises(DatabaseError, match="keeps what was sent"), transaction.atomic():
        order.revisions.all().delete()


# --- accepting ---


def test_accepting_confirms_the_order_and_keeps_who_accepted_which_document() -> None:
    sent = revision(cast.quoted())
    order = accepted(sent)
    sent.refresh_from_db()
    assert order.number
    assert (sent.status, sent.answered_name, sent.accepted_sha256) == ("accepted", "Lena Brandt", sent.sha256)
    assert order.lines.get().snapshot.sha256


def test_accepting_again_gives_the_same_order() -> None:
    sent = revision(cast.quoted())
    assert accepted(sent).number == accepted(sent).number


def test_options_not_taken_are_declined_and_the_others_are_ordered() -> None:
    order = accepted(revision(with_choices()))
    assert list(order.lines.values_list("position", "state")) == [
        (10, "planning"),
        (20, "declined"),
        (30, "planning"),
    ]


def test_a_chosen_quantity_has_its_own_price_and_the_chosen_total_is_kept() -> None:
    sent = revision(with_choices())
    order = accepted(sent, options=[20], quantities={30: 5})
    sent.refresh_from_db()
    assert [line.quantity for line in order.lines.all()] == [2, 1, 5]
    assert Decimal(sent.chosen["total"]) == sum(line.total for line in order.lines.all())


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"options": [10]}, "take.10"),
        ({"options": [99]}, "take.99"),
        ({"quantities": {30: 7}}, "quantity.30"),
        ({"quantities": {99: 1}}, "take.99"),
    ],
)
def test_a_choice_that_was_not_offered_is_refused_at_its_field(choice: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        accepted(revision(with_choices()), **choice)
    assert caught.value.field == field


def test_taking_none_of_the_options_of_a_quotation_of_options_is_refused() -> None:
    order = cast.quoted(LineInput(cast.published_desk(), 1, optional=True))
    with pytest.raises(Refused, match="Nothing is chosen"):
        accepted(revision(order))


@pytest.mark.parametrize(
    ("given", "field"), [({"name": " "}, "name"), ({"name": "x" * 121}, "name"), ({"sha256": "0"}, "sha256")]
)
def test_who_accepts_and_which_document_are_needed(given: dict[str, str], field: str) -> None:
    sent = revision(cast.quoted())
    wanted = Acceptance(**{"name": "Lena Brandt", "sha256": sent.sha256, **given})
    with pytest.raises(Refused) as caught:
        services.accept_quotation(revision=sent, acceptance=wanted, by=None, now=LATER)
    assert caught.value.field == field


def test_accepting_an_earlier_one_beside_brings_its_lines_prices_and_head_back() -> None:
    product = cast.published_desk()
    order = cast.quoted(LineInput(product, 2, STRONG), LineInput(product, 1))
    before = order.revisions.get().content
    revised(order, LineInput(product, 9), beside=True)
    done = accepted(revision(order))
    kept = done.lines.filter(state="planning")
    assert [(line.quantity, str(line.unit_price)) for line in kept] == [
        (row["quantity"], row["unit_price"]) for row in before["lines"]
    ]
    assert kept[0].choices["TOP"] == "STEEL"
    assert statuses(order) == "accepted superseded"


def test_accepting_the_earlier_one_takes_off_what_only_the_later_one_has() -> None:
    product = cast.published_desk()
    order = cast.quoted(LineInput(product, 2))
    revised(order, LineInput(product, 2), LineInput(product, 4), beside=True)
    done = accepted(revision(order))
    assert list(done.lines.values_list("quantity", "state")) == [(2, "planning"), (4, "cancelled")]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("expire", "was valid until 23.12.2026"),
        ("sweep", "has expired"),
        ("supersede", "superseded by a later revision"),
        ("reject", "was rejected"),
        ("cancel", "was withdrawn"),
        ("revise", "is being revised"),
    ],
)
def test_what_is_over_cannot_be_accepted_and_says_what_to_do(end: str, words: str) -> None:
    order = cast.quoted()
    sent, at = revision(order), LATER
    if end in ("expire", "sweep"):
        at = cast.NOW + timedelta(days=31)
    if end == "sweep":
        services.expire_quotations(now=at)
    if end in ("supersede", "revise"):
        services.revise_quotation(order=order, by=None, now=cast.NOW)
    if end == "supersede":
        services.send_quotation(order=order, by=None, now=cast.NOW)
    if end == "reject":
        services.decline_quotation(order=order, reason="Too dear", by=None, now=cast.NOW)
    if end == "cancel":
        services.cancel_order(order=order, reason="By mistake", by=None, now=cast.NOW)
    with pytest.raises(Conflict, match=words) as caught:
        services.accept_quotation(revision=sent, acceptance=Acceptance("Lena", sent.sha256), by=None, now=at)
    assert caught.value.remedy
    assert not Order.objects.filter(number__isnull=False).exists()


def test_a_wished_day_that_has_passed_must_be_agreed_anew() -> None:
    order = cast.quoted()
    sent = revision(order)
    with pytest.raises(Conflict, match=r"10\.12\.2026 has passed") as caught:
        services.accept_quotation(
            revision=sent,
            acceptance=Acceptance("Lena", sent.sha256),
            by=None,
            now=cast.NOW + timedelta(days=20),
        )
    assert "Ask us for a new date" in caught.value.remedy
    assert statuses(order) == "sent"


def test_sales_confirming_accepts_what_was_sent_last() -> None:
    order, seller = cast.quoted(), cast.seller()
    revised(order, LineInput(order.lines.get().product, 7), beside=True)
    services.confirm_order(order=order, by=seller, now=cast.NOW)
    assert statuses(order) == "superseded accepted"
    assert revision(order, "B").answered_by == seller


# --- rejecting, expiring, asking ---


def test_a_rejection_keeps_its_reason_and_ends_the_quotation() -> None:
    order = cast.quoted()
    services.reject_revision(
        revision=revision(order), lost_reason="price", text="10 % above", name="Lena", by=None, now=LATER
    )
    order.refresh_from_db()
    sent = revision(order)
    assert (order.state, sent.status, sent.lost_reason, sent.lost_text) == (
        "declined",
        "declined",
        "price",
        "10 % above",
    )
    assert not WorkItem.objects.waiting().exists()


def test_rejecting_one_of_two_leaves_the_other_open() -> None:
    order = cast.quoted()
    later = revised(order, LineInput(order.lines.get().product, 7), beside=True)
    services.reject_revision(revision=later, lost_reason="price", name="Lena", by=None, now=LATER)
    order.refresh_from_db()
    assert (order.state, statuses(order)) == ("quoted", "sent declined")
    assert accepted(revision(order)).lines.get(state="planning").quantity == 2


def test_sales_cannot_confirm_the_lines_of_a_rejected_revision() -> None:
    order = cast.quoted()
    later = revised(order, LineInput(order.lines.get().product, 7), beside=True)
    services.reject_revision(revision=later, lost_reason="price", name="Lena", by=None, now=LATER)
    with pytest.raises(Conflict, match="Record the acceptance of revision A"):
        services.confirm_order(order=order, by=None, now=LATER)


def test_a_reason_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        services.reject_revision(
            revision=revision(cast.quoted()), lost_reason="mood", name="Lena", by=None, now=LATER
        )
    assert caught.value.field == "lost_reason"


def test_the_sweeper_ends_the_shorter_one_and_leaves_its_alternative_open() -> None:
    order = cast.quoted()
    later = LineInput(order.lines.get().product, 7)
    revised(order, later, beside=True, valid_until=date(2026, 11, 30))
    assert services.expire_quotations(now=cast.NOW + timedelta(days=8)) == 1
    order.refresh_from_db()
    assert (order.state, statuses(order)) == ("quoted", "sent expired")
    assert services.expire_quotations(now=cast.NOW + timedelta(days=31)) == 1
    order.refresh_from_db()
    assert (order.state, statuses(order)) == ("expired", "expired expired")


def test_a_question_waits_for_sales_until_it_is_answered() -> None:
    order, seller = cast.quoted(), cast.seller()
    sent = revision(order)
    services.ask_question(revision=sent, text="Is oak possible?", name="Lena", now=LATER)
    item = WorkItem.objects.waiting().get(key=f"question:{order.pk}")
    assert item.reason == f"Altair Air asks about {order.quotation_number} rev A"
    services.answer_question(revision=sent, text="Yes.", by=seller, now=LATER)
    assert not WorkItem.objects.waiting().filter(key=item.key).exists()
    assert list(order.messages.values_list("ours", "text")) == [(False, "Is oak possible?"), (True, "Yes.")]


def test_an_empty_question_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        services.ask_question(revision=revision(cast.quoted()), text="  ", name="Lena", now=LATER)
    assert caught.value.field == "text"
