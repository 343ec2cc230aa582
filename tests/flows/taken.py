"""A step on a case's way, what it costs of its own, and what people give to the forms that are shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests import journeys
from tests.world import SHANGHAI
from tongban.accounts.models import Posting, User
from tongban.offices.models import Office
from workflows.cases.models import Case, Enquiry, JointHours

OPINION = {"opinion": "同意", "agrees": "yes"}
SUPPLEMENT = {"items": "残疾人证", "reason": "缺"}


@dataclass(frozen=True)
class Taken:
    """A step, who takes it, how many statements are its own, and what is given to its form."""

    step: str
    by: str
    own: int
    data: Mapping[str, Any] | Callable[[Case], Mapping[str, Any]] = field(default_factory=dict)


def reason(step: str, by: str, own: int = 0) -> Taken:
    return Taken(step, by, own, {"reason": "示范理由"})


def person(username: str) -> Callable[[Case], Mapping[str, Any]]:
    def chosen(_case: Case) -> Mapping[str, Any]:
        who = User.objects.get(username=username).pk
        return {"to": who, "colleague": who, "question": "请复核"}

    return chosen


def office(code: str) -> Callable[[Case], Mapping[str, Any]]:
    def chosen(_case: Case) -> Mapping[str, Any]:
        return {"office": Office.objects.get(code=code).pk, "reason": "转办", "question": "请会签"}

    return chosen


def papers(case: Case) -> Mapping[str, Any]:
    return {"identity_checked": "on", "papers": journeys.papers_of(case)}


def arrived(case: Case) -> Mapping[str, Any]:
    return {"arrived": journeys.on_the_road(case)}


def owed(case: Case) -> Mapping[str, Any]:
    return {"items": journeys.owed_papers(case)}


def enquiry(case: Case) -> Mapping[str, Any]:
    return {"enquiry": Enquiry.objects.filter(case=case)[0].pk, "text": "已答复"}


def unserved(case: Case) -> Mapping[str, Any]:
    return {"way": "inbox", "document": case.facts["unserved"][0]}


def slot(case: Case) -> Mapping[str, Any]:
    """The session that begins at eleven, of the second booking at one, and so on."""
    who = Posting.objects.filter(office=case.office_of("township"), role="clerk")[0].user
    JointHours.objects.get_or_create(
        clerk=who,
        weekday=0,
        defaults={
            "office_id": case.seats["township"]["office"],
            "opens_at": dt.time(11),
            "closes_at": dt.time(18),
            "minutes": 60,
            "video_url": "https://video.example/room",
            "set_by": who,
        },
    )
    hour = 11 + 2 * case.joint_sessions.count()
    starts = dt.datetime(2026, 5, 11, hour, tzinfo=SHANGHAI)
    return {"slot": f"{who.pk}-{int(starts.timestamp())}"}


def seen(case: Case) -> Mapping[str, Any]:
    return {"seen": journeys.papers_of(case)}
