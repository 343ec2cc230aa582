"""What a visit does when answers fail, when months close, and when the patient pays alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client
from django.utils import timezone

from matters.catalogue.limit import Limit
from matters.catalogue.registry import never_alone
from matters.medical.ledger import book
from matters.medical.models import Settlement, Visit
from matters.medical.visits import fee_sums
from tests.medical.visiting import MATTERS, Hospital, ago, case_of, live, patient, state_of
from tests.world import ZHOU_ID, World, at
from tongban.accounts.actors import SYSTEM
from tongban.notices.models import Notice
from tongban.offices.calendar import calendar_for
from workflows.cases.clocks import Reading, due, explain
from workflows.cases.opening import NotInForce
from workflows.cases.sweep import sweep_deadlines
from workflows.exchange.hospital import settling
from workflows.flows import medical_visit_money as money_of_visits
from workflows.flows.medical_visit_ends import follow_clearing
from workflows.flows.medical_visit_handover import paid_by_oneself

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def hospital(world: World) -> Hospital:
    patient()
    return Hospital(world)


def test_nobody_but_a_hospital_begins_a_visit(world: World, hospital: Hospital) -> None:
    version = world.matter(MATTERS[0])
    told = {
        "psn_no": hospital.say("1101", {"mdtrt_cert_no": ZHOU_ID})["baseinfo"]["psn_no"],
        "visit": "inpatient",
        "began_on": ago(3).isoformat(),
        "is_emergency": "no",
    }
    office = hospital.institution.office
    assert office is not None
    for given in ({}, {"hospital": office}):
        with pytest.raises(NotInForce):
            world.open(version, data=told, offices=given, applicant_region="500000")
    assert version.flow in never_alone()


def test_minutes_are_a_limit_and_no_days(world: World) -> None:
    reading = Reading(
        started_at=at("2026-05-11 23:55"),
        limits=(Limit.parse("10M"),),
        pauses=(),
        calendar=calendar_for("500000"),
    )
    moments = due(reading)
    assert moments is not None
    assert moments.due_at == at("2026-05-12 00:05")
    assert (list(explain(reading)), Limit.parse("10M").text) == ([], "10分钟")


def no_answer(*_: object, **__: object) -> None:
    raise OperationalError("canceling statement due to lock timeout")


def unknown(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> str:
    """A stay whose settlement nobody answered."""
    mdtrt_id = hospital.stay()
    hospital.presettle(mdtrt_id)
    with monkeypatch.context() as silent:
        silent.setattr(money_of_visits, "book", no_answer)
        assert hospital.send("2304", hospital.agreed(mdtrt_id), "LOST").status_code == 504
    return mdtrt_id


def booked_after_all(mdtrt_id: str) -> Settlement:
    """The place of insurance had it in its books, under the order's key."""
    visit = Visit.objects.select_related("institution").get(mdtrt_id=mdtrt_id)
    order = money_of_visits.order_of(visit, fee_sums(visit.pk), visit.filing_code, True)
    return book(insured_id=visit.insured_id, order=order, key=visit.settle_key, at=timezone.now())


