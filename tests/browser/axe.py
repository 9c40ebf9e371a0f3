"""The accessibility check that every page passes."""

from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE: Final = ("serious", "critical")


def grave(page: Page) -> list[str]:
    """What axe calls serious or critical, each with the first node it means."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in GRAVE]
