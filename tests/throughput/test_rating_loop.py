"""差评 → 核实 → 整改 → 回访: what follows a bad rating, and who owes which part of it."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest

from tests import journeys
from tests.journeys import Journey
from tests.throughput.conftest import SignedIn, numbers_on, row, text_of
from tests.throughput.test_dashboard import statements
from tests.world import World, at
from tongban.notices.models import Notice
from workflows.cases.models import Case, RatingReview
from workflows.cases.overdue_reviews import tell_overdue_reviews
from workflows.cases.perform import InvalidData, NotAllowed

RATED = "2026-09-22 10:00"  # a Tuesday
# Fifteen working days later; the calendar of these tests knows no holidays.
DUE = at("2026-10-14 00:00")
FOUND = {"justified": "yes", "finding": "确实让申请人多跑了一趟"}
FIXED = {"fix": "已重新培训窗口人员，并向申请人致歉"}


@pytest.fixture
def rated_badly(world: World, afternoon: None) -> Journey:
    """万州 took it in, 通川区 decided, 林晓梅 was not content."""
    journey = journeys.completed(world, when="2026-09-21 09:00")
    return journey.take("rate", "citizen", RATED, level="2", comment="跑了两趟")


def review() -> RatingReview:
    return RatingReview.objects.get()


def told(template: str) -> set[str]:
    rows = Notice.objects.filter(template=template)
    return set(rows.values_list("user__username", flat=True))


def names(world: World, *people: str) -> set[str]:
    return {world.people[name].username for name in people}


def test_a_bad_rating_is_owed_to_the_office_that_decided_and_its_head_is_told(
    rated_badly: Journey, world: World
) -> None:
    owed = review()
    assert owed.office_id == world.office("511702", "civil_affairs").pk
    assert (owed.stage, owed.level, owed.owner_province) == ("verify", 2, "510000")
    assert owed.is_counted
    assert owed.due_at == DUE
    assert told("bad_rating") == names(world, "head_sc")
    assert rated_badly.case.facts["review"] == "verify"


def test_who_is_content_opens_nothing(world: World, afternoon: None) -> None:
    journeys.completed(world, when="2026-09-21 09:00").take("rate", "citizen", RATED, level="3")
    assert not RatingReview.objects.exists()
    assert not told("bad_rating")


def test_what_is_justified_is_put_right_and_the_person_is_called_back(
    rated_badly: Journey, world: World
) -> None:
    state, closed_at = rated_badly.case.state, rated_badly.case.closed_at
    rated_badly.take("verify_rating", "head_sc", **FOUND)
    assert review().stage == "fix"
    rated_badly.take("fix_rating", "clerk_sc", **FIXED)
    assert (review().stage, review().answered_at) == ("call", rated_badly.now)
    rated_badly.take("call_back_rating", "clerk_sc", reached="yes", satisfied="yes", words="谢谢")
    done = review()
    assert (done.stage, done.is_reached, done.is_satisfied, done.calls) == ("closed", True, True, 1)
    assert (rated_badly.case.state, rated_badly.case.closed_at) == (state, closed_at)
    assert Notice.objects.filter(context__message__icontains="致歉").exists()


def test_what_is_not_justified_has_nothing_to_put_right(rated_badly: Journey) -> None:
    rated_badly.take("verify_rating", "head_sc", justified="no", finding="按规定需要本人到场")
    assert (review().stage, review().answered_at) == ("call", rated_badly.now)
    with pytest.raises(NotAllowed):
        rated_badly.take("fix_rating", "clerk_sc", **FIXED)


def test_whoever_cannot_be_reached_is_called_three_times(rated_badly: Journey) -> None:
    rated_badly.take("verify_rating", "head_sc", **FOUND).take("fix_rating", "clerk_sc", **FIXED)
    # Nobody spoke: what was ticked besides says nothing.
    unheard = {"reached": "no", "satisfied": "yes"}
    for calls, stage in [(1, "call"), (2, "call"), (3, "closed")]:
        rated_badly.take("call_back_rating", "supervisor_sc", **unheard)
        assert (review().calls, review().stage, review().is_satisfied) == (calls, stage, None)


def test_whoever_was_reached_is_asked_whether_they_are_content(rated_badly: Journey) -> None:
    rated_badly.take("verify_rating", "head_sc", justified="no", finding="查无此事")
    with pytest.raises(InvalidData):
        rated_badly.take("call_back_rating", "clerk_sc", reached="yes")


@pytest.mark.parametrize("who", ["clerk_sc", "clerk_cq", "head_cq", "supervisor_cq", "citizen"])
def test_only_its_own_head_or_the_province_that_decided_verifies(
    rated_badly: Journey, who: str
) -> None:
    with pytest.raises(NotAllowed):
        rated_badly.take("verify_rating", who, **FOUND)
    assert review().stage == "verify"


def test_the_supervisor_of_that_province_may_verify_it_instead(rated_badly: Journey) -> None:
    rated_badly.take("verify_rating", "supervisor_sc", **FOUND)
    assert review().verified_by_id is not None


def test_overdue_ones_are_told_to_head_and_supervisor_once(
    rated_badly: Journey, world: World
) -> None:
    rated_badly.take("verify_rating", "head_sc", **FOUND)
    assert tell_overdue_reviews(DUE - dt.timedelta(microseconds=1)) == 0
    assert tell_overdue_reviews(DUE) == 1
    assert told("rating_overdue") == names(world, "head_sc", "supervisor_sc")
    assert tell_overdue_reviews(DUE + dt.timedelta(days=1)) == 0


def test_what_was_put_right_in_time_is_told_to_nobody(rated_badly: Journey) -> None:
    rated_badly.take("verify_rating", "head_sc", justified="no", finding="查无此事")
    assert tell_overdue_reviews(DUE) == 0


def test_the_person_and_the_office_read_what_was_found_and_done(
    rated_badly: Journey, looking: SignedIn
) -> None:
    case: Case = rated_badly.case
    page: Any = looking("head_sc").get(f"/desk/{case.number}/")
    assert "跑了两趟" in text_of(page)
    assert f"/desk/{case.number}/verify_rating/" in page.content.decode()
    rated_badly.take("verify_rating", "head_sc", **FOUND).take("fix_rating", "clerk_sc", **FIXED)
    mine = text_of(looking("citizen").get(f"/my/{case.number}/"))
    assert "您的评价怎么处理" in mine
    assert FOUND["finding"] in mine
    assert FIXED["fix"] in mine
    assert "待回访" in mine


LIST = "/throughput/ratings/"


def on_days(query: str = "") -> str:
    return f"{LIST}?since=2026-09-22&until=2026-09-22{query}"


def test_each_number_of_the_loop_opens_the_reviews_that_it_counts(
    rated_badly: Journey, world: World, looking: SignedIn
) -> None:
    supervisor = looking("supervisor_sc")
    own = row(supervisor.get(on_days()), "通川区民政局")
    assert (own["差评"], own["已核实"], own["核实率"], own["应办"]) == ("1", "0", "0.0%", "0")
    rated_badly.take("verify_rating", "head_sc", **FOUND).take("fix_rating", "clerk_sc", **FIXED)
    rated_badly.take("call_back_rating", "clerk_sc", reached="yes", satisfied="no")
    page = supervisor.get(on_days())
    own = row(page, "通川区民政局")
    said = [own[rate] for rate in ("核实率", "按期整改率", "回访满意率")]
    assert said == ["100.0%", "100.0%", "0.0%"]
    assert row(page, "四川省办理")["差评"] == "1"
    hrefs = re.findall(
        r'href="(/throughput/ratings/[^"]*show=in_time[^"]*)"', page.content.decode()
    )
    assert numbers_on(supervisor.get(unescape(hrefs[0]))) == [rated_badly.case.number]
    assert numbers_on(supervisor.get(on_days("&show=satisfied"))) == []
    assert numbers_on(supervisor.get(on_days("&show=overdue"))) == []


def test_the_other_province_reads_totals_and_an_office_its_own(
    rated_badly: Journey, looking: SignedIn
) -> None:
    other = looking("supervisor_cq").get(on_days())
    assert row(other, "四川省办理")["差评"] == "1"
    assert "通川区民政局" not in [row(other, name)["机构"] for name in ("四川省办理", "合计")]
    # The case crossed the border: it is both provinces'.
    assert numbers_on(other) == [rated_badly.case.number]
    assert numbers_on(looking("clerk_sc").get(LIST)) == [rated_badly.case.number]
    assert numbers_on(looking("clerk_cq").get(LIST)) == []
    assert looking("citizen").get(LIST).status_code == 404


def test_what_stays_inside_a_province_is_no_list_of_the_other(
    world: World, looking: SignedIn
) -> None:
    inside = journeys.completed(world, when="2026-09-21 09:00")
    inside.take("rate", "citizen", RATED, level="1")
    RatingReview.objects.update(origin_province="510000")
    assert numbers_on(looking("supervisor_cq").get(LIST)) == []
    assert row(looking("supervisor_cq").get(on_days()), "四川省办理")["差评"] == "1"


def test_overdue_ones_stand_apart_whenever_they_were_given(
    rated_badly: Journey, looking: SignedIn
) -> None:
    RatingReview.objects.update(opened_at=at("2026-05-04 09:00"), due_at=at("2026-05-27 00:00"))
    page = looking("supervisor_sc").get(f"{LIST}?show=late")
    assert numbers_on(page) == [rated_badly.case.number]
    assert "待核实，已逾期" in text_of(page)
    assert "没有这样的差评" in text_of(looking("supervisor_sc").get(f"{LIST}?show=closed"))


def test_the_list_takes_as_many_statements_for_many_as_for_one(
    rated_badly: Journey, world: World, looking: SignedIn
) -> None:
    client = looking("supervisor_sc")
    one = statements(client, on_days())
    for _ in range(3):
        more = journeys.completed(world, when="2026-09-21 09:00")
        more.take("rate", "citizen", RATED, level="1")
    assert statements(client, on_days()) == one == 13
