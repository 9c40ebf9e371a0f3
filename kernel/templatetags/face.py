"""The components of every page, as template tags: `{% load face %}`. Catalogue: docs/guides/face.md."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kernel import formats, tongue
from kernel.drawn import day_html, full_words, part_html, plain, rail_html
from kernel.icons import ICONS
from kernel.marks import Marked, entries, mark

register = template.Library()

KNOWN_ICONS = frozenset(ICONS)
NOTHING = mark_safe(
    '<span class="muted"><span aria-hidden="true">–</span><span class="visually-hidden">not set</span></span>'
)
DUE_KINDS = frozenset({"promised", "need-by", "due", "valid until"})
Number = Decimal | float | int | None


# Marks ---------------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "truck" %}`: decorative; with `label="Late"` it speaks for itself."""
    symbol = name if name in KNOWN_ICONS else "point"
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" width="16" height="16" {} focusable="false"><use href="{}#{}"></use></svg>',
        css,
        spoken,
        static("vendor/icons.svg"),
        symbol,
    )


@register.simple_tag
def state_badge(state: Marked | str | None, label: str = "") -> SafeString:
    """`{% state_badge line.state_info %}` or `{% state_badge "on hold" %}`: word, icon and tint."""
    if not state:
        return NOTHING
    shown = mark(state)
    return format_html(
        '<span class="state tint-{}">{}{}</span>',
        shown.tint,
        icon(shown.icon),
        tongue.say(label or shown.label),
    )


@register.simple_tag
def rail(thing: Any, compact: bool = False) -> SafeString:
    """`{% rail line %}`: the steps of `thing.rail` (or a sequence of steps); `compact=True` for tables."""
    return rail_html(tuple(getattr(thing, "rail", thing)), compact)


@register.inclusion_tag("components/timeline.html")
def timeline(moves: Iterable[Any], newest_first: bool = True) -> dict[str, Any]:
    """`{% timeline moves %}`: when, what, who, why, how long; see kernel.marks.entries."""
    listed = entries(list(moves))
    return {"entries": listed[::-1] if newest_first else listed, "now": timezone.now()}


# Figures -------------------------------------------------------------------------------------------


@register.simple_tag
def money(amount: Number, currency: str) -> SafeString:
    """`{% money line.total order.currency %}`: EUR 1 234.50 in tabular figures."""
    return NOTHING if amount is None else _figure(formats.money(amount, currency))


@register.simple_tag
def quantity(value: Number, unit: str = "") -> SafeString:
    """`{% quantity 12.50 "kg" %}`: 12.5 kg."""
    return NOTHING if value is None else _figure(formats.quantity(value, unit))


@register.simple_tag
def duration(minutes: Number | timedelta) -> SafeString:
    """`{% duration 135 %}`: 2 h 15 min; takes minutes or a timedelta."""
    return NOTHING if minutes is None else _figure(formats.duration(minutes))


