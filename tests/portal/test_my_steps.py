"""Ask, nudge, complain, withdraw, rate: each a step through the one door, taken once."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.portal.applying import shown
from tests.portal.mine import Mine, on, words
from tests.world import World
from workflows.cases.models import Case, Enquiry, Event, Rating

SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
def mine(world: World) -> Mine:
    return Mine(world, "citizen", journeys.arrived(world).case)


def test_asking_says_who_answers_by_when(world: World) -> None:
    with on("2026-04-02 10:00"):
        mine = Mine(world, "citizen", journeys.arrived(world).case)
        page = mine.page("ask/")
        assert "催办：由通川区民政局答复，最迟 2026年4月3日" in page
        assert "投诉：由通川区民政局答复，最迟 2026年4月9日" in page
        answer = mine.client.post(
            f"/my/{mine.number}/ask/",
            {"token": mine.case.seq, "kind": "nudge", "text": "请快一点"},
            follow=True,
        )
    assert "催办已提交，由通川区民政局答复，最迟 4月3日。" in words(answer)
    assert Enquiry.objects.get().text == "请快一点"


def test_a_form_with_errors_keeps_what_was_typed(mine: Mine) -> None:
    answer = mine.post("ask/", kind="praise", text=SCRIPT)
    page = shown(answer)
    assert answer.status_code == 200
    assert "选择" in words(answer)
    assert "&quot;&gt;&lt;script&gt;" in page
    assert SCRIPT not in page
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("text", ["", " ", "长" * 1001, "\x00", "a\x00b"])
def test_hostile_texts_get_the_fields_error(mine: Mine, text: str) -> None:
    answer = mine.post("ask/", kind="nudge", text=text)
    assert (answer.status_code, Enquiry.objects.count()) == (200, 0)
    assert "error" in shown(answer)


def test_the_fourth_open_question_is_refused_with_the_reason(mine: Mine) -> None:
    for nth in range(3):
        assert mine.post("ask/", kind="question", text=f"第{nth}问").status_code == 302
    answer = mine.post("ask/", kind="question", text="第四问")
    assert answer.status_code == 403
    assert "您还有三条未答复的事项" in words(answer)
    assert "您想 咨询 内容 第四问" in words(answer), "what was typed is kept"
    assert "可以办的" not in words(answer), "it is no question of who asks"
    assert "咨询、催办或投诉 您还有三条未答复的事项" in mine.page()


def test_a_page_of_an_earlier_moment_changes_nothing_and_says_what_came_in_between(
    world: World, mine: Mine
) -> None:
    token = mine.case.seq
    world.take(mine.case, "accept", "clerk_sc")
    answer = mine.post("ask/", token, kind="nudge", text="请快一点")
    assert answer.status_code == 409
    page = words(answer)
    assert "通川区民政局 已受理" in page
    assert "没有生效" in page
    assert "请快一点" in page
    assert not Enquiry.objects.exists()
    assert f'name="token" value="{mine.case.seq}"' in shown(answer), "pressing again works"
    assert mine.post("ask/", kind="nudge", text="请快一点").status_code == 302


def test_what_colleagues_do_among_themselves_stays_unnamed(world: World, mine: Mine) -> None:
    token = mine.case.seq
    world.take(mine.case, "remark", "clerk_sc", {"text": "此人多次催促"})
    page = words(mine.post("ask/", token, kind="nudge", text="请快一点"))
    assert "办理机构更新了这个办件" in page
    assert "催促" not in page
    assert "备注" not in page


def test_a_double_click_counts_once_and_is_said_kindly(mine: Mine) -> None:
    token = mine.case.seq
    data = {"kind": "nudge", "text": "请快一点", "token": token}
    first = mine.client.post(f"/my/{mine.number}/ask/", data)
    second = mine.client.post(f"/my/{mine.number}/ask/", data, follow=True)
    assert first.status_code == 302
    assert "已经提交过了" in words(second)
    assert Enquiry.objects.count() == 1


def test_another_question_typed_after_going_back_is_not_taken_for_the_first_and_lost(
    mine: Mine,
) -> None:
    token = mine.case.seq
    mine.post("ask/", token, kind="nudge", text="请快一点")
    answer = mine.post("ask/", token, kind="question", text="要带什么？")
    assert answer.status_code == 409
    page = words(answer)
    assert "您刚才已经提交过一次，内容与这次不同。" in page
    assert "要带什么？" in page
    assert Enquiry.objects.count() == 1
    mine.post("ask/", kind="question", text="要带什么？")
    assert Enquiry.objects.count() == 2


@pytest.mark.parametrize("token", ["", "x", "-1", "9" * 40, "1e3", "٣", "None"])
def test_a_mangled_token_is_as_good_as_an_old_one(mine: Mine, token: str) -> None:
    answer = mine.post("ask/", token, kind="nudge", text="请快一点")
    assert answer.status_code == 409
    assert not Enquiry.objects.exists()


def test_withdrawing_asks_once_more_before_it_is_done(mine: Mine) -> None:
    page = mine.page("withdraw/")
    assert "撤回后，这个办件就此结束" in page
    answer = mine.post("withdraw/", reason="改在户籍地办")
    assert "确认撤回申请吗？" in words(answer)
    assert "改在户籍地办" in words(answer)
    assert mine.case.state == "received", "nothing is done yet"
    edited = mine.post("withdraw/", reason="改在户籍地办", edit="yes")
    assert "改在户籍地办</textarea>" in shown(edited)
    done = mine.post("withdraw/", reason="改在户籍地办", confirmed="yes")
    assert done["Location"] == f"/my/{mine.number}/"
    assert (mine.case.state, mine.case.outcome) == ("withdrawn", "withdrawn")
    assert "已撤回" in mine.page()


def test_withdrawing_needs_a_reason_on_either_page(mine: Mine) -> None:
    for more in ({}, {"confirmed": "yes"}):
        answer = mine.post("withdraw/", reason="", **more)
        assert "请写明理由" in words(answer)
    assert mine.case.state == "received"


def test_a_confirmation_of_an_earlier_moment_takes_nothing_back(world: World, mine: Mine) -> None:
    token = mine.case.seq
    world.take(mine.case, "accept", "clerk_sc")
    answer = mine.post("withdraw/", token, reason="不办了", confirmed="yes")
    assert (answer.status_code, mine.case.state) == (409, "reviewing")
    assert "不办了" in words(answer)


def test_after_the_decision_withdrawing_is_refused_with_the_reason(world: World) -> None:
    mine = Mine(world, "citizen", journeys.decided(world).case)
    answer = mine.get("withdraw/")
    assert answer.status_code == 403
    assert "办件现在是“已作出决定，待反馈结果”，不能撤回申请" in words(answer)
    assert "撤回申请 办件现在是“已作出决定" in mine.page()


def test_a_decision_that_came_in_between_is_told_with_what_was_typed(world: World) -> None:
    journey = journeys.reviewing(world)
    mine = Mine(world, "citizen", journey.case)
    token = mine.case.seq
    journey.take("approve", "clerk_sc", opinion="符合")
    answer = mine.post("withdraw/", token, reason="不办了", confirmed="yes")
    assert answer.status_code == 403
    assert "已作出决定" in words(answer)
    assert "不办了" in words(answer)


def test_five_levels_and_a_word_once(world: World) -> None:
    mine = Mine(world, "citizen", journeys.completed(world).case)
    page = mine.page("rate/")
    for level in ("非常满意", "满意", "基本满意", "不满意", "非常不满意"):
        assert level in page
    assert mine.post("rate/", level="6", comment="x").status_code == 200
    assert mine.post("rate/", level="2", comment="等了太久").status_code == 302
    assert (Rating.objects.get().level, Rating.objects.get().comment) == (2, "等了太久")
    answer = mine.post("rate/", level="5")
    assert answer.status_code == 403
    assert "每个办件只评价一次" in words(answer)
    assert "办得怎么样" not in mine.page()


def test_before_the_end_there_is_nothing_to_rate(mine: Mine) -> None:
    assert mine.get("rate/").status_code == 403
    assert "/rate/" not in shown(mine.get())


def test_every_action_leaves_its_event_and_nothing_else_changes_the_case(mine: Mine) -> None:
    before = Event.objects.count()
    mine.get()
    mine.get("ask/")
    mine.get("withdraw/")
    mine.get("supplement/")
    assert Event.objects.count() == before
    mine.post("ask/", kind="nudge", text="请快一点")
    last = Event.objects.order_by("-seq").first()
    assert last is not None
    assert (last.step, last.seat, last.actor_kind) == ("ask", "applicant", "citizen")
    assert Case.objects.get(pk=mine.id).seq == last.seq


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_no_way_in(mine: Mine, method: str) -> None:
    assert getattr(mine.client, method)(f"/my/{mine.number}/ask/").status_code == 405
    assert mine.client.post(f"/my/{mine.number}/").status_code == 405
