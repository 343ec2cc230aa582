"""One case as its people see it: who has it, until when, what happened, what is still to come."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import journeys
from tests.portal.conftest import signed_in
from tests.portal.mine import Mine, on
from tests.world import World, at
from tongban.offices.calendar import forget_calendars
from tongban.offices.calendar_loading import load_calendar
from workflows.cases.models import Enquiry
from workflows.cases.moving import MOVING, REVERTING
from workflows.cases.opening import PartyInput
from workflows.cases.registry import flows
from workflows.cases.service import serve_documents
from workflows.portal.own.told import BAD, ELSEWHERE, FACTS, TOLD_ASIDES

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


def test_it_says_who_has_it_since_when_and_until_when(world: World) -> None:
    with on("2026-04-02 15:00"):
        journey = journeys.arrived(world)
        page = Mine(world, "citizen", journey.case).page()
    assert "通川区民政局" in page
    assert "通川区示范路1号" in page
    assert "电话 000-00000000" in page
    assert "2026年3月31日 12:00" in page, "since"
    assert "承诺办结时限 最迟 2026年4月22日" in page
    assert "还剩 14 个工作日" in page


def test_what_happened_stands_in_order_with_offices_not_clerks(world: World) -> None:
    page = Mine(world, "citizen", journeys.completed(world).case).page()
    told = ["提交申请", "已收件", "已转递属地", "属地已签收", "已受理", "已审查通过", "已反馈结果",
            "窗口已签收结果", "结果已交付"]  # fmt: skip
    assert [page.index(said) for said in told] == sorted(page.index(said) for said in told)
    assert "运单号：EMS0000000001" in page
    assert "领取人：林*梅" in page
    for clerk in ("万窗口", "通承办"):
        assert clerk not in page


def test_what_offices_do_among_themselves_is_not_told(world: World) -> None:
    journey = journeys.arrived(world)
    journey.take("claim", "clerk_sc").take("remark", "clerk_sc", text="此人多次催促，注意")
    journey.take("reassign", "head_sc", to=world.clerk_sc_2.pk, reason="内部调整")
    journey.take("urge", "supervisor_sc", text="请尽快办理")
    journey.take("accept", "clerk_sc_2").take("approve", "clerk_sc_2", opinion="内部意见")
    page = Mine(world, "citizen", journey.case).page()
    for hidden in ("领取", "注意", "改派", "内部", "请尽快办理", "督办", "通同事"):
        assert hidden not in page, hidden


def test_what_is_still_to_come_follows_the_flow(world: World) -> None:
    page = Mine(world, "citizen", journeys.arrived(world).case).page()
    told = [
        "属地已签收，待受理 进行中",
        "审定 待进行",
        "已作出决定，待反馈结果 待进行",
        "已办结 待进行",
    ]
    assert [page.index(said) for said in told] == sorted(page.index(said) for said in told)


def test_the_dates_are_kept_apart_each_with_its_reason(world: World) -> None:
    """残疾人两项补贴: in at a 万州 window in March, accepted by 达州 in April, paid from March."""
    journey = journeys.in_transit(world)
    journey.take("sign", "clerk_sc", "2026-04-02 10:00", arrived=journeys.on_the_road(journey.case))
    journey.take("accept", "clerk_sc", "2026-04-03 10:00")
    page = Mine(world, "citizen", journey.case).page()
    assert "申请日 2026年3月31日" in page
    assert "收到日 2026年4月2日" in page
    assert "受理日 2026年4月3日" in page
    assert "计发月 2026年3月 从申请当月起计发" in page


def test_before_it_is_received_nothing_is_made_up(world: World) -> None:
    page = Mine(world, "citizen", journeys.begin(world).case).page()
    assert "收到日 属地尚未收到" in page
    assert "受理日 尚未受理" in page
    assert "16个工作日，从“已收件，待转递”起算" in page


def test_a_limit_that_nobody_published_says_so(world: World) -> None:
    case = world.open(world.matter("困难残疾人生活补贴", promise=None, statutory=None))
    page = Mine(world, "citizen", case).page()
    assert page.count("时限 未公布") == 2


def test_while_it_is_suspended_there_is_no_date_but_a_reason(world: World) -> None:
    page = Mine(world, "citizen", journeys.supplementing(world).case).page()
    assert "承诺办结时限 中止期间不计算" in page
    assert "为什么没有日期" in page
    assert "补齐后由通川区民政局接着办理" in page


def test_a_provisional_date_is_marked(world: World) -> None:
    """2027 has not been announced: every date that rests on it says so, and no other."""
    load_calendar(at=at("2026-01-01 00:00"))
    forget_calendars()
    with on("2026-12-30 12:00"):
        late = journeys.collected(world, when="2026-12-30 09:00")
        assert "暂定" in Mine(world, "citizen", late.case).page()
    with on("2026-04-01 12:00"):
        early = journeys.collected(world, when="2026-04-01 09:00")
        assert "暂定" not in Mine(world, "citizen", early.case).page()


def test_papers_owed_stand_before_papers_handed_in(world: World) -> None:
    page = Mine(world, "citizen", journeys.supplementing(world).case).page()
    assert page.index("残疾人证复印件 待交 补正要求") < page.rindex("属地已签收")


def test_documents_say_whether_they_reached_the_person(world: World) -> None:
    with on("2026-04-02 15:00"):
        journey = journeys.supplementing(world)
        mine = Mine(world, "citizen", journey.case)
        before = mine.page()
        number = journey.case.documents.get(kind="supplement").number
        assert "一次性补正告知书 待送达" in before
        assert "补正期限从送达次日起算" in before
        mine.client.get(f"/documents/{number}/")
        serve_documents()
        after = mine.page()
    assert "一次性补正告知书 已送达：站内信阅读，4月2日" in after
    assert "文书已送达" in after


def test_a_failed_try_is_no_service_and_is_said(world: World) -> None:
    journey = journeys.supplementing(world)
    document = journey.case.documents.get(kind="supplement")
    data = {"document": document.pk, "way": "phone", "succeeded": "no", "receiver": "林晓梅"}
    world.take(journey.case, "record_service", "clerk_sc", data, at=journey.now)
    page = Mine(world, "citizen", journey.case).page()
    assert "电话告知未成功，待送达" in page
    assert "文书未能送达" in page


def test_an_answer_stands_with_its_question(world: World) -> None:
    journey = journeys.arrived(world)
    journey.take("ask", "citizen", kind="question", text="还要补什么吗？")
    asked = Enquiry.objects.get()
    waiting = Mine(world, "citizen", journey.case).page()
    assert "咨询 等待答复" in waiting or "超期未答复" in waiting
    assert f"由通川区民政局答复，最迟 2026年4月{asked.due_at.day}日" in waiting
    journey.take("answer", "clerk_sc", enquiry=asked.pk, text="不用，正在审查。")
    page = Mine(world, "citizen", journey.case).page()
    assert "咨询 已答复" in page
    assert "不用，正在审查。" in page
    assert "通承办" not in page


def test_stages_go_by_their_own_names(world: World) -> None:
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    journey = journeys.begin(world, LICENCE, "2026-05-11 09:00")
    journey.take("accept", "hr_sc").take("approve", "hr_sc", opinion="材料齐全")
    stages = journey.world.matter(LICENCE).definition["stages"]
    assert f"{stages[0]['name']}：已审查通过" in Mine(world, "citizen", journey.case).page()


def test_what_was_typed_is_shown_masked(world: World) -> None:
    page = Mine(world, "citizen", journeys.begin(world).case).page()
    assert "511702195505050025" not in page
    assert "13800000000" not in page
    assert "5117**********0025" in page


def test_a_case_that_is_over_says_how_it_ended_and_what_next(world: World) -> None:
    with on("2026-04-02 15:00"):
        page = Mine(world, "citizen", journeys.completed(world).case).page()
        assert "已办结 办理结果见下面的文书。" in page
        assert "办得怎么样？" in page
        assert "现在由谁办理" not in page
        gone = journeys.arrived(world, waybill="EMS0000000009").take(
            "refuse", "clerk_sc", reason="不属于本机关"
        )
        page = Mine(world, "citizen", gone.case).page()
    assert "不予受理 理由和不服决定怎么办，写在决定书里。" in page
    assert "理由：不属于本机关" in page


@pytest.mark.parametrize("rounds", [0, 12])
def test_as_many_statements_for_a_long_case_as_for_a_short_one(
    world: World, lin: Client, rounds: int, django_assert_num_queries: object
) -> None:
    journey = journeys.arrived(world)
    journey.take("require_supplement", "clerk_sc", items="证明", reason="缺")
    for n in range(rounds):
        papers = journeys.owed_papers(journey.case)
        journey.take("supplement", "citizen", items=papers)
        journey.take("ask", "citizen", kind="question", text="?")
        asked = Enquiry.objects.filter(answered_at=None).get()
        journey.take("answer", "clerk_sc", enquiry=asked.pk, text="!")
        journey.take("require_supplement", "clerk_sc", items=f"证明{n}", reason="缺")
    path = f"/my/{journey.case.number}/"
    lin.get(path)
    # session, account, actor; case, parties; pauses, events, documents + services, papers + files,
    # who looked, enquiries; unread messages in the frame.
    with django_assert_num_queries(14):  # type: ignore[operator]
        lin.get(path)


def test_every_listed_fact_belongs_to_a_step_of_some_flow() -> None:
    steps = {code for flow in flows() for code in flow.STEPS} | {MOVING.code, REVERTING.code}
    assert {*FACTS, *BAD, *TOLD_ASIDES, *ELSEWHERE} <= steps


def test_other_peoples_names_are_masked_ones_own_is_not(world: World) -> None:
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen),
        PartyInput(
            role="agent",
            name="周晓燕",
            user=world.daughter,
            relation="女儿",
            authority="授权委托书",
            scope=("sign", "supplement"),
            expires_on=dt.date(2030, 1, 1),
        ),
        PartyInput(role="contact", name="王小二"),
    ]
    journey = journeys.begin(world, parties=parties)
    page = Mine(world, "daughter", journey.case).page()
    assert "申请人 林*梅" in page
    assert "代理人 周晓燕 （您）" in page
    assert "授权事项：查看办件、签署、补正材料" in page
    assert "授权截止：2030年1月1日" in page
    assert "联系人 王*二" in page


def test_the_way_to_the_case_leads_each_to_their_own_page(world: World) -> None:
    case = journeys.arrived(world).case
    goes = {"citizen": f"/my/{case.number}/", "clerk_sc": f"/desk/{case.number}/"}
    for who, place in goes.items():
        assert signed_in(world.people[who]).get(f"/cases/{case.number}/")["Location"] == place
    assert signed_in(world.outsider).get(f"/cases/{case.number}/").status_code == 404
