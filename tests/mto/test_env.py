"""The environment is read typed, and what is wrong with it is said by name."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from mto.settings.env import (
    env_bool,
    env_int,
    env_secret,
    env_str,
    env_url,
    kept_secret,
    parse_url,
    refuse_weak,
    take_data_option,
)


def test_a_missing_variable_ends_the_start_with_its_name_and_the_remedy() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"MTO_NOWHERE is not set\. Write it down\."):
        env_str("MTO_NOWHERE", remedy="Write it down.")


@pytest.mark.parametrize("text", ["eight", "8.5", "1e3"])
def test_a_number_must_be_one(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("MTO_N", text)
    with pytest.raises(ImproperlyConfigured, match=r"MTO_N is .* Write a whole number"):
        env_int("MTO_N")


def test_a_number_must_not_be_below_its_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTO_N", "0")
    with pytest.raises(ImproperlyConfigured, match="at least 1"):
        env_int("MTO_N", least=1)


@pytest.mark.parametrize(("text", "value"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_yes_and_no_have_several_words(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("MTO_B", text)
    assert env_bool("MTO_B") is value


def test_maybe_is_neither_yes_nor_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTO_B", "maybe")
    with pytest.raises(ImproperlyConfigured, match="MTO_B is 'maybe'"):
        env_bool("MTO_B")


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("MTO_S_FILE", str(tmp_path / "key"))
    assert env_secret("MTO_S") == "from the file"


def test_a_secret_file_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTO_S_FILE", "/nowhere/key")
    with pytest.raises(ImproperlyConfigured, match="MTO_S_FILE names /nowhere/key"):
        env_secret("MTO_S")


def test_an_address_is_taken_apart() -> None:
    url = parse_url("postgresql://me:p%40ss@db.example:6543/shop%20one?sslmode=verify-full")
    assert (url.host, url.port, url.user, url.password, url.name) == (
        "db.example",
        6543,
        "me",
        "p@ss",
        "shop one",
    )
    assert url.options == {"sslmode": "verify-full"}


@pytest.mark.parametrize(
    "text", ["mysql://h/d", "postgresql:///d", "postgresql://h", "nonsense", "postgresql://h:x/d"]
)
def test_a_wrong_address_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("MTO_URL", text)
    with pytest.raises(ImproperlyConfigured, match="address"):
        env_url("MTO_URL", ("postgresql",))


def test_a_password_never_shows_in_a_printed_address() -> None:
    assert "hidden-one" not in repr(parse_url("redis://:hidden-one@h/0"))


@pytest.mark.parametrize(
    "secret", ["", "short", "changeme-changeme-changeme", "a" * 60, "django-insecure-abcdefghij"]
)
def test_weak_secrets_are_refused(secret: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="MTO_SECRET_KEY"):
        refuse_weak("MTO_SECRET_KEY", secret, least=12)


def test_a_kept_secret_stays_and_is_the_owners_only(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "key")
    assert kept_secret(tmp_path / "key") == first
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("arguments", [["--data", "/d a"], ["--data=/d a"]])
def test_the_data_option_may_stand_anywhere(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setenv("MTO_DATA", "")
    assert take_data_option(["manage.py", *arguments, "up"]) == ["manage.py", "up"]
    assert env_str("MTO_DATA") == "/d a"
