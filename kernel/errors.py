"""Errors a person can act on: what is wrong, where, and what to do about it."""


class Refused(Exception):
    """An act that cannot be done as asked; nothing was changed.

    `message` says what is wrong, `field` names the input it belongs to (empty: the whole act),
    `remedy` says what would make it possible.
    """

    status = 400

    def __init__(self, message: str, *, field: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class Conflict(Refused):
    """Somebody else changed the object first, or it is in another state than the act expects."""

    status = 409


class NotAllowed(Refused):
    """The person may not do this."""

    status = 403
