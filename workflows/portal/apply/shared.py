"""免证办: what would be asked of whom and shown to whom, consent, and the answer, for several papers at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tongban.sharing.asking import Wanted, agree
from tongban.sharing.models import LookUp
from tongban.sharing.together import answer_together
from tongban.sharing.wording import preview_of
from workflows.cases.drafts import changing
from workflows.cases.shared_materials import NotYet, deciding_office, wanted

from .paper_list import PaperState, paper_states
from .people import kind_of, people_of
from .registers import registers_of
from .work import CitizenRequest, Work, on_draft, posted

SECTION = "提交材料"
State = LookUp.State


class AgreeForm(forms.Form):
    """One tick a paper: nobody agrees to all because of one."""

    agreed = forms.MultipleChoiceField(
        label="我同意为办理本件查询以上数据",
        help_text="只查询勾选的。不同意也可以办：返回材料清单，上传或到窗口提交。",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请勾选同意查询的数据；不同意的，请返回材料清单选择其他方式",
            "invalid_choice": "请勾选上面列出的数据",
        },
    )

    def __init__(self, asked: dict[str, Wanted], names: dict[str, str], data: Any) -> None:
        super().__init__(data)
        field = self.fields["agreed"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # declared above
        field.choices = [
            (code, f"{each.resource.name}（代替“{names[code]}”）") for code, each in asked.items()
        ]


@require_http_methods(["GET", "POST"])
@on_draft
def shared(request: CitizenRequest, work: Work) -> HttpResponse:
    """`?paper=` (several): these papers, otherwise all that are open. POST agrees and asks at once."""
    states = _asked_for(request, work)
    try:
        asked = _wanted(request, work, states)
    except NotYet as not_yet:
        messages.warning(request, f"{not_yet}。")
        return redirect("portal:papers", work.draft.pk)
    if not asked:
        messages.info(request, "没有可以用共享数据核验的材料了。")
        return redirect("portal:papers", work.draft.pk)
    names = {state.asked.code: state.asked.name for state in states}
    form = AgreeForm(asked, names, posted(request))
    if form.is_valid():
        _ask(request, work, [asked[code] for code in form.cleaned_data["agreed"]], names)
        return redirect("portal:papers", work.draft.pk)
    previews = [(names[code], preview_of(each)) for code, each in asked.items()]
    first = previews[0][1]
    # The same person, office and matter; only the ground may differ from line to line.
    is_same = len(previews) > 1 and all(each.ground == first.ground for _, each in previews)
    context = {
        "work": work,
        "form": form,
        "previews": previews,
        "common": first if is_same else None,
    }
    return render(request, "portal/apply/shared.html", context)


def _asked_for(request: CitizenRequest, work: Work) -> list[PaperState]:
    """Papers that a register may stand in for: the chosen ones, or those with nothing in their place."""
    chosen, registers = set(request.GET.getlist("paper")), registers_of(work)
    return [
        state
        for state in paper_states(work)
        if registers.keep(state.asked) and not registers.stand_in(state.asked)
        if (state.asked.code in chosen if chosen else _is_open(state))
    ]


def _is_open(state: PaperState) -> bool:
    return "shared" in state.ways and not state.files and not state.way


def _wanted(request: CitizenRequest, work: Work, states: list[PaperState]) -> dict[str, Wanted]:
    """Raises NotYet."""
    if not states:
        return {}
    applicant = people_of(work.draft, request.user).applicant if kind_of(work.draft) else None
    if applicant is None or not applicant.id_number or not work.draft.id_number_index:
        raise NotYet("请先填写“申请人与代办”，才知道查询谁的数据")
    office = deciding_office(work.draft, work.version, work.definition, timezone.localdate())
    return wanted(
        work.draft.pk,
        [state.asked for state in states],
        registers_of(work).lines,
        office,
        origin_region=work.draft.origin_region_id or "",
        name=applicant.name,
        id_number=applicant.id_number,
    )


def _ask(request: CitizenRequest, work: Work, agreed: list[Wanted], names: dict[str, str]) -> None:
    now = timezone.now()
    owed = [
        agree(wanted=each, person=request.user, recorded_by=request.user, at=now) for each in agreed
    ]
    found = answer_together(owed, by=request.user, now=now)
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        ways = draft.answers.setdefault("papers", {})
        for look_up in found:
            stands = look_up.is_owed or look_up.is_confirmed
            ways |= {look_up.material_code: "shared"} if stands else {}
    for look_up in found:
        _say(request, look_up, names[look_up.material_code])


def _say(request: CitizenRequest, look_up: LookUp, paper: str) -> None:
    data = look_up.resource.name
    if look_up.is_confirmed:
        messages.success(request, f"{data}已核验：一致，不用交“{paper}”。")
    elif look_up.is_owed:
        messages.warning(
            request,
            f"{data}现在查不了（{look_up.reason}）。您可以现在上传“{paper}”，也可以接着办："
            "系统恢复后会自动核验，并告诉您结果。",
        )
    elif look_up.state == State.REFUSED:
        messages.warning(request, f"{data}：对方不予提供（{look_up.reason}）。请上传“{paper}”。")
    else:
        words = "未查到" if look_up.state == State.NOT_FOUND else "核验不一致"
        messages.warning(request, f"{data}{words}。请上传“{paper}”，或选择其他方式。")
