"""Public holidays by country and its part."""

import logging
from collections.abc import Iterable
from datetime import date

import holidays

logger = logging.getLogger(__name__)


def public_holidays(country: str, subdivision: str, years: Iterable[int]) -> dict[date, str]:
    """The public holidays of these years by name; none without a country, or where it is not known."""
    if not country:
        return {}
    try:
        return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=years))
    except NotImplementedError as error:
        logger.warning("holidays of %s %s: %s", country, subdivision, error)
        return {}
