"""Take pictures of the demo shop's main pages, for the README and the guides."""

import json
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from playwright.sync_api import Browser, Page, sync_playwright

from demo.shop.resources import PASSWORD
from orders.models import Order, OrderLine

SIZE = (1280, 800)
SETTLED_MS = 1200
KEYS = {"board": ("ArrowRight", "j", "m", "ArrowRight", "ArrowRight", "ArrowRight")}
"""What is pressed before a picture is taken."""

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


class Command(BaseCommand):
    """`manage.py pictures`: one small PNG a page into docs/pictures/."""

    help = "Take pictures of the running demo shop's main pages (needs Chromium)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where they go, and how wide the window is."""
        parser.add_argument("--to", type=Path, default=Path(settings.BASE_DIR) / "docs" / "pictures")
        parser.add_argument("--width", type=int, default=SIZE[0])

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign in as each role and take its pages."""
        chromium = (
            shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        )
        if not chromium:
            raise CommandError("Chromium is missing. Debian: apt-get install chromium")
        options["to"].mkdir(parents=True, exist_ok=True)
        address, tour = _address(), _tour()
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
            for person, pages in tour.items():
                self._take(browser, address, person, pages, options)
            browser.close()

    def _take(
        self, browser: Browser, address: str, person: str, pages: dict[str, str], options: dict[str, Any]
    ) -> None:
        context = browser.new_context(viewport={"width": options["width"], "height": SIZE[1]})
        page = context.new_page()
        _sign_in(page, address, person)
        for name, path in pages.items():
            page.goto(f"{address}{path}")
            # Panels load after the page itself; polling never lets the network rest.
            page.locator(".skeleton").first.wait_for(state="detached")
            page.wait_for_timeout(SETTLED_MS)
            for key in KEYS.get(name, ()):
                page.keyboard.press(key)
                page.wait_for_timeout(SETTLED_MS // 2)
            page.screenshot(path=str(options["to"] / f"{name}.png"))
            self.stdout.write(f"{name}.png  {path}")
        context.close()


def _address() -> str:
    state = Path(settings.DATA_DIR) / "installation.json"
    if not state.exists():
        raise CommandError("Nothing runs here. Start it: uv run manage.py up")
    return str(json.loads(state.read_text())["address"]).rstrip("/")


def _sign_in(page: Page, address: str, person: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], form button[type=submit]")
    page.wait_for_load_state()


def _tour() -> dict[str, dict[str, str]]:
    """Each person's pages; orders in production and late, and a draft that can be configured."""
    built = Order.objects.filter(state="production").order_by("id").first()
    draft = Order.objects.filter(state="draft").order_by("id").first()
    late = Order.objects.filter(lines__in=OrderLine.objects.late()).order_by("id").first()
    if built is None or draft is None or late is None:
        raise CommandError("The demo shop is not loaded. Load it: manage.py load_demo")
    shop = "@northbyte.example"
    return {
        f"sales{shop}": {
            "home": "/",
            "orders": "/orders/",
            "order": f"/orders/{built.reference}/",
            "configure": f"/orders/{draft.reference}/edit/",
            "promise": f"/planning/order/{draft.reference}/promise/",
            "why": f"/planning/order/{late.reference}/why/",
        },
        f"planner{shop}": {
            "planning": "/planning/",
            "board": "/planning/board/",
            "decisions": "/planning/decisions/",
        },
        f"buyer{shop}": {"procurement": "/procurement/"},
        f"operator{shop}": {"production": "/production/work-centre/WC-BLD/"},
        f"inspector{shop}": {"quality": "/quality/"},
        f"shipper{shop}": {"logistics": "/logistics/"},
        "ines@altmark.example": {"customer": "/"},
    }
