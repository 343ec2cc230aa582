"""The page of a case at the desk: what was applied for, what can be done, what has happened."""

from __future__ import annotations

import re

import pytest

from tests import journeys
from tests.desk.conftest import SignedIn, statements_of, text_of
from tests.world import LIN_ID, ZHOU_ID, World, at
from tongban.accounts.models import Posting
from workflows.cases.models import Case, Document, Enquiry, Event, Material
from workflows.cases.opening import PartyInput
from workflows.cases.places import office_cards
from workflows.cases.registry import flows
from workflows.desk.case.ledger_lines import ledger_of

STATEMENTS_AT_MOST = 19


def page_of(case: Case) -> str:
    return f"/desk/{case.number}/"


def test_the_page_says_what_was_applied_for_and_keeps_the_dates_apart(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.reviewing(world).case
    told = text_of(at_desk("clerk_sc").get(page_of(case)))
    assert f"{case.number} 困难残疾人生活补贴" in told
    assert "申请日 2026年3月31日" in told
    assert "收到日 2026年3月31日" in told
    assert "计发月 2026年3月起" in told
    assert "渝→川" in told
    assert "林晓梅 申请人" in told


def test_parties_are_shown_with_their_role_authority_and_rights(
    world: World, at_desk: SignedIn
) -> None:
    parties = [
        PartyInput(role="applicant", name="周德福", id_number=ZHOU_ID, phone="13800001234"),
        PartyInput(
            role="agent", name="周晓燕", user=world.daughter, relation="女儿",
            authority="授权委托书 2026-03-01", scope=("sign", "supplement"),
            expires_on=at("2026-04-30 00:00").date(),
        ),
    ]  # fmt: skip
    case = world.open(by="daughter", at=at("2026-03-31 09:00"), parties=parties)
    told = text_of(at_desk("clerk_cq").get(page_of(case)))
    assert "周晓燕 代理人 授权已到期" in told
    assert "关系 女儿 授权依据 授权委托书 2026-03-01（至 2026年4月30日）" in told
    assert "138****1234" in told


def test_papers_documents_and_their_service_are_listed(world: World, at_desk: SignedIn) -> None:
    journey = journeys.supplementing(world)
    told = text_of(at_desk("clerk_sc").get(page_of(journey.case)))
    assert "残疾人证复印件 待交 补正要求" in told
    assert "运单 EMS0000000001" in told
    assert "一次性补正告知书 待送达" in told
    journey.take("record_service", "clerk_sc", way="phone", succeeded="no", receiver="林晓梅")
    assert "电话告知：未送达，林晓梅" in text_of(at_desk("clerk_sc").get(page_of(journey.case)))


def test_personal_data_is_masked_wherever_it_stands(world: World, at_desk: SignedIn) -> None:
    case = journeys.reviewing(world).case
    html = at_desk("clerk_sc").get(page_of(case)).content.decode()
    assert "5001**********0013" in html
    for secret in (LIN_ID, ZHOU_ID, "13800000000"):
        assert secret not in html


def test_each_clock_explains_its_day_line_by_line(world: World, at_desk: SignedIn) -> None:
    case = journeys.reviewing(world).case
    told = text_of(at_desk("clerk_sc").get(page_of(case)))
    assert "环节时限" in told
    assert "承诺时限" in told
    assert "起算，当日不计" in told
    assert re.search(r"4月4日 不计：周六", told)
    assert re.search(r"4月1日（周三）第 1 天", told)


def test_a_paused_clock_says_since_when_and_why(world: World, at_desk: SignedIn) -> None:
    case = journeys.supplementing(world).case
    told = text_of(at_desk("clerk_sc").get(page_of(case)))
    assert "中止期间不计" in told
    assert re.search(r"补正 2026年\d+月\d+日 \d\d:\d\d 起，还没有结束", told)


def test_the_ledger_tells_every_step_with_who_where_and_what_was_said(
    world: World, at_desk: SignedIn
) -> None:
    journey = journeys.reviewing(world)
    journey.take("remark", "clerk_sc_2", text="已电话联系")
    told = text_of(at_desk("clerk_sc").get(page_of(journey.case)))
    assert f"共 {journey.case.seq} 步，链式校验一致" in told
    assert "转递方式： 邮寄纸质材料 运单号： EMS0000000001" in told
    assert "通同事 通川区民政局 备注： 已电话联系" in told
    for event in Event.objects.filter(case=journey.case):
        assert bytes(event.hash).hex()[:8] in told


def test_a_ledger_that_was_tampered_with_says_so(world: World) -> None:
    case = journeys.arrived(world).case
    events = list(case.events.order_by("seq"))
    events[1].actor_name = "冒名者"
    assert ledger_of(case, events, office_cards(case.office_ids)).broken_at == 2  # type: ignore[arg-type]


def test_the_offices_of_both_provinces_are_there_with_phone_and_people(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.reviewing(world).case
    told = text_of(at_desk("clerk_sc").get(page_of(case)))
    assert "收件地窗口 渝 万州区政务服务中心 万州区示范路1号 · 000-00000000 负责人：万主任" in told
    assert "承办人员：万窗口、万同事" in told
    assert "属地主管部门 川 正在办 通川区民政局" in told


def test_an_enquiry_is_answered_from_its_own_link(world: World, at_desk: SignedIn) -> None:
    journey = journeys.reviewing(world)
    journey.take("ask", "citizen", kind="question", text="还要多久？")
    journey.take("ask", "citizen", kind="nudge", text="请快些")
    client, second = at_desk("clerk_sc"), Enquiry.objects.latest("id")
    href = f"{page_of(journey.case)}answer/?enquiry={second.pk}"
    assert href in client.get(page_of(journey.case)).content.decode()
    assert f'value="{second.pk}" selected' in client.get(href).content.decode()
    asked = {"enquiry": second.pk, "text": "三天内答复您", "token": journey.case.seq}
    told = client.post(f"{page_of(journey.case)}answer/", asked, follow=True)
    assert "已答复。" in text_of(told)
    assert "答复 三天内答复您" in text_of(told)


@pytest.mark.parametrize("who", ["clerk_elsewhere", "citizen", "outsider", "desk_sc"])
def test_whoever_has_no_part_in_it_by_office_finds_no_such_page(
    world: World, at_desk: SignedIn, who: str
) -> None:
    case = journeys.reviewing(world).case
    client, real, unreal = at_desk(who), page_of(case), "/desk/50010126010199999990/"
    for path in ("", "refuse/", "remark/", "look/data.id_number/"):
        for address in (real, unreal):
            assert client.get(address + path).status_code == 404
    assert client.post(f"{real}remark/", {"text": "x", "token": case.seq}).status_code == 404
    assert Case.objects.get(pk=case.pk).seq == case.seq


def test_a_clerk_who_is_the_agent_of_a_friend_opens_the_citizens_page_only(
    world: World, at_desk: SignedIn
) -> None:
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen, id_number=LIN_ID),
        PartyInput(role="agent", name="达川窗口", user=world.clerk_elsewhere, scope=("sign",)),
    ]
    case = world.open(parties=parties)
    assert at_desk("clerk_elsewhere").get(page_of(case)).status_code == 404


