"""The papers of a case: handed in, still owed, and the files that show them."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.cases.flow import Flow
from workflows.cases.models import Material, Upload

from ..plain_words import PAPER_FORMS

KINDS = {
    Material.Status.OWED: "warn",
    Material.Status.HANDED_IN: "info",
    Material.Status.RECEIVED: "good",
    Material.Status.MISSING: "bad",
    Material.Status.SHARED: "good",
}


@dataclass(frozen=True)
class PaperShown:
    name: str
    form: str
    status: str
    kind: str
    note: str
    is_supplement: bool
    files: tuple[Upload, ...]


def papers_of(case: Flow) -> list[Material]:
    """Two statements, one where there is no paper."""
    return list(Material.objects.filter(case_id=case.pk).prefetch_related("uploads"))


def papers_shown(case: Flow, papers: list[Material]) -> list[PaperShown]:
    """What is owed first, as long as the case is open; then in the order of the list."""
    shown = [_shown(case, paper) for paper in papers]
    return sorted(shown, key=lambda paper: paper.kind not in ("warn", "bad"))


def _shown(case: Flow, paper: Material) -> PaperShown:
    status, kind = paper.get_status_display(), KINDS[Material.Status(paper.status)]
    if paper.status == Material.Status.OWED and not paper.is_required:
        status, kind = "选交", ""
    if kind == "warn" and not case.is_open:
        status, kind = "未交", ""
    return PaperShown(
        name=paper.name,
        # What a supplement asks for is written freely: nobody said in which form.
        form="" if paper.asked_by_supplement else f"{PAPER_FORMS[paper.form]} {paper.copies} 份",
        status=status,
        kind=kind,
        note=paper.note,
        is_supplement=paper.asked_by_supplement,
        files=tuple(paper.uploads.all()),
    )