def test_the_sweep_finds_out_what_became_of_it(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, not_found = unknown(hospital, monkeypatch), ""
    settlement = booked_after_all(found)
    assert case_of(found).facts["task"]["status"] == "pending"
    assert sweep_deadlines(now=timezone.now()).timers == 0
    sweep_deadlines(now=timezone.now() + 2 * MINUTE)
    assert (state_of(found), case_of(found).facts["task"]["status"]) == ("settled", "done")
    # The same message again: the answer that had been lost.
    again = hospital.say("2304", hospital.agreed(found), "LOST")
    assert again["setlinfo"]["setl_id"] == settlement.setl_id
    monkeypatch.undo()
    not_found = hospital.stay()
    hospital.presettle(not_found)
    with monkeypatch.context() as silent:
        silent.setattr(settling, "answer_for", lambda *_: True)
        assert hospital.send("2304", hospital.agreed(not_found), "DIED").status_code == 504
    # Whoever should have answered died: the timer says so, and the next one looks.
    assert state_of(not_found) == "settling"
    sweep_deadlines(now=timezone.now() + 6 * MINUTE)
    assert state_of(not_found) == "unknown"
    sweep_deadlines(now=timezone.now() + 8 * MINUTE)
    assert (state_of(not_found), live(not_found)) == ("presettled", [])


def test_a_task_that_finds_nothing_out_ends_with_an_alarm_and_a_clerk(
    world: World, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.post("agency_sc", "达州医保", "511700", "medical_insurance", "clerk")
    mdtrt_id = unknown(hospital, monkeypatch)

    def down(_key: str) -> None:
        raise DatabaseError("unreachable")

    later = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr(money_of_visits, "settlement_by_key", down)
        for minutes in (2, 2, 6, 26, 121):
            later += minutes * MINUTE
            assert sweep_deadlines(now=later).timers == 1, minutes
        assert sweep_deadlines(now=later + 600 * MINUTE).timers == 0
    task = case_of(mdtrt_id).facts["task"]
    assert (state_of(mdtrt_id), task["status"], task["tries"]) == ("unknown", "dead", 5)
    told = Notice.objects.filter(template="urged", user=world.people["agency_sc"])
    assert "人工核实" in told.get().context["reason"]
    browser = Client()
    browser.force_login(world.people["agency_sc"])
    page = browser.get(f"/desk/{mdtrt_id}/").content.decode()
    assert "须人工核实" in page
    booked_after_all(mdtrt_id)
    world.take(case_of(mdtrt_id), "look_again", "agency_sc")
    assert state_of(mdtrt_id) == "settled"


def test_a_reversal_that_nobody_answered_is_answered_by_the_timer(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    mdtrt_id = hospital.settled_stay()
    told = {"mdtrt_id": mdtrt_id, "setl_id": live(mdtrt_id)[0].setl_id}
    with monkeypatch.context() as silent:
        silent.setattr(money_of_visits, "reverse", no_answer)
        assert hospital.send("2305", told, "BACK").status_code == 504
    assert (state_of(mdtrt_id), len(live(mdtrt_id))) == ("reversing", 1)
    sweep_deadlines(now=timezone.now() + 6 * MINUTE)
    assert (state_of(mdtrt_id), live(mdtrt_id)) == ("reversed", [])
    assert hospital.say("2305", told, "BACK")["setlinfo"]["medfee_sumamt"] == "-13000.00"


def test_a_visit_follows_its_month_and_is_not_taken_back_after_it(hospital: Hospital) -> None:
    mdtrt_id = hospital.settled_stay()
    told = {"mdtrt_id": mdtrt_id, "setl_id": live(mdtrt_id)[0].setl_id}
    at = timezone.now()
    assert follow_clearing(at=at) == 0
    Settlement.objects.filter(mdtrt_id=mdtrt_id).update(clearing_month="2026-11")
    # Declared, and the visit has not followed yet: the ledger refuses, with its sentence.
    answer = hospital.send("2305", told)
    assert (answer.status_code, state_of(mdtrt_id)) == (409, "settled")
    assert "清算月份已申报" in answer.json()["detail"]
    assert (follow_clearing(at=at), state_of(mdtrt_id)) == (2, "declared")
    assert hospital.send("2305", told).status_code == 403


def test_who_pays_alone_is_handed_over_to_reimbursement(world: World, hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    assert paid_by_oneself(mdtrt_id, actor=SYSTEM) is None
    body = {"token": case_of(mdtrt_id).seq, "data": {"ground": "failure", "reason": "专网中断"}}
    headers = {"Authorization": f"Bearer {hospital.key}", "Idempotency-Key": "alone"}
    path = f"/api/cases/{mdtrt_id}/steps/pay_oneself"
    answer = Client().post(path, body, "application/json", headers=headers)
    assert (answer.status_code, state_of(mdtrt_id)) == (200, "self_paid")
    paid = paid_by_oneself(mdtrt_id, actor=SYSTEM)
    assert paid is not None
    assert (paid.case_id, paid.ground, paid.began_on) == (case_of(mdtrt_id).pk, "failure", ago(6))
    assert paid.sums["medfee_sumamt"] == Decimal("13000.00")
    assert not Visit.objects.get().is_admitted
    assert paid_by_oneself(mdtrt_id, actor=world.actor("outsider")) is None
