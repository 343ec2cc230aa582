"""亮证: a code that lives 60 seconds and can be verified once by an office."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tongban.accounts.models import User

from .models import Certificate, Showing, Verification
from .standing import Standing

LIFE = dt.timedelta(seconds=60)
# 20 signs of 32: a hundred bits, none of them mistaken for another when typed.
SIGNS, LENGTH = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 20
WRITTEN = re.compile(rf"(?:.*/verify/)?([{SIGNS}\s-]{{{LENGTH},40}})/?\s*", re.DOTALL)
# Codes that nobody scanned tell nothing; they go when the next one is made, after this long.
KEPT = dt.timedelta(days=1)


class NotShowable(Exception):
    """A certificate that doesn't count is not held up; `standing` says why."""

    def __init__(self, found: Standing) -> None:
        super().__init__(found.text)
        self.standing = found


class Refused(StrEnum):
    """Why a code is not verified."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    VOIDED = "voided"
    USED = "used"
    ENDED = "ended"

    @property
    def text(self) -> str:
        return REFUSALS[self]


REFUSALS = {
    Refused.UNKNOWN: "没有这个码。请核对后重试，或请持证人重新亮证。",
    Refused.EXPIRED: "这个码已超过 60 秒，过期了。请持证人重新亮证。",
    Refused.VOIDED: "这个码已换新，只有最新的码有效。请扫持证人现在亮出的码。",
    Refused.ENDED: "持证人已退出登录，这个码失效了。请持证人登录后重新亮证。",
    Refused.USED: "这个码已经核验过一次，不能再用。请持证人重新亮证。",
}
OUTCOMES = {
    Refused.EXPIRED: Verification.Outcome.EXPIRED,
    Refused.VOIDED: Verification.Outcome.VOIDED,
    Refused.ENDED: Verification.Outcome.VOIDED,
    Refused.USED: Verification.Outcome.USED,
}


@dataclass(frozen=True, slots=True)
class Code:
    """A code as its holder shows it."""

    token: str
    expires_at: dt.datetime

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}{reverse('certificates:verify_code', args=[self.token])}"

    @property
    def written(self) -> str:
        """In groups of five, to be typed."""
        return "-".join(self.token[at : at + 5] for at in range(0, LENGTH, 5))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a code says at a moment: refused, or the certificate with its standing."""

    refused: Refused | None
    showing: Showing | None = None
    standing: Standing | None = None

    @property
    def is_good(self) -> bool:
        return self.refused is None and self.standing is not None and self.standing.is_good


def show(*, certificate: Certificate, session_key: str, now: dt.datetime) -> Code:
    """A new code; the one before is void from this moment. Raises NotShowable."""
    with transaction.atomic():
        # Locked: of two codes made at the same moment, one is the newer.
        fresh = Certificate.objects.select_for_update().get(pk=certificate.pk)
        found = fresh.standing(timezone.localdate(now))
        if not found.is_good:
            raise NotShowable(found)
        earlier = Showing.objects.filter(certificate=fresh, verified_at=None)
        earlier.filter(shown_at__lt=now - KEPT, verifications=None).delete()
        earlier.filter(voided_at=None).update(voided_at=now)
        token = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
        Showing.objects.create(
            certificate=fresh,
            token_hash=hashed(token),
            session=session_key,
            shown_at=now,
            expires_at=now + LIFE,
        )
    return Code(token, now + LIFE)


def written_token(text: str) -> str:
    """The token in what somebody typed or a scanner read (a whole address, groups); '' if there is none."""
    match = WRITTEN.fullmatch(text.strip().upper().replace("/VERIFY/", "/verify/"))
    token = re.sub(r"[\s-]", "", match[1]) if match else ""
    return token if len(token) == LENGTH else ""


def seen(token: str, now: dt.datetime) -> Seen:
    """What a code says now; looking consumes nothing. Two statements at most."""
    showings = Showing.objects.select_related("certificate__holder")
    showing = showings.filter(token_hash=hashed(token)).first()
    if showing is None:
        return Seen(Refused.UNKNOWN)
    found = showing.certificate.standing(timezone.localdate(now))
    return Seen(_refusal(showing, now), showing, found)


def verify(*, token: str, user: User, office_id: int, now: dt.datetime) -> Seen:
    """Verify a code once, for an office, and write it down for its holder; a refusal is written down too."""
    with transaction.atomic():
        found = seen(token, now)
        if found.refused is None and not _take(token, now):
            # Somebody else's scan, or a newer code, came between the two statements.
            found = seen(token, now)
        if found.showing is None:
            return found
        Verification.objects.create(
            certificate=found.showing.certificate,
            showing=found.showing,
            office_id=office_id,
            user=user,
            outcome=_outcome(found),
            at=now,
        )
    return found


def _take(token: str, now: dt.datetime) -> bool:
    """The one statement that decides between two who scan at the same moment."""
    good = Showing.objects.filter(
        token_hash=hashed(token), verified_at=None, voided_at=None, expires_at__gt=now
    )
    return good.update(verified_at=now, session=None) == 1


def _refusal(showing: Showing, now: dt.datetime) -> Refused | None:
    if showing.verified_at is not None:
        return Refused.USED
    if showing.voided_at is not None:
        return Refused.VOIDED
    if now >= showing.expires_at:
        return Refused.EXPIRED
    return None if _session_lives(showing.session or "") else Refused.ENDED


def _session_lives(key: str) -> bool:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return bool(key) and bool(store().exists(key))


def _outcome(found: Seen) -> Verification.Outcome:
    if found.refused is not None:
        return OUTCOMES[found.refused]
    return Verification.Outcome.VALID if found.is_good else Verification.Outcome.NOT_VALID


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
