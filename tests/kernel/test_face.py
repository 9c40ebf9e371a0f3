"""What the component tags render: words, marks, links that keep the query, errors at the field."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from kernel import formats
from kernel.icons import ICONS
from kernel.machine import State
from kernel.marks import WORDS, entries, progress
from orders.lifecycle import STATES

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STAGES = tuple(State(code, code.title(), "", "truck", "info", rank) for rank, code in enumerate("abcd", 1))


def render(source: str, url: str = "/list", **context: Any) -> str:
    """The markup of a template line, in a request for `url`, with its white space folded."""
    request = RequestFactory().get(url)
    html = Template("{% load face %}" + source).render(Context({"request": request, **context}))
    return re.sub(r"\s+", " ", html)


class OrderForm(forms.Form):
    quantity = forms.IntegerField(min_value=1, help_text="Whole pieces.")


# --- words ---


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (11, "in 11 days"),
        (-3, "3 days ago"),
        (150, "in 5 months"),
    ],
)
def test_a_day_reads_relative_to_today(days: int, words: str) -> None:
    today = date(2026, 11, 22)
    assert formats.relative_day(today + timedelta(days=days), today) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (135, "2 h 15 min"),
        (45, "45 min"),
        (120, "2 h"),
        (0, "0 min"),
        (Decimal("0.1"), "6 s"),
        (-90, "−1 h 30 min"),
    ],
)
def test_a_duration_reads_in_hours_and_minutes(minutes: float, words: str) -> None:
    assert formats.duration(minutes) == words


def test_a_date_names_its_year_only_when_it_is_another_one() -> None:
    today = date(2026, 11, 22)
    assert formats.absolute(date(2026, 12, 3), today=today) == "Thu 3 Dec"
    assert formats.absolute(date(2027, 1, 4), today=today) == "Mon 4 Jan 2027"


def test_a_moment_stands_on_the_day_of_the_shop_not_of_utc() -> None:
    assert formats.day_of(datetime(2026, 12, 3, 23, 30, tzinfo=UTC)) == date(2026, 12, 4)


def test_money_and_quantities_carry_their_unit_and_no_needless_zeros() -> None:
    assert formats.money(Decimal("1234.5"), "EUR") == "EUR\u202f1\u202f234.50"
    assert formats.quantity(Decimal("12.500"), "kg") == "12.5\u202fkg"


def test_lateness_is_told_in_days_or_within_a_day_in_hours() -> None:
    assert formats.late_by(NOW, NOW + timedelta(days=3)) == "3 d late"
    assert formats.late_by(NOW, NOW + timedelta(hours=5)) == "5 h late"
    assert formats.late_by(NOW, NOW - timedelta(days=1)) == ""


# --- marks ---


def test_a_state_shows_word_icon_and_tint() -> None:
    html = render("{% state_badge state %}", state=STATES[2])
    assert STATES[2].label in html
    assert f"tint-{STATES[2].tint}" in html
    assert "<svg" in html


def test_a_word_without_a_machine_finds_its_mark_and_an_unknown_one_stays_neutral() -> None:
    assert "tint-warn" in render("{% state_badge 'on_hold' %}")
    assert 'tint-neutral"' in render("{% state_badge 'unheard of' %}")


def test_what_people_entered_is_escaped() -> None:
    assert "<script>" not in render("{% state_badge word %}{% stat word word hint=word %}", word="<script>x")


def test_the_rail_tells_done_current_and_upcoming() -> None:
    standings = [step.standing for step in progress(STAGES, STAGES[1])]
    assert standings == ["done", "current", "upcoming", "upcoming"]


def test_a_hold_blocks_the_current_stage_and_a_cancelled_job_drops_them_all() -> None:
    assert progress(STAGES, STAGES[1], blocked=True)[1].standing == "blocked"
    cancelled = State("x", "Cancelled", "", "ban", "bad", 9, final=True)
    assert {step.standing for step in progress(STAGES, cancelled, stopped=("x",))} == {"dropped"}


def test_the_rail_says_in_words_where_it_stands() -> None:
    html = render("{% rail steps compact=True %}", steps=progress(STAGES, STAGES[1]))
    assert 'aria-label="Progress: B, stage 2 of 4"' in html
    assert "2/4" in html


def test_the_timeline_tells_how_long_each_step_took() -> None:
    class Row:
        def __init__(self, at: datetime) -> None:
            self.at, self.title, self.by = at, "planned", "Planning"

    first, last = entries([Row(NOW + timedelta(hours=2)), Row(NOW)])
    assert (first.lasted, last.lasted) == (timedelta(hours=2), None)
    assert first.who == "Planning"


def test_a_promise_in_the_past_carries_the_late_mark_until_it_is_done() -> None:
    past = datetime.now(UTC) - timedelta(days=3)
    assert "3 d late" in render("{% when d kind='promised' %}", d=past)
    assert "late" not in render("{% when d kind='promised' done=True %}", d=past)


def test_the_four_dates_are_always_labelled() -> None:
    html = render("{% dates line %}", line=object())
    assert all(f"<dt>{word}</dt>" in html for word in ("Requested", "Promised", "Forecast", "Actual"))


# --- icons ---


def test_every_icon_that_code_and_templates_name_is_in_the_sprite() -> None:
    sources = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")]
    used = {name for path in sources for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    used |= {icon for icon, _ in WORDS.values()} | {state.icon for state in STATES}
    assert used <= set(ICONS), sorted(used - set(ICONS))


# --- forms ---


def test_an_error_stands_at_its_field_and_is_tied_to_the_input() -> None:
    html = render("{% field form.quantity unit='pcs' %}", form=OrderForm({"quantity": "0"}))
    assert 'aria-describedby="id_quantity_helptext id_quantity_error"' in html
    assert 'id="id_quantity_error"' in html


def test_the_error_summary_links_to_the_field() -> None:
    assert 'href="#id_quantity"' in render("{% form_errors form %}", form=OrderForm({"quantity": "0"}))


def test_a_dialog_is_a_plain_link_without_scripts_and_opens_from_its_address() -> None:
    line = (
        '{% confirm "cancel" title="Cancel order?" text="Gone." action="/x" verb="Cancel order" version=3 %}'
    )
    assert 'href="?confirm=cancel#confirm-cancel"' in render(line)
    html = render(line, url="/list?confirm=cancel")
    assert re.search(r"<dialog[^>]* open>", html)
    assert 'name="version" value="3"' in html


# --- lists ---


def test_sorting_keeps_the_filter_and_starts_at_the_first_page() -> None:
    html = render('{% sort_header "Total" "total" %}', url="/list?state=open&page=4&sort=total")
    assert 'href="?state=open&amp;sort=-total"' in html
    assert 'aria-sort="ascending"' in html


def test_paging_keeps_the_query() -> None:
    page = Paginator(range(30), 10).page(2)
    html = render("{% paging page 'orders' %}", url="/list?state=open&page=2", page=page)
    assert 'href="?state=open&amp;page=3"' in html
    assert "11–20" in html


def test_a_chip_marks_the_filter_that_is_on() -> None:
    html = render(
        "{% chips 'State' 'state' options %}", url="/list?state=open", options=[("open", "Open", 3)]
    )
    assert re.search(r'href="\?state=open"[^>]*aria-current="true"', html)


def test_a_pulse_asks_again_with_the_version_it_shows() -> None:
    html = render("{% pulse 'live' '/order/1' 7 %}<b>x</b>{% endpulse %}")
    assert 'hx-get="/order/1?seen=7"' in html
    assert "<b>x</b>" in html


# --- strict policy ---


def test_no_template_carries_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\shx-on|\son[a-z]+=\"|javascript:")
    found = [str(path) for path in ROOT.glob("templates/**/*.html") if inline.search(path.read_text())]
    assert not found


# --- parts that are kept ---


def test_a_drawn_part_shows_its_values_escaped() -> None:
    html = render('{% drawn "components/problem.html" title=title %}', title="<No> machine")
    assert "&lt;No&gt; machine" in html


def test_a_drawn_part_follows_its_values() -> None:
    shown = [
        render('{% drawn "components/problem.html" title=title %}', title=each) for each in ("A1", "B2", "A1")
    ]
    assert [("A1" in html, "B2" in html) for html in shown] == [(True, False), (False, True), (True, False)]
