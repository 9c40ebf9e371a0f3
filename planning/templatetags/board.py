"""Draws the bars of the board: thousands of them, so not by a template loop."""

from typing import Final

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from planning.selectors import Bar, Lane

register = template.Library()

# Titles name the links; nested svgs clip their text. Patterns are presentation attributes, so that no rule of
# the style sheet has to know the address of the page they stand on.
BAR: Final = (
    '<a href="{url}"><title>{title}</title><svg x="{x}%" y="3" width="{width}%" height="22">'
    '<rect class="slot slot-{status}{late}" width="100%" height="22" rx="3"{fill}/>'
    '<text class="slot-text slot-text-{status}" x="4" y="15">{text}</text></svg></a>'
)
FILLS: Final = {"blocked": ' fill="url(#board-hatch)"', "paused": ' fill="url(#board-dots)"'}


@register.simple_tag
def lane_bars(lane: Lane) -> SafeString:
    """`{% lane_bars lane %}`: the bars of one machine, each a link with its title."""
    return mark_safe("".join(_drawn(bar) for bar in lane.bars))


def _drawn(bar: Bar) -> str:
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
