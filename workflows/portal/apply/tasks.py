"""The list of tasks of a draft: what is done, what is open, what cannot begin yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.pauses import told_of
from tongban.accounts.models import User

from .asked import problems_with_answers
from .needed import situation_in
from .paper_list import paper_states, problems_with_papers
from .people import applicant_of, kind_of, people_of, problems_with_people
from .situation import problems_with_situation, questions_of
from .where import problems_with_place
from .work import CitizenRequest, Work, on_draft


@dataclass(frozen=True)
class Section:
    """One section of an application; problems are sentences, none: it is done."""

    code: str
    text: str
    href: str
    problems: tuple[str, ...]
    is_begun: bool
    hint: str = ""

    @property
    def status(self) -> str:
        if not self.problems:
            return "已完成"
        return "进行中" if self.is_begun else "未开始"

    @property
    def kind(self) -> str:
        if not self.problems:
            return "done"
        return "info" if self.is_begun else ""


@require_safe
@on_draft
def tasks(request: CitizenRequest, work: Work) -> HttpResponse:
    """Six statements at most."""
    sections = sections_of(work, request.user)
    listed: list[object] = [*sections, _others(work, request.user)]
    ready = not any(section.problems for section in sections)
    before = 2 if work.definition.precheck else 1
    check = {
        "text": "核对并提交",
        "href": reverse("portal:check", args=[work.draft.pk]) if ready else None,
        "status": "可以提交" if ready else "暂不能开始",
        "kind": "info" if ready else "",
    }
    context = {
        "work": work,
        "tasks": [*listed[:before], listed[-1], *listed[before:-1], check],
        "pauses": told_of([work.matter.pk], timezone.now())[work.matter.pk],
        "done": sum(not section.problems for section in sections),
        "count": len(sections),
    }
    return render(request, "portal/apply/tasks.html", context)


def sections_of(work: Work, user: User) -> list[Section]:
    """The sections that must be done before handing in, in their order. Two statements at most."""
    today, draft = timezone.localdate(), work.draft
    kind, applicant = kind_of(draft), applicant_of(draft, user)
    found = [
        *_situation(work, today),
        Section(
            "who",
            "申请人与代办",
            reverse("portal:who", args=[draft.pk]),
            tuple(problems_with_people(draft, user, today)),
            is_begun=kind is not None,
            hint=f"{kind.label}：{applicant}" if kind and applicant else "",
        ),
        Section(
            "where",
            "在哪里办",
            reverse("portal:where", args=[draft.pk]),
            tuple(problems_with_place(work, today)),
            is_begun=draft.origin_region_id is not None,
        ),
    ]
    if work.definition.fields:
        found.append(
            Section(
                "asked",
                "申请内容",
                reverse("portal:asked", args=[draft.pk]),
                tuple(problems_with_answers(work)),
                is_begun=any(value is not None for value in draft.data.values()),
            )
        )
    if work.definition.materials:
        states = paper_states(work)
        found.append(
            Section(
                "papers",
                "提交材料",
                reverse("portal:papers", args=[draft.pk]),
                tuple(problems_with_papers(states)),
                is_begun=any(state.files or state.way for state in states),
            )
        )
    return found


def _situation(work: Work, today: dt.date) -> list[Section]:
    """What was asked before any form; nothing for a matter that asks nothing."""
    if work.definition.precheck is None:
        return []
    problems = tuple(problems_with_situation(work, today))
    return [
        Section(
            "situation",
            "办理情形",
            questions_of(work),
            problems,
            is_begun=bool(situation_in(work.draft, work.definition)),
            hint=problems[0] if problems else "",
        )
    ]


def _others(work: Work, user: User) -> dict[str, str]:
    count = len(people_of(work.draft, user).others)
    return {
        "text": "其他人员",
        "href": reverse("portal:others", args=[work.draft.pk]),
        "status": f"{count} 人" if count else "选填",
        "kind": "done" if count else "",
        "hint": "受益人、监护人、共同申请人或联系人，没有就不用填",
    }
