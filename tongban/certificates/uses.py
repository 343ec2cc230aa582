"""A certificate in the place of a paper: chosen, checked again when it is handed in and when it is decided.

This knows nothing of cases: a subject is (kind, key), as for look-ups.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from tongban.accounts.models import User

from .fetching import Asked, NoRegister, fetch
from .kinds import PROVINCES, Acceptance, acceptance, kinds
from .models import Certificate, Inquiry, Use

# So long an issuer's word is good enough to hand in without asking anew.
FRESH = dt.timedelta(minutes=10)
Purpose = Inquiry.Purpose


class NotUsable(Exception):
    """The sentence says why this certificate doesn't count there."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The application, the office that decides it with its province, and what it is called."""

    kind: str
    key: str
    item: str
    office_id: int
    office_name: str
    province: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One certificate of somebody's folder for one paper, and whether it would be taken."""

    certificate: Certificate
    problem: str
    acceptance: Acceptance


def offers(holder: User, kind: str, *, used_in: str, on: dt.date) -> list[Offer]:
    """Those of the folder that are of the kind. One statement."""
    found = Certificate.objects.filter(holder=holder, kind=kind).select_related("holder")
    return [_offer(certificate, used_in, on) for certificate in found]


def words_of(certificate: Certificate, subject: Subject) -> str:
    """What somebody agrees to."""
    return (
        f"同意用本人的{certificate.name}（{certificate.issuer}签发）办理“{subject.item}”，"
        f"提供给{subject.office_name}，由其在提交和作出决定前向签发机关核验效力。"
    )


def choose(
    *, certificate: Certificate, subject: Subject, material_code: str, now: dt.datetime
) -> Use:
    """Raises NotUsable. What was chosen before for this paper is taken back."""
    offer = _offer(certificate, subject.province, timezone.localdate(now))
    if offer.problem:
        raise NotUsable(offer.problem)
    with transaction.atomic():
        take_back(subject.kind, subject.key, material_code, now=now)
        return Use.objects.create(
            certificate=certificate,
            subject_kind=subject.kind,
            subject_key=subject.key,
            material_code=material_code,
            office_id=subject.office_id,
            used_in_id=subject.province,
            recognised_as=offer.acceptance.text,
            wording=words_of(certificate, subject),
            number=certificate.number,
            digest=certificate.digest,
            valid_to=certificate.valid_to,
            chosen_at=now,
        )


def take_back(kind: str, key: str, material_code: str | None = None, *, now: dt.datetime) -> None:
    """The person chose otherwise. What was handed in stays."""
    found = Use.objects.standing().filter(subject_kind=kind, subject_key=key, handed_in_at=None)
    if material_code is not None:
        found = found.filter(material_code=material_code)
    found.update(taken_back_at=now)


def of_subject(kind: str, key: str) -> list[Use]:
    """One statement."""
    found = Use.objects.standing().filter(subject_kind=kind, subject_key=key)
    return list(found.select_related("certificate__holder", "office").order_by("id"))


def problem_with(use: Use, on: dt.date) -> str:
    """Why it doesn't count on that day, as far as is known; '' if it does."""
    found = use.certificate.standing(on)
    if not found.is_good:
        return f"{use.certificate.name}{found.text}"
    if use.certificate.digest != use.digest:
        changed = use.certificate.number != use.number
        return f"{use.certificate.name}已换发新证，请重新选择" if changed else ""
    return ""


def check_again(
    uses: Iterable[Use],
    *,
    by: User,
    purpose: Inquiry.Purpose,
    item: str,
    now: dt.datetime,
    office_id: int | None = None,
    unless_since: dt.datetime | None = None,
) -> list[Inquiry]:
    """Ask the issuers of certificates in use; not those asked since then. Not inside a transaction.

    A register that is no longer in the catalogue has said its last word.
    """
    inquiries = []
    for use in uses:
        if unless_since is not None and use.certificate.checked_at >= unless_since:
            continue
        asked = Asked(
            holder=use.certificate.holder,
            by=by,
            kind=kinds()[use.certificate.kind],
            province=use.certificate.province_id,
            purpose=purpose,
            wording=use.wording,
            office_id=office_id,
            office_name=use.office.name,
            item=item,
            subject=(use.subject_kind, use.subject_key),
        )
        with suppress(NoRegister):
            inquiries.append(fetch(asked, now=now, today=timezone.localdate(now)))
    return inquiries


def _offer(certificate: Certificate, used_in: str, on: dt.date) -> Offer:
    taken = acceptance(certificate.about, issued_in=certificate.province_id, used_in=used_in, on=on)
    found = certificate.standing(on)
    if not found.is_good:
        return Offer(certificate, f"{certificate.name}{found.text}，不能使用", taken)
    if not taken.is_accepted:
        there = PROVINCES[used_in]
        return Offer(certificate, f"在{there}办理不能使用：{taken.text}", taken)
    return Offer(certificate, "", taken)
