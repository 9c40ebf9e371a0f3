"""Start, watch and stop one child process and nothing else."""

import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

LOG_LIMIT: Final = 20_000_000


class StartFailed(Exception):
    """A service did not come up; the message says which, why and where its log lies."""


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    account: int | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches only its supervisor."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=folder,
            user=account,
            group=account,
            extra_groups=None if account is None else [],
            start_new_session=True,
        )


def stop(pid: int, *, with_signal: signal.Signals = signal.SIGTERM, patience: float = 20.0) -> None:
    """Ask the process to end, wait, and kill it with all its children when it does not listen."""
    try:
        process = psutil.Process(pid)
        family = process.children(recursive=True)
        process.send_signal(with_signal)
    except psutil.NoSuchProcess:
        return
    _, deaf = psutil.wait_procs([process], timeout=patience)
    for member in (*deaf, *(family if deaf else ())):
        with suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(deaf, timeout=5)


def age_mark(pid: int) -> float:
    """When the process began: with the pid it names one process for ever. 0 when there is none."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for the message of a failure."""
    try:
        return "\n".join(log.read_text(encoding="utf8", errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def is_free(port: int) -> bool:
    """Whether a server may listen on the port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(remembered: int | None) -> int:
    """The remembered port when it is free, else any free one."""
    if remembered and is_free(remembered):
        return remembered
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
