"""Does a case fit its new version, and what would it look like there? Nothing is written here."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matters.catalogue.answers import sealed_data, typed_again
from matters.catalogue.definition import Definition
from matters.catalogue.forms import form_for
from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.offices.directory import office_for, province_of

from .clocks import Pause, local_day
from .declarations import APPLICANT, STAGE, State
from .models import Case, ParcelItem, Party
from .models.case import Place
from .move_clocks import ClocksDoNotFit, follow
from .move_plan import ROUTE, MovePlan
from .registry import flow_class
from .routing import NoRegion, region_meant
from .timekeeping import Moved, pauses_of

if TYPE_CHECKING:
    from .flow import Flow


@dataclass(frozen=True)
class Road:
    """From which version to which, and how."""

    old: MatterVersion
    new: MatterVersion
    plan: MovePlan

    @property
    def definition(self) -> Definition:
        return definition_of(self.new.pk)


@dataclass
class Fit:
    """One case tried on: `reasons` why it does not fit, or `columns` that it would have."""

    case: Flow
    reasons: list[str] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)
    # Clocks whose moments come out otherwise.
    moved: list[Moved] = field(default_factory=list)

    @property
    def fits(self) -> bool:
        return not self.reasons


def tried_on(case: Flow, road: Road, parties: Sequence[Party], at: dt.datetime) -> Fit:
    """Try a case on its new version, in memory.

    Statements: one for the pauses if it ever paused, one for parcels if it changes its state, one or
    two a seat that is routed, one if a clock begins that it did not have.
    """
    fit = Fit(case)
    flow = flow_class(road.new.flow)
    state = _state(fit, road, flow)
    stage = _stage(fit, road, state)
    data = _data(fit, road)
    seats = _seats(fit, road, parties, data, at)
    if state is None or fit.reasons:
        return fit
    stays = state.code == case.state and case.flow == flow.CODE
    holder = road.definition.stage(stage).seat if state.holder == STAGE else state.holder
    if holder not in ("", APPLICANT) and holder not in seats:
        fit.reasons.append(f"搬迁后由“{flow.seat_named(holder).name}”办理，而该岗位没有机构")
        return fit
    office = seats[holder]["office"] if holder in seats else None
    same_desk = office == case.holder_office_id and stage == case.stage
    fit.columns = {
        "version_id": road.new.pk,
        "flow": flow.CODE,
        "mode": road.new.mode,
        "state": state.code,
        "stage": stage,
        "holder": holder,
        "holder_office_id": office,
        "claimed_by_id": case.claimed_by_id if same_desk else None,
        "seats": seats,
        # Who has had a part in it goes on seeing it.
        "office_ids": sorted({*case.office_ids, *(place["office"] for place in seats.values())}),
        "owner_province": province_of(
            seats[flow.OWNER_SEAT]["region"] if flow.OWNER_SEAT in seats else case.origin_region_id
        ),
        "data": data,
        "entered_at": case.entered_at if stays else at,
        **_unplaced(case, seats, road.plan),
    }
    _clocks(fit, road, at)
    return fit


def carried(case: Flow, columns: dict[str, Any]) -> Flow:
    """The same case with other columns, as an instance of the flow that these name."""
    values = {f.attname: copy.copy(getattr(case, f.attname)) for f in Case._meta.concrete_fields}
    values |= columns
    state = values.pop("state")
    flow = flow_class(values["flow"])
    moved = flow(state=state, **values)
    moved._state.adding, moved._state.db = False, case._state.db
    moved.matter = case.matter
    return moved


def _state(fit: Fit, road: Road, flow: type[Flow]) -> State | None:
    case = fit.case
    wanted = road.plan.states.get(case.state, case.state)
    state = next((s for s in flow.STATES if s.code == wanted and not s.closes), None)
    if state is None:
        fit.reasons.append(f"新版本没有状态“{case.current.name}”（{case.state}），对照表也没有写明")
        return None
    if (state.code, flow.CODE) != (case.state, case.flow):
        fit.reasons += _against_another_state(case, state)
    return state


def _against_another_state(case: Flow, state: State) -> Iterator[str]:
    """What binds a case to where it stands: a pause, papers on the road, cases that it waits for."""
    if case.is_suspended:
        yield "办件在中止期间，只能留在原状态"
    if ParcelItem.objects.filter(case_id=case.pk, signed_at=None).exists():
        yield "有材料在邮寄途中，只能留在原状态"
    if case.current.awaits != state.awaits:
        yield "两个状态等候的联办办件不同"


def _stage(fit: Fit, road: Road, state: State | None) -> str:
    case, known = fit.case, {stage.code for stage in road.definition.stages}
    wanted = road.plan.stages.get(case.stage, case.stage)
    needs_one = state is not None and STAGE in (state.holder, state.limit)
    if wanted and wanted not in known:
        fit.reasons.append(f"新版本没有环节 {case.stage}，对照表也没有写明")
    elif needs_one and not wanted:
        fit.reasons.append("新状态要按环节办理，而办件还没有环节")
    return wanted


def _data(fit: Fit, road: Road) -> dict[str, Any]:
    """The answers under their new codes; sealed ones stay sealed as they are."""
    case, plan, definition = fit.case, road.plan, road.definition
    kept = {}
    for asked in definition.fields:
        source = plan.source_of(asked.code)
        if source is not None and case.data.get(source) is not None:
            kept[asked.code] = case.data[source]
    typed = typed_again(definition, kept)
    given = {code: words for code, words in plan.defaults.items() if typed.get(code) in (None, "")}
    form = form_for(definition, {**typed, **given})
    for code, errors in form.errors.items():
        label = form.fields[code].label if code in form.fields else ""
        fit.reasons.append(f"字段 {code}（{label}）：{'；'.join(map(str, errors))}")
    if not fit.reasons:
        cleaned = {code: form.cleaned_data[code] for code in given if code in form.cleaned_data}
        kept |= sealed_data(definition, cleaned)
    # What the new version does not ask of somebody who answered so is not kept.
    return {code: answer for code, answer in kept.items() if code not in form.hidden}


def _seats(
    fit: Fit, road: Road, parties: Sequence[Party], data: dict[str, Any], at: dt.datetime
) -> dict[str, Place]:
    case, flow, seats = fit.case, flow_class(road.new.flow), {}
    for rule in road.definition.seats:
        source = road.plan.seats.get(rule.seat, rule.seat)
        if source == ROUTE:
            place = _routed(fit, road, rule.seat, parties, data, local_day(at))
        else:
            place = case.seats.get(source)
            if place is None:
                fit.reasons.append(
                    f"岗位“{flow.seat_named(rule.seat).name}”没有机构，也没有要求重新分办"
                )
        if place is not None:
            seats[rule.seat] = place
    # Seats that no rule fills (会签): whoever sits there stays.
    named = {rule.seat for rule in road.definition.seats}
    free = [seat.code for seat in flow.SEATS if seat.code not in named]
    return seats | {code: case.seats[code] for code in free if code in case.seats}


def _routed(
    fit: Fit, road: Road, seat: str, parties: Sequence[Party], data: dict[str, Any], on: dt.date
) -> Place | None:
    case, rule = fit.case, road.definition.seat_rule(seat)
    applicant = next((p for p in parties if p.role == Party.Role.APPLICANT), None)
    lives = applicant.user.region_code if applicant and applicant.user else ""
    try:
        region = region_meant(rule, case.origin_region_id, lives, data)
    except NoRegion:
        fit.reasons.append(f"岗位 {seat} 要按字段 {rule.region_field} 分办，而该字段没有填")
        return None
    office = office_for(kind=rule.office_kind, region=region, level=rule.level, on=on)
    if office is None:
        fit.reasons.append(f"岗位 {seat} 在该地区没有相应的机构，须先补充机构")
        return None
    return {"office": office.pk, "region": office.region_id}


def _unplaced(case: Flow, seats: dict[str, Place], plan: MovePlan) -> dict[str, Any]:
    """Seats that lay at the 待分办 desk lie there still, but for those that were routed now."""
    routed = {seat for seat, source in plan.seats.items() if source == ROUTE}
    left = [s for s in case.facts.get("unplaced", []) if s in seats and s not in routed]
    facts = {**case.facts, "unplaced": left} if "unplaced" in case.facts else case.facts
    return {"is_unplaced": bool(left), "facts": facts}


def _clocks(fit: Fit, road: Road, at: dt.datetime) -> None:
    case = fit.case
    pauses: list[Pause] = pauses_of(case) if case.clocks.get("pauses") else []
    moved = carried(case, fit.columns)
    try:
        fit.moved = follow(
            moved, was=case, plan=road.plan, definition=road.definition, pauses=pauses, at=at
        )
    except ClocksDoNotFit as error:
        fit.reasons.append(str(error))
    fit.columns["clocks"] = moved.clocks
