"""How the pages' files are stored."""

import re
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from mto.settings.env import REPOSITORY
from mto.static import Storage
from planning.views.board import MODULES

BOARD = "js/board"


def test_scripts_import_each_other_by_their_stored_names(tmp_path: Path) -> None:
    source = FileSystemStorage(location=REPOSITORY / "static")
    names = [f"{BOARD}/{name}" for name in source.listdir(BOARD)[1]]
    storage = Storage(location=tmp_path, base_url="/static/")
    for name in names:
        storage.save(name, source.open(name))
    list(storage.post_process({name: (storage, name) for name in names}))
    main = (tmp_path / storage.stored_name(f"{BOARD}/main.js")).read_text()
    imported = re.findall(r'from "\./([^"]+)"', main)
    assert imported
    assert all(
        (tmp_path / BOARD / name).is_file() and re.search(r"\.[0-9a-f]{12}\.js", name) for name in imported
    )


def test_the_board_asks_for_all_its_scripts_at_once() -> None:
    found = {f"{BOARD}/{path.name}" for path in (REPOSITORY / "static" / BOARD).iterdir()}
    assert found == {*MODULES, f"{BOARD}/main.js"}
