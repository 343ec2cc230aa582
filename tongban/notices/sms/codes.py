"""Codes sent to a phone and typed back: hashed, five minutes, five tries.

A code that is asked for about nothing (no such case, no phone on record) is written down all the
same, is never sent and never right: neither the answer nor its time tells whether there is such
a thing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from tongban.notices.hints import hint_dispatcher
from tongban.notices.models import Channel, Notice, PhoneCode
from tongban.notices.outbox import Owed, owe

KIND = "code"
DIGITS = 6
LASTS = timedelta(minutes=5)
TRIES = 5


def send_code(
    *, about: str, phone: str, template: str, at: datetime, context: Mapping[str, str]
) -> uuid.UUID:
    """Owe a code to a phone; its key. With no phone it is kept, and never sent nor right.

    about: what the code opens, told to nobody but `opened_by`. Inside the caller's transaction.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    key = uuid.uuid4()
    PhoneCode.objects.filter(expires_at__lt=at - LASTS).delete()
    PhoneCode.objects.create(
        id=key,
        about=about if phone else "",
        code_hash=_hash(key, code),
        sealed=code if phone else "",
        made_at=at,
        expires_at=at + LASTS,
    )
    if phone:
        owe([_owed(key, phone, template, context, at)], at)
    else:
        # As long as for a code that is sent.
        hint_dispatcher()
    return key


def _owed(
    key: uuid.UUID, phone: str, template: str, context: Mapping[str, str], at: datetime
) -> Owed:
    return Owed(
        template=template,
        channel=Channel.SMS,
        recipient=f"{KIND}:{key}",
        user_id=None,
        context=context,
        event_key=f"{KIND}:{key}",
        subject_kind=KIND,
        subject_key=str(key),
        address=phone,
        useful_until=at + LASTS,
    )


def opened_by(key: uuid.UUID, code: str, *, at: datetime) -> str | None:
    """What the code opens, once; None alike for a wrong, late, used or never sent one.

    A try is written before the code is looked at, so that a hundred at once are a hundred tries.
    """
    tried = PhoneCode.objects.filter(
        pk=key, tries__lt=TRIES, expires_at__gt=at, used_at=None
    ).update(tries=F("tries") + 1)
    kept = PhoneCode.objects.filter(pk=key).first() if tried else None
    right = kept.code_hash if kept else _hash(key, "")
    is_right = hmac.compare_digest(right, _hash(key, code))
    if kept is None or not is_right or not kept.about:
        return None
    used = PhoneCode.objects.filter(pk=key, used_at=None).update(used_at=at, sealed="")
    return kept.about if used else None


def codes_of(notices: Iterable[Notice]) -> dict[str, str]:
    """The codes to be sent with these notices, by key. At most one statement."""
    keys = [notice.subject_key for notice in notices if notice.subject_kind == KIND]
    if not keys:
        return {}
    rows = PhoneCode.objects.filter(pk__in=keys).exclude(used_at__isnull=False)
    return {str(row.pk): row.sealed for row in rows}


def forget_sealed(key: str) -> None:
    """A gateway has it: from now on only the hash is kept."""
    PhoneCode.objects.filter(pk=key).update(sealed="")


def _hash(key: uuid.UUID, code: str) -> str:
    """Keyed: a hash of six digits alone is undone in a moment."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"{key}:{code}".encode(), hashlib.sha256).hex()
