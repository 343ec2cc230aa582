"""免证办 at the desk: the person standing there agrees, and a register is asked in the place of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matters.catalogue.definition import Material as PaperAsked
from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import Actor
from tongban.accounts.models import User
from tongban.sharing.asking import Wanted, agree
from tongban.sharing.models import Consent
from tongban.sharing.together import answer_together
from tongban.sharing.wording import preview_of
from workflows.cases.flow import Flow
from workflows.cases.models import Material, Party
from workflows.cases.shared_answers import askable_codes, shared_answers
from workflows.cases.shared_materials import NotYet, deciding_in, lines_for, wanted

from ..door import case_seen, for_staff
from .page import office_here


class WindowConsentForm(forms.Form):
    agreed = forms.BooleanField(
        label="已向申请人逐项说明以上内容，申请人当面书面同意，同意书留存在本窗口",
        error_messages={"required": "没有申请人的同意不能查询，请请申请人提交材料"},
    )


@dataclass(frozen=True)
class Askable:
    """What could be asked for one paper of a case, and who agrees to it."""

    paper: PaperAsked
    wanted: Wanted
    applicant: Party


@for_staff
@require_http_methods(["GET", "POST"])
def ask_register(request: HttpRequest, actor: Actor, number: str, code: str) -> HttpResponse:
    """GET previews; POST writes the consent down and asks at once. For offices of an open case."""
    seen = case_seen(actor, number)
    if not seen.is_open or office_here(seen, actor) is None:
        raise Http404
    try:
        askable = _askable(seen, code)
    except NotYet as not_yet:
        messages.warning(request, f"{not_yet}。")
        return redirect("desk:case", number)
    form = WindowConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _ask(request, askable)
        return redirect("desk:case", number)
    context: dict[str, Any] = {
        "case": seen,
        "paper": askable.paper,
        "each": preview_of(askable.wanted),
        "form": form,
    }
    return render(request, "desk/ask_register.html", context)


def _askable(case: Flow, code: str) -> Askable:
    """Raises Http404 for a paper that no register can replace any more, NotYet."""
    definition = definition_of(case.version_id)
    owed = Material.objects.filter(case_id=case.pk, code=code, status=Material.Status.OWED)
    known = shared_answers(case).get(code)
    if (known and known.stands) or not owed.exists() or code not in askable_codes(case, [code]):
        raise Http404
    paper = definition.material(code)
    applicant = Party.objects.filter(case_id=case.pk, role=Party.Role.APPLICANT).first()
    if applicant is None or not applicant.id_number:
        raise NotYet("没有登记申请人的证件号码，不能查询")
    found = wanted(
        case.draft_key,
        [paper],
        lines_for(case.matter.slug, [paper], timezone.localdate()),
        deciding_in(case, definition),
        origin_region=case.origin_region_id,
        name=applicant.name,
        id_number=applicant.id_number,
    )
    if code not in found:
        raise NotYet("责任清单没有允许属地机构查询这项数据，请申请人提交材料")
    return Askable(paper, found[code], applicant)


def _ask(request: HttpRequest, askable: Askable) -> None:
    user, now = cast(User, request.user), timezone.now()
    owed = agree(
        wanted=askable.wanted,
        person=askable.applicant.user,
        recorded_by=user,
        channel=Consent.Channel.WINDOW,
        at=now,
    )
    (look_up,) = answer_together([owed], by=user, now=now)
    data, state = look_up.resource.name, look_up.get_state_display()
    if look_up.is_confirmed:
        messages.success(request, f"{data}已核验：一致，“{askable.paper.name}”免交。")
    elif look_up.is_owed:
        messages.warning(
            request, f"{data}现在查不了（{look_up.reason}）。恢复后自动补查；也可以先收纸质材料。"
        )
    else:
        messages.warning(request, f"{data}：{state}，请申请人提交“{askable.paper.name}”。")
