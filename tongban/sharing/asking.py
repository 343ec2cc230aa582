"""A look-up from the list that allows it to the answer that is kept.

`wanted` by a page, agreed to (`agree`), then `answer`ed outside of any transaction: nobody waits for a
province's network while holding a lock. A register that is down leaves the look-up owed; `answer_due`
asks again, and whoever took it up first has it for as long as the claim lasts.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from tongban.accounts.looks import checked_reason
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index

from . import breaker, ledger
from .connectors import (
    NotConnected,
    Question,
    Refusal,
    Unreachable,
    connector_code,
    connector_for,
)
from .models import Consent, LookUp, Record, Resource, Responsibility
from .sealed_answers import opened
from .wording import words_of
from .written import put_off, refused, written

CLAIM = dt.timedelta(seconds=60)
# A worker is stopped after sixty.
BUDGET_SECONDS = 40
# A question that nobody could answer for so long is let go, and the person's number with it.
GIVEN_UP = dt.timedelta(days=30)


class NotOnTheList(Exception):
    """The responsibility list lets this office ask this resource nothing for this matter."""


class ConsentMissing(Exception):
    """The list wants the person's consent first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A look-up as a page puts it together. `office`: for whom it is asked, with its kind and name."""

    responsibility: Responsibility
    subject_kind: str
    subject_key: str
    material_code: str
    office_id: int
    office_kind: str
    office_name: str
    person_name: str
    id_number: str = field(repr=False)

    @property
    def resource(self) -> Resource:
        return self.responsibility.resource


def allowed(item_key: str, names: Iterable[str], on: dt.date) -> QuerySet[Responsibility]:
    """The lines of the list that let a matter ask resources of those names on that day."""
    lines = Responsibility.objects.in_force(on).filter(
        item_key=item_key, resource__name__in=list(names)
    )
    return lines.select_related("resource__holder").order_by("resource_id")


def agree(
    *,
    wanted: Wanted,
    person: User | None,
    recorded_by: User,
    at: dt.datetime,
    channel: Consent.Channel = Consent.Channel.ONLINE,
) -> LookUp:
    """Write down the consent with its words, and owe the look-up. Twice is once while it is owed."""
    with transaction.atomic():
        consent = Consent.objects.create(
            person=person,
            recorded_by=recorded_by,
            channel=channel,
            resource=wanted.resource,
            subject_kind=wanted.subject_kind,
            subject_key=wanted.subject_key,
            wording=words_of(wanted),
            given_at=at,
        )
        return owe(wanted=wanted, consent=consent, at=at)


def owe(*, wanted: Wanted, consent: Consent | None, at: dt.datetime) -> LookUp:
    """Raises NotOnTheList, ConsentMissing. What was asked for this paper about somebody else is dropped."""
    line = wanted.responsibility
    if wanted.office_kind not in line.office_kinds:
        raise NotOnTheList(wanted.office_kind)
    if line.needs_consent and consent is None:
        raise ConsentMissing
    index = blind_index(wanted.id_number, "id_number")
    with transaction.atomic():
        before = of_subject(wanted.subject_kind, wanted.subject_key).select_for_update()
        standing = None
        for known in before.filter(material_code=wanted.material_code):
            same = (known.resource_id, known.person_index) == (line.resource_id, index)
            if same and (known.is_owed or known.is_confirmed):
                standing = known
            else:
                let_go(known)
        if standing is not None:
            return standing
        fresh = _owed(wanted, consent, index, at)
        try:
            with transaction.atomic():
                fresh.save(force_insert=True)
        except IntegrityError:
            # The button was pressed twice: what the other press owes is this very look-up.
            return of_subject(wanted.subject_kind, wanted.subject_key).get(
                material_code=wanted.material_code, resource=line.resource, person_index=index
            )
        return fresh


def _owed(wanted: Wanted, consent: Consent | None, index: str, at: dt.datetime) -> LookUp:
    line = wanted.responsibility
    return LookUp(
        resource=line.resource,
        subject_kind=wanted.subject_kind,
        subject_key=wanted.subject_key,
        material_code=wanted.material_code,
        item_key=line.item_key,
        item_name=line.item_name,
        office_id=wanted.office_id,
        ground=line.ground,
        consent=consent,
        questions=[q for q in line.resource.questions if q["code"] in line.questions],
        fields=[f for f in line.resource.fields if f["code"] in line.fields],
        person_name=wanted.person_name,
        person_index=index,
        id_number=wanted.id_number,
        created_at=at,
        next_attempt_at=at,
    )


