"""The desk's lists: what is mine, my office's, waiting for others; first what is due first."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.desk.conftest import SignedIn, numbers_on, statements_of, text_of
from tests.world import ORPHAN, SUBSIDY, World
from workflows.cases.models import Case
from workflows.desk.queue import counts

STATEMENTS_AT_MOST = 12


def due(case: Case, days: float | None, **more: object) -> Case:
    """Let a case be due in so many days; only a test may write a case like this."""
    due_at = None if days is None else timezone.now() + dt.timedelta(days=days)
    clock = {"started_at": timezone.now().isoformat(), "limit": "20Z", "extra": []}
    clocks = {} if due_at is None else {"promise": {**clock, "due_at": due_at.isoformat()}}
    Case.objects.filter(pk=case.pk).update(due_at=due_at, clocks=clocks, **more)
    return Case.objects.get(pk=case.pk)


def test_the_case_due_first_is_on_top_and_what_has_no_limit_comes_last(
    world: World, at_desk: SignedIn
) -> None:
    unlimited, later, first = (due(world.open(), days) for days in (None, 9, 2))
    page = at_desk("clerk_cq").get("/desk/?view=office")
    assert numbers_on(page) == [first.number, later.number, unlimited.number]
    assert "还剩 2 天" in text_of(page)


def test_a_clerk_sees_what_is_claimed_by_them_alone_under_mine(
    world: World, at_desk: SignedIn
) -> None:
    mine, others, nobodys = world.open(), world.open(), world.open()
    world.take(mine, "claim", "clerk_cq")
    world.take(others, "claim", "clerk_cq_2")
    client = at_desk("clerk_cq")
    assert numbers_on(client.get("/desk/?view=mine")) == [mine.number]
    office = client.get("/desk/?view=office")
    assert set(numbers_on(office)) == {mine.number, others.number, nobodys.number}
    assert "万同事" in text_of(office)


def test_a_morning_with_nothing_claimed_begins_with_the_offices_list(
    world: World, at_desk: SignedIn
) -> None:
    case = world.open()
    client = at_desk("clerk_cq")
    assert "<h1>" in client.get("/desk/").content.decode()
    assert numbers_on(client.get("/desk/")) == [case.number]
    world.take(case, "claim", "clerk_cq")
    assert "您没有领取的件" not in text_of(client.get("/desk/"))
    assert numbers_on(client.get("/desk/")) == [case.number]


def test_what_waits_for_the_other_province_or_the_applicant_is_under_waiting(
    world: World, at_desk: SignedIn
) -> None:
    there = journeys.arrived(world).case
    with_applicant = journeys.supplementing(world, waybill="EMS0000000007").case
    here = world.open()
    client = at_desk("clerk_cq")
    waiting = client.get("/desk/?view=waiting")
    assert set(numbers_on(waiting)) == {there.number, with_applicant.number}
    assert {"申请人", "通川区民政局"} <= set(text_of(waiting).split())
    assert numbers_on(client.get("/desk/?view=office")) == [here.number]
    # For 通川 the first is their own work, and they too wait for the applicant of the second.
    theirs = at_desk("clerk_sc")
    assert numbers_on(theirs.get("/desk/?view=office")) == [there.number]
    assert set(numbers_on(theirs.get("/desk/?view=waiting"))) == {
        with_applicant.number,
        here.number,
    }


def test_only_a_case_whose_own_seat_nobody_could_place_waits_to_be_placed(
    world: World, at_desk: SignedIn
) -> None:
    ours, owners = world.open(), world.open()
    Case.objects.filter(pk=ours.pk).update(is_unplaced=True, facts={"unplaced": ["collector"]})
    Case.objects.filter(pk=owners.pk).update(is_unplaced=True, facts={"unplaced": ["owner"]})
    assert numbers_on(at_desk("clerk_cq").get("/desk/?view=unplaced")) == [ours.number]


def test_an_enquiry_waits_at_the_office_that_owes_the_answer(
    world: World, at_desk: SignedIn
) -> None:
    case = world.open()
    world.take(case, "ask", "citizen", {"kind": "nudge", "text": "请<b>尽快</b>办理"})
    page = at_desk("clerk_cq").get("/desk/?view=enquiries")
    assert numbers_on(page) == [case.number]
    assert "请&lt;b&gt;尽快&lt;/b&gt;办理" in page.content.decode()
    assert "林*梅" in text_of(page)
    assert numbers_on(at_desk("clerk_sc").get("/desk/?view=enquiries")) == []


def test_an_applicants_name_is_masked_in_every_list(world: World, at_desk: SignedIn) -> None:
    world.open()
    shown = text_of(at_desk("clerk_cq").get("/desk/?view=office"))
    assert "林*梅" in shown
    assert "林晓梅" not in shown


def test_another_offices_cases_are_in_none_of_my_lists(world: World, at_desk: SignedIn) -> None:
    case = world.open()
    world.take(case, "ask", "citizen", {"kind": "question", "text": "要多久"})
    client = at_desk("clerk_elsewhere")
    for view in ("mine", "office", "waiting", "unplaced", "enquiries"):
        page = client.get(f"/desk/?view={view}")
        assert case.number not in page.content.decode()
        assert "empty-title" in page.content.decode(), "an empty list says what to do next"


def test_the_desk_is_for_staff(world: World, client: Client, at_desk: SignedIn) -> None:
    assert client.get("/desk/")["Location"] == "/sign-in/?next=/desk/"
    assert at_desk("citizen").get("/desk/").status_code == 404
    assert "您现在没有办件岗位" in text_of(at_desk("supervisor_sc").get("/desk/"))


@pytest.mark.parametrize("colour", ["red", "yellow", "green", "none"])
def test_the_filter_of_a_light_shows_exactly_the_cases_that_have_it(
    world: World, at_desk: SignedIn, colour: str
) -> None:
    now = timezone.now()
    for days, yellow in ((-1, -2), (1, -1), (5, 3), (6, None), (None, None)):
        yellow_at = None if yellow is None else now + dt.timedelta(days=yellow)
        due(world.open(), days, yellow_at=yellow_at)
    page = at_desk("clerk_cq").get(f"/desk/?view=office&light={colour}")
    expected = {c.number for c in Case.objects.all() if c.light(now) == colour}
    assert expected
    assert set(numbers_on(page)) == expected


def test_filters_stay_in_the_address_and_narrow_together(world: World, at_desk: SignedIn) -> None:
    subsidy, orphan, collected = world.open(), world.open(ORPHAN), journeys.collected(world).case
    world.take(subsidy, "claim", "clerk_cq_2")
    client = at_desk("clerk_cq")
    matter = world.matter(SUBSIDY).matter_id
    asked = {
        f"matter={matter}": {subsidy.number, collected.number},
        f"matter={matter}&claimed=no": {collected.number},
        "claimed=others": {subsidy.number},
        "claimed=me": set(),
        "state=collect_forward.submitted": {subsidy.number, orphan.number},
        "state=online_approval.received": set(),
    }
    for query, numbers in asked.items():
        assert set(numbers_on(client.get(f"/desk/?view=office&{query}"))) == numbers, query


@pytest.mark.parametrize(
    "query",
    [
        "light=purple",
        "matter=999999",
        "matter=1%27%20OR%201=1",
        "state=collect_forward",
        "state=x.y",
        "claimed=%00",
        "matter=" + "9" * 5000,
    ],
)
def test_a_filter_that_is_not_on_offer_is_told_and_shows_nothing(
    world: World, at_desk: SignedIn, query: str
) -> None:
    world.open()
    page = at_desk("clerk_cq").get(f"/desk/?view=office&{query}")
    assert page.status_code == 200
    assert numbers_on(page) == []
    assert "filter_" in page.content.decode()
    assert 'class="error"' in page.content.decode()
    assert "没有符合条件的办件" in text_of(page)


@pytest.mark.parametrize(
    "place",
    ["", "x", "none~", "none~0", "2026~1", "9" * 400, "~", "%00~1", "2026-13-41T00:00:00Z~1"],
)
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_mangled_place_shows_the_first_page(
    world: World, at_desk: SignedIn, way: str, place: str
) -> None:
    case = world.open()
    page = at_desk("clerk_cq").get(f"/desk/?view=office&{way}={place}")
    assert numbers_on(page) == [case.number]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_a_place_at_the_end_of_time_is_no_error(
    world: World, at_desk: SignedIn, moment: str
) -> None:
    world.open()
    for way in ("after", "before"):
        page = at_desk("clerk_cq").get(f"/desk/?view=office&{way}={moment}~1")
        assert page.status_code == 200


def test_a_later_page_whose_cases_have_left_says_so(world: World, at_desk: SignedIn) -> None:
    case = world.open()
    page = at_desk("clerk_cq").get(f"/desk/?view=office&after=none~{case.pk}")
    assert "这一页已经没有办件了" in text_of(page)


def test_a_count_beyond_its_limit_says_that_there_are_more(
    world: World, at_desk: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MOST", 2)
    client = at_desk("clerk_cq")
    for shown in ("1", "2", "2+"):
        world.open()
        assert f"本单位 {shown} " in text_of(client.get("/desk/?view=office"))


@pytest.mark.parametrize("view", ["mine", "office", "waiting", "unplaced", "enquiries"])
def test_a_list_costs_the_same_at_one_row_and_at_thirty(
    world: World, at_desk: SignedIn, view: str
) -> None:
    """Thirty cases of two matters in three versions, with parties, claims and enquiries."""
    client = at_desk("clerk_cq")
    seen = {}
    for wanted in (1, 30):
        while Case.objects.count() < wanted:
            _put_into(view, world, Case.objects.count())
        path = f"/desk/?view={view}"
        assert len(numbers_on(client.get(path))) == wanted
        cold, warm = statements_of(client, path, cold=True), statements_of(client, path)
        seen[wanted] = (len(cold), len(warm))
        assert len(cold) <= STATEMENTS_AT_MOST, "\n".join(cold)
    assert seen[1] == seen[30]


def _put_into(view: str, world: World, nth: int) -> None:
    if view == "waiting":
        journeys.in_transit(world, waybill=f"EMS{nth:010d}")
        Case.objects.update(holder_office=world.office("511702", "civil_affairs"), holder="owner")
        return
    matter = world.matter(SUBSIDY, fee=f"{nth % 2} 元") if nth % 3 else world.matter(ORPHAN)
    case = world.open(matter)
    if view == "unplaced":
        Case.objects.filter(pk=case.pk).update(is_unplaced=True, facts={"unplaced": ["collector"]})
    if view == "mine":
        world.take(case, "claim", "clerk_cq")
    if view == "enquiries":
        world.take(case, "ask", "citizen", {"kind": "question", "text": "要多久"})