def _figure(text: str) -> SafeString:
    return format_html('<span class="figure">{}</span>', text)


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ 3|plural:"batch,batches" }}`: 3 batches; `{{ 1|plural:"line" }}`: 1 line."""
    one, _, many = words.partition(",")
    return formats.plural(count, one, many)


# Dates ---------------------------------------------------------------------------------------------


@register.simple_tag
def when(
    moment: date | datetime | None,
    kind: str = "",
    than: date | datetime | None = None,
    done: bool = False,
    clock: bool = False,
) -> SafeString:
    """`{% when line.promised_at kind="promised" %}`: Promised Thu 3 Dec · in 11 days.

    A promise in the past that is not `done` carries the late mark; `than=` another date marks the
    moment late where that other one lies behind it. `clock=True` shows the time of day.
    """
    if moment is None:
        return format_html("{}{}", _kind(kind), NOTHING)
    now = timezone.now()
    words = formats.absolute(moment, today=formats.day_of(now), clock=clock)
    near = _relative(moment, now, clock)
    late = "" if done else _lateness(moment, kind, than, now)
    return format_html(
        '{}<time class="when" datetime="{}" title="{}">{} <span class="near">· {}</span></time>{}',
        _kind(kind),
        moment.isoformat(),
        full_words(moment),
        words,
        near,
        late_mark(late) if late else "",
    )


@register.filter
def day(moment: date | datetime | None) -> SafeString:
    """`{{ row.promised_at|day }}`: Thu 3 Dec, for columns of many dates; nothing where there is none."""
    if not moment:
        return SafeString("")
    return day_html(formats.day_of(moment), formats.day_of(timezone.now()), tongue.language())


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    """`{% ago move.at %}`: 12 min ago, with the exact time as its title."""
    if moment is None:
        return NOTHING
    return format_html(
        '<time class="when" datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        full_words(moment),
        formats.relative_time(moment, timezone.now()),
    )


@register.simple_tag
def late(promised: date | datetime | None, forecast: date | datetime | None) -> SafeString:
    """`{% late line.promised_at line.forecast_at %}`: ▲ 3 d late, or nothing."""
    words = formats.late_by(promised, forecast) if promised and forecast else ""
    return late_mark(words) if words else SafeString("")


def late_mark(words: str) -> SafeString:
    """The one mark of lateness: a shape and a word, never colour alone."""
    return format_html(' <span class="late"><span aria-hidden="true">▲</span> {}</span>', words)


@register.inclusion_tag("components/dates.html")
def dates(line: Any) -> dict[str, Any]:
    """`{% dates line %}`: requested, promised, forecast and actual, always labelled."""
    promised, actual = getattr(line, "promised_at", None), getattr(line, "delivered_at", None)
    return {
        "requested": getattr(line, "requested_date", None),
        "promised": promised,
        "forecast": getattr(line, "forecast_at", None),
        "actual": actual,
        "late": late(promised, actual or getattr(line, "forecast_at", None)),
    }


def _kind(kind: str) -> SafeString:
    return format_html('<span class="kind">{}</span> ', kind.capitalize()) if kind else SafeString("")


def _relative(moment: date | datetime, now: datetime, clock: bool) -> str:
    if clock and isinstance(moment, datetime):
        return formats.relative_time(moment, now)
    return formats.relative_day(formats.day_of(moment), formats.day_of(now))


def _lateness(moment: date | datetime, kind: str, than: date | datetime | None, now: datetime) -> str:
    if than is not None:
        return formats.late_by(moment, than)
    return formats.late_by(formats.day_of(moment), formats.day_of(now)) if kind in DUE_KINDS else ""


# Answers to nothing, to trouble and to "are you sure" ----------------------------------------------


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", action_url: str = "", action_label: str = "", icon: str = "inbox"
) -> dict[str, str]:
    """`{% empty "No orders yet" "…" url "New quotation" icon="file-text" %}`: teaches the first step."""
    return {"title": title, "text": text, "url": action_url, "action": action_label, "icon": icon}


@register.inclusion_tag("components/problem.html")
def problem(
    title: str, text: str = "", remedy: str = "", url: str = "", action_label: str = ""
) -> dict[str, str]:
    """`{% problem "No free machine" "Mill 2 is down until Friday." remedy="Move operation 20." url=u %}`."""
    return {"title": title, "text": text, "remedy": remedy, "url": url, "action": action_label or "Open"}


@register.inclusion_tag("components/confirm.html", takes_context=True)
def confirm(
    context: Context, name: str, title: str, text: str, action: str, verb: str, **more: Any
) -> dict[str, Any]:
    """`{% confirm "cancel" title="Cancel order?" text="The consequence." action=url verb="Cancel order" %}`.

    Renders the button and its dialog. Options: `ask="Reason"` (required text named `reason`),
    `tint="danger"` or `"primary"`, `icon=`; everything else becomes a hidden field.
    """
    request: HttpRequest | None = context.get("request")
    options = {key: more.pop(key, "") for key in ("ask", "tint", "icon")}
    opened = request is not None and request.GET.get("confirm") == name
    return {
        **options,
        "id": f"confirm-{name}",
        "name": name,
        "title": title,
        "text": text,
        "action": action,
        "verb": verb,
        "opened": opened,
        "hidden": more,
        "csrf_token": context.get("csrf_token", ""),
        "href": f"?{_query(context, confirm=name)}#confirm-{name}",
    }


# Forms ---------------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, unit: str = "", wide: bool = False) -> dict[str, Any]:
    """`{% field form.quantity unit="pcs" %}`: label, input, help and the error at the field."""
    widget = bound.field.widget
    is_check = isinstance(widget, CheckboxInput)
    css = f"{widget.attrs.get('class', '')} {_widget_class(bound)}".strip()
    return {
        "field": bound,
        "input": bound.as_widget(attrs={"class": css}),
        "is_check": is_check,
        "is_group": isinstance(widget, RadioSelect | CheckboxSelectMultiple),
        "unit": unit,
        "wide": wide,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """`{% form_errors form %}`: the summary above a form; each error links to its field."""
    visible = [bound for bound in form.visible_fields() if bound.errors]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    general = [*form.non_field_errors(), *hidden]
    count = len(general) + sum(len(bound.errors) for bound in visible)
    return {"fields": visible, "general": general, "count": count}


@register.inclusion_tag("components/fields.html")
def fields(form: Any) -> dict[str, Any]:
    """`{% fields form %}`: error summary, hidden fields and every visible field, in order."""
    return {"form": form}


def _widget_class(bound: BoundField) -> str:
    widget = bound.field.widget
    invalid = " is-invalid" if bound.errors else ""
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return ""
    if isinstance(widget, CheckboxInput):
        return f"form-check-input{invalid}"
    return f"form-select{invalid}" if isinstance(widget, Select) else f"form-control{invalid}"


# Lists ---------------------------------------------------------------------------------------------


@register.inclusion_tag("components/paging.html", takes_context=True)
def paging(context: Context, page: Page[Any], what: str = "") -> dict[str, Any]:
    """`{% paging page_obj "orders" %}`: keeps the query string; swaps the list in place."""
    paginator = page.paginator
    return {
        "page": page,
        "what": what,
        "previous": _query(context, page=page.number - 1) if page.has_previous() else "",
        "next": _query(context, page=page.number + 1) if page.has_next() else "",
        "total": formats.number(paginator.count),
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, label: str, key: str, css: str = "") -> dict[str, Any]:
    """`{% sort_header "Promised" "promised" %}`: a `<th>` that sorts by `?sort=promised` / `-promised`."""
    current = _params(context).get("sort") or context.get("sort") or ""
    standing = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    following = f"-{key}" if standing == "ascending" else key
    return {
        "label": label,
        "css": css,
        "standing": standing,
        "query": _query(context, sort=following, page=None),
    }


@register.inclusion_tag("components/chips.html", takes_context=True)
def chips(context: Context, label: str, key: str, options: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """`{% chips "State" "state" options %}`: options are (value, label) or (value, label, count)."""
    current = _params(context).get(key, "")
    listed = [("", "All", None), *((*option, None)[:3] for option in options)]
    rows = [
        {
            "label": text,
            "count": count,
            "on": str(value) == current,
            "query": _query(context, **{key: value, "page": None}),
        }
        for value, text, count in listed
    ]
    return {"label": label, "rows": rows}


def _params(context: Context) -> QueryDict:
    request: HttpRequest | None = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


def _query(context: Context, **changes: Any) -> str:
    """The query string with changes; an empty value takes the parameter out."""
    params = _params(context)
    for key, value in changes.items():
        params.pop(key, None)
        if value not in (None, ""):
            params[key] = str(value)
    return params.urlencode()


# Parts of pages ------------------------------------------------------------------------------------


@register.simple_tag
def drawn(template: str, **facts: Hashable) -> SafeString:
    """`{% drawn "orders/list.html#row" row=row money=money %}`: a part that depends on these values alone.

    It is drawn once and kept for all who ask on the same day. Values are plain and frozen, never objects of
    the database; what tells hours or minutes is drawn by the page itself.
    """
    return part_html(template, plain(facts), formats.day_of(timezone.now()), tongue.language())


@register.inclusion_tag("components/stat.html")
def stat(
    label: str, value: Any, hint: str = "", url: str = "", icon: str = "", tint: str = ""
) -> dict[str, Any]:
    """`{% stat "Late jobs" 3 hint="of 60 open" url=u tint="bad" icon="clock" %}`: a figure that opens."""
    shown = formats.number(value) if isinstance(value, int | float | Decimal) else value
    return {"label": label, "value": shown, "hint": hint, "url": url, "icon": icon, "tint": tint}


@register.inclusion_tag("components/stage_panel.html")
def stage_panel(url: str, title: str, icon: str = "") -> dict[str, str]:
    """`{% stage_panel url "Materials" icon="packages" %}`: a section its own stage fills by htmx."""
    return {"url": url, "title": title, "icon": icon, "id": f"panel-{title.lower().replace(' ', '-')}"}


@register.simple_block_tag
def pulse(content: str, name: str, url: str, version: Any, every: int = 2) -> SafeString:
    """`{% pulse "order-live" url order.version %}…{% endpulse %}`: asks again every 2 s, swaps on change.

    Only the question itself is dropped while one is under way, never what a person presses meanwhile.
    The view answers `kernel.htmx.no_change()` while `kernel.htmx.unchanged(request, version)`.
    """
    separator = "&" if "?" in url else "?"
    return format_html(
        '<div id="{0}" data-pulse hx-get="{1}{2}seen={3}" hx-trigger="every {4}s" hx-swap="outerHTML"'
        ' hx-target="this" hx-sync="this:drop" hx-disinherit="hx-sync" hx-indicator="this">{5}</div>',
        name, url, separator, version, every, content,
    )  # fmt: skip
