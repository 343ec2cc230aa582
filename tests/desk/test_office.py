"""本单位: the head sees who has how much, what runs out, what waits; everybody what happened meanwhile."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests import journeys
from tests.desk.conftest import SignedIn, statements_of, text_of
from tests.world import World
from tongban.accounts.models import Substitution
from tongban.accounts.substitutions import appoint
from workflows.cases.models import Case, Event
from workflows.desk.models import PersonDay, Phrase
from workflows.desk.office.counting import count_people
from workflows.desk.office.load import due_days, loads_of

PAGES = ("/desk/office/", "/desk/away/", "/desk/phrases/")


def today(days: int = 0) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def in_hand(
    world: World, number: int, *, due: dt.timedelta | None = None, who: str = ""
) -> list[Case]:
    cases = [world.open() for _ in range(number)]
    claimed = world.people[who].pk if who else None
    moment = timezone.now() + due if due is not None else None
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(
        claimed_by=claimed, due_at=moment, yellow_at=moment
    )
    return cases


@pytest.mark.parametrize("who", ["clerk_cq", "supervisor_cq", "citizen"])
def test_only_heads_have_an_office_to_look_after(world: World, at_desk: SignedIn, who: str) -> None:
    for path in ("/desk/office/", "/desk/office/people/0/"):
        assert at_desk(who).get(path).status_code == 404
    elsewhere = world.office("511702", "civil_affairs").pk
    assert at_desk("head_cq").get(f"/desk/office/?office={elsewhere}").status_code == 404


def test_the_load_tells_people_apart_and_counts_what_is_late(world: World) -> None:
    in_hand(world, 2, due=dt.timedelta(days=-1), who="clerk_cq")
    in_hand(world, 1, due=dt.timedelta(days=3), who="clerk_cq")
    in_hand(world, 1)
    office = world.office("500101", "service_center").pk
    loads = {load.name: load for load in loads_of(office, timezone.now(), today())}
    assert (loads["万窗口"].in_hand, loads["万窗口"].red, loads["万窗口"].yellow) == (3, 2, 0)
    assert loads["未领取"].in_hand == 1
    assert loads["万同事"].in_hand == 0
    assert next(iter(loads)) == "未领取"


def test_what_somebody_did_today_is_counted_from_the_ledger_as_often_as_one_likes(
    world: World, at_desk: SignedIn
) -> None:
    case = world.open()
    for step, data in (("claim", {}), ("remark", {"text": "已核对"})):
        world.take(case, step, "clerk_cq", data)
    papers = journeys.papers_of(case)
    world.take(case, "collect", "clerk_cq", {"identity_checked": "on", "papers": papers})
    for _ in range(2):
        count_people(today())
    counted = PersonDay.objects.get(user_id=world.clerk_cq.pk)
    assert (counted.steps, counted.moved) == (3, 1)
    page = at_desk("head_cq").get("/desk/office/")
    assert {load.name: load.today for load in page.context["loads"]}["万窗口"] == 1


def test_what_runs_out_is_shown_for_ten_working_days(world: World) -> None:
    office = world.office("500101", "service_center")
    cases = in_hand(world, 3, due=dt.timedelta(days=1))
    now = timezone.now()
    Case.objects.filter(pk=cases[0].pk).update(due_at=now + dt.timedelta(days=90))
    days = due_days(office.pk, office.region_id, now, today())
    assert sum(day.is_working for day in days) == 10
    assert sum(day.cases for day in days) == 2


def test_a_question_to_the_head_waits_on_the_page_until_it_is_answered(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.reviewing(world).case
    asked = {"colleague": str(world.head_sc.pk), "about": "extension", "question": "拟延期十日"}
    world.take(case, "ask_colleague", "clerk_sc", asked)
    page = at_desk("head_sc").get("/desk/office/")
    assert "拟延期十日" in text_of(page)
    assert f"/desk/{case.number}/give_opinion/" in page.content.decode()
    assert page.context["waiting"][0].kind == "延期"
    world.take(case, "give_opinion", "head_sc", {"agrees": "yes", "opinion": "同意"})
    assert not at_desk("head_sc").get("/desk/office/").context["waiting"]


def test_a_colleagues_cases_are_passed_on_together(world: World, at_desk: SignedIn) -> None:
    cases = in_hand(world, 3, who="clerk_cq")
    client = at_desk("head_cq")
    here = f"/desk/office/people/{world.clerk_cq.pk}/"
    page = client.get(here)
    assert "万窗口：在办 3 件" in text_of(page)
    picked = [f"{case.number}:{case.seq}" for case in cases[:2]]
    asked = {"step": "reassign", "case": picked, "next": here}
    form = client.post("/desk/batch/", asked)
    assert "批量改派：2 件" in text_of(form)
    to = {"asked": "1", "to": str(world.clerk_cq_2.pk), "reason": "外出培训"}
    told = client.post("/desk/batch/", asked | to, follow=True)
    assert "批量改派：2 件成功" in text_of(told)
    assert Case.objects.filter(claimed_by=world.clerk_cq_2).count() == 2
    assert client.get("/desk/office/people/999999/").status_code == 404


def test_who_was_away_reads_what_was_done_in_their_name(world: World, at_desk: SignedIn) -> None:
    theirs = journeys.arrived(world).take("claim", "clerk_sc").case
    back = journeys.supplementing(world, waybill="EMS0000000031").case
    late = journeys.reviewing(world, waybill="EMS0000000032").case
    Case.objects.filter(pk=late.pk).update(claimed_by=world.clerk_sc, due_at=timezone.now())
    appoint(
        office_id=world.office("511702", "civil_affairs").pk,
        absent_id=world.clerk_sc.pk,
        substitute_id=world.clerk_sc_2.pk,
        valid_from=today(),
        valid_to=today(3),
        reason="年休假",
        actor=world.actor("head_sc"),
    )
    world.take(theirs, "accept", "clerk_sc_2")
    world.take(back, "supplement", "citizen", {"items": journeys.owed_papers(back)})
    page = at_desk("clerk_sc").get("/desk/away/")
    shown = page.context
    assert [(row.number, row.what, row.who) for row in shown["in_my_name"]] == [
        (theirs.number, "已受理", "通同事")
    ]
    assert [row.number for row in shown["back"]] == [back.number]
    assert [row.number for row in shown["ran_out"]] == [late.number]
    assert "由通同事替班" in text_of(page)
    nothing = at_desk("clerk_sc_2").get("/desk/away/").context
    assert [nothing[each] for each in ("in_my_name", "back", "ran_out")] == [[], [], []]
    before = f"?first_on={today(-40)}&last_on={today(-30)}"
    assert not at_desk("clerk_sc").get(f"/desk/away/{before}").context["in_my_name"]


@pytest.mark.parametrize(
    "query", ["first_on=x&last_on=", "first_on=2026-02-01&last_on=2026-01-01", "last_on=9999-12-31"]
)
def test_a_span_that_is_none_is_said_beside_its_box(
    world: World, at_desk: SignedIn, query: str
) -> None:
    page = at_desk("clerk_sc").get(f"/desk/away/?{query}")
    assert page.status_code == 200
    assert page.context["form"].errors


def test_phrases_are_ones_own_or_the_offices_and_kept_by_those_whose_they_are(
    world: World, at_desk: SignedIn
) -> None:
    office = world.office("511702", "civil_affairs").pk
    clerk, head = at_desk("clerk_sc"), at_desk("head_sc")
    for _ in range(2):
        clerk.post("/desk/phrases/", {"text": "材料齐全，  同意。", "place": "mine"})
    head.post("/desk/phrases/", {"text": "符合政策规定。", "place": str(office)})
    refused = clerk.post("/desk/phrases/", {"text": "越权", "place": str(office)})
    assert refused.context["form"].errors
    assert sorted(Phrase.objects.values_list("text", flat=True)) == [
        "材料齐全， 同意。", "符合政策规定。"
    ]  # fmt: skip
    assert "符合政策规定。" in text_of(at_desk("clerk_sc_2").get("/desk/phrases/"))
    assert "材料齐全" not in text_of(at_desk("clerk_sc_2").get("/desk/phrases/"))
    theirs = Phrase.objects.get(office=office).pk
    assert clerk.post(f"/desk/phrases/{theirs}/drop/").status_code == 404
    assert head.post(f"/desk/phrases/{theirs}/drop/").status_code == 302


def test_a_phrase_goes_into_an_opinion_where_no_script_runs(
    world: World, at_desk: SignedIn
) -> None:
    case = journeys.reviewing(world).case
    client = at_desk("clerk_sc")
    client.post("/desk/phrases/", {"text": "材料齐全，同意。", "place": "mine"})
    page = client.get(f"/desk/{case.number}/approve/")
    assert 'name="phrase-opinion"' in page.content.decode()
    sent = {"token": case.seq, "opinion": "", "phrase-opinion": str(Phrase.objects.get().pk)}
    client.post(f"/desk/{case.number}/approve/", sent)
    event = Event.objects.get(case=case, step="approve")
    assert event.data["opinion"] == "材料齐全，同意。"


def test_one_row_costs_the_pages_as_many_statements_as_thirty(
    world: World, at_desk: SignedIn
) -> None:
    client = at_desk("head_cq")
    paths = (*PAGES, f"/desk/office/people/{world.clerk_cq.pk}/")
    counted = []
    for path in paths:
        client.get(path)
    for more in (1, 29):
        in_hand(world, more, due=dt.timedelta(days=-1), who="clerk_cq")
        for n in range(more):
            Phrase.objects.create(
                text=f"第{more}-{n}条", owner=world.head_cq, kept_by=world.head_cq,
                kept_at=timezone.now(),
            )  # fmt: skip
        # What the process remembers for a while (calendar, channels) is asked for again by one of two.
        counted.append([min(len(statements_of(client, p)) for _ in "12") for p in paths])
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 15
    assert not Substitution.objects.exists()
