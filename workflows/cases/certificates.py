"""Electronic certificates in the place of papers: from the draft to the case that is decided.

As for look-ups, the subject is the draft's key, which the case keeps. A certificate is its own
applicant's: whoever applies for somebody else brings the paper another way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from matters.catalogue.answers import answer_in_clear
from matters.catalogue.definition import Definition
from matters.catalogue.definition import Material as PaperAsked
from matters.catalogue.models import MatterVersion
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index
from tongban.certificates.kinds import Kind, kinds
from tongban.certificates.models import Inquiry, Use
from tongban.certificates.uses import (
    FRESH,
    Subject,
    check_again,
    of_subject,
    problem_with,
    take_back,
)
from tongban.offices.directory import province_of

from .models import Case, Draft, Material
from .shared_materials import SUBJECT, deciding_office

# What stands beside a paper for which a certificate was chosen, until the case is open.
BY_CERTIFICATE = "申请人用电子证照代替，免交"
STANDS_IN = "用电子证照代替"
Purpose = Inquiry.Purpose


class CertificatesFail(ValueError):
    """Certificates that were chosen no longer count. problems: a sentence by code of the paper."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = dict(problems)


def kind_for(paper: PaperAsked) -> Kind | None:
    """The kind of certificate that a person may use instead of this paper; None: none.

    What an enterprise holds is in nobody's folder.
    """
    kind = kinds().get(paper.certificate_kind or "")
    return kind if kind is not None and kind.is_of_person else None


def subject_of(
    draft: Draft, version: MatterVersion, definition: Definition, on: dt.date
) -> Subject:
    """Raises NotYet while the deciding office is not known. Two statements at most."""
    office = deciding_office(draft, version, definition, on)
    return Subject(
        kind=SUBJECT,
        key=str(draft.pk),
        item=draft.matter.name,
        office_id=office.office_id,
        office_name=office.name,
        province=province_of(office.region),
    )


def uses_of(draft_key: UUID) -> dict[str, Use]:
    """By code of the paper. One statement."""
    return {use.material_code: use for use in of_subject(SUBJECT, str(draft_key))}


def problems_of(
    uses: Mapping[str, Use], codes: Collection[str], *, person_index: str, on: dt.date
) -> dict[str, str]:
    """By code, why what was chosen doesn't count now. No SQL."""
    found = {}
    for code in codes:
        use = uses.get(code)
        if use is None:
            found[code] = "请重新选择电子证照"
        elif use.certificate.holder_index != person_index:
            found[code] = "电子证照只能由持证人本人使用，申请人已改"
        elif problem := problem_with(use, on):
            found[code] = problem
    return found


def names_others(definition: Definition, data: Mapping[str, Any], holder_index: str) -> bool:
    """Whether the form asks whom it is about, and all its answers name somebody else. No SQL."""
    codes = [f.code for f in definition.fields if f.kind == "id_number" and data.get(f.code)]
    numbers = [answer_in_clear(definition, data, code) for code in codes]
    return bool(numbers) and holder_index not in {blind_index(n, "id_number") for n in numbers}


def refresh(draft: Draft, *, by: User, item: str, now: dt.datetime) -> None:
    """Before it is handed in: ask the issuers again, unless they have just been asked.

    One that cannot be reached leaves its last word standing. Not inside a transaction.
    """
    uses = list(uses_of(draft.pk).values())
    check_again(
        uses, by=by, purpose=Purpose.HANDING_IN, item=item, now=now, unless_since=now - FRESH
    )


def require(
    draft_key: UUID,
    codes: Collection[str],
    *,
    offices: Collection[int],
    people: Collection[str],
    on: dt.date,
) -> None:
    """Raises CertificatesFail. people: ID numbers of the applicants. One statement, none without codes."""
    if not codes:
        return
    uses = uses_of(draft_key)
    index = next((blind_index(number, "id_number") for number in people if number), "-")
    problems = problems_of(uses, codes, person_index=index, on=on)
    for code in codes:
        if code in uses and uses[code].office_id not in offices:
            problems.setdefault(code, "办理机构已变，请重新选择电子证照")
    if problems:
        raise CertificatesFail(problems)


def mark_papers(case: Case, codes: Collection[str], at: dt.datetime) -> None:
    """Mark the papers of a new case for which certificates stand, in its transaction."""
    for code, use in uses_of(case.draft_key).items() if codes and case.draft_key else ():
        if code not in codes:
            continue
        Use.objects.filter(pk=use.pk).update(handed_in_at=at)
        note = (
            f"{STANDS_IN}：{use.certificate.name}{use.masked_number}，{use.certificate.issuer}签发，"
            f"提交时有效，摘要 {use.digest[:12]}"
        )
        papers = Material.objects.filter(case_id=case.pk, code=code, status=Material.Status.OWED)
        papers.update(status=Material.Status.SHARED, handed_in_at=at, note=note[:200])


def let_go(draft_key: UUID, codes: Collection[str] | None, at: dt.datetime) -> None:
    """The person chose another way for these papers, or for all."""
    if codes is None:
        take_back(SUBJECT, str(draft_key), now=at)
    for code in codes or ():
        take_back(SUBJECT, str(draft_key), code, now=at)


def uses_in(case: Case, materials: Sequence[Material]) -> dict[str, Use]:
    """What stands in a case for its offices to see, by code. One statement, none where nothing does."""
    if not any(material.note.startswith(STANDS_IN) for material in materials):
        return {}
    return {
        code: use
        for code, use in uses_of(case.draft_key).items()
        if use.handed_in_at is not None and use.office_id in case.office_ids
    }
