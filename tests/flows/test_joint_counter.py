"""虚拟综窗: 通川's clerk looks at the papers by video while 林晓梅 stands at the window in 万州."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests import journeys
from tests.flows.taken import seen
from tests.journeys import Journey
from tests.world import World, at
from tongban.notices.models import Notice
from tongban.offices.calendar import forget_calendars
from tongban.offices.models import CalendarDay
from workflows.cases.models import Case, Document, JointHours, JointSession, Material
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.flows.joint_slots import Slot, free_slots

# A Tuesday; the case is collected at ten.
TUESDAY = "2026-03-31"
ROOM = "https://video.example/room"


def sits(world: World, who: str = "clerk_sc", weekday: int = 1, **change: Any) -> JointHours:
    """通承办 sits at the video on Tuesdays from nine to twelve, half an hour each."""
    said = {
        "opens_at": dt.time(9),
        "closes_at": dt.time(12),
        "minutes": 30,
        "video_url": ROOM,
        **change,
    }
    return JointHours.objects.create(
        office=world.office("511702", "civil_affairs"),
        clerk=world.people[who],
        weekday=weekday,
        set_by=world.head_sc,
        **said,
    )


def code(world: World, when: str, who: str = "clerk_sc") -> str:
    return f"{world.people[who].pk}-{int(at(when).timestamp())}"


def booked(world: World, hour: str = "11:00") -> Journey:
    if not JointHours.objects.exists():
        sits(world)
    return journeys.collected(world).take(
        "book_together", "clerk_cq", slot=code(world, f"{TUESDAY} {hour}")
    )


def session_of(journey: Journey) -> JointSession:
    return JointSession.objects.get(case=journey.case)


def free(world: World, now: str = f"{TUESDAY} 10:10") -> list[Slot]:
    office = world.office("511702", "civil_affairs")
    return free_slots(office.pk, ["500101", "511702"], at(now))


def test_from_booking_to_acceptance_nothing_is_asked_for_twice(world: World) -> None:
    journey = booked(world)
    session = session_of(journey)
    assert (session.status, session.clerk, session.video_url) == ("booked", world.clerk_sc, ROOM)
    journey.take("check_together", "clerk_sc", **seen(journey.case))
    session.refresh_from_db()
    assert (session.status, session.outcome) == ("done", "passed")
    case = journey.case
    assert case.state == "collected"
    assert case.facts["joint_check"] == {"outcome": "passed", "on": TUESDAY}
    journey.take("forward", "clerk_cq", way="electronic").take("accept", "clerk_sc")
    # The list counts as given: whoever asks again says so, and it stands in the ledger.
    with pytest.raises(InvalidData) as refused:
        journey.take("require_supplement", "clerk_sc", items="户口簿", reason="缺页")
    assert "已经联席核验过" in str(refused.value)
    journey.take("require_supplement", "clerk_sc", items="户口簿", reason="缺页", again="on")
    assert journey.case.events.last().data["text"] == "联席核验后再次要求补正"  # type: ignore[union-attr]


def test_what_is_missing_is_listed_once_and_comes_back_to_the_window(world: World) -> None:
    journey = booked(world)
    promise = journey.case.promise_due_at
    paper = Material.objects.filter(case=journey.case)[0]
    journey.take(
        "list_missing_together", "clerk_sc", lacking=[paper.pk], items="委托书\n", reason="看不清"
    )
    case = journey.case
    assert (case.state, case.is_suspended) == ("supplementing", True)
    told = Document.objects.get(case=case, kind="supplement")
    assert told.content["items"] == [paper.name, "委托书"]
    assert session_of(journey).outcome == "listed"
    owed = journeys.owed_papers(case)
    journey.take("supplement", "clerk_cq", "2026-04-02 12:00", items=owed)
    case = journey.case
    assert (case.state, case.holder, case.is_suspended) == ("collected", "collector", False)
    # The days that the person took are nobody else's.
    assert promise is not None
    assert case.promise_due_at is not None
    assert case.promise_due_at > promise
    # What was brought later goes with the rest; a second look is not booked.
    with pytest.raises(NotAllowed, match="已经联席核验过"):
        journey.take("book_together", "clerk_cq", slot="x")
    journey.take("forward", "clerk_cq", way="post", waybill="EMS0000000001")
    assert len(journeys.on_the_road(journey.case)) == len(journeys.papers_of(journey.case))


def test_one_list_says_something_and_no_paper_unseen_passes(world: World) -> None:
    journey = booked(world)
    with pytest.raises(InvalidData, match="至少一项"):
        journey.take("list_missing_together", "clerk_sc", reason="看不清")
    some = journeys.papers_of(journey.case)[1:]
    with pytest.raises(InvalidData, match="还没有看清"):
        journey.take("check_together", "clerk_sc", seen=some)
    assert session_of(journey).status == "booked"


def test_only_the_receiving_office_decides_and_not_before_the_hour(world: World) -> None:
    sits(world, weekday=2)
    journey = journeys.collected(world)
    journey.take("book_together", "clerk_cq", slot=code(world, "2026-04-01 09:00"))
    papers = seen(journey.case)
    with pytest.raises(NotAllowed, match="还没到约定的时间"):
        journey.take("check_together", "clerk_sc", f"{TUESDAY} 12:00", **papers)
    for who in ("clerk_cq", "clerk_elsewhere", "citizen"):
        with pytest.raises(NotAllowed):
            journey.take("check_together", who, "2026-04-01 09:00", **papers)
    # A colleague of the one who was to sit there may: the office looks, not the person.
    journey.take("check_together", "clerk_sc_2", "2026-04-01 08:50", **papers)
    assert session_of(journey).outcome == "passed"


def test_without_a_session_nothing_is_checked_from_afar(world: World) -> None:
    journey = journeys.collected(world)
    with pytest.raises(NotAllowed, match="没有约联席核验"):
        journey.take("check_together", "clerk_sc")


@pytest.mark.parametrize(
    ("step", "by", "data", "state"),
    [
        ("cancel_together", "clerk_cq", {"reason": "申请人改期"}, "cancelled"),
        ("cancel_together", "clerk_sc", {"reason": "停电"}, "cancelled"),
        ("miss_together", "clerk_cq", {"reason": "申请人没有来"}, "missed"),
        ("forward", "clerk_cq", {"way": "electronic"}, "cancelled"),
        ("turn_back", "clerk_cq", {"reason": "不属于跨省通办"}, "cancelled"),
        ("withdraw", "citizen", {"reason": "不办了"}, "cancelled"),
    ],
)
def test_however_it_ends_the_session_does_not_stay_open(
    world: World, step: str, by: str, data: dict[str, str], state: str
) -> None:
    journey = booked(world).take(step, by, **data)
    assert session_of(journey).status == state
    assert "joint" not in journey.case.facts
    told = Notice.objects.filter(
        template="joint", event_key=f"case:{journey.id}:{journey.case.seq}"
    )
    both = {world.clerk_sc.pk, world.clerk_cq.pk}
    assert set(told.values_list("user_id", flat=True)) == both - {world.people[by].pk}


def test_the_clerk_at_the_video_and_the_applicant_are_told_of_the_booking(world: World) -> None:
    journey = booked(world)
    told = Notice.objects.filter(event_key=f"case:{journey.id}:{journey.case.seq}")
    inbox = {notice.user_id: notice for notice in told.filter(channel="inbox")}
    assert set(inbox) == {world.clerk_sc.pk, world.citizen.pk}
    assert "11:00" in inbox[world.citizen.pk].context["message"]


def days(world: World) -> set[dt.date]:
    return {slot.starts_at.date() for slot in free(world)}


def test_slots_are_of_days_that_both_sides_work(world: World) -> None:
    sits(world)
    assert days(world) == {dt.date(2026, 3, 31), dt.date(2026, 4, 7)}
    CalendarDay.objects.create(
        day=dt.date(2026, 4, 7),
        region_id="500101",
        is_working=False,
        name="示范",
        kind="holiday",
        announced=True,
    )
    forget_calendars()
    # Ten working days ahead, of which that one is none any more.
    assert days(world) == {dt.date(2026, 3, 31), dt.date(2026, 4, 14)}


def test_a_booked_slot_is_gone_for_others_also_when_the_hours_are_cut_anew(world: World) -> None:
    hours = sits(world)
    booked(world)
    first_day = [s for s in free(world) if s.starts_at.date() == dt.date(2026, 3, 31)]
    # Ten is running and may be joined at once.
    assert [f"{s.starts_at:%H:%M}" for s in first_day] == ["10:00", "10:30", "11:30"]
    hours.minutes = 45
    hours.save()
    first_day = [s for s in free(world) if s.starts_at.date() == dt.date(2026, 3, 31)]
    assert [f"{s.starts_at:%H:%M}" for s in first_day] == ["09:45"]
    with pytest.raises(InvalidData, match="刚刚被约走"):
        booked(world)


def test_a_cancelled_slot_can_be_booked_again(world: World) -> None:
    booked(world).take("cancel_together", "clerk_cq", reason="改期")
    assert JointSession.objects.filter(case=booked(world).case, status="booked").count() == 1
    assert Case.objects.count() == 2
