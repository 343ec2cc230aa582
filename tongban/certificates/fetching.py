"""A certificate from its issuer's register, asked through the connectors of shared data.

Nothing is asked inside a transaction: the question is written down first (`Inquiry`), then the register
answers or doesn't, then what it stated is kept if its signature holds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from tongban.accounts.models import User
from tongban.accounts.personal import blind_index
from tongban.sharing import breaker
from tongban.sharing.connectors import (
    REGISTER,
    Answer,
    NotConnected,
    Question,
    Refusal,
    Unreachable,
    connector_code,
    connector_for,
)
from tongban.sharing.models import Resource

from .kinds import Kind, kinds
from .models import Certificate, Inquiry
from .statements import FIELDS, SIGNATURE, Statement, Untrusted, read

ISSUED = "issued"
GROUND = "本人申请或同意核验本人证照"
# What an interrupted process left behind no longer holds the day after this long.
ABANDONED = dt.timedelta(minutes=2)
Outcome, Purpose = Inquiry.Outcome, Inquiry.Purpose


class AlreadyAsked(Exception):
    """This register was asked for one's own folder today already."""


class NoRegister(Exception):
    """Nobody has a register of such certificates that this site can ask."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom, of which register, why. office: that wants to know; None: the person themself."""

    holder: User
    by: User
    kind: Kind
    province: str
    purpose: Inquiry.Purpose
    wording: str
    office_id: int | None = None
    office_name: str = "本人"
    item: str = "领取电子证照"
    subject: tuple[str, str] = ("", "")


def resource_code(kind: str, province: str) -> str:
    return f"{province}-certificate-{kind}"


def askable(province: str, on: dt.date) -> list[Kind]:
    """Kinds whose register in that province can be asked for a person. One statement."""
    codes = {resource_code(kind.code, province): kind for kind in kinds().values()}
    found = Resource.objects.filter(code__in=codes)
    there = {resource.code for resource in found if resource.is_in_force(on)}
    return [kind for code, kind in codes.items() if kind.is_of_person and code in there]


def fetch(asked: Asked, *, now: dt.datetime, today: dt.date) -> Inquiry:
    """Ask, and keep what is stated. Raises AlreadyAsked, NoRegister. Not inside a transaction."""
    code = resource_code(asked.kind.code, asked.province)
    resource = Resource.objects.filter(code=code).select_related("holder").first()
    if resource is None or not resource.is_in_force(today):
        raise NoRegister(code)
    inquiry = _begun(asked, resource, now, today)
    connector = connector_code(resource)
    if not breaker.admits(connector, now):
        return _ended(inquiry, Outcome.FAILED, "对方系统正在恢复，暂停查询")
    try:
        answer = connector_for(connector).ask(_question(inquiry, asked, resource))
    except NotConnected as why:
        return _ended(inquiry, Outcome.FAILED, str(why))
    except Unreachable as why:
        breaker.failed(connector, str(why), now)
        return _ended(inquiry, Outcome.FAILED, str(why))
    except Refusal as why:
        breaker.answered(connector, now)
        return _ended(inquiry, Outcome.REFUSED, str(why))
    breaker.answered(connector, now)
    return _answered(inquiry, asked, resource, answer, now, is_own_register=connector == REGISTER)


def kept(holder: User) -> Iterable[Certificate]:
    """A person's folder. One statement."""
    return Certificate.objects.filter(holder=holder).select_related("holder")


def _begun(asked: Asked, resource: Resource, now: dt.datetime, today: dt.date) -> Inquiry:
    """Two presses at the same moment make one question: the day's unique row decides."""
    left_over = Inquiry.objects.filter(
        holder=asked.holder, resource=resource, purpose=Purpose.OWN, outcome=Outcome.ASKED
    )
    left_over.filter(asked_at__lt=now - ABANDONED).update(outcome=Outcome.FAILED)
    try:
        # Durable: inside another transaction the network would be waited for with its locks held.
        with transaction.atomic(durable=True):
            return Inquiry.objects.create(
                holder=asked.holder,
                by=asked.by,
                office_id=asked.office_id,
                purpose=asked.purpose,
                resource=resource,
                subject_kind=asked.subject[0],
                subject_key=asked.subject[1],
                wording=asked.wording,
                day=today,
                asked_at=now,
            )
    except IntegrityError as twice:
        if asked.purpose != Purpose.OWN:
            raise
        raise AlreadyAsked(resource.name) from twice


def _question(inquiry: Inquiry, asked: Asked, resource: Resource) -> Question:
    return Question(
        id=inquiry.pk,
        resource=resource.code,
        person_name=asked.holder.name,
        id_number=asked.holder.id_number or "",
        questions=(ISSUED,),
        fields=(*FIELDS, SIGNATURE),
        office=asked.office_name,
        item=asked.item,
        ground=GROUND,
    )


def _answered(
    inquiry: Inquiry,
    asked: Asked,
    resource: Resource,
    answer: Answer,
    now: dt.datetime,
    *,
    is_own_register: bool,
) -> Inquiry:
    if not answer.found or not answer.questions.get(ISSUED):
        _no_longer_stated(asked, now)
        return _ended(inquiry, Outcome.NOT_FOUND, "")
    try:
        statement = read(
            resource=resource.code,
            province=asked.province,
            id_number=asked.holder.id_number or "",
            fields=answer.fields,
            is_own_register=is_own_register,
        )
    except Untrusted as why:
        return _ended(inquiry, Outcome.UNTRUSTED, str(why))
    with transaction.atomic():
        inquiry.certificate = _keep(asked, statement, now)
        return _ended(inquiry, Outcome.KEPT, "")


def _no_longer_stated(asked: Asked, now: dt.datetime) -> None:
    """What was kept of it counts no longer: the last word of an issuer is that there is none."""
    before = Certificate.objects.filter(
        holder=asked.holder, kind=asked.kind.code, province_id=asked.province
    )
    before.update(status=Certificate.Status.MISSING, checked_at=now)


def _keep(asked: Asked, said: Statement, now: dt.datetime) -> Certificate:
    stated = {
        "holder_index": blind_index(asked.holder.id_number or "", "id_number"),
        "issuer": said.issuer,
        "number": said.number,
        "valid_from": said.valid_from,
        "valid_to": said.valid_to,
        "status": said.status,
        "statement": said.text,
        "signature": said.signature,
        "digest": hashlib.sha256(said.signature.encode()).hexdigest(),
        "checked_at": now,
    }
    certificate, _ = Certificate.objects.update_or_create(
        holder=asked.holder,
        kind=asked.kind.code,
        province_id=asked.province,
        defaults=stated,
        create_defaults={**stated, "fetched_at": now},
    )
    return certificate


def _ended(inquiry: Inquiry, outcome: Inquiry.Outcome, reason: str) -> Inquiry:
    inquiry.outcome, inquiry.reason = outcome, reason[:200]
    inquiry.save(update_fields=["outcome", "reason", "certificate"])
    return inquiry
