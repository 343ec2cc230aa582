"""How a message reaches the case it is about: whose system, which hospital, which visit, the one door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import OperationalError, connection, transaction

from matters.medical.models import Institution, Visit
from tongban.accounts.actors import SYSTEM, Actor
from workflows.cases.access import visible_to
from workflows.cases.flow import Flow
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale, perform
from workflows.flows.medical_visit import MedicalVisit

from ..problems import Problem, problem_of

# A house rule: who has waited so long for another's settlement of the same person gives up for now.
PATIENCE = "4s"
# Whoever writes between the reading and the lock is another person's remark, or the system's answer.
TRIES = 4


@dataclass(frozen=True)
class Sender:
    """A hospital's system with its message: who, which institution, its number and its id."""

    actor: Actor
    institution: Institution
    infno: str
    msgid: str


def institution_of(actor: Actor, code: str) -> Institution:
    """The hospital that this system works for; `code` where it works for several. Raises Problem."""
    rows = Institution.objects.filter(office_id__in=sorted(actor.desks)).select_related("office")
    found = [each for each in rows if code in ("", each.code)]
    if len(found) != 1:
        raise Problem(404, "no_institution", "请给出本系统所属的医药机构编号 fixmedins_code")
    return found[0]


def visit_in(sender: Sender, mdtrt_id: str, psn_no: str = "") -> Visit:
    """The visit at this hospital. Raises Problem where there is none such. One statement."""
    rows = Visit.objects.select_related("insured", "institution")
    visit = rows.filter(mdtrt_id=mdtrt_id, institution=sender.institution).first()
    if visit is None or psn_no not in ("", visit.insured.psn_no):
        raise Problem(404, "no_visit", "本机构没有这次就诊，或人员编号不符")
    return visit


def case_of(actor: Actor, mdtrt_id: str) -> MedicalVisit:
    """The case as it stands now, through the one view. One statement."""
    case = visible_to(actor).select_related("matter").filter(number=mdtrt_id).first()
    if case is None:
        raise Problem(404, "no_visit", "本机构没有这次就诊")
    return cast("MedicalVisit", case)


def take(sender: Sender, mdtrt_id: str, step: str, data: Mapping[str, Any]) -> Flow:
    """Take a step for this message. Raises Problem with the engine's own reasons."""
    told = {"infno": sender.infno, "msgid": sender.msgid, **data}
    for last in range(TRIES):
        case = case_of(sender.actor, mdtrt_id)
        try:
            return perform(case.pk, step, actor=sender.actor, data=told, token=case.seq).case
        except Stale as stale:
            # Messages carry no token: the guards judge the visit as it stands now.
            if last == TRIES - 1:
                raise problem_of(stale) from None
        except InvalidData as invalid:
            raise _refused(invalid) from None
        except (CaseGone, NotAllowed) as error:
            raise problem_of(error) from None
    raise AssertionError


def answer_for(mdtrt_id: str, step: str) -> bool:
    """Let the place of insurance take its step, in a transaction of its own; False where it gave no answer.

    Whoever waits for another settlement of the same person waits four seconds at most.
    """
    case = case_of(SYSTEM, mdtrt_id)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            perform(case.pk, step, actor=SYSTEM, token=case.seq)
    except OperationalError:
        return False
    except (Stale, NotAllowed):
        # Somebody else has answered, or asked, this moment: what stands now is the answer.
        return True
    return True


def lose(mdtrt_id: str, step: str) -> None:
    """No answer came: say so in the case, if it is still waiting."""
    case = case_of(SYSTEM, mdtrt_id)
    try:
        perform(case.pk, step, actor=SYSTEM, token=case.seq)
    except (Stale, NotAllowed):
        return


def _refused(invalid: InvalidData) -> Problem:
    """Every refusal of a form with its code and its sentence."""
    found = invalid.form.errors.get_json_data()
    reasons = [
        {"code": each["code"] or "invalid", "text": each["message"]}
        for errors in found.values()
        for each in errors
    ]
    detail = "；".join(reason["text"] for reason in reasons)
    errors = {name: [each["message"] for each in errors] for name, errors in found.items()}
    return Problem(422, reasons[0]["code"], "报文没有办成", detail, reasons=reasons, errors=errors)
