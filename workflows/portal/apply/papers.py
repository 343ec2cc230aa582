"""提交材料: each paper uploaded, brought to the window, looked up, or left for later."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tongban.sharing.asking import drop
from workflows.cases.certificates import let_go
from workflows.cases.drafts import changing
from workflows.cases.models import Upload
from workflows.cases.shared_materials import SUBJECT
from workflows.cases.upload_limits import refused_files
from workflows.cases.uploads import (
    MOST_BYTES,
    MOST_FILES,
    TOO_LARGE,
    Paper,
    TooManyFiles,
    Unfit,
    keep,
    paper_from,
    remove,
)

from ..guide import paper_row
from .certificates import WAY as CERTIFICATE
from .certificates import certificates_of
from .paper_list import WORDS, PaperState, paper_states
from .registers import registers_of
from .work import CitizenRequest, Work, on_draft

SECTION = "提交材料"
SENT, SHARED = "sent", "shared"
# Opening a file takes up to some seconds; a request must end before the server's patience.
MOST_AT_ONCE = 6


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleans to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        several = (data or [None]) if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each, initial) for each in several]


class PaperForm(forms.Form):
    """Files of one paper, each opened and made anew; one that is unfit refuses them all."""

    sent = FilesField(
        label="照片、扫描件或 PDF",
        help_text=(
            f"JPG、PNG 或 PDF，每个不超过 {MOST_BYTES // 1024 // 1024} MB，"
            f"一份申请最多 {MOST_FILES} 个。手机上可以直接拍照。"
        ),
        widget=FilesInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        error_messages={
            "required": "请选择文件，或在下面选择其他方式",
            "empty": "文件是空的，请重新选择",
            "invalid": "没有收到文件，请重新选择",
            "max_length": "文件名过长，请改短后再传",
        },
    )

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request.POST if request else None, request.FILES if request else None)
        self.too_large = refused_files(request, SENT) if request else []
        self.papers: list[Paper] = []

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.too_large:
            self.errors.pop(SENT, None)
            data.pop(SENT, None)
        for name in self.too_large:
            self.add_error(SENT, f"{name[:40]}：{TOO_LARGE}")
        files: list[UploadedFile[Any]] = data.get(SENT, [])
        if len(files) > MOST_AT_ONCE:
            self.add_error(SENT, f"一次最多选 {MOST_AT_ONCE} 个文件，请分几次上传")
            return data
        for file in files:
            self._open(file)
        return data

    def _open(self, file: UploadedFile[Any]) -> None:
        try:
            self.papers.append(paper_from(file))
        except Unfit as unfit:
            self.add_error(SENT, f"{(file.name or '')[:40]}：{unfit}")


@require_http_methods(["GET", "POST"])
@on_draft
def papers(request: CitizenRequest, work: Work) -> HttpResponse:
    """The list; POST `way` settles all open papers that may come in that way at once."""
    states = paper_states(work)
    if request.method == "POST":
        way = request.POST.get("way", "")
        # A certificate is chosen for each paper by itself.
        settled = [s for s in states if not s.is_settled and way in s.ways and way != CERTIFICATE]
        # What a register keeps is asked at once, after consent; the rest is left to the office.
        asked = [s for s in settled if way == SHARED and registers_of(work).keep(s.asked)]
        _choose(request, work, {s.asked.code: way for s in settled if s not in asked})
        return redirect("portal:shared" if asked else "portal:papers", work.draft.pk)
    left = [state for state in states if not state.is_settled]
    context = {
        "work": work,
        "states": [{"state": state, "row": paper_row(state.asked)} for state in states],
        "for_all": [
            {"way": way, "words": WORDS[way], "count": sum(way in s.ways for s in left)}
            for way in WORDS
            if way != CERTIFICATE
            if any(way in state.ways for state in left)
        ],
        "left": len(left),
    }
    return render(request, "portal/apply/papers.html", context)


@require_http_methods(["GET", "POST"])
@on_draft
def paper(request: CitizenRequest, work: Work, code: str) -> HttpResponse:
    """One paper; POST uploads files for it."""
    state = _state_of(work, code)
    form = PaperForm(request if request.method == "POST" else None)
    if form.is_valid() and _keep(request, work, code, form):
        return redirect("portal:paper", work.draft.pk, code)
    context = {
        "work": work,
        "state": state,
        "row": paper_row(state.asked),
        "form": form,
        "ways": [{"way": way, "words": WORDS[way]} for way in state.ways if way != state.way],
        "look_up": registers_of(work).look_ups.get(code),
        "use": certificates_of(work).uses.get(code),
    }
    return render(request, "portal/apply/paper.html", context)


@require_POST
@on_draft
def choose_way(request: CitizenRequest, work: Work, code: str) -> HttpResponse:
    """How a paper comes without uploading; '' takes the choice back."""
    state, way = _state_of(work, code), request.POST.get("way", "")
    if way and way not in state.ways:
        messages.error(request, "这份材料不能用这种方式提交。")
        return redirect("portal:paper", work.draft.pk, code)
    if way == SHARED and registers_of(work).keep(state.asked):
        return redirect(f"{reverse('portal:shared', args=[work.draft.pk])}?paper={code}")
    if way == CERTIFICATE:
        return redirect("portal:certificate", work.draft.pk, code)
    if not way:
        drop(kind=SUBJECT, key=str(work.draft.pk), material_code=code)
    _choose(request, work, {code: way})
    return redirect("portal:papers", work.draft.pk)


@require_POST
@on_draft
def remove_file(request: CitizenRequest, work: Work, code: str, file: uuid.UUID) -> HttpResponse:
    """Take back one file of this draft's paper."""
    mine = Upload.objects.filter(draft_key=work.draft.pk, material_code=code, case=None)
    upload = get_object_or_404(mine, pk=file)
    if remove(upload):
        messages.success(request, f"已删除“{upload.name}”。")
    return redirect("portal:paper", work.draft.pk, code)


def _keep(request: CitizenRequest, work: Work, code: str, form: PaperForm) -> bool:
    try:
        keep(form.papers, owner_id=request.user.pk, draft_key=work.draft.pk, material_code=code)
    except TooManyFiles as too_many:
        form.add_error(SENT, str(too_many))
        return False
    _choose(request, work, {code: ""})
    messages.success(request, f"已上传 {len(form.papers)} 个文件。")
    return True


def _choose(request: CitizenRequest, work: Work, ways: dict[str, str]) -> None:
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        before = draft.answers.get("papers", {})
        chosen = {**before, **ways}
        draft.answers["papers"] = {code: way for code, way in chosen.items() if way}
        let_go(draft.pk, [c for c in ways if before.get(c) == CERTIFICATE], timezone.now())


def _state_of(work: Work, code: str) -> PaperState:
    for state in paper_states(work):
        if state.asked.code == code:
            return state
    raise Http404
