"""异地就医备案: filed at once, reviewed, refused or given up; by oneself and by a daughter for her father."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters.catalogue.pinned import definition_of
from matters.medical.filing import deem_filed, filings_of, standing
from matters.medical.models import Filing, Freeze, Institution, Insured, Visit
from tests import journeys
from tests.medical.cover import CHONGQING, DAZHOU, LIANGSHAN, day, filed, insure
from tests.world import LIN_ID, ZHOU_ID, World, at
from tongban.notices.models import Notice
from workflows.cases.flow import Flow
from workflows.cases.models import Case, Document
from workflows.cases.opening import NotTheWay, PartyInput
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.cases.registry import flow_class
from workflows.cases.situations import situation_for
from workflows.flows.medical_filing_panel import FilingShown
from workflows.flows.simulation.medical import filing_answers
from workflows.flows.simulation.moves import MOVES

GENERAL, TEMPORARY = "异地就医登记备案", "其他临时外出就医人员备案"
MONDAY = "2026-05-11 09:00"


@pytest.fixture
def insured(world: World) -> Insured:
    """林晓梅, insured in 达州, who works in 万州 (重庆); the clerks of both agencies."""
    world.post("medical_cq", "渝医保", CHONGQING, "medical_insurance", "clerk")
    world.post("medical_sc", "达医保", DAZHOU, "medical_insurance", "clerk")
    world.post("medical_sc_2", "达医保二", DAZHOU, "medical_insurance", "clerk")
    return insure(DAZHOU, id_number=LIN_ID, name="林晓梅")


def apply(world: World, kind: str = "other_temporary", when: str = MONDAY, **more: Any) -> Case:
    data = {
        "insured_region": DAZHOU,
        "destination": CHONGQING,
        "filing_kind": kind,
        "proof_way": "promise",
        "agrees_to_replace": "no",
        "phone": "13800000000",
        "visit_number": "V1",
        **more.pop("data", {}),
    }
    matter = world.matter(more.pop("matter", GENERAL))
    return journeys.begin(world, matter, when, data=data, **more).case


def journey(world: World, case: Case, when: str = MONDAY) -> journeys.Journey:
    return journeys.Journey(world, case, at(when))


def panel(world: World, case: Case, who: str) -> FilingShown:
    situation = situation_for(case, world.actor(who), at(MONDAY))
    return cast("FilingShown", situation.case.panel(situation).shown)  # type: ignore[union-attr]


def the_filing() -> Filing:
    return Filing.objects.get()


@pytest.mark.parametrize("kind", ["retired_settled", "long_term", "posted"])
def test_who_lives_there_promises_it_and_is_filed_in_the_same_moment(
    world: World, insured: Insured, kind: str
) -> None:
    case = apply(world, kind)
    assert [event.step for event in case.events.order_by("seq")] == ["open", "file_at_once"]
    assert (case.state, case.outcome, case.concluded_at, case.closed_at) == (
        "active", "done", at(MONDAY), at(MONDAY),
    )  # fmt: skip
    filing = the_filing()
    assert (filing.kind, filing.destination_id, filing.valid_to) == (kind, CHONGQING, None)
    # 四川's row of the rule book: six months, only probable, and the filing says so.
    assert (filing.is_on_promise, filing.locked_until) == (True, day("2026-11-11"))
    assert filing.rules[0]["certainty"] == "probable"


def test_who_just_goes_needs_no_proof_and_gets_the_number_on_a_paper(
    world: World, insured: Insured
) -> None:
    case = apply(world, matter=TEMPORARY)
    filing, paper = the_filing(), Document.objects.get(kind="conclusion")
    assert (filing.valid_from, filing.valid_to) == (day("2026-05-11"), day("2026-11-11"))
    assert filing.case_key == case.number
    assert case.facts["filing"] == {"id": filing.pk, "number": paper.number}
    assert paper.content["filing"] == {
        "kind": "其他临时外出",
        "place": "重庆市",
        "validity": "2026年5月11日至2026年11月11日有效",
        "opens": "住院、普通门诊和门诊慢特病",
    }
    assert Notice.objects.filter(user=world.citizen, template="concluded").exists()


@pytest.mark.parametrize(
    ("kind", "way"), [("long_term", "proof"), ("posted", "proof"), ("referral", ""), ("emergency", "")]
)  # fmt: skip
def test_what_a_paper_proves_is_reviewed_in_two_working_days(
    world: World, insured: Insured, kind: str, way: str
) -> None:
    case = apply(world, kind, data={"proof_way": way})
    assert (case.state, case.holder) == ("reviewing", "owner")
    assert case.hop_due_at == at("2026-05-14 00:00")
    assert Filing.objects.count() == 0
    done = journey(world, case).take("confirm_filing", "medical_sc", "2026-05-13 10:00").case
    assert (done.state, done.outcome) == ("active", "done")
    # The days of the review are not the person's.
    assert the_filing().valid_from == day("2026-05-11")
    assert the_filing().locked_until is None


def test_an_emergency_that_the_hospital_did_not_mark_counts_for_that_visit(
    world: World, insured: Insured
) -> None:
    case = apply(world, "emergency")
    journey(world, case).take("confirm_filing", "medical_sc")
    asked: dict[str, Any] = {
        "insured": insured,
        "destination": "500103",
        "visit": "inpatient",
        "on": day("2026-05-12"),
    }
    assert standing(**asked, visit_key="V1").filing == "emergency"
    assert standing(**asked, visit_key="V2").filing != "emergency"


def test_a_reviewer_asks_once_for_all_papers_and_time_stands_still(
    world: World, insured: Insured
) -> None:
    walk = journey(world, apply(world, "referral"))
    walk.take("require_supplement", "medical_sc", items="转诊单", reason="照片不清")
    assert (walk.case.state, walk.case.suspended_as) == ("supplementing", "supplement")
    with pytest.raises(NotAllowed):
        walk.take("confirm_filing", "medical_sc")
    walk.take("supplement", "citizen", items=journeys.owed_papers(walk.case))
    assert (walk.case.state, walk.case.suspended_as) == ("reviewing", "")
    walk.take("turn_down", "medical_sc", reason="转诊单已过期")
    assert (walk.case.state, walk.case.outcome) == ("rejected", "disapproved")
    paper = Document.objects.get(kind="refusal")
    assert (paper.content["reason"], paper.content["remedies"]["review_days"]) == (
        "转诊单已过期",
        60,
    )


def test_somebody_unknown_gets_a_sentence_and_the_way_by_paper(
    world: World, insured: Insured
) -> None:
    insured.delete()
    case = apply(world)
    assert case.state == "reviewing"
    told = Notice.objects.filter(user=world.citizen, template="case_step").latest("id")
    assert "没有查到这个证件号码" in told.context["message"]
    assert "到参保地医保经办机构窗口办理" in told.context["message"]
    with pytest.raises(InvalidData, match="没有查到这个证件号码"):
        journey(world, case).take("confirm_filing", "medical_sc")
    insure(DAZHOU, id_number=LIN_ID)
    assert journey(world, case).take("confirm_filing", "medical_sc").case.state == "active"


def rejected(case: Case) -> str:
    assert (case.state, case.outcome) == ("rejected", "disapproved")
    return str(Document.objects.get(case=case, kind="refusal").content["reason"])


def test_what_the_registers_rule_out_is_told_at_once_with_its_reason(
    world: World, insured: Insured
) -> None:
    assert "在参保地就医不用备案" in rejected(apply(world, data={"destination": DAZHOU}))
    assert "查到的参保地是达州市，不是凉山彝族自治州" in rejected(
        apply(world, data={"insured_region": LIANGSHAN})
    )
    Freeze.objects.create(insured=insured, from_on=day("2026-04-01"), reason="单位欠费")
    assert "单位欠费" in rejected(apply(world))
    assert Filing.objects.count() == 0


def test_who_is_filed_already_is_told_until_when(world: World, insured: Insured) -> None:
    filed(insured, "long_term", CHONGQING)
    assert "已经备案：异地长期居住，备案地重庆市，自2026年1月10日起长期有效，不用再办" in rejected(
        apply(world, "long_term")
    )


def test_a_filing_elsewhere_is_replaced_only_with_the_persons_word(
    world: World, insured: Insured
) -> None:
    old = filed(insured, "referral", LIANGSHAN)
    assert "请同意由新备案取代原备案" in rejected(apply(world))
    apply(world, data={"agrees_to_replace": "yes"})
    old.refresh_from_db()
    assert old.state == "superseded"
    assert {row.state for row in filings_of(insured)} == {"superseded", "active"}


def lie_in(insured: Insured, region: str = "500101") -> Visit:
    hospital = Institution.objects.create(
        code=f"H{region}", name="示范医院", level="tier_3", region_id=region
    )
    return Visit.objects.create(
        mdtrt_id="V9", insured=insured, institution=hospital, kind="inpatient",
        began_on=day("2026-05-10"), is_admitted=True, filing_code="unfiled",
    )  # fmt: skip


def test_who_lies_in_hospital_already_files_now_and_it_counts_until_settlement(
    world: World, insured: Insured
) -> None:
    lie_in(insured)
    apply(world)
    found = standing(
        insured=insured, destination="500101", visit="inpatient", on=day("2026-05-20"),
        open_since=day("2026-05-10"),
    )  # fmt: skip
    assert (found.filing, found.may_settle_directly) == ("other_temporary", True)


def test_a_filing_is_given_up_by_its_person_but_not_while_admitted_there(
    world: World, insured: Insured
) -> None:
    walk = journey(world, apply(world))
    visit = lie_in(insured)
    with pytest.raises(InvalidData, match="在重庆市有尚未结算的住院"):
        walk.take("cancel_filing", "citizen", reason="提前回来")
    visit.is_admitted = False
    visit.save()
    walk.take("cancel_filing", "citizen", "2026-05-20 10:00", reason="提前回来")
    filing = the_filing()
    assert (filing.state, filing.ended_on) == ("cancelled", day("2026-05-20"))
    case = cast("Flow", walk.case)
    assert case.state_label(definition_of(case.version_id)) == "备案已取消"
    with pytest.raises(NotAllowed, match="这项备案已经取消"):
        walk.take("cancel_filing", "citizen", reason="再取消一次")


def test_inside_the_lock_of_a_promise_nothing_is_given_up(world: World, insured: Insured) -> None:
    walk = journey(world, apply(world, "long_term"))
    with pytest.raises(InvalidData, match="2026年11月11日前不能变更或取消"):
        walk.take("cancel_filing", "medical_sc", "2026-11-10 10:00", reason="本人要求")
    walk.take("cancel_filing", "medical_sc", "2026-11-11 10:00", reason="本人要求")
    assert the_filing().state == "cancelled"


def test_a_daughter_files_for_her_father(world: World, insured: Insured) -> None:
    father = insure(DAZHOU)
    parties = [
        PartyInput(role="applicant", name="周德福", id_number=ZHOU_ID),
        PartyInput(role="agent", name="周晓燕", user=world.daughter, relation="子女",
                   authority="授权委托书", scope=("sign", "supplement", "withdraw")),
    ]  # fmt: skip
    case = apply(world, "retired_settled", by="daughter", parties=parties)
    assert (case.state, the_filing().insured) == ("active", father)
    assert Notice.objects.filter(user=world.daughter, template="concluded").exists()


def test_handing_in_the_same_draft_twice_files_once(world: World, insured: Insured) -> None:
    case = apply(world)
    again = apply(world, draft_key=case.draft_key)
    assert again.pk == case.pk
    assert Filing.objects.count() == 1


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"now": "emergency"}, "急诊抢救视同已备案，不用办理"),
        ({"now": "paid"}, "请申请手工报销"),
        ({"now": "not_yet", "same_pool": "yes"}, "不用备案"),
        ({"now": "admitted", "same_pool": "no", "filed": "enough"}, "不用再办"),
    ],
)
def test_questions_before_the_form_say_where_nothing_is_to_be_filed(
    world: World, insured: Insured, answers: dict[str, str], says: str
) -> None:
    with pytest.raises(NotTheWay, match=says):
        apply(world, situation=answers)


def test_the_insuring_clerk_sees_cover_freezes_filings_and_exemptions_on_one_page(
    world: World, insured: Insured
) -> None:
    filed(insured, "referral", LIANGSHAN, state="expired", ended_on=day("2026-04-01"))
    Freeze.objects.create(
        insured=insured, from_on=day("2026-01-01"), to_on=day("2026-02-01"), reason="欠费"
    )
    case = apply(world, "referral")
    shown = panel(world, case, "medical_sc")
    assert shown.cover == "达州市职工医保，自2020年1月1日起"
    assert shown.benefit is not None
    assert (shown.benefit.status, [f.reason for f in shown.freezes]) == ("ok", ["欠费"])
    assert [(row.place, row.state) for row in shown.rows] == [("凉山彝族自治州", "已到期")]
    # 四川's cities to 重庆: nobody found whether a filing is needed, so it is said and not assumed.
    assert {row.sentence for row in shown.exemptions} == {"是否免备案未知"}
    assert {(row.certainty, row.source) for row in shown.exemptions} == {("不确定", "未找到")}


def test_the_place_of_treatment_sees_that_it_is_filed_and_no_more(
    world: World, insured: Insured
) -> None:
    filed(insured, "referral", LIANGSHAN)
    case = apply(world, data={"agrees_to_replace": "yes"})
    shown = panel(world, case, "medical_cq")
    assert [(row.place, row.state, row.is_this) for row in shown.rows] == [("重庆市", "有效", True)]
    assert (shown.cover, shown.freezes, shown.exemptions) == ("", (), ())


@pytest.mark.parametrize("filings", [1, 30])
def test_the_panel_takes_six_statements_however_long_the_past(
    world: World, insured: Insured, filings: int
) -> None:
    case = apply(world, "referral")
    for nth in range(filings):
        deem_filed(
            insured=insured, destination=CHONGQING, visit_key=f"K{nth}", on=dt.date(2026, 5, 1),
            at=at(MONDAY),
        )  # fmt: skip
    situation = situation_for(case, world.actor("medical_sc"), at(MONDAY))
    with CaptureQueriesContext(connection) as seen:
        situation.case.panel(situation)
    assert len(seen) <= 6


def test_the_play_files_from_where_somebody_is_insured_to_somewhere_else(
    world: World, insured: Insured
) -> None:
    world.citizen.id_number = LIN_ID
    world.citizen.save()
    for seed in range(5):
        said = filing_answers("medical_filing", world.citizen, day("2026-05-11"), Random(seed))
        assert (said["insured_region"], said["destination"] != DAZHOU) == (DAZHOU, True)
    assert filing_answers("medical_filing", world.outsider, day("2026-05-11"), Random(1)) == {}
    for state in ("reviewing", "supplementing"):
        for move in MOVES["medical_filing", state]:
            assert state in flow_class("medical_filing").STEPS[move.step].source
