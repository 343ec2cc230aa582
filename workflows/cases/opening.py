"""`open_case`: an application becomes a case, once, however often it is handed in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from matters.catalogue.definition import Definition
from matters.catalogue.definition import Material as Paper
from matters.catalogue.forms import form_for, sealed_data
from matters.catalogue.models import MatterVersion
from matters.catalogue.papers import is_known, papers_for
from matters.catalogue.pauses import Paused, hindrance
from matters.catalogue.pinned import definition_of
from matters.catalogue.scope import problem_with_place, scope_of
from matters.catalogue.situations import CAN, Finding, finding, understood
from tongban.accounts.actors import Actor
from tongban.accounts.models import User
from tongban.offices.directory import province_of
from tongban.offices.models import Office

from . import certificates, registry, telling
from .act import Act, Situation
from .clocks import local_day
from .declarations import APPLICANT, Step
from .happened import event_of
from .ledger_writing import Move, write_opening
from .models import Case, CaseNumber, Material, Party, Upload
from .numbers import case_number, numbers_at_opening
from .perform import Done, InvalidData
from .rehearsed_numbers import rehearsed_number
from .routing import OutsideItsZone, Routed, route
from .shared_materials import settle
from .timekeeping import keep_time

if TYPE_CHECKING:
    from .flow import Flow

OPENING = Step(
    code="open",
    label="提交申请",
    done="提交申请",
    source=(),
    target=None,
    by=(APPLICANT,),
    counts_as="received",
    notice="submitted",
)


# (no parent, relation): a case of its own; a child that is awaited; one that runs beside its parent.
RELATIONS = {(True, ""), (False, "part"), (False, "follows")}


class NotInForce(ValueError):
    """The version is a draft or not valid on that day: no new case begins under it."""


class NotTheWay(ValueError):
    """The answers given before any form say: not yet, or by another way. `finding` says which."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found.text)
        self.finding = found


class NoApplicant(ValueError):
    """Nobody is named as the applicant."""


@dataclass(frozen=True)
class PartyInput:
    """Somebody's part in a new case; phone and id_number in clear, sealed when written."""

    role: str
    name: str
    user: User | None = None
    id_number: str = ""
    phone: str = ""
    email: str = ""
    relation: str = ""
    authority: str = ""
    scope: tuple[str, ...] = ()
    expires_on: dt.date | None = None


@dataclass(frozen=True)
class Application:
    """What is handed in: for which matter, by whom, where, with what.

    offices: seats whose office somebody chose (the window). handed_in: codes of papers given over.
    office_id: the window at which it was handed in. Where it has no seat it only helps (帮办): it sees
    the case and how it goes on, and takes no step in it.
    paper_notes: by code, how a paper comes that is not here. filled_by: who filled in which section.
    situation: answers to what is asked before any form; they say which papers are needed.
    """

    draft_key: uuid.UUID
    version: MatterVersion
    origin_region: str
    parties: Sequence[PartyInput]
    data: Mapping[str, Any]
    channel: str = "online"
    offices: Mapping[str, Office] = field(default_factory=dict)
    applicant_region: str = ""
    handed_in: frozenset[str] = frozenset()
    paper_notes: Mapping[str, str] = field(default_factory=dict)
    filled_by: Mapping[str, str] = field(default_factory=dict)
    office_id: int | None = None
    parent_id: int | None = None
    relation: str = ""
    awaited_as: str = ""
    situation: Mapping[str, str] = field(default_factory=dict)


def open_case(application: Application, *, actor: Actor, at: dt.datetime | None = None) -> Done:
    """Open a case from an application; handing the same draft in again gives the case it became.

    Raises InvalidData with the matter's form, NotInForce, NoApplicant, routing.NoRegion, NotTheWay where
    the situation's answers say so, Paused where nothing is taken in at the moment, CertificatesFail
    where a certificate that was chosen no longer counts.
    """
    known = opened_from(application.draft_key)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _opened(application, actor, at or timezone.now())
    except IntegrityError:
        # The same draft was handed in at the same moment by a second request: theirs counts.
        known = opened_from(application.draft_key)
        if known is None:
            raise
        return known


def opened_from(draft_key: uuid.UUID) -> Done | None:
    """The case that this draft became, with its first event; None if it is still a draft."""
    case = Case.objects.filter(draft_key=draft_key).first()
    return None if case is None else Done(cast("Flow", case), case.events.get(seq=1))


