"""Certificates beside the papers of a case: whether they count now, and asking their issuers again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import Actor
from tongban.accounts.models import User
from tongban.certificates.models import Inquiry, Use
from tongban.certificates.uses import check_again, problem_with
from workflows.cases.certificates import Purpose, names_others, uses_in
from workflows.cases.models import Case, Material

from ..door import case_seen, for_staff

# So long an issuer's word is good enough to decide on without asking anew.
FRESH = dt.timedelta(minutes=10)
# Nobody's register is asked the same twice in a minute.
JUST_NOW = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CertificateShown:
    """What stands in for a paper, as of now. problem: why it no longer counts, '' if it does.
    is_anothers: the form is about somebody else than its holder.
    """

    name: str
    holder: str
    issuer: str
    number: str
    digest: str
    valid_to: dt.date | None
    recognised_as: str
    problem: str
    is_anothers: bool
    checked_at: dt.datetime


def certificates_shown(case: Case, materials: Sequence[Material]) -> dict[str, CertificateShown]:
    """By code of the paper. One statement, none where nothing stands in."""
    today = timezone.localdate()
    return {code: _shown(use, case, today) for code, use in uses_in(case, materials).items()}


@for_staff
@require_POST
def check(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Ask the issuers now, for an office that has a seat in the case."""
    case = case_seen(actor, number)
    uses = _uses(case)
    if not uses or not _office(case, actor):
        raise Http404
    just_now = timezone.now() - JUST_NOW
    inquiries = _ask([use for use in uses if use.certificate.checked_at < just_now], case, actor)
    for inquiry in inquiries:
        _say(request, inquiry)
    if not inquiries:
        messages.info(request, "一分钟内刚向签发机关核验过，或登记已停用，显示的是最近的结果。")
    return HttpResponseRedirect(reverse("desk:case", args=[case.number]) + "#papers-title")


def failed_before_deciding(case: Case, actor: Actor) -> list[str]:
    """Ask the issuers once more; sentences for what counted on the page and doesn't now.

    What was bad already was seen by whoever decides: it is theirs to judge. An issuer that can't be
    reached leaves its last word standing.
    """
    before = {use.pk: use for use in _uses(case)}
    if not before or not _office(case, actor):
        return []
    today, now = timezone.localdate(), timezone.now()
    good = [use for use in before.values() if not problem_with(use, today)]
    _ask([use for use in good if use.certificate.checked_at < now - FRESH], case, actor)
    after = {use.pk: problem_with(use, today) for use in _uses(case)}
    return [problem for use in good if (problem := after.get(use.pk, ""))]


def _uses(case: Case) -> list[Use]:
    """Two statements, one where nothing stands in."""
    materials = list(Material.objects.filter(case_id=case.pk))
    return list(uses_in(case, materials).values())


def _ask(uses: Sequence[Use], case: Case, actor: Actor) -> list[Inquiry]:
    if not uses:
        return []
    return check_again(
        uses,
        by=User.objects.get(pk=cast(int, actor.user_id)),
        purpose=Purpose.DECIDING,
        item=case.matter.name,
        now=timezone.now(),
        office_id=_office(case, actor),
    )


def _office(case: Case, actor: Actor) -> int | None:
    return next((office for office in case.office_ids if office in actor.desks), None)


def _say(request: HttpRequest, inquiry: Inquiry) -> None:
    found = inquiry.certificate
    if found is not None:
        text = f"{found.name}：签发机关现在的信息为“{found.standing(timezone.localdate()).text}”。"
        messages.success(request, text)
    else:
        why = inquiry.reason or inquiry.get_outcome_display()
        messages.warning(request, f"没有取得签发机关的最新信息：{why}。仍显示上次核验的结果。")


def _shown(use: Use, case: Case, today: dt.date) -> CertificateShown:
    return CertificateShown(
        name=use.certificate.name,
        holder=use.certificate.holder.name,
        issuer=use.certificate.issuer,
        number=use.masked_number,
        digest=use.digest[:12],
        valid_to=use.valid_to,
        recognised_as=use.recognised_as,
        problem=problem_with(use, today),
        is_anothers=names_others(
            definition_of(case.version_id), case.data, use.certificate.holder_index
        ),
        checked_at=use.certificate.checked_at,
    )
