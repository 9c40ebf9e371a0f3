"""The configurator of a product with more choices than a page draws, and what it sends after a click."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.clicks_play import slots_of
from orders.engine import FeatureRow, Stored, choice
from orders.models import Product
from orders.selectors import deciders
from orders.selectors.configurator import Click, configurator
from orders.selectors.configurator.changes import coded, told
from orders.selectors.configurator.remembering import remembered, written
from tests.cast import ALPEN
from tests.orders import cast, pages

Browser = Callable[[str], Client]
EXTRAS = tuple(FeatureRow(f"EXTRA{number}", f"Extra {number}") for number in range(80))
NEW = f"/orders/new/?customer={ALPEN}&product=DESK"


@pytest.fixture
def desk(db: None) -> Product:
    """A desk with eighty extras beside its top and legs."""
    features = (*cast.desk_rows(1)["features"], *EXTRAS)
    return cast.published_desk("DESK", features=features)


def clicked(client: Client, target: str = "summary", **data: str) -> str:
    """What htmx gets for the element `target`."""
    more: dict[str, Any] = {**pages.HTMX, "HTTP_HX_TARGET": target}
    given = {"product": "DESK", "customer": ALPEN, **data}
    return client.post("/orders/configure/", given, **more).content.decode()


def steel(desk: Product) -> str:
    """What the page remembers where only a steel top was chosen."""
    return written(deciders.decider(desk), {"TOP": "STEEL"})


def was_in(text: str) -> str:
    """What the page is told to remember."""
    found = re.search(r'name="was" value="([^"]*)"', text)
    assert found
    return found[1].replace("&quot;", '"')


@given(st.sets(st.integers(0, 20_000)))
def test_coded_slots_are_read_back_as_they_were(places: set[int]) -> None:
    assert slots_of(coded(np.array(sorted(places), np.intp))) == sorted(places)


def test_a_run_is_written_as_one_word() -> None:
    assert coded(np.arange(100, 166)) == "2s+1t"
    assert coded(np.array([0, 1, 2, 5, 40])) == "0+2 2 y"


def test_a_click_on_nine_thousand_separate_slots_stays_small() -> None:
    assert len(coded(np.arange(0, 18_000, 2))) < 30_000


@pytest.mark.django_db
def test_what_is_told_turns_the_states_before_into_those_after(desk: Product) -> None:
    decides = deciders.decider(desk)
    before, after = decides.decide({}), decides.decide({"TOP": "STEEL"})
    changed = {
        decides.slots[slot]: state
        for state, runs in (part.split(":") for part in told(before, after).split(";"))
        for slot in slots_of(runs)
    }
    assert changed == {
        ("TOP", "STEEL"): "chosen",
        ("LEGS", "WOOD"): "blocked",
        ("LEGS", "IRON"): "implied",
    }


@pytest.mark.django_db
def test_choices_are_remembered_as_they_were_written(desk: Product) -> None:
    decides = deciders.decider(desk)
    choices: dict[str, Stored] = {"TOP": "STEEL", "EXTRA3": False, "WIDTH": "1800", "MARK": "given 7"}
    assert written(decides, choices).endswith(';{"WIDTH":"1800","MARK":"given 7"}')
    assert remembered(decides, written(decides, choices)) == choices


@pytest.mark.django_db
def test_a_completed_product_is_remembered_in_an_eighth_of_its_json(desk: Product) -> None:
    decides = deciders.decider(desk)
    whole: dict[str, Stored] = {row.code: False for row in EXTRAS}
    assert len(written(decides, whole)) < len(json.dumps(whole)) / 8


def test_an_update_tells_only_what_is_drawn_and_counts_the_rest(browser_of: Browser, desk: Product) -> None:
    form = {"drawn": "TOP EXTRA1", "was": "", "choice.TOP": "STEEL"}
    text = clicked(browser_of("sales"), **form)
    assert 'data-states="chosen:1"' in text
    assert "1 implied, 1 blocked" in text


@pytest.mark.django_db
def test_nothing_is_told_where_nothing_changed(desk: Product) -> None:
    decision = deciders.decider(desk).decide({"TOP": "STEEL"})
    assert told(decision, decision) == ""


@pytest.mark.django_db
def test_sixty_choices_are_drawn_and_the_others_counted(desk: Product) -> None:
    panel = configurator(desk, Click({}))
    assert (len(panel.groups), panel.more, panel.paged) == (60, 22, True)
    assert configurator(desk, Click({}, find="extra 79")).groups[0].code == "EXTRA79"


@pytest.mark.django_db
def test_a_page_draws_four_hundred_options_and_no_choice_in_part(desk: Product) -> None:
    long = tuple(
        choice(f"LONG{n}", f"Long {n}", tuple(FeatureRow(f"L{n}_{k}", str(k)) for k in range(90)))
        for n in range(6)
    )
    features = (*cast.desk_rows(1)["features"], *long)
    panel = configurator(cast.published_desk("LONG", features=features), Click({}))
    assert [len(group.options) for group in panel.groups] == [2, 2, 90, 90, 90, 90]
    assert panel.more == 2


@pytest.mark.django_db
def test_a_choice_is_found_by_the_name_of_an_option(desk: Product) -> None:
    panel = configurator(desk, Click({}, find="steel"))
    assert [group.code for group in panel.groups] == ["TOP"]


def test_what_was_chosen_on_another_page_of_choices_stays_chosen(browser_of: Browser, desk: Product) -> None:
    text = clicked(
        browser_of("sales"),
        **{"drawn": "EXTRA79", "find": "extra 79", "was": steel(desk), "choice.EXTRA79": "yes"},
    )
    assert remembered(deciders.decider(desk), was_in(text)) == {"TOP": "STEEL", "EXTRA79": True}


def test_a_choice_left_open_where_it_is_drawn_is_open(browser_of: Browser, desk: Product) -> None:
    text = clicked(browser_of("sales"), drawn="TOP LEGS", was=steel(desk))
    assert was_in(text) == ""


def test_finding_draws_the_choices_their_names_and_the_summary(browser_of: Browser, desk: Product) -> None:
    text = clicked(browser_of("sales"), "groups", find="extra 79")
    assert 'name="drawn" value="EXTRA79 ' in text
    assert text.count('hx-swap-oob="true"') == 2
    assert "choice.EXTRA78" not in text


def test_a_click_is_answered_without_drawing_the_choices(browser_of: Browser, desk: Product) -> None:
    text = clicked(browser_of("sales"), was="", **{"choice.TOP": "STEEL"})
    assert "choice.EXTRA1" not in text
    assert "data-states=" in text
    assert len(text) < 30_000


def test_the_page_of_a_small_product_keeps_no_list_of_what_it_draws(browser_of: Browser, db: None) -> None:
    cast.published_desk("DESK")
    assert 'name="drawn"' not in browser_of("sales").get(NEW).content.decode()


def test_the_page_is_sent_compressed_to_who_reads_that(browser_of: Browser, desk: Product) -> None:
    answer = browser_of("sales").get(NEW, headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