def _opened(application: Application, actor: Actor, at: dt.datetime) -> Done:
    version, on = application.version, local_day(at)
    definition = definition_of(version.pk)
    _require(application, actor, on)
    situation = _situation(definition, application, on)
    form = form_for(definition, dict(application.data), on=on)
    if not form.is_valid():
        raise InvalidData(form)
    _require_place(application, definition)
    routed = route(
        definition,
        origin_region=application.origin_region,
        applicant_region=application.applicant_region,
        data=form.cleaned_data,
        given=application.offices,
        on=on,
        matter_id=version.matter_id,
    )
    _require_no_pause(application, routed, at)
    case = _case(application, definition, routed, sealed_data(definition, form.cleaned_data), at)
    if situation:
        case.facts = {**case.facts, "situation": situation}
    parties = [_party(case, given) for given in application.parties]
    act = _act(case, actor, parties, definition, application, at)
    case.opened(act)
    state = case.current
    case.holder = case.holder_in(state, definition)
    case.holder_office_id = case.office_of(case.holder)
    keep_time(act, came_from=("", ""))
    event = event_of(act, "")
    write_opening(Move(case, event, telling.owed_for(act, event)))
    case._state.adding = False
    Party.objects.bulk_create(parties)
    CaseNumber.objects.bulk_create(numbers_at_opening(case, case.region_of(case.OWNER_SEAT)))
    papers = papers_for(definition, situation, form.cleaned_data)
    by_certificate = _by_certificate(application, papers, case, on)
    _hand_in(case, (*papers, *form.file_papers), application, at)
    if any(paper.shared for paper in definition.materials):
        settle(case)
    certificates.mark_papers(case, by_certificate, at)
    moved = case.begun(act, application)
    return Done(moved or case, event)


def _require(application: Application, actor: Actor, on: dt.date) -> None:
    version = application.version
    valid = version.valid_from <= on and (version.valid_to is None or on < version.valid_to)
    if version.status != "published" or not valid:
        raise NotInForce(f"version {version.pk} is not in force on {on}")
    flow = registry.flow_class(version.flow)
    is_applied_for = any(party.role == Party.Role.APPLICANT for party in application.parties)
    if not is_applied_for and not flow.BETWEEN_OFFICES:
        raise NoApplicant
    if flow.BETWEEN_OFFICES and actor.kind != "system":
        if not {office.pk for office in application.offices.values()} & actor.desks:
            raise NotInForce(f"version {version.pk} is opened by one of its own offices")
    elif flow.BEGUN_AT:
        office = application.offices.get(flow.BEGUN_AT)
        if office is None or office.pk not in actor.desks:
            raise NotInForce(f"version {version.pk} is begun by the office at {flow.BEGUN_AT}")
    elif application.parent_id is None and flow.ONLY_AS_PART:
        raise NotInForce(f"version {version.pk} is only ever a part of another case")
    if (application.parent_id is None, application.relation) not in RELATIONS:
        raise ValueError("a child names its parent and is its 'part' or 'follows' it")


def _situation(definition: Definition, application: Application, on: dt.date) -> dict[str, str]:
    """The right ones of the answers that were given before any form. Raises NotTheWay."""
    if definition.precheck is None:
        return {}
    answers = understood(definition.precheck, application.situation)
    if is_known(definition, answers):
        found = finding(definition.precheck, answers, on)
        if found.kind != CAN:
            raise NotTheWay(found)
    return answers


def _require_no_pause(application: Application, routed: Routed, at: dt.datetime) -> None:
    """Raises Paused. One statement."""
    stopped = hindrance(
        matter_id=application.version.matter_id,
        offices={place["office"] for place in routed.seats.values()},
        provinces={province_of(place["region"]) for place in routed.seats.values()},
        at=at,
    )
    if stopped is not None:
        raise Paused(stopped)


def _require_place(application: Application, definition: Definition) -> None:
    """A matter of neighbouring areas 毗邻地区 is applied for inside them only."""
    scope = scope_of(application.version.matter.source_batch, definition.zones)
    if problem := problem_with_place(scope, application.origin_region):
        raise OutsideItsZone(problem)


def _by_certificate(
    application: Application, papers: Iterable[Paper], case: Case, on: dt.date
) -> set[str]:
    """Codes of the papers that certificates stand in for. Raises CertificatesFail."""
    notes, way = application.paper_notes, certificates.BY_CERTIFICATE
    codes = {p.code for p in papers if notes.get(p.code) == way} - application.handed_in
    applicants = [p.id_number for p in application.parties if p.role == Party.Role.APPLICANT]
    certificates.require(
        application.draft_key, codes, offices=case.office_ids, people=applicants, on=on
    )
    return codes


