"""替班安排: the head's page, and what the substitute then sees at the desk."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import journeys
from tests.accounts.away import appoint, stored, today
from tests.desk.conftest import SignedIn, numbers_on, statements_of, text_of
from tests.world import World
from tongban.accounts.models import Posting, Substitution, User
from workflows.cases.models import Case

PAGE = "/desk/substitutes/"


def asked(world: World, **change: Any) -> dict[str, Any]:
    """The form as 通局长 fills it in for 通承办's week of leave."""
    return {
        "absent": world.clerk_sc.pk,
        "substitute": world.clerk_sc_2.pk,
        "first_on": today().isoformat(),
        "last_on": today(6).isoformat(),
        "reason": "年休假",
        **change,
    }


def sent(client: Client, data: dict[str, Any], path: str = PAGE) -> HttpResponse:
    return client.post(path, data, follow=True)  # type: ignore[return-value]


# The head's page


def test_a_head_arranges_who_stands_in(world: World, at_desk: SignedIn) -> None:
    page = sent(at_desk("head_sc"), asked(world))
    made = Substitution.objects.get()
    assert (made.absent, made.substitute, made.made_by) == (
        world.clerk_sc,
        world.clerk_sc_2,
        world.head_sc,
    )
    # People say the last day, the row keeps the day after it.
    assert (made.valid_from, made.valid_to) == (today(), today(7))
    shown = text_of(page)
    assert "已安排通同事替通承办的班" in shown
    assert "进行中" in shown


@pytest.mark.parametrize("who", ["clerk_sc", "supervisor_sc", "citizen"])
def test_for_everybody_else_there_is_no_such_page(
    world: World, at_desk: SignedIn, who: str
) -> None:
    client = at_desk(who)
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, asked(world)).status_code == 404
    made = appoint(world)
    assert client.post(f"{PAGE}{made.pk}/end/").status_code == 404
    assert Substitution.objects.filter(ended_at=None).count() == 1


def test_who_has_not_signed_in_is_asked_to(world: World) -> None:
    answer = Client().get(PAGE)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/")


def test_a_head_arranges_nothing_for_another_office(world: World, at_desk: SignedIn) -> None:
    client = at_desk("head_cq")
    theirs = world.office("511702", "civil_affairs").pk
    for office in (theirs, 0, "x", "", "9" * 40):
        assert client.get(f"{PAGE}?office={office}").status_code == 404
        assert client.post(f"{PAGE}?office={office}", asked(world)).status_code == 404
    page = sent(client, asked(world))
    assert "此人不在本单位任职" in text_of(page)
    assert not Substitution.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"absent": ""}, "请选择谁不在岗"),
        ({"substitute": ""}, "请选择由谁替班"),
        ({"substitute": "0"}, "此人不在本单位任职"),
        ({"first_on": ""}, "请填写开始日期"),
        ({"last_on": "12月"}, "请填写日期，例如 2026-12-31"),
        ({"last_on": "9999-12-31"}, "请检查年份"),
        ({"last_on": "9999-12-30"}, "一次最长安排一年，请检查年份"),
        ({"first_on": "2020-01-01"}, "开始日期不能早于今天"),
        ({"reason": " "}, "请写明缘由"),
        ({"reason": "长" * 201}, "缘由最多200个字符"),
    ],
    ids=str,
)
def test_a_mistake_is_said_beside_its_field_and_what_was_typed_stays(
    world: World, at_desk: SignedIn, change: dict[str, str], says: str
) -> None:
    typed = asked(world, reason="公出培训") | change
    page = sent(at_desk("head_sc"), typed)
    html = page.content.decode()
    assert "错误：" in html
    assert html.count(says) >= 2, "in the summary on top and beside the field"
    for name in ("reason", "last_on"):
        assert name in change or f'value="{typed[name]}"' in html
    if "absent" not in change:
        assert f'<option value="{typed["absent"]}" selected>' in html
    assert not Substitution.objects.exists()


def test_oneself_and_an_absence_that_is_arranged_already_are_refused_in_words(
    world: World, at_desk: SignedIn
) -> None:
    client = at_desk("head_sc")
    myself = sent(client, asked(world, substitute=world.clerk_sc.pk))
    assert "替班人不能是不在岗的本人" in text_of(myself)
    appoint(world)
    twice = sent(client, asked(world, substitute=world.head_sc.pk))
    assert "已由通同事替班" in text_of(twice)
    assert Substitution.objects.count() == 1


