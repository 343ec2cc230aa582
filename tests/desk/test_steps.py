"""Steps taken from the desk: one way for every flow, and what is told where a step has no effect."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests import journeys
from tests.desk.conftest import SignedIn, text_of
from tests.world import World
from workflows.cases.models import Case, Event


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def press(client: Client, case: Case, step: str, **data: Any) -> Any:
    """Send a step's form as the page showed it; `token` says of when the page was."""
    data.setdefault("token", fresh(case).seq)
    return client.post(f"/desk/{case.number}/{step}/", data)


def test_the_expected_step_stands_open_and_the_others_are_a_press_away(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.begin(world).case
    html = at_desk("clerk_cq").get(f"/desk/{case.number}/").content.decode()
    assert 'name="identity_checked"' in html
    assert f'name="token" value="{case.seq}"' in html
    assert f'href="/desk/{case.number}/turn_back/"' in html
    assert 'name="reason"' not in html
    opened = at_desk("clerk_cq").get(f"/desk/{case.number}/turn_back/").content.decode()
    assert 'name="reason"' in opened
    assert 'name="identity_checked"' not in opened


def test_a_step_is_taken_and_the_page_says_so(world: World, at_desk: SignedIn) -> None:
    case = journeys.arrived(world).case
    client = at_desk("clerk_sc")
    answer = press(client, case, "accept")
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/{case.number}/")
    assert "已受理。" in text_of(client.get(answer["Location"]))
    assert fresh(case).state == "reviewing"


def test_the_whole_way_of_a_case_is_walked_from_the_desk(world: World, at_desk: SignedIn) -> None:
    case = journeys.begin(world, when="2026-11-02 09:00").case
    cq, sc = at_desk("clerk_cq"), at_desk("clerk_sc")
    press(cq, case, "collect", identity_checked="on", papers=journeys.papers_of(case))
    press(cq, case, "forward", way="post", waybill="EMS0000000001")
    press(sc, case, "sign", arrived=journeys.on_the_road(case))
    press(sc, case, "accept")
    press(sc, case, "approve", opinion="符合条件")
    press(sc, case, "feed_back", way="parcel", waybill="EMS0000000002")
    press(cq, case, "sign_result", arrived=journeys.on_the_road(case))
    press(cq, case, "hand_over", receiver="林晓梅")
    assert (fresh(case).state, fresh(case).outcome) == ("completed", "done")


def test_what_is_wrong_is_told_beside_the_field_and_what_was_typed_stays(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.reviewing(world).case
    page = press(
        at_desk("clerk_sc"), case, "require_supplement", items="", reason="复印件<b>看不清</b>"
    )
    html = page.content.decode()
    assert page.status_code == 200
    assert "<title>错误：" in html
    assert 'href="#id_items">请逐行列出需要补正的全部内容' in html
    assert "复印件&lt;b&gt;看不清&lt;/b&gt;</textarea>" in html
    assert fresh(case).state == "reviewing"


def test_on_a_stale_page_nothing_happens_and_what_was_typed_is_sent_by_one_more_press(
    world: World, at_desk: SignedIn
) -> None:
    journey = journeys.reviewing(world)
    case = journey.case
    journey.take("remark", "clerk_sc_2", text="已电话联系")
    client = at_desk("clerk_sc")
    page = press(client, case, "disapprove", reason="不符合条件", token=case.seq)
    told = text_of(page)
    assert page.status_code == 409
    assert "通同事（通川区民政局）已于" in told
    assert "办理“备注”，您的“不予批准”没有生效，没有任何内容被覆盖。" in told
    html = page.content.decode()
    assert "不符合条件</textarea>" in html
    assert f'name="token" value="{fresh(case).seq}"' in html
    assert fresh(case).state == "reviewing"
    press(client, case, "disapprove", reason="不符合条件")
    assert fresh(case).facts["decision"] == "disapproved"


def test_of_two_clerks_on_one_case_the_second_is_told_and_keeps_what_they_typed(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.reviewing(world).case
    first, second = at_desk("clerk_sc"), at_desk("clerk_sc_2")
    press(first, case, "approve", opinion="符合条件", token=case.seq)
    page = press(second, case, "disapprove", reason="残疾等级<不符>", token=case.seq)
    assert page.status_code == 409
    assert "通承办（通川区民政局）已于" in text_of(page)
    assert "请先看最新情况" in text_of(page)
    assert "残疾等级&lt;不符&gt;</textarea>" in page.content.decode()
    assert "已作出决定，待反馈结果" in text_of(page)
    assert Event.objects.filter(case=case, step="disapprove").count() == 0


def test_a_double_click_takes_a_step_once(world: World, at_desk: SignedIn) -> None:
    case = journeys.arrived(world).case
    client = at_desk("clerk_sc")
    assert press(client, case, "accept", token=case.seq).status_code == 302
    again = press(client, case, "accept", token=case.seq)
    assert again.status_code == 409
    assert "通承办（通川区民政局）已于" in text_of(again)
    assert Event.objects.filter(case=case, step="accept").count() == 1


def test_a_step_that_is_not_mine_is_refused_with_who_can_take_it(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.arrived(world).case
    client = at_desk("clerk_cq")
    page = press(client, case, "refuse", reason="不属于本机关职权")
    assert page.status_code == 403
    assert "此项由属地主管部门办理。可以办理的是：属地主管部门。没有任何改动。" in text_of(page)
    assert "不属于本机关职权</textarea>" in page.content.decode()
    opened = client.get(f"/desk/{case.number}/refuse/")
    assert opened.status_code == 200
    assert "现在不能办“不予受理”" in text_of(opened)
    assert 'name="reason"' not in opened.content.decode()


def test_a_colleagues_case_is_theirs_until_they_give_it_back(
    world: World, at_desk: SignedIn
) -> None:
    journey = journeys.arrived(world).take("claim", "clerk_sc_2")
    page = press(at_desk("clerk_sc"), journey.case, "accept")
    assert page.status_code == 403
    assert "已由同事领取；可请其退领，或请负责人改派" in text_of(page)
    assert press(at_desk("head_sc"), journey.case, "accept").status_code == 302


def test_why_nots_are_told_for_now_and_for_later(world: World, at_desk: SignedIn) -> None:
    told = text_of(at_desk("clerk_cq").get(f"/desk/{journeys.arrived(world).case.number}/"))
    assert "受理 此项由属地主管部门办理。由属地主管部门办。" in told
    assert "交付结果 办件现在是“属地已签收，待受理”，不能交付结果。由收件地窗口办。" in told
    assert "由系统办" not in told


def test_only_a_head_reassigns_and_to_people_of_the_office(world: World, at_desk: SignedIn) -> None:
    case = journeys.arrived(world).case
    assert press(at_desk("clerk_sc"), case, "reassign", to=world.clerk_sc_2.pk).status_code == 403
    head = at_desk("head_sc")
    html = head.get(f"/desk/{case.number}/reassign/").content.decode()
    offered = html.split('<select name="to"')[1].split("</select>")[0]
    assert "通同事" in offered
    assert "万窗口" not in offered
    wrong = press(head, case, "reassign", to=world.clerk_cq.pk)
    assert "此人不在本单位任职" in text_of(wrong)
    press(head, case, "reassign", to=world.clerk_sc_2.pk)
    assert fresh(case).claimed_by_id == world.clerk_sc_2.pk


def test_what_a_supervisor_urges_is_in_the_case_and_waits_for_an_answer(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.reviewing(world).case
    press(at_desk("supervisor_sc"), case, "urge", text="请于三日内办结")
    told = text_of(at_desk("clerk_sc").get(f"/desk/{case.number}/"))
    assert "督办 川督办" in told
    assert "请于三日内办结" in told
    assert "待答复" in told


@pytest.mark.parametrize("step", ["delete", "opened", "save", "__init__", "state_label", "pk"])
def test_what_is_no_step_is_no_page(world: World, at_desk: SignedIn, step: str) -> None:
    case = world.open()
    client = at_desk("clerk_cq")
    assert client.get(f"/desk/{case.number}/{step}/").status_code == 404
    assert press(client, case, step).status_code == 404


@pytest.mark.parametrize("step", ["serve", "deem_accepted", "withdraw", "rate", "ask", "wake"])
def test_what_others_take_is_never_taken_from_the_desk(
    world: World, at_desk: SignedIn, step: str
) -> None:
    case = journeys.arrived(world).case
    page = press(at_desk("clerk_sc"), case, step, reason="x", way="inbox", text="x", kind="nudge")
    assert page.status_code in (403, 404)
    assert fresh(case).seq == case.seq


@pytest.mark.parametrize("token", ["", "x", "-1", "99999999999999999999", "１", "1.0", "\x00"])
def test_a_page_without_a_readable_token_takes_no_step(
    world: World, at_desk: SignedIn, token: str
) -> None:
    case = journeys.arrived(world).case
    assert press(at_desk("clerk_sc"), case, "accept", token=token).status_code == 409
    assert fresh(case).state == "received"


@pytest.mark.parametrize(
    "text", ["", " \n ", "x" * 1001, "a\x00b"], ids=["empty", "blank", "too long", "nul"]
)
def test_bad_text_is_an_error_of_its_field(world: World, at_desk: SignedIn, text: str) -> None:
    case = journeys.arrived(world).case
    page = press(at_desk("clerk_sc"), case, "refuse", reason=text)
    assert page.status_code == 200
    assert 'id="id_reason_error"' in page.content.decode()
    assert fresh(case).seq == case.seq


@pytest.mark.parametrize("chosen", ["0", "-1", "x", "9" * 30, "1;DROP TABLE cases_case", "\x00"])
def test_a_row_that_is_not_on_offer_is_an_error_of_its_field(
    world: World, at_desk: SignedIn, chosen: str
) -> None:
    case = journeys.in_transit(world).case
    page = press(at_desk("clerk_sc"), case, "sign", arrived=chosen, missing_note="缺")
    assert page.status_code == 200
    assert 'id="id_arrived_error"' in page.content.decode()
    assert fresh(case).state == "in_transit"


def test_an_address_chooses_rows_only_and_neither_ticks_nor_writes(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.begin(world).case
    query = "identity_checked=on&remark=代签"
    html = at_desk("clerk_cq").get(f"/desk/{case.number}/collect/?{query}").content.decode()
    assert "checked>" not in html
    assert "代签" not in html


def test_a_press_without_the_token_of_the_site_is_refused(world: World) -> None:
    case = journeys.arrived(world).case
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.clerk_sc)
    assert press(client, case, "accept").status_code == 403
    assert fresh(case).state == "received"


def test_looking_never_takes_a_step(world: World, at_desk: SignedIn) -> None:
    case = journeys.arrived(world).case
    client = at_desk("clerk_sc")
    assert client.get(f"/desk/{case.number}/accept/").status_code == 200
    assert client.get("/desk/batch/").status_code == 405
    assert fresh(case).state == "received"


@pytest.mark.parametrize(
    "matter",
    ["困难残疾人生活补贴", "夫妻投靠户口迁移", "住房公积金异地转移接续", "道路运输从业资格证换发"],
)
def test_in_every_flow_whatever_the_page_offers_opens(
    world: World, at_desk: SignedIn, matter: str
) -> None:
    """No flow has a page of its own: what it declares is enough."""
    case = world.open(matter)
    heads = world.office(*_seat_of(world, case))
    world.head_cq.postings.create(office=heads, role="head", valid_from=case.handed_in_on)
    client = at_desk("head_cq")
    html = client.get(f"/desk/{case.number}/").content.decode()
    steps = set(re.findall(rf"/desk/{case.number}/([a-z_]+)/\"", html)) - {"answer"}
    assert {"pass_on", "remark", "reassign"} < steps
    assert len(steps) > 3
    for step in steps:
        opened = client.get(f"/desk/{case.number}/{step}/")
        assert opened.status_code == 200
        assert f'action="/desk/{case.number}/{step}/"' in opened.content.decode()


def _seat_of(world: World, case: Case) -> tuple[str, str]:
    """Where in the world the office lies that holds the case."""
    return next(
        place for place, office in world.offices.items() if office.pk == case.holder_office_id
    )


def test_a_part_of_a_page_asked_for_after_signing_out_sends_the_whole_page_to_sign_in(
    world: World,
) -> None:
    path = f"/desk/{world.open().number}/remark/"
    assert Client().get(path)["Location"] == f"/sign-in/?next={path}"
    part = Client().get(path, headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Refresh"]) == (200, "true")
