"""补正: every item that was asked for, each with its files or a word to it, handed in at once."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workflows.cases.declarations import Step
from workflows.cases.document_pages import has_it_in_hand
from workflows.cases.material_files import loose_files
from workflows.cases.models import Document, Material, Upload
from workflows.cases.perform import Done
from workflows.cases.places import OfficeCard, office_cards
from workflows.cases.timekeeping import pauses_of
from workflows.cases.upload_limits import refused_files
from workflows.cases.uploads import (
    TOO_LARGE,
    Paper,
    TooManyFiles,
    Unfit,
    keep,
    paper_from,
    take_back,
)
from workflows.cases.verdicts import verdict

from ..apply.papers import MOST_AT_ONCE, FilesField, FilesInput
from .attempt import Refused, attempt, token_in
from .door import Visit
from .time_kept import ClockShown, clocks_shown

ACCEPTED = "image/jpeg,image/png,application/pdf"
OTHERWISE = "不上传文件，改在补充说明里写清楚"


class SupplementPapersForm(forms.Form):
    """Files and a tick for each paper that is owed, and one note for them all."""

    note = forms.CharField(
        label="补充说明",
        help_text="不上传文件的项目，请在这里逐项写清楚",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "补充说明最多 1000 字，请改短"},
    )

    def __init__(self, owed: list[Material], request: HttpRequest | None = None) -> None:
        super().__init__(request.POST if request else None, request.FILES if request else None)
        self.owed = owed
        self.request = request
        self.papers: dict[int, list[Paper]] = {}
        for paper in owed:
            self.fields[f"files_{paper.pk}"] = FilesField(
                label="上传文件",
                required=False,
                widget=FilesInput(attrs={"accept": ACCEPTED}),
                error_messages={
                    "empty": "文件是空的，请重新选择",
                    "max_length": "文件名过长，请改短后再传",
                },
            )
            self.fields[f"otherwise_{paper.pk}"] = forms.BooleanField(
                label=OTHERWISE, required=False
            )
        self.order_fields([*(name for name in self.fields if name != "note"), "note"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        sent = [file for paper in self.owed for file in data.get(f"files_{paper.pk}") or [] if file]
        if len(sent) > MOST_AT_ONCE:
            first = next(p for p in self.owed if any(data.get(f"files_{p.pk}") or []))
            self.add_error(f"files_{first.pk}", f"一次最多传 {MOST_AT_ONCE} 个文件，请分几次上传")
            return data
        for paper in self.owed:
            self._open(paper, [file for file in data.get(f"files_{paper.pk}") or [] if file])
        return data

    def _open(self, paper: Material, files: list[Any]) -> None:
        name = f"files_{paper.pk}"
        for too_large in refused_files(self.request, name) if self.request else []:
            self.add_error(name, f"{too_large[:40]}：{TOO_LARGE}")
        for file in files:
            try:
                self.papers.setdefault(paper.pk, []).append(paper_from(file))
            except Unfit as unfit:
                self.add_error(name, f"{(file.name or '')[:40]}：{unfit}")

    def require_all(self, loose: dict[str, list[Upload]]) -> None:
        """Each item has a file by now, or is spoken of in the note."""
        note = self.cleaned_data.get("note", "")
        for paper in self.owed:
            by_word = self.cleaned_data.get(f"otherwise_{paper.pk}")
            if by_word and not note:
                self.add_error("note", f"请写清楚“{paper.name[:40]}”的情况")
            elif not by_word and not loose.get(paper.code):
                self.add_error(
                    f"files_{paper.pk}", f"请上传“{paper.name[:40]}”，或勾选在说明里写清楚"
                )


def supplement(visit: Visit, declared: Step) -> Done | Refused | HttpResponse:
    """The page and its buttons: hand in, only upload, take a file back.

    What is fit is kept at once, whatever else is wrong: nobody takes a photo twice.
    """
    request = visit.request
    if request.method == "GET":
        return _page(visit, declared, SupplementPapersForm(owed_papers(visit)), visit.case.seq)
    if not verdict(visit.situation, declared).allowed:
        # The door says why: a second press, something that came in between, a right that is missing.
        return attempt(visit, declared, {}, token_in(visit))
    owed = owed_papers(visit)
    form = SupplementPapersForm(owed, request)
    form.is_valid()
    _keep(visit, form)
    _take_back(visit, owed)
    if "submit" not in request.POST:
        return _page(visit, declared, form, token_in(visit))
    form.require_all(loose_by_code(visit, owed))
    if form.errors:
        return _page(visit, declared, form, token_in(visit))
    data = {"items": [paper.pk for paper in owed], "note": form.cleaned_data["note"]}
    done = attempt(visit, declared, data, token_in(visit))
    if isinstance(done, Refused) and done.news:
        fresh = SupplementPapersForm(owed_papers(done.visit), request)
        return _page(done.visit, declared, fresh, done.visit.case.seq, news=done.news)
    return done


def owed_papers(visit: Visit) -> list[Material]:
    """Exactly the list of the notice. One statement."""
    owed = Material.objects.filter(
        case_id=visit.case.pk, asked_by_supplement=True, status=Material.Status.OWED
    )
    return list(owed.order_by("id"))


def loose_by_code(visit: Visit, owed: list[Material]) -> dict[str, list[Upload]]:
    """Files sent and not handed in yet, by the paper they are for. One statement."""
    found: dict[str, list[Upload]] = {}
    for upload in loose_files(visit.case.pk, [paper.code for paper in owed]):
        found.setdefault(upload.material_code, []).append(upload)
    return found


def _keep(visit: Visit, form: SupplementPapersForm) -> None:
    for paper in form.owed:
        papers = form.papers.get(paper.pk)
        if not papers:
            continue
        try:
            keep(papers, owner_id=visit.user_id, material_code=paper.code, case_id=visit.case.pk)
        except TooManyFiles as too_many:
            form.add_error(f"files_{paper.pk}", str(too_many))


def _take_back(visit: Visit, owed: list[Material]) -> None:
    try:
        key = uuid.UUID(visit.request.POST.get("remove", ""))
    except ValueError:
        return
    mine = loose_files(visit.case.pk, [paper.code for paper in owed])
    upload = mine.filter(pk=key).first()
    if upload is not None and take_back(upload):
        messages.success(visit.request, f"已删除“{upload.name}”。")


def _page(
    visit: Visit, declared: Step, form: SupplementPapersForm, token: int, news: str = ""
) -> HttpResponse:
    case = visit.case
    notices = Document.objects.filter(case_id=case.pk, kind=Document.Kind.SUPPLEMENT)
    notice = notices.order_by("-id").first()
    if notice is not None:
        # The page says all that the notice says: whoever reads it here has it.
        has_it_in_hand(visit.request, notice)
    loose = loose_by_code(visit, form.owed)
    context = {
        "crumbs": [("/", "首页"), ("/my/", "我的办件"), (f"/my/{case.number}/", case.matter.name)],
        "case": case,
        "step": declared,
        "form": form,
        "token": token,
        "news": news,
        "notice": notice,
        "clock": _until(visit),
        "window": _window(visit),
        "items": [
            {
                "paper": paper,
                "files": loose.get(paper.code, []),
                "sent": form[f"files_{paper.pk}"],
                "otherwise": form[f"otherwise_{paper.pk}"],
            }
            for paper in form.owed
        ],
    }
    return render(visit.request, "portal/my/supplement.html", context, status=409 if news else 200)


def _until(visit: Visit) -> ClockShown | None:
    pauses = pauses_of(visit.case) if visit.case.clocks.get("pauses") else []
    clocks = clocks_shown(visit.case, visit.definition, pauses, visit.now)
    return next((clock for clock in clocks if clock.code == "hop"), None)


def _window(visit: Visit) -> OfficeCard | None:
    """Where the papers can be brought instead: the window of the application, else who decides."""
    case = visit.case
    office_id = case.office_of(case.ORIGIN_SEAT) or case.office_of(case.OWNER_SEAT)
    return office_cards([office_id]).get(office_id) if office_id else None
