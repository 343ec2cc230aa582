"""Signing in with username, phone or ID number and a password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from .models import User
from .names import account_named, open_accounts


class NamePhoneOrIdBackend(BaseBackend):
    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django binds it by this name
        username: str | None = None,
        password: str | None = None,
        **_others: Any,
    ) -> User | None:
        """The person, or None; an unknown name takes as long as a wrong password."""
        if not username or password is None:
            return None
        user = account_named(username)
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        """Who a session belongs to; None ends it. ID number and phone are not even read."""
        return open_accounts().filter(pk=user_id).first()
