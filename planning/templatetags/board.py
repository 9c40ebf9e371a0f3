"""Draws the bars of the board: thousands of them, so not by a template loop."""

from functools import lru_cache
from typing import Final

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kernel import formats
from planning.selectors import Bar, Board, Lane

register = template.Library()

LANE: Final = (
    '<tr{first}><th scope="row">{machine}{centre}</th>'
    '<td><svg width="100%" height="28" role="group" aria-label="{machine}: {count}">'
    '<use href="#board-closed-{closed}"/>{bars}</svg></td></tr>'
)
# Titles name the links; nested svgs clip their text. Patterns are presentation attributes, so that no rule of
# the style sheet has to know the address of the page they stand on.
BAR: Final = (
    '<a href="{url}"><title>{title}</title><svg x="{x}%" y="3" width="{width}%" height="22">'
    '<rect class="slot slot-{status}{late}" width="100%" height="22" rx="3"{fill}/>'
    '<text class="slot-text slot-text-{status}" x="4" y="15">{text}</text></svg></a>'
)
FILLS: Final = {
    "blocked": ' fill="url(#board-hatch)"',
    "paused": ' fill="url(#board-dots)"',
    "held": ' fill="url(#board-held)"',
}


@register.simple_tag
@lru_cache(maxsize=16)
def board_lanes(board: Board) -> SafeString:
    """`{% board_lanes board %}`: a row for each machine with its bars, each a link with its title."""
    return mark_safe("".join(_lane(lane) for lane in board.lanes))


def _lane(lane: Lane) -> str:
    return LANE.format(
        first=' class="is-first"' if lane.first else "",
        machine=escape(lane.machine),
        centre=f' <span class="muted">{escape(lane.centre)}</span>' if lane.first else "",
        count=formats.plural(len(lane.bars), "operation"),
        closed=lane.closed,
        bars="".join(_bar(bar) for bar in lane.bars),
    )


def _bar(bar: Bar) -> str:
    return BAR.format(
        url=escape(bar.url),
        title=escape(bar.title),
        x=bar.x,
        width=bar.width,
        status=bar.status,
        late=" is-late" if bar.late else "",
        fill=FILLS.get(bar.status, ""),
        text=escape(f"{bar.mark} {bar.label}".strip()),
    )