def test_both_provinces_supervisors_see_it_and_may_urge(world: World, at_desk: SignedIn) -> None:
    case = journeys.reviewing(world).case
    for who in ("supervisor_cq", "supervisor_sc"):
        told = text_of(at_desk(who).get(page_of(case)))
        assert "督办" in told
        assert "这个办件现在不需要您推进" in told


def test_a_closed_case_says_how_it_ended(world: World, at_desk: SignedIn) -> None:
    case = journeys.completed(world).case
    page = at_desk("clerk_cq").get(page_of(case))
    assert "已办结" in text_of(page)
    assert "已按时完成" in text_of(page)
    assert "这个办件现在不需要您推进" in text_of(page)


def test_no_page_carries_style_or_script_of_its_own(world: World, at_desk: SignedIn) -> None:
    journey = journeys.reviewing(world)
    client = at_desk("clerk_sc")
    for path in ("/desk/?view=office", page_of(journey.case), f"{page_of(journey.case)}refuse/"):
        html = client.get(path).content.decode()
        for forbidden in (" style=", "<style", "<script>", " onclick=", "javascript:"):
            assert forbidden not in html


def test_the_page_costs_the_same_with_one_event_and_with_thirty(
    world: World, at_desk: SignedIn
) -> None:
    """Thirty of everything: events, papers, documents, enquiries, colleagues."""
    journey = journeys.reviewing(world)
    client, path = at_desk("clerk_sc"), page_of(journey.case)
    few = statements_of(client, path)
    office = world.office("511702", "civil_affairs")
    template = Document.objects.latest("id")
    for nth in range(30):
        journey.take("remark", "clerk_sc", text=f"第 {nth} 条")
        Material.objects.create(case_id=journey.id, code=f"m{nth}", name=f"材料 {nth}")
        template.pk, template.number = None, f"D{nth}"
        template.save(force_insert=True)
        Posting.objects.create(
            user=world.outsider, office=office, role="clerk", valid_from=f"2020-01-{nth + 1:02}"
        )
    for text in ("一", "二", "三"):
        journey.take("ask", "citizen", kind="question", text=text)
    many = statements_of(client, path)
    assert "第 29 条" in text_of(client.get(path))
    assert len(few) == len(many) <= STATEMENTS_AT_MOST, "\n".join(many)
    # Two more once it is paused: the pauses, and the papers that the open form asks for.
    journey.take("require_supplement", "clerk_sc", items="户口本", reason="缺")
    assert len(statements_of(client, path)) == len(many) + 2 <= STATEMENTS_AT_MOST


def test_every_state_of_every_flow_has_a_name_for_the_filter() -> None:
    from workflows.desk.queue.filters import state_choices

    offered = dict(state_choices())
    assert set(offered) == {flow.LABEL for flow in flows()}
