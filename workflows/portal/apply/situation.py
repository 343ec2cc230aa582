"""办理情形: the answers that were given before any form, carried into the draft and nowhere asked again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matters.catalogue.forms import MatterForm
from matters.catalogue.papers import carried, papers_for
from matters.catalogue.situations import finding, open_question
from workflows.cases.drafts import changing
from workflows.cases.models import Upload
from workflows.cases.uploads import remove

from ..precheck import DRAFT, address, answered_rows, may_begin, situation_of
from .needed import situation_in
from .work import CitizenRequest, Work, on_draft

SECTION = "办理情形"


class Carried(forms.HiddenInput):
    """What was answered before: not shown, and judged like any answer."""

    def __init__(self, *, is_day: bool) -> None:
        super().__init__()
        self.is_day = is_day

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return str(value or "").split("-", 2) if self.is_day else value


@require_http_methods(["GET", "POST"])
@on_draft
def situation(request: CitizenRequest, work: Work) -> HttpResponse:
    """GET leads to the questions; POST keeps their answers, which stand in the address."""
    if work.definition.precheck is None:
        return redirect("portal:tasks", work.draft.pk)
    answers = situation_of(request, work.definition)
    if request.method == "GET" or not may_begin(work.definition, answers, timezone.localdate()):
        return redirect(questions_of(work))
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        draft.answers["situation"] = answers
        draft.data = {**draft.data, **carried(work.definition, answers)}
    names = _remove_unneeded(work, answers)
    if names:
        messages.info(request, f"按新的回答不再需要，已删除：{'、'.join(names)}。")
    return redirect("portal:tasks", work.draft.pk)


def problems_with_situation(work: Work, on: dt.date) -> list[str]:
    """What stands in the way by the answers before any form. No SQL."""
    asked = work.definition.precheck
    if asked is None:
        return []
    answers = situation_in(work.draft, work.definition)
    if open_question(asked, answers) is not None:
        return ["请先回答几个问题"]
    found = finding(asked, answers, on)
    if found.from_on is not None:
        day = found.from_on
        return [f"按您的回答，{day.year}年{day.month}月{day.day}日起才可以办"]
    return [] if found.kind == "can" else [f"按您的回答，请走另一条路：{found.text}"]


def questions_of(work: Work) -> str:
    """The address of the questions, with what is answered, leading back to this draft."""
    answers = situation_in(work.draft, work.definition)
    return address(work.matter.slug, answers, **{DRAFT: str(work.draft.pk)})


def situation_rows(work: Work) -> list[dict[str, str]]:
    """For checking the answers."""
    asked = work.definition.precheck
    answers = situation_in(work.draft, work.definition)
    return answered_rows(asked, answers, questions_of(work)) if asked else []


def hide_carried(form: MatterForm, work: Work) -> None:
    """Questions that were answered before are in the form, but nobody sees them again."""
    for code in carried(work.definition, situation_in(work.draft, work.definition)):
        if code in form.fields:
            is_day = work.definition.field(code).kind == "date"
            form.fields[code].widget = Carried(is_day=is_day)


def carried_answers(work: Work) -> dict[str, str]:
    """As somebody would type them."""
    answers = situation_in(work.draft, work.definition)
    return {code: answers[code] for code in carried(work.definition, answers)}


def _remove_unneeded(work: Work, answers: dict[str, str]) -> list[str]:
    """Take back the files of papers that this situation does not need; their papers' names."""
    names = {paper.code: paper.name for paper in work.full.materials}
    kept = {paper.code for paper in papers_for(work.full, answers, work.draft.data)}
    mine = Upload.objects.filter(draft_key=work.draft.pk, case=None)
    gone = mine.filter(material_code__in=names.keys() - kept)
    return list(dict.fromkeys(names[file.material_code] for file in gone if remove(file)))
