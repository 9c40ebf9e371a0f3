"""Compilation: one form per kernel, kept on disk, ready after the warm-up."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from mto.settings.env import REPOSITORY
from planning.engine import busy_of, insert, repair, schedule, standing_slots, warm_up
from planning.engine.build import build
from planning.engine.crowd import occupy
from planning.engine.dispatch import simulate
from planning.engine.graph import inverted, topological_order
from planning.engine.insert import fill
from planning.engine.material import latest_starts, serve
from planning.engine.result import job_finish, least_ends, reasons
from planning.engine.rule import judge
from planning.engine.shop import pinned_blocks, place_started
from tests.planning.engine_cases import random_problem, shop_of
from tests.planning.whole_shops import whole_shop

SCRIPT = """
from planning.engine import add_work, windows_of
add_work(windows_of([(0, 60)]), 0, 30)
print(sum(add_work.stats.cache_hits.values()), sum(add_work.stats.cache_misses.values()))
"""


def test_no_kernel_is_compiled_again_after_the_warm_up() -> None:
    warm_up()
    kernels: list[Any] = [simulate, fill, judge, inverted, topological_order, job_finish, least_ends, reasons]
    kernels += [pinned_blocks, place_started, build, occupy, serve, latest_starts]
    for number in range(20):
        schedule(random_problem(number))
        made = schedule(whole_shop(number))
        insert(whole_shop(number, fixed=False), [])
        repair(made.problem, standing_slots(made.machine, made.start, made.end))
    insert(shop_of(2), busy_of(schedule(shop_of(20))))
    assert [len(each.signatures) for each in kernels] == [1] * len(kernels)


def test_kernels_are_read_from_the_cache_folder_though_the_sources_are_read_only(tmp_path: Path) -> None:
    sources, cache = tmp_path / "sources", tmp_path / "cache"
    engine = sources / "planning" / "engine"
    engine.mkdir(parents=True)
    for source in (REPOSITORY / "planning" / "engine").glob("*.py"):
        (engine / source.name).write_text(source.read_text(encoding="utf8"), encoding="utf8")
    (sources / "planning" / "__init__.py").touch()
    (sources / "kernel").mkdir()
    (sources / "kernel" / "__init__.py").touch()
    door = Path("kernel", "jit.py")
    (sources / door).write_text((REPOSITORY / door).read_text(encoding="utf8"), encoding="utf8")
    engine.chmod(stat.S_IRUSR | stat.S_IXUSR)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}

    def start() -> str:
        command = [sys.executable, "-c", SCRIPT]
        done = subprocess.run(
            command, cwd=sources, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert [start(), start()] == ["0 1", "1 0"]
    assert not list(sources.rglob("*.nbi"))
    engine.chmod(stat.S_IRWXU)
