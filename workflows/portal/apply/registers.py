"""What registers could say in this draft, and what they have said: read once a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from matters.catalogue.definition import Material
from tongban.sharing.models import LookUp
from workflows.cases.shared_materials import Lines, lines_for, look_ups_of

from .work import Work

SAID = {
    LookUp.State.OWED: "系统恢复后自动核验",
    LookUp.State.CONFIRMED: "已核验：一致，免交",
    LookUp.State.DIFFERS: "核验不一致，请上传",
    LookUp.State.NOT_FOUND: "未查到，请上传",
    LookUp.State.REFUSED: "对方不予提供，请上传",
}


@dataclass(frozen=True)
class Registers:
    """lines: what may be asked, by name of the data; look_ups: what was, by code of the paper."""

    lines: Lines
    look_ups: Mapping[str, LookUp]

    def keep(self, paper: Material) -> bool:
        """Whether some register may be asked instead of that paper."""
        return paper.shared in self.lines

    def are_open(self, paper: Material) -> bool:
        """Whether shared data may still stand in: not once a register has said no."""
        known = self.look_ups.get(paper.code)
        return known is None or known.is_owed or known.is_confirmed

    def stand_in(self, paper: Material) -> bool:
        """Whether the person agreed, and no register has said no."""
        return paper.code in self.look_ups and self.are_open(paper)

    def said(self, paper: Material) -> str:
        known = self.look_ups.get(paper.code)
        return SAID[LookUp.State(known.state)] if known else ""


def registers_of(work: Work) -> Registers:
    """Two statements, none where no paper can be replaced; the second time in a request, none."""
    kept: Registers | None = work.__dict__.get("registers")
    if kept is None:
        lines = lines_for(work.matter.slug, work.definition.materials, timezone.localdate())
        kept = Registers(lines, look_ups_of(work.draft) if lines else {})
        work.__dict__["registers"] = kept
    return kept