def test_the_list_shows_what_is_and_what_comes_and_not_what_was(
    world: World, at_desk: SignedIn
) -> None:
    stored(world, -9, 9)
    now, later = appoint(world), appoint(world, start=20)
    appoint(world, "clerk_cq", "clerk_cq_2", by="head_cq", office=("500101", "service_center"))
    html = at_desk("head_sc").get(PAGE).content.decode()
    assert html.count("进行中") == html.count("未开始") == 1
    assert html.index(f"{PAGE}{now.pk}/end/") < html.index(f"{PAGE}{later.pk}/end/")
    assert "万同事" not in html


def test_a_substitute_who_goes_away_too_is_pointed_out(world: World, at_desk: SignedIn) -> None:
    appoint(world, days=3)
    assert "替班人也不在岗" not in text_of(at_desk("head_sc").get(PAGE))
    appoint(world, "clerk_sc_2", "head_sc", start=2)
    assert "替班人也不在岗" in text_of(at_desk("head_sc").get(PAGE))


def test_an_office_without_absences_is_told_what_the_page_is_for(
    world: World, at_desk: SignedIn
) -> None:
    assert "没有替班安排" in text_of(at_desk("head_sc").get(PAGE))


def test_where_one_person_works_alone_there_is_nobody_to_choose(
    world: World, at_desk: SignedIn
) -> None:
    Posting.objects.filter(user__in=[world.clerk_sc, world.clerk_sc_2]).update(valid_to=today())
    page = text_of(at_desk("head_sc").get(PAGE))
    assert "没有可以替班的同事" in page
    assert "不在岗的同事" not in page


def test_two_colleagues_of_one_name_are_told_apart(world: World, at_desk: SignedIn) -> None:
    world.post("clerk_sc_3", "通同事", "511702", "civil_affairs", "clerk")
    page = text_of(at_desk("head_sc").get(PAGE))
    assert "通同事（clerk-sc-2）" in page
    assert "通同事（clerk-sc-3）" in page


def test_the_head_of_two_offices_chooses_and_sees_both(world: World, at_desk: SignedIn) -> None:
    police = world.office("511702", "police")
    Posting.objects.create(
        user=world.head_sc, office=police, role="head", valid_from=dt.date(2020, 1, 1)
    )
    appoint(world)
    client = at_desk("head_sc")
    page = client.get(f"{PAGE}?office={police.pk}")
    assert "通民警" in text_of(page)
    assert f'<option value="{world.clerk_sc.pk}">' not in page.content.decode()
    assert "通川区民政局" in text_of(page)
    data = asked(world, absent=world.police_sc.pk, substitute=world.head_sc.pk)
    sent(client, data, f"{PAGE}?office={police.pk}")
    assert Substitution.objects.filter(office=police).count() == 1


def test_a_head_ends_it_early_and_once(world: World, at_desk: SignedIn) -> None:
    made = appoint(world)
    client = at_desk("head_sc")
    first = sent(client, {}, f"{PAGE}{made.pk}/end/")
    assert "替班安排已结束" in text_of(first)
    assert "没有替班安排" in text_of(first)
    assert "先前已经结束" in text_of(sent(client, {}, f"{PAGE}{made.pk}/end/"))
    for nothing in (0, 10**30):
        assert client.post(f"{PAGE}{nothing}/end/").status_code == 404
    assert client.get(f"{PAGE}{made.pk}/end/").status_code == 405


def test_a_name_is_text_on_the_page(world: World, at_desk: SignedIn) -> None:
    User.objects.filter(pk=world.clerk_sc.pk).update(name="<b>粗</b>")
    sent(at_desk("head_sc"), asked(world, reason="<i>休</i>"))
    html = at_desk("head_sc").get(PAGE).content.decode()
    assert "&lt;b&gt;粗&lt;/b&gt;" in html
    assert "<i>休</i>" not in html


def test_the_page_costs_the_same_at_one_row_and_at_thirty(world: World, at_desk: SignedIn) -> None:
    client = at_desk("head_sc")
    seen = {}
    for rows in (1, 30):
        for nth in range(Substitution.objects.count(), rows):
            who = f"clerk_sc_x{nth}"
            world.post(who, f"通新{nth}", "511702", "civil_affairs", "clerk")
            appoint(world, who)
        assert client.get(PAGE).content.decode().count("/end/") == rows
        seen[rows] = len(statements_of(client, PAGE, cold=True)), len(statements_of(client, PAGE))
    # Session, user, actor, colleagues, substitutions, unread notices; cold: the offices' names too.
    assert seen == {1: (7, 6), 30: (7, 6)}


