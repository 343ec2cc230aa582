"""Keys of systems: issued once in clear, kept as a digest, changed by issuing another."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tongban.accounts.actors import Actor, actor_of
from tongban.accounts.models import Posting, User
from tongban.offices.models import Office

from .models import ApiKey

FORM = re.compile(r"^tb_([0-9a-f]{12})_([0-9A-Za-z_-]{43})$")


class SystemNameTaken(ValueError):
    """A person has that username: a system is no person."""


@transaction.atomic
def issue_key(
    *, system: str, name: str, offices: list[Office], at: dt.datetime | None = None,
    grace: dt.timedelta = dt.timedelta(0),
) -> str:  # fmt: skip
    """A new key for a system at exactly these offices; older keys end after `grace`. Shown only here.

    system: small letters, digits and '-'; its service account is `system-<system>`.
    """
    moment = at or timezone.now()
    user = _service_account(system, name)
    _post(user, offices, timezone.localdate(moment))
    still = ApiKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=moment + grace), user=user)
    still.update(ends_at=moment + grace)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    ApiKey.objects.create(
        name=name, user=user, prefix=prefix, digest=_digest(secret), created_at=moment
    )
    return f"tb_{prefix}_{secret}"


def actor_with(token: str, *, at: dt.datetime | None = None) -> Actor | None:
    """Who comes with this key, with the desks of today; None for no key of ours. Two statements."""
    match = FORM.match(token)
    if match is None:
        return None
    moment = at or timezone.now()
    valid = Q(ends_at=None) | Q(ends_at__gt=moment)
    key = ApiKey.objects.filter(valid, prefix=match[1]).first()
    if key is None or not hmac.compare_digest(key.digest, _digest(match[2])):
        return None
    try:
        return actor_of(key.user_id)
    except Actor.Gone:
        return None


def _digest(secret: str) -> str:
    """256 random bits need no slow hash: nobody guesses them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _service_account(system: str, name: str) -> User:
    """Staff without a password, phone or ID number: there is no way to sign in to it."""
    username = f"system-{system}"
    user = User.objects.filter(username=username).first()
    if user is None:
        return User.objects.create_user(username=username, name=name, kind=User.Kind.STAFF)
    if user.has_usable_password():
        raise SystemNameTaken(username)
    return user


def _post(user: User, offices: list[Office], on: dt.date) -> None:
    """A clerk at these offices and at no other from now on."""
    wanted = {office.pk for office in offices}
    here = Posting.objects.in_force(on).filter(user=user)
    here.exclude(office_id__in=wanted).update(valid_to=on)
    posted = set(here.values_list("office_id", flat=True))
    for office_id in sorted(wanted - posted):
        # A posting that ended today is taken up again: one row a day, office and role.
        Posting.objects.update_or_create(
            user=user, office_id=office_id, role=Posting.Role.CLERK, valid_from=on,
            defaults={"valid_to": None},
        )  # fmt: skip
