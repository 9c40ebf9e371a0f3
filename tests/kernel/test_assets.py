"""The front-end files: named files only, a sprite of the used icons, nothing done twice."""

import re
from pathlib import Path

import pytest

from kernel import assets

ROOT = Path(__file__).resolve().parents[2]


def project(folder: Path) -> Path:
    """A project whose packages are already there, below a path with a space."""
    root = folder / "a shop"
    icons = root / "node_modules/@tabler/icons/icons/outline"
    icons.mkdir(parents=True)
    for name in assets.ICONS:
        (icons / f"{name}.svg").write_text(
            '<svg width="24"><path stroke="none" d="M0 0"/><path d="M1 1"/></svg>'
        )
    css = root / "node_modules/@tabler/core/dist/css/tabler.min.css"
    css.parent.mkdir(parents=True)
    css.write_text("a{}\n/*# sourceMappingURL=tabler.min.css.map */")
    (root / "package-lock.json").write_text("{}")
    return root


def test_files_are_copied_without_their_source_map_and_icons_become_one_sprite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "_npm_ci", lambda root: None)
    root = project(tmp_path)
    assert assets.build(root, print)
    assert "sourceMappingURL" not in (root / "static/vendor/tabler/tabler.min.css").read_text()
    assert (root / "static/vendor/icons.svg").read_text().count("<symbol") == len(assets.ICONS)


def test_a_second_run_does_nothing_until_the_lock_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "_npm_ci", lambda root: None)
    root = project(tmp_path)
    assert [assets.build(root, print), assets.build(root, print)] == [True, False]
    (root / "package-lock.json").write_text('{"changed": 1}')
    assert assets.build(root, print)


def test_a_wrong_icon_name_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsError, match="adjustments-horizontal"):
        assets.sprite(tmp_path)


def test_the_lock_file_carries_no_address() -> None:
    assert "http" not in (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_icon_names_are_sorted_and_unique() -> None:
    assert list(assets.ICONS) == sorted(set(assets.ICONS))


def test_every_icon_of_a_page_is_known() -> None:
    pages = Path(__file__).parents[2].joinpath("templates").rglob("*.html")
    named = {
        name for page in pages for name in re.findall(r'\{% icon "([a-z0-9-]+)"', page.read_text("utf8"))
    }
    assert named <= set(assets.ICONS)