def test_a_head_finds_the_page_from_the_desk_and_a_clerk_does_not(
    world: World, at_desk: SignedIn
) -> None:
    assert f'href="{PAGE}"' in at_desk("head_sc").get("/desk/").content.decode()
    assert f'href="{PAGE}"' not in at_desk("clerk_sc").get("/desk/").content.decode()


# What the substitute sees


@pytest.fixture
def left_behind(world: World) -> Case:
    """What 通承办 has claimed and left behind."""
    return journeys.arrived(world).take("claim", "clerk_sc").case


def test_a_substitute_finds_the_absents_cases_under_mine_and_is_told_whose_they_are(
    world: World, at_desk: SignedIn, left_behind: Case
) -> None:
    client = at_desk("clerk_sc_2")
    assert numbers_on(client.get("/desk/?view=mine")) == []
    appoint(world)
    mine = client.get("/desk/?view=mine")
    assert numbers_on(mine) == [left_behind.number]
    assert "代通承办" in text_of(mine)
    assert "我的 1 " in text_of(mine), "the count says the same"
    assert numbers_on(at_desk("clerk_sc").get("/desk/?view=mine")) == [left_behind.number]


def test_after_its_days_they_are_the_claimers_alone(
    world: World, at_desk: SignedIn, left_behind: Case
) -> None:
    made = appoint(world)
    sent(at_desk("head_sc"), {}, f"{PAGE}{made.pk}/end/")
    assert numbers_on(at_desk("clerk_sc_2").get("/desk/?view=mine")) == []
    assert numbers_on(at_desk("clerk_sc").get("/desk/?view=mine")) == [left_behind.number]


def test_what_the_absent_holds_at_another_office_is_not_listed(
    world: World, at_desk: SignedIn, left_behind: Case
) -> None:
    centre = world.office("511702", "service_center")
    for name in ("clerk_sc", "clerk_sc_2"):
        Posting.objects.create(
            user=world.people[name], office=centre, role="clerk", valid_from=dt.date(2020, 1, 1)
        )
    world.post("head_there", "通主任", "511702", "service_center", "head")
    appoint(world, by="head_there", office=("511702", "service_center"))
    assert numbers_on(at_desk("clerk_sc_2").get("/desk/?view=mine")) == []


def test_a_substitute_acts_from_the_case_page_and_the_ledger_says_for_whom(
    world: World, at_desk: SignedIn, left_behind: Case
) -> None:
    appoint(world)
    client = at_desk("clerk_sc_2")
    path = f"/desk/{left_behind.number}/"
    assert "通承办（不在岗，由您替班）" in text_of(client.get(path))
    token = Case.objects.get(pk=left_behind.pk).seq
    page = sent(client, {"token": token}, f"{path}accept/")
    assert "通同事（代通承办办理）" in text_of(page)
    assert Case.objects.get(pk=left_behind.pk).state == "reviewing"


def test_a_substitute_takes_several_at_once(
    world: World, at_desk: SignedIn, left_behind: Case
) -> None:
    appoint(world)
    pick = f"{left_behind.number}:{left_behind.seq}"
    page = sent(at_desk("clerk_sc_2"), {"step": "accept", "case": [pick]}, "/desk/batch/")
    assert "1 件成功" in text_of(page)


def test_the_next_case_walks_past_every_one_of_the_absents(
    world: World, at_desk: SignedIn, left_behind: Case
) -> None:
    others = [
        journeys.arrived(world, waybill=f"EMS{n:010d}").take("claim", "clerk_sc").case
        for n in (11, 12)
    ]
    appoint(world)
    client = at_desk("clerk_sc_2")
    seen, at = set(), left_behind.number
    for _ in range(3):
        at = client.get(f"/desk/next/?from={at}").headers["Location"].split("/")[2]
        seen.add(at)
    assert seen == {left_behind.number, *(case.number for case in others)}


def test_my_list_costs_the_same_for_whoever_stands_in(
    world: World, at_desk: SignedIn, left_behind: Case
) -> None:
    client = at_desk("clerk_sc_2")
    before = len(statements_of(client, "/desk/?view=mine"))
    appoint(world)
    client.get("/desk/?view=mine")
    assert len(statements_of(client, "/desk/?view=mine")) <= before + 1
