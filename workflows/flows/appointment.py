"""预约: a day and a half of it at an office's window. Settled at once; what follows is the visit.

No application 办件: the booking ends when it is made, and is never counted with applications.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from matters.catalogue.definition import Definition, Limit
from tongban.accounts.actors import SYSTEM
from tongban.templatetags.formats import zh_date
from workflows.cases.act import Act, Situation
from workflows.cases.clocks import midnight
from workflows.cases.declarations import (
    APPLICANT,
    TIMER,
    Guard,
    Seat,
    State,
    step,
)
from workflows.cases.declarations import (
    SYSTEM as BY_SYSTEM,
)
from workflows.cases.flow import Flow
from workflows.cases.models import Case, Document
from workflows.cases.perform import perform

from .review_steps import matter_lines

if TYPE_CHECKING:
    from workflows.cases.opening import Application

# Bookings reach thirty days ahead; nobody has said whether the person came for as long again.
FORGOTTEN_AFTER = Limit.parse("60Z")


def visit_day(case: Case) -> dt.date | None:
    """The booked day; None where the matter's form asks for none."""
    try:
        return dt.date.fromisoformat(str(case.data.get("visit_on", "")))
    except ValueError:
        return None


def _day_has_come(situation: Situation) -> bool:
    day = visit_day(situation.case)
    return day is None or situation.today >= day


def _forgotten(_definition: Definition) -> Limit:
    return FORGOTTEN_AFTER


day_has_come = Guard("day_has_come", "还没到预约的日子", _day_has_come)


class Appointment(Flow):
    CODE = "window_booking"
    LABEL = "预约"
    KIND = "appointment"
    SEATS = (Seat("owner", "主管部门"),)
    OWNER_SEAT = "owner"
    INITIAL = "asked"
    STATES = (
        State("asked", "预约登记中", "owner"),
        State(
            "booked",
            "已预约",
            "owner",
            counts_as="concluded",
            hint="请按预约的时间带上身份证件到窗口",
        ),
        State("visited", "已到访", "", closes=True),
        State("missed", "未到访", "", closes=True),
        State("cancelled", "已取消", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def state_label(self, definition: Definition) -> str:
        """A booking goes by its day: that is what both sides look for."""
        day = visit_day(self)
        if self.state != "booked" or day is None:
            return super().state_label(definition)
        halves = dict(definition.field("half_day").choices) if "half_day" in self.data else {}
        return f"已预约{zh_date(day)}{halves.get(self.data.get('half_day', ''), '')}"

    def told_until(self) -> dt.datetime | None:
        """Until the booked day is over."""
        day = visit_day(self)
        return midnight(day + dt.timedelta(days=1)) if day else None

    def begun(self, act: Act, application: Application) -> Flow:  # noqa: ARG002
        """Booked in the moment in which it was asked for: what the form took, the office takes."""
        return perform(self.pk, "book", actor=SYSTEM, token=self.seq, at=act.at).case

    @step("登记预约", source="asked", target="booked", by=BY_SYSTEM, done="已预约")
    def book(self, act: Act) -> None:
        """The receipt is what the person shows at the window. One statement."""
        self.received_on = act.today
        act.outcome = "done"
        document = act.issue(Document.Kind.RECEIPT, matter_lines(self, act))
        day = visit_day(self)
        when = f"{zh_date(day)}" if day else "约定的时间"
        act.tell(
            "case_step", document=document, message=f"预约成功，请在{when}带上身份证件到窗口。"
        )

    @step("登记到访", source="booked", target="visited", by="owner", guards=(day_has_come,),
          tone="primary", done="申请人已到访")  # fmt: skip
    def visit(self, act: Act) -> None:
        """What is then done at the window is a case of its own."""

    @step("登记未到访", source="booked", target="missed", by="owner", guards=(day_has_come,),
          done="申请人未到访")  # fmt: skip
    def miss(self, act: Act) -> None:
        act.tell("case_step", message="您没有在预约的时间到访。仍要办理的，请重新预约。")

    @step("逾期了结预约", source="booked", target="missed", by=TIMER, after=_forgotten,
          done="逾期未登记到访，预约已了结")  # fmt: skip
    def expire(self, act: Act) -> None:
        """Nobody said whether the person came."""

    @step("取消预约", source="booked", target="cancelled", by=APPLICANT, right="withdraw",
          done="已取消预约", tone="warning")  # fmt: skip
    def cancel(self, act: Act) -> None:
        """Free until the day is over; the office sees it in its list."""
