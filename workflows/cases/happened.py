"""From an act to the event that the ledger keeps."""

from __future__ import annotations

from django.utils import timezone

from tongban.offices.codes import area_of
from tongban.offices.directory import province_of

from . import ledger
from .act import Act
from .kinds import counted_as
from .models import Event
from .timekeeping import running


def event_of(act: Act, from_state: str) -> Event:
    """The event of an act whose case has already moved; hashed onto the chain."""
    case, record = act.case, dict(act.record)
    # The history of the clocks is in the events: what was due after this step.
    record["due"] = {clock: kept["due_at"] for clock, kept in running(case).items()}
    ended_now = case.concluded_at == act.at and "working_days" in record
    counts_as = counted_as(
        case.KIND, act.step.code, "concluded" if ended_now else act.step.counts_as
    )
    if counts_as:
        # From which city or district to which: the figures join nothing.
        owner = case.region_of(case.OWNER_SEAT)
        record["route"] = f"{area_of(case.origin_region_id)}-{area_of(owner)}"
    holder_office = case.holder_office_id
    event = Event(
        case_id=case.pk,
        seq=act.seq,
        step=act.step.code,
        from_state=from_state,
        to_state=case.state,
        stage=case.stage,
        actor_id=act.actor.user_id,
        actor_kind=act.actor.kind,
        actor_name=act.actor.name,
        seat=act.seat,
        office_id=act.office_id,
        province=province_of(case.region_of(act.seat)) if act.office_id else "",
        to_office_id=holder_office,
        to_province=province_of(case.region_of(case.holder)) if holder_office else "",
        origin_province=case.origin_province,
        owner_province=case.owner_province,
        matter_id=case.matter_id,
        mode=case.mode,
        is_root=case.parent_id is None,
        counts_as=counts_as,
        outcome=case.outcome if ended_now else "",
        is_late=record.pop("is_late", None),
        working_days=record.pop("working_days", None),
        data=ledger.as_kept(record),
        at=act.at,
        recorded_at=timezone.now(),
        prev=bytes(case.head),
    )
    event.hash = ledger.fingerprint(event)
    case.head = event.hash
    return event
