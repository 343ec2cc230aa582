"""Files that the matter's form asks for: put away as they come, with the papers of the draft."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse

from matters.catalogue.definition import FormField
from matters.catalogue.file_field import KeptFile, drop_box, file_box
from workflows.cases.models import Upload
from workflows.cases.upload_limits import refused_files
from workflows.cases.uploads import TOO_LARGE, TooManyFiles, Unfit, keep, paper_from, remove

from .work import CitizenRequest, Work

# Opening a file takes up to some seconds; a request must end before the server's patience.
MOST_AT_ONCE = 6


def files_of(work: Work) -> dict[str, list[KeptFile]]:
    """By field code the files that are there. One statement, none for a form without files."""
    asked = [field.code for field in _file_fields(work)]
    found: dict[str, list[KeptFile]] = {code: [] for code in asked}
    if asked:
        for upload in _uploads(work, asked).order_by("uploaded_at", "id"):
            href = reverse("cases:file", args=[upload.pk])
            found[upload.material_code].append(KeptFile(str(upload.pk), upload.name, href))
    return found


def put_away(request: CitizenRequest, work: Work) -> list[tuple[str, str]]:
    """Keep what was sent and remove what was ticked; (field code, sentence) of what was refused.

    Before the form is judged, so that an error in another answer loses no file.
    """
    problems: list[tuple[str, str]] = []
    for field in _file_fields(work):
        unwanted = _keys(request.POST.getlist(drop_box(field.code)))
        for upload in _uploads(work, [field.code]).filter(pk__in=unwanted):
            remove(upload)
        problems += [(field.code, text) for text in _kept(request, work, field)]
    return problems


def forget_files(work: Work, codes: Iterable[str]) -> None:
    """Remove the files of questions that do not apply any more."""
    asked = [field.code for field in _file_fields(work) if field.code in set(codes)]
    for upload in _uploads(work, asked) if asked else ():
        remove(upload)


def _kept(request: CitizenRequest, work: Work, field: FormField) -> list[str]:
    box = file_box(field.code)
    problems = [f"{name[:40]}：{TOO_LARGE}" for name in refused_files(request, box)]
    sent = request.FILES.getlist(box)
    if not sent:
        return problems
    if len(sent) > MOST_AT_ONCE:
        return [f"一次最多传 {MOST_AT_ONCE} 个文件，请分几次上传"]
    if len(sent) + _uploads(work, [field.code]).count() > field.most:
        return [f"这一项最多 {field.most} 个文件，请先删除不需要的"]
    for file in sent:
        try:
            keep(
                [paper_from(file)],
                owner_id=request.user.pk,
                draft_key=work.draft.pk,
                material_code=field.code,
            )
        except (Unfit, TooManyFiles) as unfit:
            problems.append(f"{(file.name or '')[:40]}：{unfit}")
    return problems


def _uploads(work: Work, codes: list[str]) -> QuerySet[Upload]:
    return Upload.objects.filter(draft_key=work.draft.pk, material_code__in=codes, case=None)


def _file_fields(work: Work) -> list[FormField]:
    return [field for field in work.definition.fields if field.kind == "file"]


def _keys(sent: Iterable[str]) -> list[uuid.UUID]:
    found = []
    for text in sent:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
