"""The only reader of the environment: typed, and loud about what is missing or malformed."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

REPOSITORY: Final = Path(__file__).resolve().parents[2]
STATE_FILE: Final = "installation.json"
NOTHING_RUNS: Final = (
    "Is the installation running? Start it with `uv run manage.py up`, name its data folder by --data DIR or "
    "MTO_DATA, or set DATABASE_URL and REDIS_URL."
)
NOWHERE: Final = {"DATABASE_URL": "postgresql://mto@127.0.0.1:1/mto", "REDIS_URL": "redis://127.0.0.1:1/0"}
THREAD_LIMITS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
KNOWN_SECRETS: Final = (
    "changeme",
    "change-me",
    "django-insecure",
    "only for tests",
    "password",
    "secret",
    "example",
)
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True)
class ServiceUrl:
    """Where a service answers, taken apart."""

    scheme: str
    host: str
    port: int | None
    user: str
    password: str = field(repr=False)
    name: str
    options: dict[str, str]


def env_str(name: str, default: str | None = None, *, remedy: str = "") -> str:
    """The variable's text, or the default; without both the start ends with its name and the remedy."""
    value = os.environ.get(name)
    if value is not None and value.strip():
        return value.strip()
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. {remedy or f'Set {name} in the environment.'}")
    return default


def env_int(name: str, default: int | None = None, *, least: int | None = None) -> int:
    """The variable as a whole number, not below `least`."""
    text = env_str(name, None if default is None else str(default))
    try:
        value = int(text)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} is {text!r}. Write a whole number, for example {name}=8."
        ) from error
    if least is not None and value < least:
        raise ImproperlyConfigured(f"{name} is {value}. It must be at least {least}.")
    return value


def env_bool(name: str, default: bool = False) -> bool:
    """The variable as yes or no."""
    text = env_str(name, "1" if default else "0").lower()
    if text not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} is {text!r}. Write 1 or 0 (true/false, yes/no, on/off).")
    return text in _TRUE


def env_list(name: str, default: str | None = None, *, remedy: str = "") -> list[str]:
    """The variable's comma separated parts, blanks dropped."""
    return [part.strip() for part in env_str(name, default, remedy=remedy).split(",") if part.strip()]


def env_secret(name: str, default: str | None = None, *, remedy: str = "") -> str:
    """A secret from NAME, or from the file that NAME_FILE names."""
    path = env_str(f"{name}_FILE", "")
    if not path:
        return env_str(name, default, remedy=remedy or f"Set {name}, or {name}_FILE to a file that holds it.")
    try:
        return Path(path).read_text(encoding="utf8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
        ) from error


def env_url(name: str, schemes: tuple[str, ...], default: str | None = None) -> ServiceUrl:
    """A service's address from NAME or NAME_FILE, with one of the schemes."""
    example = f"{schemes[0]}://user:password@host:port/name"
    text = env_secret(name, default, remedy=f"Set {name} (or {name}_FILE), for example {name}={example}.")
    url = parse_url(text)
    if url.scheme not in schemes or not (url.host or url.options.get("host")) or not url.name:
        raise ImproperlyConfigured(f"{name} is no address this program knows. Write it as {example}.")
    return url


def parse_url(text: str) -> ServiceUrl:
    """Take an address apart; percent signs in user, password and name are decoded."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"An address in the settings cannot be read: {error}.") from error
    return ServiceUrl(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        name=unquote(parts.path.lstrip("/")),
        options=dict(parse_qsl(parts.query)),
    )


def refuse_weak(name: str, secret: str, *, least: int) -> str:
    """The secret, or the end of the start when it is short, uniform or a well-known default."""
    known = any(word in secret.lower() for word in KNOWN_SECRETS)
    if known or len(secret) < least or len(set(secret)) < 5:
        raise ImproperlyConfigured(
            f"{name} holds a default or weak secret. Give it one of at least {least} characters, for example "
            "from `openssl rand -hex 32`."
        )
    return secret


def kept_secret(path: Path) -> str:
    """The secret in the file; on the first call it is drawn and kept, readable by the owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf8", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf8").strip()


def _private(path: str, flags: int) -> int:
    """Open so that only the owner reads."""
    return os.open(path, flags, 0o600)


def data_dir() -> Path:
    """The folder of the installation at hand: MTO_DATA, or .data beside manage.py."""
    return Path(env_str("MTO_DATA", str(REPOSITORY / ".data"))).expanduser().resolve()


def take_data_option(argv: list[str]) -> list[str]:
    """Read `--data DIR` (or `--data=DIR`) out of the arguments into MTO_DATA; returns what is left."""
    rest: list[str] = []
    arguments = iter(argv)
    for argument in arguments:
        if argument == "--data":
            os.environ["MTO_DATA"] = next(arguments, "") or _no_folder()
        elif argument.startswith("--data="):
            os.environ["MTO_DATA"] = argument.removeprefix("--data=") or _no_folder()
        else:
            rest.append(argument)
    return rest


def _no_folder() -> str:
    """End the program: --data stood there without its folder."""
    raise SystemExit("--data needs a folder: --data DIR")


def choose_settings(module: str) -> None:
    """Use these settings where the environment names none."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)


def limit_native_threads() -> None:
    """Numeric libraries use one thread per process: the processes themselves fill the cores."""
    for name in THREAD_LIMITS:
        os.environ.setdefault(name, "1")


def keep_compiled_kernels() -> None:
    """Let numba keep what it compiled, apart for each state of the engines' source.

    Numba looks at one file at a time, so a kernel that calls a changed one would stay as it was.
    """
    sources = [REPOSITORY / "kernel" / "jit.py", *sorted(REPOSITORY.glob("*/engine/**/*.py"))]
    digest = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    for folder in (REPOSITORY / ".data", data_dir()):
        kept = folder / "numba" / digest
        with suppress(OSError):
            kept.mkdir(parents=True, exist_ok=True)
            os.environ.setdefault("NUMBA_CACHE_DIR", str(kept))
            return


def is_named(name: str) -> bool:
    """Whether the environment names this service itself."""
    return bool(env_str(name, "") or env_str(f"{name}_FILE", ""))


def service_address(name: str) -> str:
    """DATABASE_URL or REDIS_URL: from the environment, else from the running installation, else nowhere."""
    if is_named(name):
        return env_secret(name)
    try:
        state = json.loads((data_dir() / STATE_FILE).read_text(encoding="utf8"))
    except (OSError, ValueError):
        state = {}
    return str(state.get(name) or NOWHERE[name])


def child_environment(**changes: str) -> dict[str, str]:
    """The environment for a child process: ours, changed."""
    return {**os.environ, **changes}
