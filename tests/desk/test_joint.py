"""联席核验 at the desk: the hours that a head sets, the list of both sides, the page of a session."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from tests import journeys
from tests.desk.conftest import SignedIn, statements_of, text_of
from tests.world import World
from workflows.cases.models import Case, JointHours, JointSession

HOURS = "/desk/joint/hours/"
ROOM = "https://video.example/room"


def said(world: World, **change: Any) -> dict[str, Any]:
    return {
        "clerk": world.clerk_sc.pk,
        "weekday": 1,
        "opens_at": "09:00",
        "closes_at": "12:00",
        "minutes": 30,
        "video_url": ROOM,
        **change,
    }


def held(world: World, case: Case, minutes: int = 0) -> JointSession:
    """A session that nobody has booked through the case: enough to be shown."""
    return JointSession.objects.create(
        case=case,
        collector=world.office("500101", "service_center"),
        owner=world.office("511702", "civil_affairs"),
        clerk=world.clerk_sc,
        starts_at=timezone.now() + dt.timedelta(minutes=minutes),
        minutes=30,
        video_url=ROOM,
        booked_by=world.clerk_cq,
        booked_at=timezone.now(),
    )


def test_a_head_sets_hours_and_setting_them_anew_replaces_them(
    world: World, at_desk: SignedIn
) -> None:
    head = at_desk("head_sc")
    assert "收件窗口现在可以预约" in text_of(head.post(HOURS, said(world), follow=True))
    head.post(HOURS, said(world, closes_at="11:00"))
    kept = JointHours.objects.get()
    assert (kept.clerk, kept.closes_at, kept.set_by) == (
        world.clerk_sc,
        dt.time(11),
        world.head_sc,
    )
    head.post(f"{HOURS}{kept.pk}/end/")
    assert not JointHours.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"video_url": "http://video.example/room"}, "请填写以 https:// 开头的完整网址"),
        ({"video_url": "javascript:alert(1)"}, "请填写以 https:// 开头的完整网址"),
        ({"video_url": "https://a:b@video.example/"}, "链接里不能带账号和密码"),
        ({"closes_at": "09:20"}, "时间不够一场"),
        ({"opens_at": "早上"}, "请填写时间，例如 09:00"),
        ({"clerk": "0"}, "此人不在本单位任职"),
        ({"minutes": "7"}, "没有这个选项"),
    ],
    ids=str,
)
def test_hours_that_cannot_be_are_said_beside_their_field(
    world: World, at_desk: SignedIn, change: dict[str, str], says: str
) -> None:
    assert says in text_of(at_desk("head_sc").post(HOURS, said(world, **change)))
    assert not JointHours.objects.exists()


def test_a_head_sets_and_ends_nothing_for_another_office(world: World, at_desk: SignedIn) -> None:
    at_desk("head_sc").post(HOURS, said(world))
    other = at_desk("head_cq")
    theirs = world.office("511702", "civil_affairs").pk
    assert other.post(f"{HOURS}?office={theirs}", said(world)).status_code == 404
    assert other.post(f"{HOURS}{JointHours.objects.get().pk}/end/").status_code == 404
    assert at_desk("clerk_sc").get(HOURS).status_code == 404
    assert JointHours.objects.count() == 1


def test_both_sides_see_the_session_and_nobody_else(world: World, at_desk: SignedIn) -> None:
    session = held(world, journeys.collected(world).case)
    for who in ("clerk_cq", "clerk_sc"):
        page = text_of(at_desk(who).get("/desk/joint/"))
        assert "困难残疾人生活补贴" in page
        assert "林晓梅" not in page
    for who, status in (("clerk_sc", 200), ("clerk_elsewhere", 404), ("citizen", 404)):
        assert at_desk(who).get(f"/desk/joint/{session.pk}/").status_code == status
    assert at_desk("clerk_sc").get(f"/desk/joint/{uuid.uuid4()}/").status_code == 404
    assert "今天和以后没有联席核验" in text_of(at_desk("clerk_elsewhere").get("/desk/joint/"))


def test_what_the_pages_cost_does_not_grow(world: World, at_desk: SignedIn) -> None:
    clerk = at_desk("clerk_sc")
    frame = len(statements_of(clerk, "/desk/parcels/road/"))
    session = held(world, journeys.collected(world).case)
    statements_of(clerk, "/desk/joint/")  # the names of offices are read once
    one = len(statements_of(clerk, "/desk/joint/"))
    for nth in range(3):
        held(world, journeys.collected(world).case, minutes=40 * (nth + 1))
    assert len(statements_of(clerk, "/desk/joint/")) == one <= frame + 1
    path = f"/desk/joint/{session.pk}/"
    statements_of(clerk, path)
    assert len(statements_of(clerk, path)) <= frame + 6
