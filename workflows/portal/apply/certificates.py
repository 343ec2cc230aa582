"""Which papers of a draft a certificate may stand in for, and which were chosen: read once a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from matters.catalogue.definition import Material
from tongban.certificates.models import Use
from workflows.cases.certificates import kind_for, problems_of, uses_of

from .people import kind_of
from .work import Work

WAY = "certificate"


@dataclass(frozen=True)
class Certificates:
    """uses: what was chosen, by code of the paper; problems: why some of it no longer counts."""

    is_for_oneself: bool
    uses: Mapping[str, Use]
    problems: Mapping[str, str]

    def may_stand_in(self, paper: Material) -> bool:
        """Somebody's certificate is used by themself only; for others it is no way."""
        return self.is_for_oneself and kind_for(paper) is not None

    def problem(self, paper: Material) -> str:
        return self.problems.get(paper.code, "")


def certificates_of(work: Work) -> Certificates:
    """One statement where something was chosen, otherwise none; the second time in a request, none."""
    kept: Certificates | None = work.__dict__.get("certificates")
    if kept is None:
        chosen = work.draft.answers.get("papers", {})
        codes = [code for code, way in chosen.items() if way == WAY]
        uses = uses_of(work.draft.pk) if codes else {}
        index = work.draft.id_number_index or "-"
        problems = problems_of(uses, codes, person_index=index, on=timezone.localdate())
        kind = kind_of(work.draft)
        kept = Certificates(kind is not None and kind.code == "self", uses, problems)
        work.__dict__["certificates"] = kept
    return kept
