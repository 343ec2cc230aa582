"""Parents and children as pages show them: what each part of a case is about, where it is, until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from matters.catalogue.pinned import definition_of

from .clocks import local_day
from .declarations import APPLICANT, HOP, PROMISE
from .models import Case
from .places import office_cards

if TYPE_CHECKING:
    from .flow import Flow

PART = "part"
INSTANT = dt.timedelta(microseconds=1)
# What came of a part, in a word or two for a table.
RESULTS = {
    "done": "已办成",
    "disapproved": "未获批准",
    "refused": "不予受理",
    "returned": "已退件",
    "withdrawn": "已撤回",
    "released": "未选，已释放",
    "declined": "不予支持",
}


@dataclass(frozen=True)
class PartRow:
    """One child of a case. result: "" while it is open; until: the last day of what it has to keep.

    is_replaced: another filing of the same matter came after it. detail: what the part itself tells
    its people in a word (`facts["in_short"]`), for those who may read it.
    """

    number: str
    name: str
    office: str
    province: str
    state: str
    until: dt.datetime | None
    result: str
    is_good: bool
    wants_applicant: bool
    is_replaced: bool
    detail: str

    @property
    def last_day(self) -> dt.date | None:
        """The day on which it is still in time: a clock is red from `until` on."""
        return local_day(self.until - INSTANT) if self.until else None

    @property
    def result_kind(self) -> str:
        """Of the tag."""
        return "good" if self.is_good else "bad"


def children_of(parent_id: int | None, *, kind: str = "") -> list[Flow]:
    """The parts of a case in the order of their opening; none of one that is not kept. One statement."""
    if parent_id is None:
        return []
    rows = Case.objects.filter(parent_id=parent_id, relation="part").select_related("matter")
    if kind:
        rows = rows.filter(awaited_as=kind)
    return [cast("Flow", child) for child in rows.order_by("id")]


def part_rows(case: Flow, *, for_party: bool = False) -> list[PartRow]:
    """What people of a case may know of its parts. Two statements at most; none where it has no parts.

    Offices read nothing of what is inside a part: who may see that opens the part itself.
    """
    if not any(state.awaits for state in case.STATES):
        return []
    children = children_of(case.pk)
    cards = office_cards(o for child in children if (o := _office(child)) is not None)
    last = {(child.matter_id, _office(child)): child.pk for child in children}
    rows = []
    for child in children:
        office_id = _office(child)
        rows.append(
            PartRow(
                number=child.number,
                name=case.part_name(child, for_party=for_party),
                office=cards[office_id].name if office_id in cards else "",
                province=child.owner_province,
                state=child.state_label(definition_of(child.version_id)),
                until=_until(child),
                result=_result(child),
                is_good=child.outcome == "done",
                wants_applicant=child.is_open and child.holder == APPLICANT,
                is_replaced=case.REFILES_PARTS and last[child.matter_id, office_id] != child.pk,
                detail=str(child.facts.get("in_short", "")) if for_party else "",
            )
        )
    return rows


def parent_of(case: Case) -> Flow | None:
    """The case that this one is a part of. One statement, none for a case of its own."""
    if case.parent_id is None:
        return None
    rows = Case.objects.select_related("matter").filter(pk=case.parent_id)
    return cast("Flow", rows.get())


def _result(child: Flow) -> str:
    """What came of it; "" while it is open and waits for its people, whatever an office has said."""
    if child.concluded_at is None or (child.is_open and child.holder == APPLICANT):
        return ""
    return RESULTS.get(child.outcome, child.current.name)


def _office(child: Flow) -> int | None:
    return child.holder_office_id or child.office_of(child.OWNER_SEAT)


def _until(child: Flow) -> dt.datetime | None:
    """The promise where one is published, else the present stay's limit."""
    for clock in (PROMISE, HOP):
        text = child.clocks.get(clock, {}).get("due_at")
        if text and child.concluded_at is None:
            return dt.datetime.fromisoformat(text)
    return None
