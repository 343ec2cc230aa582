"""Papers that shared data stands in for (免证办): which register is asked, and what its answer changes.

A look-up belongs to an application from its first draft: its subject is the draft's key, which the case
keeps. So nothing has to be carried over when the draft is handed in, and an answer that comes on the same
moment finds either the draft or the case.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from matters.catalogue.definition import Definition, SeatRule
from matters.catalogue.definition import Material as PaperAsked
from matters.catalogue.models import MatterVersion
from tongban.offices.directory import office_for, province_of
from tongban.sharing.asking import Wanted, allowed, let_go, of_subject
from tongban.sharing.models import LookUp, Responsibility

from .models import Case, Draft, Material, Party
from .places import office_name
from .registry import flow_class

SUBJECT = "application"
# What stands beside a paper that its applicant left to shared data, until the register has answered.
LEFT_TO_SHARED_DATA = "申请人同意用共享数据核验，免交"
NOTES = {
    LookUp.State.CONFIRMED: "共享数据已核验：一致，免交",
    LookUp.State.DIFFERS: "共享数据核验不一致，请申请人提交",
    LookUp.State.NOT_FOUND: "共享数据未查到，请申请人提交",
    LookUp.State.REFUSED: "数据持有部门不予提供，请申请人提交",
}

Lines = Mapping[str, Sequence[Responsibility]]


class NotYet(Exception):
    """What must be known first, as a sentence for the applicant."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The office that decides an application, as far as a draft tells."""

    office_id: int
    name: str
    kind: str
    region: str


def lines_for(slug: str, papers: Iterable[PaperAsked], on: dt.date) -> Lines:
    """By the name of the data, what the responsibility list allows this matter. One statement at most."""
    names = {paper.shared for paper in papers if paper.shared}
    lines: dict[str, list[Responsibility]] = defaultdict(list)
    if names:
        for line in allowed(slug, names, on):
            lines[line.resource.name].append(line)
    return lines


def look_ups_of(draft: Draft) -> dict[str, LookUp]:
    """By code of the paper, what was asked about the person whom the draft is for now. One statement."""
    found = of_subject(SUBJECT, str(draft.pk)).filter(person_index=draft.id_number_index or "-")
    return {each.material_code: each for each in found.select_related("resource__holder")}


def deciding_office(
    draft: Draft, version: MatterVersion, definition: Definition, on: dt.date
) -> Deciding:
    """For whom it would be asked. Raises NotYet. One or two statements."""
    rule = definition.seat_rule(flow_class(version.flow).OWNER_SEAT)
    region = _region(rule, draft)
    if not region:
        field = definition.field(rule.region_field).label if rule.region_field else "在哪里办"
        raise NotYet(f"请先填写“{field}”，才知道数据提供给哪个办理机构")
    office = office_for(kind=rule.office_kind, region=region, level=rule.level, on=on)
    if office is None:
        raise NotYet("这个地方的办理机构还没有确定，暂时不能核验共享数据，请用其他方式提交")
    return Deciding(office.pk, office.name, rule.office_kind, region)


def deciding_in(case: Case, definition: Definition) -> Deciding:
    """The office that decides a case that is under way. One statement at most."""
    seat = flow_class(case.flow).OWNER_SEAT
    office_id = case.office_of(seat)
    if office_id is None:
        raise NotYet("办理机构还没有确定，暂时不能核验共享数据")
    kind = definition.seat_rule(seat).office_kind
    return Deciding(office_id, office_name(office_id), kind, case.region_of(seat))


def wanted(
    key: UUID,
    papers: Iterable[PaperAsked],
    lines: Lines,
    office: Deciding,
    *,
    origin_region: str,
    name: str,
    id_number: str,
) -> dict[str, Wanted]:
    """By code, the look-up that would stand in for each paper; a paper that no register keeps is left out.

    key: the draft's, which the case keeps.
    """
    found = {}
    for paper in papers:
        line = _nearest(lines.get(paper.shared or "", ()), origin_region, office)
        if line is not None:
            found[paper.code] = Wanted(
                responsibility=line,
                subject_kind=SUBJECT,
                subject_key=str(key),
                material_code=paper.code,
                office_id=office.office_id,
                office_kind=office.kind,
                office_name=office.name,
                person_name=name,
                id_number=id_number,
            )
    return found


def settle(case: Case) -> None:
    """Mark the papers of a new case that registers have confirmed already, in its transaction.

    Look-ups about somebody else, or agreed to for another office than the one that decides in the end,
    are let go. They are locked first: one that is being answered this moment either is seen here, or
    waits and then finds the case. One statement where there are none.
    """
    found = list(of_subject(SUBJECT, str(case.draft_key)).select_for_update())
    if not found:
        return
    applicant = Party.objects.filter(case_id=case.pk, role=Party.Role.APPLICANT)
    people = set(applicant.values_list("id_number_index", flat=True))
    seat = flow_class(case.flow).OWNER_SEAT
    is_unplaced = seat in case.facts.get("unplaced", ())
    for look_up in found:
        is_theirs = is_unplaced or look_up.office_id == case.office_of(seat)
        if look_up.person_index in people and is_theirs:
            _mark(case, look_up)
        else:
            let_go(look_up)


def answered(look_up: LookUp) -> str:
    """What an answer changes, inside its transaction; where the applicant goes on."""
    case = Case.objects.filter(draft_key=UUID(look_up.subject_key)).first()
    if case is None:
        return f"/apply/{look_up.subject_key}/papers/"
    _mark(case, look_up)
    return f"/my/{case.number}/"


def _mark(case: Case, look_up: LookUp) -> None:
    """Only what is still owed: a paper that came meanwhile stays a paper."""
    if look_up.is_owed:
        return
    state = LookUp.State(look_up.state)
    owed = Material.objects.filter(
        case_id=case.pk, code=look_up.material_code, status=Material.Status.OWED
    )
    status = Material.Status.SHARED if look_up.is_confirmed else Material.Status.OWED
    owed.update(status=status, note=NOTES[state])


def _region(rule: SeatRule, draft: Draft) -> str:
    """As routing will read it from what is typed so far, '' while it isn't."""
    if rule.region_field is not None:
        return str(draft.data.get(rule.region_field) or "")
    return draft.origin_region_id or ""


def _nearest(
    lines: Sequence[Responsibility], origin_region: str, office: Deciding
) -> Responsibility | None:
    """The one held in the province that the resource says: the 属地's, or where it is handed in."""
    for line in lines:
        at_origin = line.resource.kept_at == line.resource.KeptAt.ORIGIN
        place = (origin_region or office.region) if at_origin else office.region
        is_there = line.resource.holder.province_id == province_of(place)
        if is_there and office.kind in line.office_kinds:
            return line
    return None
