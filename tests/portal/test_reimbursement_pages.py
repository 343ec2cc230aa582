"""手工报销 as its people see it: a daughter for her father, the sum in lines, a visit paid by oneself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matters.catalogue.forms import opened_data
from matters.catalogue.pinned import definition_of
from matters.medical.models import Institution
from tests.flows.claims import SPLIT, STAYS, VERIFIED, answers, codes, people, reviewed
from tests.journeys import Journey
from tests.medical.visiting import Hospital, case_of, patient
from tests.portal.conftest import signed_in
from tests.world import ZHOU_ID, World, at
from workflows.cases.models import Case, Draft
from workflows.cases.opening import PartyInput


@pytest.fixture
def agencies(world: World) -> World:
    return people(world)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_daughter_does_it_all_for_her_father(agencies: World) -> None:
    father = PartyInput(role="applicant", name="周德福", id_number=ZHOU_ID)
    agent = PartyInput(
        role="agent", name="周晓燕", user=agencies.daughter, relation="女儿",
        authority="委托书", scope=("sign", "supplement", "withdraw"),
    )  # fmt: skip
    case = agencies.open(
        agencies.matter(STAYS), by="daughter", at=at("2026-05-11 09:00"),
        data=answers(agencies), parties=[father, agent],
    )  # fmt: skip
    journey = Journey(agencies, case, at("2026-05-11 09:00")).take("take_in", "reviewer")
    assert codes(journey.case) == []
    journey.take("require_supplement", "reviewer", items="转诊单\n出院小结", reason="缺")
    daughter = signed_in(agencies.daughter)
    shown = page(daughter, f"/my/{case.number}/")
    assert "转诊单" in shown
    assert "出院小结" in shown
    owed = [m.pk for m in case.materials.filter(asked_by_supplement=True)]
    journey.take("supplement", "daughter", items=owed)
    hospital = Institution.objects.get().code
    journey.take("accept", "reviewer", **VERIFIED, institution=hospital)
    journey.take("begin_review", "reviewer").take("calculate", "reviewer", **SPLIT)
    assert "怎么算的" not in page(daughter, f"/my/{case.number}/")
    journey.take("submit_for_recheck", "reviewer").take("approve", "rechecker")
    journey.take("order_to_pay", "reviewer")
    journey.take("refused_by_bank", "reviewer", reason="户名不符")
    shown = page(daughter, f"/my/{case.number}/")
    assert "报销多少、怎么算的" in shown
    assert "起付线" in shown
    assert "更正收款账户" in shown
    account = {"account_name": "周德福", "bank_name": "示范银行", "bank_card": "6222020000000001234",
               "token": journey.case.seq}  # fmt: skip
    assert daughter.post(f"/my/{case.number}/correct_account/", account).status_code == 302
    assert journey.case.state == "paying"
    assert "6222020000000001234" not in page(daughter, f"/my/{case.number}/")
    assert signed_in(agencies.outsider).get(f"/my/{case.number}/").status_code == 404


def test_the_person_reads_that_time_stands_still_while_the_place_is_asked(
    agencies: World,
) -> None:
    journey = reviewed(agencies).take("ask_treatment", "reviewer", question="请核实")
    shown = page(signed_in(agencies.citizen), f"/my/{journey.case.number}/")
    assert "正在请另一地协查，所需时间不计入办理时限" in shown
    assert "达州市医疗保障局" in shown


def test_the_clerk_sees_sum_rules_and_certainty_before_deciding(agencies: World) -> None:
    journey = reviewed(agencies)
    desk, path = signed_in(agencies.reviewer), f"/desk/{journey.case.number}/"
    with CaptureQueriesContext(connection) as before:
        assert "未发现不予支付的情形" in page(desk, path)
    token = {"token": journey.case.seq}
    wrong = desk.post(f"{path}calculate/", SPLIT | token | {"medfee_sumamt_0": "11999.99"})
    assert "AMOUNT_MISMATCH" in wrong.content.decode()
    assert desk.post(f"{path}calculate/", SPLIT | token).status_code == 302
    with CaptureQueriesContext(connection) as after:
        shown = page(desk, path)
    assert "依据的规则" in shown
    assert "来源：" in shown
    assert "提交复核" in shown
    assert len(after) <= len(before) <= 20
    assert desk.post(f"{path}submit_for_recheck/", {"token": journey.case.seq}).status_code == 302
    assert "同一人不得办理两个环节" in page(desk, path)


def test_a_visit_paid_by_oneself_becomes_a_draft_once(world: World) -> None:
    world.citizen.id_number = ZHOU_ID
    world.citizen.save()
    patient(name=world.citizen.name)
    hospital = Hospital(world)
    mdtrt_id = hospital.stay()
    body = {"token": case_of(mdtrt_id).seq, "data": {"ground": "failure", "reason": "专网中断"}}
    headers = {"Authorization": f"Bearer {hospital.key}", "Idempotency-Key": "alone"}
    Client().post(
        f"/api/cases/{mdtrt_id}/steps/pay_oneself", body, "application/json", headers=headers
    )
    version = world.matter(STAYS)
    citizen = signed_in(world.citizen)
    assert "申请住院费用报销" in page(citizen, f"/my/{mdtrt_id}/")
    first = citizen.post(f"/my/{mdtrt_id}/go-on/")
    again = citizen.post(f"/my/{mdtrt_id}/go-on/")
    draft = Draft.objects.get()
    assert first["Location"] == again["Location"] == f"/apply/{draft.pk}/"
    known = opened_data(definition_of(version.pk), draft.data)
    assert (known["insured_region"], known["hospital_region"]) == ("500000", "511700")
    assert (known["patient_id"], known["visit_number"]) == (ZHOU_ID, mdtrt_id)
    assert str(known["medfee"]) == "13000.00"
    assert ZHOU_ID not in str(draft.data)
    assert isinstance(known["ended_on"], dt.date)
    assert signed_in(world.outsider).post(f"/my/{mdtrt_id}/go-on/").status_code == 404
    assert Case.objects.count() == 1
