"""The planner's board in a real browser: `python -m benchmarks.board --operations 20000` prints a JSON line.

A shop of fifty machines with so many open operations is planned, the web server runs as `manage.py up` starts
it, and Chromium opens the board so wide that all of them are in its window. `load_ms` is from the request to
the first whole picture, `pan_ms` and `zoom_ms` CPU time of the page's main thread per step (medians),
`drag_preview_ms` from the question who becomes late to its answer while a bar is dragged (median) with the
median CPU time of its own (`preview_cpu_ms`), `bytes` the data of the window as sent; `people_` the same with
rows of people.
"""

import argparse
import json
import os
import shutil
from statistics import median
from typing import Any, Final

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.installation import Installation, installation
from benchmarks.web import serve
from mto.embedded.process import choose_port

PLAY: Final = ("-m", "benchmarks.board_play")
STEPS: Final = 30
DRAGS: Final = 8
COMPILING: Final = 300_000
"""Milliseconds: on a new machine the first question compiles the engine."""
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=20_000)
    options = parser.parse_args()
    with installation() as here:
        answer = here.folder / "answer.json"
        here.run(*PLAY, "--operations", str(options.operations), "--out", str(answer))
        prepared = json.loads(answer.read_text())
        port = choose_port(None)
        serve(here, port)
        print(json.dumps({"operations": prepared["operations"], **played(here, port, prepared)}), flush=True)


def chromium() -> str | None:
    """Where the machine's Chromium stands."""
    return os.environ.get("MTO_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def played(here: Installation, port: int, prepared: dict[str, Any]) -> dict[str, Any]:
    """The figures of one session at the board."""
    address = f"http://127.0.0.1:{port}"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": prepared["cookie"], "value": prepared["session"], "url": address}])
        page = context.new_page()
        sizes: list[int] = []
        page.on("response", lambda found: sizes.append(_size(found)) if "/board/data/" in found.url else None)
        board = f"{address}/planning/board/?days={prepared['days']}"
        loads = [opened(page, board) for _ in range(4)][1:]
        page.wait_for_timeout(1500)
        bars = page.evaluate("() => Number(document.getElementById('board').dataset.bars)")
        metrics = context.new_cdp_session(page)
        metrics.send("Performance.enable")
        figures = {
            "bars": bars,
            "load_ms": median(loads),
            "bytes": max(sizes),
            "pan_ms": stepped(page, metrics, 40, 0),
            "zoom_ms": stepped(page, metrics, 0, -30),
        }
        page.goto(f"{address}/planning/board/?days=4")
        figures |= dragged(page)
        here.run(*PLAY, "--staff")
        sizes.clear()
        loads = [opened(page, f"{board}&rows=people") for _ in range(3)]
        page.wait_for_timeout(1500)
        figures |= {"people_load_ms": median(loads), "people_bytes": max(sizes)}
        figures |= {"people_pan_ms": stepped(page, metrics, 40, 0)}
        browser.close()
    return figures


def _size(response: Any) -> int:
    return int(response.request.sizes()["responseBodySize"])


def opened(page: Page, address: str) -> int:
    """Milliseconds from the request to the first whole picture."""
    page.goto(address)
    page.wait_for_function("() => performance.getEntriesByName('board-shown').length")
    shown: float = page.evaluate("() => performance.getEntriesByName('board-shown')[0].startTime")
    return round(shown)


def stepped(page: Page, metrics: CDPSession, sideways: int, zoomed: int) -> float:
    """CPU milliseconds of the main thread for each turn of the wheel, each with a picture of its own."""
    box = page.locator("#board-glass").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    found = []
    for number in range(STEPS):
        before = busy(metrics)
        if zoomed:
            page.keyboard.down("Control")
        page.mouse.wheel(sideways if number % 10 < 5 else -sideways, zoomed if number % 10 < 5 else -zoomed)
        if zoomed:
            page.keyboard.up("Control")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found.append(1000 * (busy(metrics) - before))
    return round(median(found), 1)


def busy(metrics: CDPSession) -> float:
    """Seconds the main thread has worked so far."""
    rows = metrics.send("Performance.getMetrics")["metrics"]
    return float(next(row["value"] for row in rows if row["name"] == "TaskDuration"))


def dragged(page: Page) -> dict[str, float]:
    """A bar is dragged a little further a few times, waiting for its effect each time."""
    page.wait_for_function("() => performance.getEntriesByName('board-shown').length")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("m")
    for number in range(DRAGS):
        page.keyboard.press("Shift+ArrowRight")
        page.wait_for_function(
            "(known) => performance.getEntriesByName('board-preview').length > known",
            arg=number,
            timeout=COMPILING,
        )
    took = page.evaluate("() => performance.getEntriesByName('board-preview').map((each) => each.duration)")
    page.keyboard.press("Escape")
    return {"drag_preview_ms": round(median(took)), "drag_preview_first_ms": round(took[0])}


if __name__ == "__main__":
    main()