def _case(
    application: Application,
    definition: Definition,
    routed: Routed,
    data: dict[str, Any],
    at: dt.datetime,
) -> Flow:
    version = application.version
    flow = registry.flow_class(version.flow)
    case_id = _next_id()
    applicants = (p.name for p in application.parties if p.role == Party.Role.APPLICANT)
    offices = {place["office"] for place in routed.seats.values()}
    if application.office_id is not None:
        offices.add(application.office_id)
    case = flow(
        id=case_id,
        number=case_number(application.origin_region, local_day(at), case_id),
        draft_key=application.draft_key,
        flow=version.flow,
        state=flow.INITIAL,
        seq=1,
        matter=version.matter,
        version=version,
        mode=version.mode,
        seats=routed.seats,
        office_ids=sorted(offices),
        is_unplaced=bool(routed.unplaced),
        origin_region_id=application.origin_region,
        origin_province=province_of(application.origin_region),
        channel=application.channel,
        applicant_name=next(applicants, ""),
        data=data,
        facts=_facts(routed),
        handed_in_on=local_day(at),
        opened_at=at,
        entered_at=at,
        parent_id=application.parent_id,
        relation=application.relation,
        awaited_as=application.awaited_as,
    )
    case.owner_province = province_of(case.region_of(flow.OWNER_SEAT))
    if definition.effective_month == "application":
        case.effective_month = case.handed_in_on.replace(day=1)
    return case


def _facts(routed: Routed) -> dict[str, Any]:
    """Why a case lies at a 待分办 desk: seats without an office, and offices that claimed nothing."""
    if not routed.unplaced:
        return {}
    return {"unplaced": list(routed.unplaced), "unclaimed": dict(routed.unclaimed)}


def _next_id() -> int:
    """The id comes before the row: it is part of the case number and of the notices' keys."""
    rehearsed = rehearsed_number()
    if rehearsed is not None:
        return rehearsed
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))")
        return int(cursor.fetchone()[0])


def _party(case: Case, given: PartyInput) -> Party:
    return Party(
        case_id=case.pk,
        role=given.role,
        user=given.user,
        name=given.name,
        id_number=given.id_number,
        phone=given.phone,
        email=given.email,
        relation=given.relation,
        authority=given.authority,
        scope=list(given.scope),
        expires_on=given.expires_on,
    )


def _act(
    case: Flow,
    actor: Actor,
    parties: Iterable[Party],
    definition: Definition,
    application: Application,
    at: dt.datetime,
) -> Act:
    situation = Situation(case, actor, tuple(parties), definition, at)
    between = case.BETWEEN_OFFICES
    window = case.office_of(case.OWNER_SEAT) if between else application.office_id
    seat = APPLICANT if window is None else next(iter(case.seats_of([window])), APPLICANT)
    act = Act(situation, OPENING, seat, window, application.data, seq=1)
    act.note(channel=application.channel, unplaced=list(case.facts.get("unplaced", [])))
    if case.facts.get("unclaimed"):
        act.note(unclaimed=list(case.facts["unclaimed"].values()))
    if application.filled_by:
        act.note(filled_by=dict(application.filled_by))
    return act


def _hand_in(
    case: Case, papers: Iterable[Paper], application: Application, at: dt.datetime
) -> None:
    """List the matter's papers with what has been given over, and take the draft's files along."""
    uploads: dict[str, list[Upload]] = {}
    # Locked: a file that is being taken back this moment is here or it is not, never half.
    files = Upload.objects.filter(draft_key=application.draft_key, case=None)
    for upload in files.select_for_update():
        uploads.setdefault(upload.material_code, []).append(upload)
    here = application.handed_in | uploads.keys()
    materials = Material.objects.bulk_create(
        Material(
            case_id=case.pk,
            code=paper.code,
            name=paper.name,
            form=paper.form,
            copies=paper.copies,
            is_required=paper.required,
            status=Material.Status.HANDED_IN if paper.code in here else Material.Status.OWED,
            handed_in_at=at if paper.code in here else None,
            note="" if paper.code in here else application.paper_notes.get(paper.code, ""),
        )
        for paper in papers
    )
    if not uploads:
        return
    taken = [upload.pk for each in uploads.values() for upload in each]
    Upload.objects.filter(pk__in=taken).update(case=case)
    through = Material.uploads.through
    through.objects.bulk_create(
        through(material_id=material.pk, upload_id=upload.pk)
        for material in materials
        for upload in uploads.get(material.code, [])
    )
