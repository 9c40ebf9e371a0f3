"""The words of a page in the language it is drawn in; these tags stand in every template without loading."""

from django import template

from kernel import tongue

register = template.Library()


@register.simple_tag
def say(english: str, **facts: object) -> str:
    """`{% say "Valid until {day}" day=day %}`: in the language the page is drawn in (kernel.tongue)."""
    return tongue.say(english, **facts)


@register.filter
def said(english: object) -> str:
    """`{{ error|said }}`: a whole phrase, in the language the page is drawn in."""
    return tongue.say(str(english))


@register.simple_tag
def language() -> str:
    """The language the page is drawn in, for `<html lang>`."""
    return tongue.language()
