"""One user of the configurator over HTTP: opens the page, looks for a part, clicks what is possible."""

import gzip
import http.client
import random
import re
import time
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import urlencode

CHOICE: Final = re.compile(
    r'data-slot="(\d+)" data-state="(\w+)".*?type="(\w+)" id="[^"]*" name="(choice\.[^"]+)" value="([^"]*)"'
)
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
STATES: Final = re.compile(r'data-states="([^"]*)"')
GZIP: Final = {"Accept-Encoding": "gzip"}
FORM: Final = "application/x-www-form-urlencoded"


@dataclass
class Option:
    """One option as the page draws it."""

    name: str
    value: str
    many: bool
    state: str


@dataclass
class User:
    """What a browser holds; times in seconds, sizes in bytes."""

    port: int
    configure: str
    cookie: str
    rng: random.Random
    hidden: dict[str, str] = field(default_factory=dict)
    options: dict[int, Option] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    clicks: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    sent: int = 0

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def open(self, page: str) -> tuple[float, int, int]:
        """Open the page; seconds, bytes as sent (compressed) and as read."""
        began = time.perf_counter()
        body = self._ask("GET", page, None, {})
        took = time.perf_counter() - began
        self.drawn(body)
        return took, self.sent, len(body)

    def find(self, words: str) -> float:
        """Have other choices drawn; seconds."""
        began = time.perf_counter()
        self.drawn(self._post({"find": words}, "groups"))
        return time.perf_counter() - began

    def click(self) -> None:
        """Choose one of the possible options on the page and take in what changed."""
        possible = [option for option in self.options.values() if option.state == "valid"]
        if not possible:
            return
        option = self.rng.choice(possible)
        self.chosen[option.name] = option.value
        began = time.perf_counter()
        body = self._post({"latest": option.name.removeprefix("choice.")}, "summary")
        self.clicks.append(time.perf_counter() - began)
        self.sizes.append(len(body))
        self._changed(body.decode())

    def complete(self) -> None:
        """Have everything that is open chosen at the least price."""
        self.drawn(self._post({"complete": "cheapest"}, "configurator"))
        self.chosen = {one.name: one.value for one in self.options.values() if one.state == "chosen"}

    def reopen(self) -> tuple[float, int]:
        """Leave one of the choices on the page open; seconds and bytes as read."""
        name = self.rng.choice(sorted(self.chosen))
        del self.chosen[name]
        began = time.perf_counter()
        body = self._post({"latest": name.removeprefix("choice.")}, "summary")
        took = time.perf_counter() - began
        self._changed(body.decode())
        return took, len(body)

    def drawn(self, body: bytes) -> None:
        """Take in a page, or the part of it that was drawn anew."""
        text = body.decode()
        self.hidden |= {name: unescape(value) for name, value in HIDDEN.findall(text)}
        found = CHOICE.findall(text)
        self.options = {
            int(s): Option(name, value, kind == "checkbox", state) for s, state, kind, name, value in found
        }
        names = {option.name for option in self.options.values()}
        self.chosen = {name: value for name, value in self.chosen.items() if name in names}

    def _changed(self, text: str) -> None:
        self.hidden |= {name: unescape(value) for name, value in HIDDEN.findall(text)}
        states = STATES.search(text)
        for part in unescape(states[1]).split(";") if states and states[1] else ():
            state, _, runs = part.partition(":")
            for slot in slots_of(runs):
                if slot in self.options:
                    self.options[slot].state = state

    def _post(self, more: dict[str, str], target: str) -> bytes:
        data = {**self.hidden, "quantity": "1", **self.chosen, **more}
        headers = {"Content-Type": FORM, "HX-Request": "true", "HX-Target": target}
        return self._ask("POST", self.configure, urlencode(data), headers)

    def _ask(self, method: str, path: str, data: str | None, headers: dict[str, str]) -> bytes:
        """The body; once more where the server closed a connection that was idle."""
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, data, {"Cookie": self.cookie, **GZIP, **headers})
                answer = self.connection.getresponse()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection.close()
                if attempt == 2:
                    raise
        body = answer.read()
        self.sent = len(body)
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        for made in answer.headers.get_all("Set-Cookie", []):
            if made.startswith("csrf"):
                self.cookie = f"{self.cookie.partition('; csrf')[0]}; {made.partition(';')[0]}"
        return body


def slots_of(runs: str) -> list[int]:
    """The slots that `gap+more` in base 36 stand for, as the page reads them."""
    found: list[int] = []
    place = 0
    for run in runs.split():
        gap, _, more = run.partition("+")
        place += int(gap, 36)
        last = place + int(more or "0", 36)
        found += range(place, last + 1)
        place = last + 1
    return found
