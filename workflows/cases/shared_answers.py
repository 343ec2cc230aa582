"""What registers said in a case, and who looked, as the pages of both sides show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from matters.catalogue.definition import Definition
from matters.catalogue.pinned import definition_of
from tongban.accounts.personal import mask_name
from tongban.sharing.asking import of_subject
from tongban.sharing.ledger import records_of
from tongban.sharing.models import LookUp, Record
from tongban.sharing.sealed_answers import masked

from .models import Case
from .shared_materials import SUBJECT, lines_for

KINDS = {
    LookUp.State.OWED: "warn",
    LookUp.State.CONFIRMED: "good",
    LookUp.State.DIFFERS: "bad",
    LookUp.State.NOT_FOUND: "bad",
    LookUp.State.REFUSED: "bad",
}
OUTCOMES = {**{state.value: str(state.label) for state in LookUp.State}, "failed": "对方没有答复"}


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """The answer that stands beside a paper. lines: (what, yes/no or value), personal ones masked."""

    id: UUID
    data: str
    holder: str
    outcome: str
    kind: str
    at: dt.datetime | None
    why: str
    lines: Sequence[tuple[str, str]]
    is_masked: bool
    stands: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """One entry of the ledger, for the person whom it is about."""

    at: dt.datetime
    who: str
    data: str
    holder: str
    outcome: str
    reason: str


def shares_data(definition: Definition) -> bool:
    return any(paper.shared for paper in definition.materials)


def shared_answers(case: Case) -> dict[str, SharedAnswer]:
    """By code of the paper. One statement, none for a matter that shares nothing.

    An office that doesn't decide the case is shown the outcome alone, by its page.
    """
    if not shares_data(definition_of(case.version_id)):
        return {}
    return {each.material_code: _shown(each) for each in look_ups_in(case)}


def askable_codes(case: Case, owed: Iterable[str]) -> frozenset[str]:
    """Of the papers that are owed, those that a register could still be asked for. One statement at most."""
    wanted, owed = definition_of(case.version_id), set(owed)
    papers = [paper for paper in wanted.materials if paper.shared and paper.code in owed]
    if not papers or case.closed_at is not None:
        return frozenset()
    lines = lines_for(case.matter.slug, papers, timezone.localdate())
    return frozenset(paper.code for paper in papers if paper.shared in lines)


def look_ups_in(case: Case) -> list[LookUp]:
    """The look-ups of a case: `settle` has let go of what its office was not agreed to see."""
    found = of_subject(SUBJECT, str(case.draft_key))
    return list(found.select_related("resource__holder"))


def looked_at(case: Case) -> list[Looked]:
    """Who looked at what for this case, the newest first. One statement, none where nothing is shared."""
    if not shares_data(definition_of(case.version_id)):
        return []
    records = list(records_of(SUBJECT, [str(case.draft_key)]))
    return [_looked(record) for record in reversed(records)]


def _shown(look_up: LookUp) -> SharedAnswer:
    state = LookUp.State(look_up.state)
    fields = look_up.answer.get("fields", [])
    lines = [(q["text"], "是" if q["yes"] else "否") for q in look_up.answer.get("questions", [])]
    lines += [(f["label"], masked(f["value"]) if f["personal"] else f["value"]) for f in fields]
    return SharedAnswer(
        id=look_up.pk,
        data=look_up.resource.name,
        holder=look_up.resource.holder.name,
        outcome=str(state.label),
        kind=KINDS[state],
        at=look_up.answered_at,
        why=look_up.reason,
        lines=lines,
        is_masked=any(f["personal"] for f in fields),
        stands=look_up.is_owed or look_up.is_confirmed,
    )


def _looked(record: Record) -> Looked:
    opened = record.act == Record.Act.OPENED
    name = f"工作人员 {mask_name(record.user_name)}" if opened else ""
    by_system = "系统再次查询" if record.user_id is None else "您同意后查询"
    return Looked(
        at=record.at,
        who="，".join(part for part in (record.office.name, name or by_system) if part),
        data=record.resource.name,
        holder=record.resource.holder.name,
        outcome="查看了具体内容" if opened else OUTCOMES[record.outcome],
        reason=record.reason,
    )
