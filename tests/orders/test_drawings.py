"""Drawings and free values of a line: put on, taken off, kept, given out only to who may see them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from kernel.errors import Conflict, Refused
from orders.models import Drawing, Order, OrderLine, Role
from orders.services import (
    LineInput,
    add_drawing,
    change_quotation,
    confirm_order,
    remove_drawing,
    send_quotation,
)
from orders.services import drawings as service
from tests.orders import cast

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
PDF = b"%PDF-1.7\nbracket"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """The installation's own folder for files."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


@pytest.fixture
def line(db: None) -> OrderLine:
    """A line of a draft in sales."""
    return cast.quotation().lines.get()


def added(line: OrderLine, name: str = "bracket.pdf", content: bytes = PDF) -> Drawing:
    """A drawing put on the line."""
    return add_drawing(line=line, name=name, content=content, by=None)


def extras(line: OrderLine) -> list[tuple[str, str]]:
    """What the line says beyond its choices."""
    line.refresh_from_db()
    return [(row["label"], row["text"]) for row in line.extras]


def stored(line: OrderLine) -> LineInput:
    """The line as somebody saves it again."""
    line.refresh_from_db()
    return LineInput(line.product, line.quantity, line.choices, extras=line.extras)


def address(drawing: Drawing) -> str:
    """Where it is given out."""
    return f"/drawings/{drawing.token}/"


def test_a_drawing_is_kept_as_it_came_under_a_name_of_ours(line: OrderLine, folder: Path) -> None:
    drawing = added(line, "../../etc/Bracket 7.pdf")
    assert (drawing.name, drawing.kind) == ("Bracket 7.pdf", "pdf")
    (file,) = folder.rglob("*.pdf")
    assert file.name == f"{drawing.token}.pdf"
    assert file.read_bytes() == PDF


def test_a_drawing_stands_in_the_specification_of_its_line(line: OrderLine) -> None:
    added(line)
    assert extras(line) == [("Drawing", "bracket.pdf")]


def test_a_name_ends_as_the_content_says(line: OrderLine) -> None:
    assert added(line, "bracket.exe").name == "bracket.exe.pdf"


def test_what_is_no_drawing_is_refused(line: OrderLine) -> None:
    with pytest.raises(Refused, match="no PDF, DXF, STEP or PNG"):
        added(line, "bracket.pdf", b"MZ\x90\x00")


def test_a_file_above_the_limit_is_refused(line: OrderLine) -> None:
    with pytest.raises(Refused, match="larger than 20 MB"):
        added(line, content=PDF + b"x" * service.LARGEST)


def test_a_line_takes_twenty_drawings(line: OrderLine) -> None:
    for _ in range(service.MOST):
        added(line)
    with pytest.raises(Refused, match="drawings already"):
        added(line)


def test_a_sent_quotation_takes_no_more_drawings(line: OrderLine) -> None:
    send_quotation(order=line.order, by=None, now=cast.NOW)
    with pytest.raises(Conflict, match="cannot be changed"):
        added(line)


def test_a_drawing_taken_off_leaves_the_values(line: OrderLine) -> None:
    OrderLine.objects.filter(pk=line.pk).update(extras=[{"label": "Lid", "text": "red", "address": ""}])
    remove_drawing(line=line, address=address(added(line)))
    assert extras(line) == [("Lid", "red")]


def test_who_edits_meanwhile_is_told(line: OrderLine) -> None:
    seen = line.order.version
    added(line)
    with pytest.raises(Conflict):
        change_quotation(order=line.order, lines=[stored(line)], by=None, version=seen)


def test_a_line_saved_again_keeps_its_drawings(line: OrderLine) -> None:
    added(line)
    change_quotation(order=line.order, lines=[stored(line)], by=None, version=None)
    assert extras(line) == [("Drawing", "bracket.pdf")]


def test_the_snapshot_keeps_the_drawing_with_its_hash(line: OrderLine) -> None:
    drawing = added(line)
    sent = send_quotation(order=line.order, by=None, now=cast.NOW)
    order = confirm_order(order=sent, by=None, now=cast.NOW)
    row = order.lines.get().snapshot.specification[-1]
    assert (row["text"], row["value"], row["address"]) == ("bracket.pdf", drawing.sha256, address(drawing))


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.CUSTOMER])
def test_staff_get_a_drawing_as_a_file_to_keep(role: str, line: OrderLine, browser_of: Browser) -> None:
    answer = browser_of(role).get(address(added(line)))
    assert answer["Content-Disposition"] == 'attachment; filename="bracket.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]


def test_a_stranger_is_sent_to_sign_in(line: OrderLine, client: Client) -> None:
    assert client.get(address(added(line))).status_code == 302


def customer_of(order: Order, client: Client) -> Client:
    """The browser of somebody at the order's customer."""
    client.force_login(cast.person(Role.CUSTOMER, customer=order.customer))
    return client


def test_a_customer_gets_the_drawings_of_an_own_order(line: OrderLine, client: Client) -> None:
    drawing = added(line)
    send_quotation(order=line.order, by=None, now=cast.NOW)
    assert customer_of(line.order, client).get(address(drawing)).status_code == 200


def test_a_customer_does_not_get_what_sales_is_still_writing(line: OrderLine, client: Client) -> None:
    assert customer_of(line.order, client).get(address(added(line))).status_code == 404


def test_another_customer_gets_nothing(line: OrderLine, client: Client) -> None:
    drawing = added(line)
    send_quotation(order=line.order, by=None, now=cast.NOW)
    client.force_login(cast.person(Role.CUSTOMER, customer=cast.customer(code="OTHER")))
    assert client.get(address(drawing)).status_code == 404


def uploaded(client: Client, line: OrderLine, content: bytes = PDF) -> Any:
    """What the form of the page sends."""
    file = SimpleUploadedFile("bracket.pdf", content)
    return client.post(
        f"/orders/{line.order.reference}/lines/{line.pk}/drawings/", {"drawing": file}, follow=True
    )


def test_sales_puts_a_drawing_on_a_line_and_takes_it_off(line: OrderLine, browser_of: Browser) -> None:
    sales = browser_of("sales")
    assert "bracket.pdf goes with line" in uploaded(sales, line).content.decode()
    (drawing,) = Drawing.objects.all()
    sales.post(f"/orders/{line.order.reference}/lines/{line.pk}/drawings/off/", {"address": address(drawing)})
    assert extras(line) == []


def test_a_refused_file_says_why_on_the_page(line: OrderLine, browser_of: Browser) -> None:
    assert (
        "The file is no PDF, DXF, STEP or PNG." in uploaded(browser_of("sales"), line, b"MZ").content.decode()
    )


def test_a_customer_puts_a_drawing_on_a_request_of_their_own(line: OrderLine, client: Client) -> None:
    Order.objects.filter(pk=line.order_id).update(source=Order.Source.PORTAL)
    page = uploaded(customer_of(line.order, client), line).content.decode()
    assert address(Drawing.objects.get()) in page
    assert "Take off bracket.pdf" in page


def test_the_shop_floor_puts_no_drawing_on_a_line(line: OrderLine, browser_of: Browser) -> None:
    assert uploaded(browser_of("operator"), line).status_code == 403
