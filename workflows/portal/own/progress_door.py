"""Who may see a case's progress without signing in, and how often somebody may try.

Whoever knows the case number and has the applicant's phone in hand sees the state, never a name or a
number: a code is sent to that phone. Where the site has no SMS gateway, the last six characters of the
applicant's ID number take the place of the code.
"""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from dataclasses import dataclass

from django.db import transaction

from tongban.accounts.personal import blind_index
from tongban.notices.sms.codes import opened_by, send_code
from workflows.cases.models import Case, Party
from workflows.cases.numbers import known_as

from ..models import ProgressAttempt

PROOF_LENGTH = 6
# Six characters are at best some hundred thousand guesses: at this pace more than a lifetime's.
WINDOW = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)
PER_NUMBER = ((WINDOW, 5), (DAY, 15))
# Many people share one address at a window or behind a provider's gate.
PER_ADDRESS = ((WINDOW, 30), (DAY, 300))
NOBODY = "0" * PROOF_LENGTH
# A parcel carries the papers of several cases, seldom of many.
MOST_COMPARED = 50


@dataclass(frozen=True)
class TooMany(Exception):
    """Too many failures for this number or from this address; `wait` until the next try counts."""

    wait: dt.timedelta


class SeveralCases(Exception):
    """A number of a parcel with several cases of this person: which one is meant?"""


def may_see_progress(
    *, number: str, proof: str, address: str | None, now: dt.datetime
) -> Case | None:
    """The case, if `proof` is right for it; None alike for a wrong proof and for no such number.

    address: where the request comes from. Raises TooMany, whatever the proof, and SeveralCases. A failure is written
    before the proof is looked at, so that a hundred requests at once are a hundred tries.
    """
    known = _known_as(number)
    mine = _counted(_tried(known, number), address, now)
    given = proof.strip().upper().encode()
    # Somebody who is nobody is compared too: the time it takes tells nothing.
    proofs: list[tuple[Party | None, str]] = [(party, _proof_of(party)) for party in known]
    cases = {
        party.case_id: party.case
        for party, right in proofs or [(None, NOBODY)]
        if hmac.compare_digest(right.encode(), given) and right != NOBODY and party is not None
    }
    if not cases:
        return None
    ProgressAttempt.objects.filter(pk__in=mine).delete()
    if len(cases) > 1:
        raise SeveralCases
    return next(iter(cases.values()))


@transaction.atomic
def ask_for_code(*, number: str, address: str | None, now: dt.datetime) -> uuid.UUID:
    """Send a code to the applicant's phone; the key under which it is typed back.

    There is a key for a number that nobody has, too, and for an applicant without a phone: only
    no code. Raises TooMany.
    """
    known = _known_as(number)
    _counted(_tried(known, number), address, now)
    # A parcel's number may mean several people's cases: none of them is told of the others.
    party = known[0] if len(known) == 1 else None
    return send_code(
        about=f"case:{party.case_id}" if party else "",
        phone=_phone_of(party) if party else "",
        template="progress_code",
        at=now,
        context={},
    )


def seen_by_code(*, key: uuid.UUID, code: str, now: dt.datetime) -> Case | None:
    """The case that the code opens; None alike for every other. Its tries are forgotten with that."""
    about = opened_by(key, code.strip(), at=now)
    if about is None:
        return None
    case = Case.objects.filter(pk=int(about.removeprefix("case:"))).first()
    if case is not None:
        mine = ProgressAttempt.objects.filter(key=_keys(case.number, None)[0])
        mine.delete()
    return case


def _phone_of(party: Party) -> str:
    return party.phone or (party.user.phone if party.user else "") or ""


def _tried(known: list[Party], number: str) -> str:
    """A case's own number and its others are one and the same to try at."""
    return known[0].case.number if len({party.case_id for party in known}) == 1 else number


def _counted(tried: str, address: str | None, now: dt.datetime) -> list[int]:
    """Write a try down, before anything is looked at; its rows' ids. Raises TooMany."""
    keys = _keys(tried, address)
    claims = [ProgressAttempt(key=key, at=now) for key in keys]
    ProgressAttempt.objects.filter(at__lt=now - DAY).delete()
    ProgressAttempt.objects.bulk_create(claims)
    mine = [claim.pk for claim in claims]
    if wait := _wait(keys, mine, now):
        # What is refused is no try: pressing again does not make the wait longer.
        ProgressAttempt.objects.filter(pk__in=mine).delete()
        raise TooMany(wait)
    return mine


def _known_as(number: str) -> list[Party]:
    """The applicants of the cases that go by this number: one case, or those of one parcel.

    One statement, whether there is such a case or not.
    """
    cases = Case.objects.filter(known_as(number))
    applicants = Party.objects.filter(case__in=cases, role=Party.Role.APPLICANT)
    firsts = applicants.select_related("case", "user").order_by("case_id", "id")
    return list(firsts.distinct("case_id")[:MOST_COMPARED])


def _proof_of(party: Party) -> str:
    """The last six of the applicant's ID number; NOBODY where there is none to compare."""
    id_number = party.id_number or (party.user.id_number if party.user else "") or ""
    tail = id_number[-PROOF_LENGTH:].upper()
    return tail if len(tail) == PROOF_LENGTH else NOBODY


def _keys(number: str, address: str | None) -> tuple[str, str]:
    """Hashes under which the tries are counted: of the number, of the address."""
    return blind_index(number, "progress.number"), blind_index(
        address or "unknown", "progress.address"
    )


def _wait(keys: tuple[str, str], mine: list[int], now: dt.datetime) -> dt.timedelta | None:
    """How long until a try counts again; None if it does now. Two statements."""
    waits = []
    for key, limits in zip(keys, (PER_NUMBER, PER_ADDRESS), strict=True):
        others = ProgressAttempt.objects.filter(key=key, at__gt=now - DAY).exclude(pk__in=mine)
        moments = list(others.order_by("-at").values_list("at", flat=True))
        for span, most in limits:
            recent = [at for at in moments if at > now - span]
            if len(recent) >= most:
                waits.append(recent[most - 1] + span - now)
    return max(waits, default=None)
