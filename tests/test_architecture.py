"""The house rules, counted: whatever breaks one names the place."""

import ast
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model

from mto.settings.env import REPOSITORY

FLOORS = {
    "kernel": 0,
    "orders": 1,
    "planning": 2,
    "procurement": 3,
    "production": 3,
    "quality": 4,
    "logistics": 4,
    "demo": 5,
    "mto": 5,
}
STAGES = ("orders", "planning", "procurement", "production", "quality", "logistics")
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_ENGINE, LONGEST_ENTRY = 400, 50, 60, 20
ENTRY_ROOMS = {"views", "api", "tasks"}
MOST_ARROWS = 26
SKIPPED = {"node_modules", "vendor", "migrations", "__pycache__", "staticfiles"}
REGISTRY = re.compile(
    r'https?://[\w.-]+/(simple\b|packages/[0-9a-f]{2}/)|"resolved":\s*"https?:|registry\s*=\s*"?https?:'
)
INLINE = re.compile(
    r"\son[a-z]+\s*=|\shx-on\b|\sstyle\s*=|<style\b|<script(?![^>]*\bsrc=)[^>]*>|javascript:|[\"']js:", re.I
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


# --- what there is to measure ---


def files(*suffixes: str) -> Iterator[Path]:
    """Every file of ours with one of the suffixes, as a path below the repository."""
    for path in sorted(REPOSITORY.rglob("*")):
        inside = path.relative_to(REPOSITORY)
        hidden = any(part.startswith(".") or part in SKIPPED for part in inside.parts)
        if path.suffix in suffixes and not hidden and path.is_file():
            yield inside


@cache
def modules() -> dict[Path, tuple[str, ast.Module]]:
    """The code that ships: source and syntax by path."""
    found = {}
    for path in files(".py"):
        if path.parts[0] != "tests":
            source = (REPOSITORY / path).read_text(encoding="utf8")
            found[path] = (source, ast.parse(source))
    return found


@cache
def functions() -> list[tuple[Path, Function, int]]:
    """Every function with its length in lines."""
    return [
        (path, node, (node.end_lineno or node.lineno) - node.lineno + 1)
        for path, (_, tree) in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    ]


def rooms(path: Path) -> set[str]:
    """The folder and file names a module stands under."""
    return {*path.parts[:-1], path.stem}


def place(path: Path, node: Function) -> str:
    return f"{path}:{node.lineno} {node.name}"


@cache
def arrows() -> Counter[tuple[str, str]]:
    """Imports between packages of the staircase, by their top names."""
    found: Counter[tuple[str, str]] = Counter()
    for path, (_, tree) in modules().items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for target in {name.partition(".")[0] for name in names}:
                if {path.parts[0], target} <= FLOORS.keys() and path.parts[0] != target:
                    found[path.parts[0], target] += 1
    return found


def run(*command: str) -> None:
    """A tool over the whole repository; what it says is the failure's text."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-2000:]}"


# --- tools ---


def test_imports_keep_the_contracts() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", ".")


def test_the_code_is_formatted() -> None:
    run("ruff", "format", "--check", ".")


def test_mypy_strict_finds_nothing() -> None:
    packages = [name for name in (*FLOORS, "benchmarks") if (REPOSITORY / name).is_dir()]
    run("mypy", *packages, "manage.py")


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# --- the staircase ---


def test_every_package_has_its_place_in_the_contracts() -> None:
    contracts = ConfigParser()
    contracts.read(REPOSITORY / ".importlinter")
    named = set(contracts["importlinter"]["root_packages"].split())
    packages = {path.parts[0] for path in modules() if len(path.parts) > 1} - {"benchmarks"}
    assert packages == named == set(FLOORS)


def test_foreign_keys_go_down_only() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model in apps.get_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if (target := field.related_model) and not isinstance(target, str) and not goes_down(model, target)
    ]
    assert wrong == []


def goes_down(model: type[Model], target: type[Model]) -> bool:
    """Within an app, to a lower floor, or from or to a package that is not ours."""
    above, below = model._meta.app_label, target._meta.app_label
    if above == below or not {above, below} <= FLOORS.keys():
        return True
    return FLOORS[above] > FLOORS[below]


def test_arrows_between_packages_stay_few() -> None:
    assert len(arrows()) <= MOST_ARROWS, sorted(arrows())


def test_no_two_packages_see_each_other() -> None:
    assert [pair for pair in arrows() if pair[::-1] in arrows()] == []


def test_imports_stand_at_the_top_of_modules() -> None:
    late = [
        place(path, function)
        for path, function, _ in functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_no_import_hides_behind_type_checking() -> None:
    assert [str(path) for path, (source, _) in modules().items() if "TYPE_CHECKING" in source] == []


def test_nothing_is_told_by_django_signals() -> None:
    hidden = ("django.dispatch", "django.db.models.signals")
    assert [
        str(path) for path, (source, _) in modules().items() if any(word in source for word in hidden)
    ] == []


# --- budgets ---


def test_no_file_outgrows_its_room() -> None:
    long = [f"{path} {source.count(chr(10))}" for path, (source, _) in modules().items()]
    assert [line for line in long if int(line.rpartition(" ")[2]) > LONGEST_FILE] == []


def test_no_function_is_long() -> None:
    long = [
        f"{place(path, node)} {length}"
        for path, node, length in functions()
        if length > (LONGEST_ENGINE if "engine" in rooms(path) else LONGEST_FUNCTION)
    ]
    assert long == []


def test_entry_points_only_pass_on() -> None:
    long = [
        f"{place(path, node)} {length}"
        for path, node, length in functions()
        if rooms(path) & ENTRY_ROOMS and path.parts[0] in STAGES and length > LONGEST_ENTRY
    ]
    assert long == []


def test_the_usual_function_is_short() -> None:
    lengths = sorted(length for _, _, length in functions())
    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 30


def test_the_usual_file_is_short() -> None:
    assert statistics.median(source.count("\n") for source, _ in modules().values()) <= 100


# --- words ---


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path) for path, (source, tree) in modules().items() if source and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_services_and_engines_say_what_they_promise() -> None:
    silent = [
        place(path, node)
        for path, (_, tree) in modules().items()
        if rooms(path) & {"services", "engine"}
        for node in tree.body
        if isinstance(node, Function) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    assert [str(path) for path, (source, _) in modules().items() if marks.search(source)] == []


def test_no_registry_address_is_committed() -> None:
    text = files(".py", ".toml", ".json", ".md", ".yml", ".yaml", ".txt", ".cfg")
    assert [
        str(path) for path in text if REGISTRY.search((REPOSITORY / path).read_text(encoding="utf8"))
    ] == []


def test_templates_carry_no_inline_code() -> None:
    found = [
        f"{path}:{number} {line.strip()[:80]}"
        for path in files(".html")
        for number, line in enumerate((REPOSITORY / path).read_text(encoding="utf8").splitlines(), 1)
        if INLINE.search(line)
    ]
    assert found == []


def test_dependencies_are_pinned_exactly() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf8")
    pins = re.findall(r'^  "([a-z][\w.\[\]-]*)([=<>~!]=?[^"]*)?"', text.partition("[tool.ruff]")[0], re.M)
    assert [name for name, pin in pins if not pin.startswith("==")] == []
