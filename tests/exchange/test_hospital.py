"""A hospital drives a visit by its messages: in order, once, and told in Chinese what does not go."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from matters.medical.models import Filing, Freeze, Insured, Settlement, Visit
from tests.medical.cover import filed
from tests.medical.visiting import (
    WANZHOU,
    Hospital,
    ago,
    case_of,
    fee,
    hospital_at,
    live,
    patient,
    state_of,
)
from tests.world import LIN_ID, ZHOU_ID, World
from workflows.cases.models import Case, Event
from workflows.exchange.hospital.api import MESSAGES
from workflows.flows import medical_visit_money as money_of_visits


@pytest.fixture
def zhou(world: World) -> Insured:
    return patient()


@pytest.fixture
def hospital(world: World, zhou: Insured) -> Hospital:
    return Hospital(world)


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    codes = [problem["code"], *(each["code"] for each in problem.get("reasons", []))]
    assert (answer.status_code, code in codes) == (status, True), problem
    assert answer["Content-Type"] == "application/problem+json"
    return problem


def test_a_stay_runs_from_the_card_to_the_settlement_and_back(hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    shown = hospital.presettle(mdtrt_id)
    told = hospital.settle(mdtrt_id)
    assert told["setlinfo"]["psn_cash_pay"] == shown["setlinfo"]["psn_cash_pay"]
    assert all(each["text"] for each in told["explanation"])
    assert [each["certainty"] for each in told["rules"]]
    assert state_of(mdtrt_id) == "settled"
    setl_id = told["setlinfo"]["setl_id"]
    back = hospital.say("2305", {"mdtrt_id": mdtrt_id, "setl_id": setl_id, "memo": "项目录错"})
    assert back["setlinfo"]["medfee_sumamt"] == "-13000.00"
    assert (state_of(mdtrt_id), live(mdtrt_id)) == ("reversed", [])
    assert Insured.objects.get().account_balance == Decimal("500.00")


def test_an_out_patient_goes_the_shorter_way(hospital: Hospital, zhou: Insured) -> None:
    filed(zhou)
    mdtrt_id = hospital.card(med_type="11", begntime=ago(0).isoformat())
    refused(hospital.send("2401", {"mdtrt_id": mdtrt_id}), 422, "other_kind")
    charge = {"mdtrt_id": mdtrt_id, "feedetl": [fee("800.00"), fee("100.00", "03")]}
    refused(hospital.send("2204", charge), 403, "may_be_charged")
    hospital.say("2201", {"mdtrt_id": mdtrt_id})
    uploaded = hospital.say("2204", charge)
    assert uploaded["uploaded"]["fulamt_ownpay_amt"] == "100.00"
    hospital.presettle(mdtrt_id, "2206")
    told = hospital.settle(mdtrt_id, "2207")
    assert (state_of(mdtrt_id), told["setlinfo"]["medfee_sumamt"]) == ("settled", "900.00")
    told = {"mdtrt_id": mdtrt_id, "setl_id": told["setlinfo"]["setl_id"]}
    hospital.say("2208", told)
    assert state_of(mdtrt_id) == "reversed"


def test_a_pharmacy_charges_without_registering_first(world: World, zhou: Insured) -> None:
    office = world.office(WANZHOU, "hospital")
    shop = hospital_at(world, WANZHOU, kind="pharmacy", level="pharmacy", open_visits=["pharmacy"])
    assert shop.office == office
    pharmacy = Hospital(world, shop)
    mdtrt_id = pharmacy.card(med_type="41", begntime=ago(0).isoformat())
    pharmacy.say("2204", {"mdtrt_id": mdtrt_id, "feedetl": [fee("60.00")]})
    assert state_of(mdtrt_id) == "fees_uploaded"


@pytest.mark.parametrize(
    ("trouble", "card", "code"),
    [
        ("frozen", {}, "frozen"),
        ("", {"med_type": "11"}, "unfiled"),
        ("", {"med_type": "14", "dise_codg": "高血压"}, "disease_not_recognised"),
        ("closed", {}, "not_open"),
        ("", {"mdtrt_cert_no": LIN_ID}, "not_insured"),
    ],
)
def test_at_the_card_is_said_what_stands_in_the_way_and_what_is_right(
    hospital: Hospital, zhou: Insured, trouble: str, card: dict[str, str], code: str
) -> None:
    if trouble == "frozen":
        Freeze.objects.create(insured=zhou, from_on=ago(60), reason="单位欠费")
    if trouble == "closed":
        hospital.institution.open_visits = ["outpatient"]
        hospital.institution.save()
    told = {"mdtrt_cert_no": ZHOU_ID, "med_type": "21", **card}
    answer = hospital.send("1101", told)
    problem = refused(answer, 404 if code == "not_insured" else 403, code)
    assert "12393" in json.dumps(problem, ensure_ascii=False)
    assert not Case.objects.exists()
    assert ZHOU_ID not in answer.content.decode()


def test_a_card_alone_registers_nothing(hospital: Hospital) -> None:
    told = hospital.say("1101", {"mdtrt_cert_no": ZHOU_ID})
    assert (told["cover"], told["insuinfo"]["balc"]) == ("ok", "500.00")
    assert "周德福" not in json.dumps(told, ensure_ascii=False)
    assert not Case.objects.exists()


def test_an_emergency_is_deemed_filed_for_this_visit(hospital: Hospital, zhou: Insured) -> None:
    mdtrt_id = hospital.card(med_type="13", begntime=ago(0).isoformat())
    filing = Filing.objects.get()
    assert (filing.kind, filing.visit_key) == ("emergency", mdtrt_id)
    assert Visit.objects.get().filing == filing


def test_the_patient_with_an_account_sees_it_and_one_without_is_treated_too(
    world: World, hospital: Hospital
) -> None:
    first = hospital.card()
    assert case_of(first).parties.get().user is None
    hospital.say("2404", {"mdtrt_id": first})
    assert state_of(first) == "cancelled"
    world.citizen.id_number = ZHOU_ID
    world.citizen.save()
    second = hospital.settled_stay()
    browser = Client()
    browser.force_login(world.citizen)
    page = browser.get(f"/my/{second}/").content.decode()
    assert "每一项怎么算的" in page
    assert Settlement.objects.get().breakdown["explanation"][0]["text"] in page
    assert browser.get(f"/my/{first}/").status_code == 404


def test_what_changed_since_the_presettlement_is_presettled_anew(hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    hospital.presettle(mdtrt_id)
    agreed = hospital.agreed(mdtrt_id)
    other = {**agreed, "psn_cash_pay": "1.00"}
    assert "重新预结算" in refused(hospital.send("2304", other), 422, "amounts_differ")["detail"]
    late_fee = fee("10.00")
    more = {"mdtrt_id": mdtrt_id, "feedetl": [late_fee]}
    assert hospital.say("2301", more)["state"] == "fees_uploaded"
    steps = list(Event.objects.filter(case__number=mdtrt_id).values_list("step", flat=True))
    assert steps[-2:] == ["change_fees", "upload_fees"]
    refused(hospital.send("2304", agreed), 403, "wrong_state")
    late = {"mdtrt_id": mdtrt_id, "endtime": ago(0).isoformat(), "medfee_sumamt": "13000.00"}
    assert "13010.00" in refused(hospital.send("2402", late), 422, "totals_differ")["detail"]
    hospital.say("2302", {"mdtrt_id": mdtrt_id, "feedetl_sn": [late_fee["feedetl_sn"]]})
    hospital.say("2402", late)
    hospital.presettle(mdtrt_id)
    hospital.say("2304", agreed)


def test_an_accident_settles_only_without_a_third_party_and_promised(hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    charge = {"mdtrt_id": mdtrt_id, "medfee_sumamt": "13000.00"}
    hospital.say("2203", {"mdtrt_id": mdtrt_id, "trum_flag": "1"})
    refused(hospital.send("2303", charge), 403, "promised")
    hospital.say("2203", {"mdtrt_id": mdtrt_id, "rel_ttp_flag": "1"})
    refused(hospital.send("2303", charge), 403, "no_third_party")
    hospital.say("2203", {"mdtrt_id": mdtrt_id, "rel_ttp_flag": "0", "ttp_pmis_flag": "1"})
    hospital.say("2303", charge)


def test_one_stay_at_a_time_wherever(world: World, hospital: Hospital) -> None:
    hospital.stay()
    other = Hospital(world, hospital_at(world, WANZHOU))
    mdtrt_id = other.card()
    problem = refused(other.send("2401", {"mdtrt_id": mdtrt_id}), 422, "admitted_elsewhere")
    assert "通川示范医院" in problem["detail"]
    # Nobody else's visit is there.
    refused(
        other.send("2404", {"mdtrt_id": Visit.objects.order_by("pk")[0].mdtrt_id}), 404, "no_visit"
    )


def test_a_lost_answer_sent_again_is_done_once(hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    hospital.presettle(mdtrt_id)
    agreed = hospital.agreed(mdtrt_id)
    first, again = (hospital.send("2304", agreed, "SETTLE-1") for _ in range(2))
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert len(live(mdtrt_id)) == 1
    refused(hospital.send("2304", agreed, "SETTLE-2"), 403, "wrong_state")
    refused(
        hospital.send("2305", {"mdtrt_id": mdtrt_id, "setl_id": "x"}, "SETTLE-1"), 422, "key_reused"
    )


def no_answer(*_: object, **__: object) -> None:
    raise OperationalError("canceling statement due to lock timeout")


def test_an_answer_that_does_not_come_is_looked_for_by_its_key(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    mdtrt_id = hospital.stay()
    hospital.presettle(mdtrt_id)
    agreed = hospital.agreed(mdtrt_id)
    with monkeypatch.context() as silent:
        silent.setattr(money_of_visits, "book", no_answer)
        refused(hospital.send("2304", agreed, "LOST"), 504, "unknown")
        assert (state_of(mdtrt_id), live(mdtrt_id)) == ("unknown", [])
        refused(hospital.send("2304", agreed, "LOST"), 504, "unknown")
    undone = {"psn_no": Insured.objects.get().psn_no, "omsgid": "LOST", "oinfno": "2304"}
    assert hospital.say("2601", undone)["happened"] is False
    assert state_of(mdtrt_id) == "presettled"
    refused(hospital.send("2304", agreed, "LOST"), 409, "not_settled")
    hospital.say("2304", agreed)
    assert len(live(mdtrt_id)) == 1


def test_what_never_arrived_does_not_arrive_after_it_was_undone(hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    hospital.presettle(mdtrt_id)
    undone = {"psn_no": Insured.objects.get().psn_no, "omsgid": "NEVER", "oinfno": "2304"}
    assert hospital.say("2601", undone)["happened"] is False
    refused(hospital.send("2304", hospital.agreed(mdtrt_id), "NEVER"), 409, "undone")
    assert live(mdtrt_id) == []
    refused(hospital.send("2601", {**undone, "oinfno": "2301"}), 422, "not_undoable")


def test_a_settlement_whose_answer_was_lost_is_undone_with_its_counters(hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    hospital.presettle(mdtrt_id)
    hospital.settle(mdtrt_id, msgid="DONE")
    undone = {"psn_no": Insured.objects.get().psn_no, "omsgid": "DONE", "oinfno": "2304"}
    assert hospital.say("2601", undone)["happened"] is True
    assert (state_of(mdtrt_id), live(mdtrt_id)) == ("presettled", [])
    hospital.settle(mdtrt_id)
    assert len(live(mdtrt_id)) == 1


def test_the_later_settlement_is_taken_back_first(hospital: Hospital) -> None:
    first = hospital.settled_stay()
    second = hospital.settled_stay(fee("3000.00"))
    ids = {mdtrt_id: live(mdtrt_id)[0].setl_id for mdtrt_id in (first, second)}
    told = {"mdtrt_id": first, "setl_id": ids[first]}
    problem = refused(hospital.send("2305", told), 409, "reversal_refused")
    assert ids[second] in problem["detail"]
    assert state_of(first) == "settled"
    # What the hospital's own system could not write, it takes back by itself.
    hospital.say("2305", {"mdtrt_id": second, "setl_id": ids[second], "auto_flag": "1"})
    hospital.say("2305", told)
    assert (state_of(first), state_of(second)) == ("reversed", "reversed")


def test_the_day_is_compared_and_what_agrees_is_reconciled(hospital: Hospital) -> None:
    mdtrt_id = hospital.settled_stay()
    settled = live(mdtrt_id)[0]
    sums = {
        "clr_type": "21",
        "medfee_sumamt": str(settled.medfee_sumamt),
        "fund_pay_sumamt": str(settled.fund_pay_sumamt),
        "acct_pay": str(settled.acct_pay),
    }
    day = timezone.localdate().isoformat()
    wrong = hospital.say("3201", {"stmt_begndate": day, "details": []})
    assert (wrong["agrees"], wrong["differing"], state_of(mdtrt_id)) == (False, ["21"], "settled")
    line = {**sums, "setl_id": settled.setl_id, "insuplc_admdvs": "500000", "medfee_sumamt": "1.00"}
    left = hospital.say("3202", {"stmt_begndate": day, "lines": [line]})
    assert [each["setl_id"] for each in left["differences"]] == [settled.setl_id]
    assert state_of(mdtrt_id) == "settled"
    line["medfee_sumamt"] = sums["medfee_sumamt"]
    assert hospital.say("3202", {"stmt_begndate": day, "lines": [line]})["agrees"]
    assert state_of(mdtrt_id) == "reconciled"
    right = [{**sums, "fixmedins_setl_cnt": 1}]
    assert hospital.say("3201", {"stmt_begndate": day, "details": right})["agrees"]


def test_every_message_is_documented_with_its_meaning_and_source() -> None:
    schema = Client().get("/api/openapi.json").json()
    for message in MESSAGES:
        said = schema["paths"][f"/api/medical/{message.infno}"]["post"]
        assert message.name in said["summary"]
        assert "编号来源" in said["description"]
    fields = schema["components"]["schemas"]["FeeIn"]["properties"]
    assert all(field["description"] for field in fields.values())


HOSTILE = ["\x00", "长" * 300, "-1", "1e999", "0001-01-01", "\ud800", ["0000"], None]


def test_nothing_that_is_sent_breaks_a_message(hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    kinds = Client().get("/api/openapi.json").json()["components"]["schemas"]
    for message in MESSAGES:
        names = list(kinds[message.told.__name__]["properties"])
        for nth, name in enumerate(names):
            told = dict.fromkeys(names, "1") | {"mdtrt_id": mdtrt_id, "medfee_sumamt": "1.00"}
            told[name] = HOSTILE[nth % len(HOSTILE)]  # type: ignore[assignment]
            answer = hospital.send(message.infno, told)
            assert answer.status_code < 500, (message.infno, told)
    assert (state_of(mdtrt_id), Case.objects.count()) == ("discharged", 1)


def test_an_upload_costs_the_same_however_many_lines_it_has(hospital: Hospital) -> None:
    mdtrt_id = hospital.card()
    hospital.say("2401", {"mdtrt_id": mdtrt_id})

    def statements(lines: int) -> int:
        told = {"mdtrt_id": mdtrt_id, "feedetl": [fee("1.00") for _ in range(lines)]}
        with CaptureQueriesContext(connection) as captured:
            hospital.say("2301", told)
        return len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    statements(1)
    assert statements(1) == statements(60) <= 26


def test_what_a_message_costs(hospital: Hospital) -> None:
    """The key, what is kept of the answer, and the steps: as many as it takes, and no more by stealth."""

    def within(most: int, infno: str, told: dict[str, Any]) -> None:
        with CaptureQueriesContext(connection) as captured:
            hospital.say(infno, told)
        own = [q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(own) <= most, (infno, len(own))

    within(45, "1101", {"mdtrt_cert_no": ZHOU_ID, "med_type": "21"})
    mdtrt_id = hospital.stay()
    within(30, "2303", {"mdtrt_id": mdtrt_id, "medfee_sumamt": "13000.00"})
    within(50, "2304", hospital.agreed(mdtrt_id))


def test_it_runs_in_a_demonstration_only(db: None, settings: Settings) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="演示"):
        call_command("demonstration_hospital")
