"""Who may create an account: nobody by himself; an administrator invites. Who a session belongs to."""

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from kernel.queries import Statement

PERSON: Final = Statement(lambda pk: get_user_model()._default_manager.filter(pk=pk), int)


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in without sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by administrators only."""
        return False


class People(ModelBackend):
    """Django's own check of passwords; every request asks who its session belongs to: that is kept short."""

    def get_user(self, user_id: Any) -> Any:
        """The active person with this id, or None."""
        person = PERSON.first(int(user_id))
        return person if person is not None and self.user_can_authenticate(person) else None
