"""Scans of papers, taken at the window: kept with the draft, so that no error loses them."""

from __future__ import annotations

from django.http import HttpRequest

from tongban.accounts.models import User
from workflows.cases.upload_limits import refused_files
from workflows.cases.uploads import TOO_LARGE, TooManyFiles, Unfit, keep, paper_from, remove

from .forms import PREFIX
from .sheets import Sheet


def box_of(code: str) -> str:
    """The name of the file box of a paper."""
    return f"{PREFIX}-scan-{code}"


def brought(request: HttpRequest) -> bool:
    """Whether files came with the request, or some are to go."""
    return bool(request.FILES) or f"{PREFIX}-drop" in request.POST


def taken(request: HttpRequest, sheet: Sheet, *, by: User) -> list[str]:
    """Keep the files that came and remove those that were ticked; sentences about what was refused.

    The visit's draft must have been saved. Changes the sheet's list of scans.
    """
    problems: list[str] = []
    unwanted = set(request.POST.getlist(f"{PREFIX}-drop"))
    for code, scans in sheet.scans.items():
        gone = [scan for scan in scans if str(scan.pk) in unwanted and remove(scan)]
        sheet.scans[code] = [scan for scan in scans if scan not in gone]
    for paper in sheet.papers.asked:
        problems += _of_paper(request, sheet, paper.code, by)
    return problems


def _of_paper(request: HttpRequest, sheet: Sheet, code: str, by: User) -> list[str]:
    box = box_of(code)
    problems = [f"{name}：{TOO_LARGE}" for name in refused_files(request, box)]
    for file in request.FILES.getlist(box):
        try:
            kept = keep(
                [paper_from(file)], owner_id=by.pk, material_code=code, draft_key=sheet.visit.key
            )
        except (Unfit, TooManyFiles) as unfit:
            problems.append(f"{file.name}：{unfit}")
        else:
            sheet.scans.setdefault(code, []).extend(kept)
    return problems
