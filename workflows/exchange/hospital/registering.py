"""1101: a card is read, and where it may be, a visit registered for whoever it belongs to."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final, cast

from django.utils import timezone

from matters.catalogue.models import MatterVersion
from matters.catalogue.pauses import Paused
from matters.medical.filing.cover import benefit_standing
from matters.medical.models import Insured, VisitKind
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index
from tongban.offices.models import Office
from workflows.cases.models import Party
from workflows.cases.opening import Application, NotInForce, PartyInput, open_case
from workflows.cases.perform import InvalidData
from workflows.flows.medical_visit import MedicalVisit
from workflows.flows.medical_visit_card import Card, CardRefused, read_card
from workflows.flows.versions_in_force import version_of_flow

from ..problems import Problem
from .answers import card_out, person_out
from .door import Sender
from .schemas import In1101

IN, OUT = VisitKind.INPATIENT, VisitKind.OUTPATIENT
# med_type (recalled): the kind of visit, and whether the code itself says emergency.
MED_TYPES: Final[dict[str, tuple[str, bool]]] = {
    "11": (OUT, False),
    "13": (OUT, True),
    "14": (VisitKind.CHRONIC, False),
    "21": (IN, False),
    "24": (IN, True),
    "41": (VisitKind.PHARMACY, False),
}
MATTERS: Final = {
    IN: "出院医保跨省直接结算",
    OUT: "门诊费用跨省直接结算",
    VisitKind.PHARMACY: "门诊费用跨省直接结算",
    VisitKind.CHRONIC: "门诊慢特病费用跨省直接结算",
}
# No stay is longer that is still to be settled.
LONGEST: Final = dt.timedelta(days=730)
BY_ID_CARD: Final = "02"


def read(sender: Sender, told: In1101) -> dict[str, Any]:
    """Who it is and how they are covered; with a med_type, the visit that was registered."""
    on = timezone.localdate()
    insured = insured_by(told, on)
    if not told.med_type:
        benefit = benefit_standing(insured=insured, on=on)
        return person_out(insured, on) | {
            "cover": benefit.status,
            "cover_sentence": benefit.sentence,
        }
    kind, is_emergency = kind_of(told.med_type)
    if not on - LONGEST <= (told.begntime or on) <= on:
        raise Problem(422, "day", "就诊日期应在今天以前、两年以内")
    is_emergency = is_emergency or told.er_flag == "1"
    case = _registered(sender, told, insured, kind, is_emergency, on)
    # As it was registered: an emergency is deemed filed for this very visit.
    card = read_card(
        insured=insured,
        institution=sender.institution,
        kind=kind,
        on=on,
        began_on=told.begntime or on,
        is_emergency=is_emergency,
        disease=told.dise_codg,
        visit_key=case.number,
    )
    return person_out(insured, on) | card_out(card) | {"mdtrt_id": case.number}


def kind_of(med_type: str) -> tuple[str, bool]:
    if med_type not in MED_TYPES:
        raise Problem(422, "med_type", f"医疗类别应为 {'、'.join(MED_TYPES)} 之一")
    return MED_TYPES[med_type]


def insured_by(told: In1101, on: dt.date) -> Insured:
    """Who is insured under that ID number today, or was last. Raises Problem."""
    if told.mdtrt_cert_type != BY_ID_CARD:
        text = "本站只按居民身份证号识别：mdtrt_cert_type 请填 02"
        raise Problem(422, "cert_type", text)
    index = blind_index(told.mdtrt_cert_no.strip().upper(), "id_number")
    rows = list(Insured.objects.filter(id_number_index=index).order_by("-valid_from", "-pk"))
    if told.insuplc_admdvs:
        rows = [row for row in rows if row.pool_id == told.insuplc_admdvs]
    now = [row for row in rows if _covers(row, on)] or rows[:1]
    if not now:
        text = "两省市没有此人的参保登记。可先自费，到参保地查询，或拨打 12393"
        raise Problem(404, "not_insured", "没有参保登记", text)
    if len(now) > 1:
        places = "、".join(row.pool_id for row in now)
        text = f"此人在两地参保（{places}），请在 insuplc_admdvs 里指明参保地"
        raise Problem(409, "several_pools", "两地参保", text)
    return now[0]


def _covers(row: Insured, on: dt.date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on < row.valid_to)


def _registered(
    sender: Sender, told: In1101, insured: Insured, kind: str, is_emergency: bool, on: dt.date
) -> MedicalVisit:
    # `institution_of` finds hospitals by their office.
    office = cast("Office", sender.institution.office)
    application = Application(
        draft_key=uuid.uuid5(uuid.NAMESPACE_OID, f"visit:{sender.actor.user_id}:{sender.msgid}"),
        version=_version(kind, on),
        origin_region=sender.institution.region_id,
        applicant_region=insured.pool_id,
        parties=[_patient(insured)],
        data={
            "psn_no": insured.psn_no,
            "visit": kind,
            "began_on": (told.begntime or on).isoformat(),
            "is_emergency": "yes" if is_emergency else "no",
            "disease": told.dise_codg,
            "infno": sender.infno,
            "msgid": sender.msgid,
        },
        channel="system",
        offices={MedicalVisit.BEGUN_AT: office},
        office_id=office.pk,
    )
    try:
        case = open_case(application, actor=sender.actor).case
    except CardRefused as refused:
        raise card_problem(refused.card) from None
    except InvalidData as invalid:
        errors = {name: list(map(str, found)) for name, found in invalid.form.errors.items()}
        raise Problem(422, "invalid", "所填内容需要改正", errors=errors) from None
    except (NotInForce, Paused) as stopped:
        raise Problem(409, "not_open_now", "现在不能登记", str(stopped)) from None
    return cast("MedicalVisit", case)


def card_problem(card: Card) -> Problem:
    """What the hospital tells the patient at the card: every reason, and what is right in any case."""
    reasons = [{"code": each.code, "text": each.text} for each in card.obstacles]
    detail = "；".join(each.text for each in card.obstacles)
    return Problem(
        403,
        "card_refused",
        "不能登记直接结算",
        detail,
        reasons=reasons,
        safe_act=card.safe_act,
        doubts=list(card.standing.doubts),
    )


def _version(kind: str, on: dt.date) -> MatterVersion:
    found = version_of_flow(MedicalVisit.CODE, on, matter=MATTERS[VisitKind(kind)])
    if found is None:
        raise Problem(409, "not_open_now", "现在不能登记", "这类直接结算还没有发布")
    return found


def _patient(insured: Insured) -> PartyInput:
    """The patient, with their account on this site where they have one. One statement."""
    user = None
    if insured.id_number_index:
        people = User.objects.filter(kind=User.Kind.CITIZEN, is_active=True)
        user = people.filter(id_number_index=insured.id_number_index).first()
    return PartyInput(
        role=Party.Role.APPLICANT,
        name=insured.name,
        user=user,
        id_number=insured.id_number or "",
    )
