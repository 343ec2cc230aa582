"""The papers of a draft: what is asked for, what is here, and how the rest will come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from matters.catalogue.definition import Material
from workflows.cases.drafts import window_seat
from workflows.cases.models import Upload

from .certificates import WAY as CERTIFICATE
from .certificates import Certificates, certificates_of
from .registers import Registers, registers_of
from .work import Work

WORDS = {
    "window": "到窗口交",
    "shared": "免交（核验共享数据）",
    CERTIFICATE: "用我的电子证照",
    "later": "随后补交",
}


@dataclass(frozen=True)
class PaperState:
    """One paper: its files, the ways besides uploading that are open, and the one that was chosen.

    said: what a register said in the place of this paper, or why the certificate that was chosen
    no longer counts; '' where there is nothing to say.
    """

    asked: Material
    files: tuple[Upload, ...]
    ways: tuple[str, ...]
    way: str
    said: str = ""

    @property
    def is_settled(self) -> bool:
        return bool(self.files or self.way) or not self.asked.required

    @property
    def status(self) -> str:
        if self.files:
            return f"已上传 {len(self.files)} 个文件"
        if self.way:
            return (self.said if self.way == "shared" else "") or WORDS[self.way]
        return self.said or ("待选择" if self.asked.required else "选填")

    @property
    def kind(self) -> str:
        """Of the tag: what is settled is plain."""
        if self.files or self.way:
            return "done"
        if self.said:
            return "warn"
        return "info" if self.asked.required else ""


def paper_states(work: Work) -> list[PaperState]:
    """Every paper in the order of the matter. One statement, two more where registers can be asked, one where a
    certificate was chosen.
    """
    files: dict[str, list[Upload]] = defaultdict(list)
    uploads = Upload.objects.filter(draft_key=work.draft.pk, case=None)
    for upload in uploads.order_by("uploaded_at", "id"):
        files[upload.material_code].append(upload)
    chosen = work.draft.answers.get("papers", {})
    registers, certificates = registers_of(work), certificates_of(work)
    return [
        _state(work, paper, files[paper.code], chosen, registers, certificates)
        for paper in work.definition.materials
    ]


def problems_with_papers(states: list[PaperState]) -> list[str]:
    return [f"请上传或选择怎样提交：{s.asked.name}" for s in states if not s.is_settled]


def _state(
    work: Work,
    paper: Material,
    files: list[Upload],
    chosen: dict[str, str],
    registers: Registers,
    certificates: Certificates,
) -> PaperState:
    open_ways = {
        "window": window_seat(work.version, work.definition) is not None,
        "shared": paper.shared is not None and registers.are_open(paper),
        CERTIFICATE: certificates.may_stand_in(paper),
        "later": paper.missing_ok,
    }
    ways = tuple(way for way, is_open in open_ways.items() if is_open)
    way = chosen.get(paper.code, "")
    if way == "shared" and registers.keep(paper) and not registers.stand_in(paper):
        way = ""  # somebody else is the applicant now, or the look-up was taken back
    said = registers.said(paper)
    if way == CERTIFICATE and (problem := certificates.problem(paper)):
        way, said = "", problem
    return PaperState(paper, tuple(files), ways, way if way in ways else "", said)