def answer(look_up_id: uuid.UUID, *, by: User | None, now: dt.datetime) -> LookUp:
    """Ask the register and keep what it says; one that cannot be reached leaves the look-up owed.

    by: who asked for it now; None: the system, again. Not inside a transaction (RuntimeError).
    """
    look_up = _claimed(look_up_id, now)
    if look_up is None:
        # Answered, dropped, or somebody is at it this moment.
        return LookUp.objects.select_related("resource__holder").get(pk=look_up_id)
    code = connector_code(look_up.resource)
    if not breaker.admits(code, now):
        return put_off(look_up, "对方系统正在恢复，暂停查询", now=now, by=by, was_asked=False)
    try:
        found = connector_for(code).ask(_question(look_up))
    except NotConnected as why:
        return put_off(look_up, str(why), now=now, by=by, was_asked=False)
    except Unreachable as why:
        breaker.failed(code, str(why), now)
        return put_off(look_up, str(why), now=now, by=by, was_asked=True)
    except Refusal as why:
        breaker.answered(code, now)
        return refused(look_up, str(why), now=now, by=by)
    breaker.answered(code, now)
    return written(look_up, found, now=now, by=by)


def answer_due(*, now: dt.datetime, limit: int = 200) -> dict[str, int]:
    """Ask again what is owed and due, the longest waiting first. Counts by state; safe to run twice.

    Ends after `BUDGET_SECONDS` whatever is left: several provinces may be slow at once.
    """
    give_up(now)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = LookUp.objects.filter(free, state=LookUp.State.OWED, next_attempt_at__lte=now)
    counts: dict[str, int] = {}
    ends = time.monotonic() + BUDGET_SECONDS
    for key in list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:limit]):
        if time.monotonic() > ends:
            break
        state = answer(key, by=None, now=now).state
        counts[state] = counts.get(state, 0) + 1
    return counts


def give_up(now: dt.datetime) -> int:
    """Let go of what could not be answered in `GIVEN_UP`."""
    stale = LookUp.objects.filter(state=LookUp.State.OWED, created_at__lt=now - GIVEN_UP)
    return stale.update(
        state=LookUp.State.DROPPED, id_number=None, person_name="", reason="长期无法查询"
    )


def of_subject(kind: str, key: str) -> QuerySet[LookUp]:
    """The look-ups of a subject that still stand."""
    standing = LookUp.objects.filter(subject_kind=kind, subject_key=key)
    return standing.exclude(state=LookUp.State.DROPPED).order_by("created_at", "id")


def drop(*, kind: str, key: str, material_code: str | None = None) -> None:
    """The person takes back what they agreed to, or the draft is thrown away: nothing more is asked."""
    with transaction.atomic():
        found = of_subject(kind, key).select_for_update()
        for look_up in (
            found if material_code is None else found.filter(material_code=material_code)
        ):
            let_go(look_up)


def open_answer(
    *, look_up: LookUp, viewer: User, office_id: int, reason: str, at: dt.datetime
) -> list[tuple[str, str]]:
    """The fields of an answer in full, (label, value), after the ledger has it. Raises ReasonMissing."""
    reason = checked_reason(reason)
    with transaction.atomic(durable=True):
        ledger.write(
            look_up,
            act=Record.Act.OPENED,
            codes=[f["code"] for f in look_up.answer.get("fields", [])],
            outcome=look_up.state,
            user_id=viewer.pk,
            user_name=viewer.name,
            office_id=office_id,
            at=at,
            reason=reason,
        )
    return [(f["label"], opened(f["value"])) for f in look_up.answer.get("fields", [])]


def let_go(look_up: LookUp) -> None:
    """Ends one look-up, inside the transaction in which its row was locked."""
    look_up.state, look_up.answer = LookUp.State.DROPPED, {}
    look_up.id_number, look_up.person_name = None, ""
    look_up.save(update_fields=["state", "id_number", "person_name", "answer"])


def _claimed(key: uuid.UUID, now: dt.datetime) -> LookUp | None:
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    # Durable: inside another transaction the network would be waited for with its locks held.
    with transaction.atomic(durable=True):
        owed = LookUp.objects.select_for_update(skip_locked=True, of=("self",))
        found = owed.filter(free, pk=key, state=LookUp.State.OWED)
        look_up = found.select_related("resource__holder", "office").first()
        if look_up is not None:
            look_up.claimed_until = now + CLAIM
            look_up.attempts += 1
            look_up.save(update_fields=["claimed_until", "attempts"])
        return look_up


def _question(look_up: LookUp) -> Question:
    return Question(
        id=look_up.pk,
        resource=look_up.resource.code,
        person_name=look_up.person_name,
        id_number=look_up.id_number or "",
        questions=tuple(q["code"] for q in look_up.questions),
        fields=tuple(f["code"] for f in look_up.fields),
        office=look_up.office.name,
        item=look_up.item_name,
        ground=look_up.ground,
    )
