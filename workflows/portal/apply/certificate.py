"""用我的电子证照: choose one of one's own certificates for a paper, knowing who will see it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tongban.certificates.kinds import PROVINCES, Kind
from tongban.certificates.uses import NotUsable, Offer, Subject, choose, offers, words_of
from workflows.cases.certificates import kind_for, let_go, names_others, subject_of
from workflows.cases.drafts import changing
from workflows.cases.shared_materials import NotYet

from .certificates import WAY
from .paper_list import PaperState, paper_states
from .work import CitizenRequest, Work, on_draft, posted

SECTION = "提交材料"


class ChooseForm(forms.Form):
    """One of the certificates that would be taken; the words of the consent stand at each."""

    certificate = forms.ChoiceField(
        label="用哪一份证照",
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择一份证照，或返回选择其他方式",
            "invalid_choice": "请选择上面列出的证照",
        },
    )

    def __init__(self, usable: list[Offer], subject: Subject, data: Any) -> None:
        super().__init__(data)
        field = self.fields["certificate"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = [
            (str(o.certificate.pk), f"{o.certificate.name}（{o.certificate.masked_number}）")
            for o in usable
        ]
        field.help_text = words_of(usable[0].certificate, subject) if usable else ""
        if len(usable) == 1:
            field.initial = str(usable[0].certificate.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def certificate(request: CitizenRequest, work: Work, code: str) -> HttpResponse:
    """What the folder has for this paper, and why something of it would not be taken."""
    state, kind = _paper(work, code)
    now, today = timezone.now(), timezone.localdate()
    try:
        subject = subject_of(work.draft, work.version, work.definition, today)
    except NotYet as not_yet:
        messages.warning(request, f"{not_yet}。")
        return redirect("portal:papers", work.draft.pk)
    found = offers(request.user, kind.code, used_in=subject.province, on=today)
    usable = [offer for offer in found if not offer.problem]
    form = ChooseForm(usable, subject, posted(request))
    if form.is_valid():
        chosen = {str(o.certificate.pk): o.certificate for o in usable}
        picked = chosen[form.cleaned_data["certificate"]]
        try:
            choose(certificate=picked, subject=subject, material_code=code, now=now)
        except NotUsable as why:  # it ran out between the two lines
            messages.error(request, f"{why}。")
            return redirect("portal:certificate", work.draft.pk, code)
        with changing(work.draft, by=request.user, section=SECTION) as draft:
            draft.answers.setdefault("papers", {})[code] = WAY
        messages.success(request, f"“{state.asked.name}”用{picked.name}代替，不用交了。")
        return redirect("portal:papers", work.draft.pk)
    context = {
        "work": work,
        "state": state,
        "kind": kind,
        "form": form,
        "usable": usable,
        "not_usable": [offer for offer in found if offer.problem],
        "province": PROVINCES[subject.province],
        "is_anothers": bool(usable)
        and names_others(work.definition, work.draft.data, usable[0].certificate.holder_index),
    }
    return render(request, "portal/apply/certificate.html", context)


def take_back(request: CitizenRequest, work: Work, codes: Collection[str]) -> None:
    """These papers are open again."""
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        ways = draft.answers.get("papers", {})
        draft.answers["papers"] = {c: way for c, way in ways.items() if c not in codes}
        let_go(draft.pk, codes, timezone.now())


def _paper(work: Work, code: str) -> tuple[PaperState, Kind]:
    """Raises Http404 where no certificate may stand in."""
    for state in paper_states(work):
        if state.asked.code == code and WAY in state.ways:
            kind = kind_for(state.asked)
            if kind is not None:
                return state, kind
    raise Http404
