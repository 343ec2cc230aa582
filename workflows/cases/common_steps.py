"""Steps that every flow has: claim, remark, ask and answer, reassign, pass on, urge, serve, rate.

A plain class, not a model: `Flow` turns its methods into transitions of each flow's own.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from matters.catalogue.definition import Limit
from tongban.offices.calendar import calendar_for

from .act import Act
from .clocks import Due, Reading, due
from .declarations import (
    ANY_SEAT,
    APPLICANT,
    CLOSED,
    HOLDER,
    HOP,
    OPEN,
    OWNER,
    SUPERVISOR,
    SUPPLEMENTING,
    SYSTEM,
    Guard,
    step,
)
from .forms import (
    AnswerForm,
    ArrivalForm,
    AskForm,
    MoreTimeForm,
    PassOnForm,
    RatingForm,
    ReassignForm,
    RemarkForm,
    ServiceForm,
    UrgeForm,
)
from .models import Document, Enquiry, Rating, Service
from .rating_steps import open_review
from .telling_offices import tell_office

if TYPE_CHECKING:
    from .declarations import State
    from .models import Case

    # At run time a plain class: a model among its bases would be a table of its own.
    Base = Case
else:
    Base = object

# How soon each kind must be answered; a house rule, not a law (咨询、催办 1 个, 投诉 5 个, 督办 3 个).
ANSWER_WITHIN = {
    Enquiry.Kind.QUESTION: "1G",
    Enquiry.Kind.NUDGE: "1G",
    Enquiry.Kind.COMPLAINT: "5G",
    Enquiry.Kind.SUPERVISION: "3G",
}

held_by_office = Guard("held_by_office", "办件现由申请人处理", lambda s: s.case.holder != APPLICANT)
unclaimed = Guard("unclaimed", "已有人领取", lambda s: s.case.claimed_by_id is None)
claimed_by_me = Guard(
    "claimed_by_me", "不是您领取的", lambda s: s.case.claimed_by_id == s.actor.user_id
)
is_concluded = Guard("is_concluded", "办结后才能评价", lambda s: s.case.concluded_at is not None)
not_rated = Guard("not_rated", "每个办件只评价一次", lambda s: "rating" not in s.case.facts)
has_questions = Guard(
    "has_questions", "没有待答复的事项", lambda s: bool(s.case.facts.get("open_enquiries"))
)
has_unserved = Guard(
    "has_unserved", "没有待送达的文书", lambda s: bool(s.case.facts.get("unserved"))
)
asks_kept_small = Guard(
    "asks_kept_small",
    "您还有三条未答复的事项，请等待答复后再提",
    lambda s: s.case.facts.get("open_enquiries", 0) < 3,
)
their_time_runs = Guard(
    "their_time_runs",
    "补正期限还没有开始计算（告知书送达后起算）",
    lambda s: s.case.clocks.get(HOP, {}).get("due_at") is not None,
)


class CommonSteps(Base):
    """Mixed into every flow."""

    if TYPE_CHECKING:
        OWNER_SEAT: ClassVar[str]

        @property
        def current(self) -> State: ...

    @step("领取", source=OPEN, by=HOLDER, guards=(held_by_office, unclaimed), is_aside=True,
          while_suspended=True, for_many=True)  # fmt: skip
    def claim(self, act: Act) -> None:
        self.claimed_by_id = act.actor.user_id

    @step("退领", source=OPEN, by=HOLDER, guards=(held_by_office, claimed_by_me), is_aside=True,
          while_suspended=True, for_many=True)  # fmt: skip
    def release(self, _act: Act) -> None:
        self.claimed_by_id = None

    @step("改派", source=OPEN, by=HOLDER, form=ReassignForm, guards=(held_by_office,),
          head_only=True, is_aside=True, while_suspended=True, for_many=True)  # fmt: skip
    def reassign(self, act: Act) -> None:
        to = act.data["to"]
        self.claimed_by_id = to.pk
        act.note(to=to.name, reason=act.data["reason"])

    @step("转办", source=OPEN, by=HOLDER, form=PassOnForm, guards=(held_by_office,), is_aside=True)
    def pass_on(self, act: Act) -> None:
        """Another office of the place takes the holder's seat. One statement for its choice."""
        office = act.data["office"]
        seats = dict(self.seats)
        seats[self.holder] = {"office": office.pk, "region": office.region_id}
        self.seats = seats
        self.office_ids = sorted({*self.office_ids, office.pk})
        # Passing on one seat places that one only; another may still wait for its office.
        left = [seat for seat in self.facts.get("unplaced", []) if seat != self.holder]
        if self.is_unplaced:
            self.facts = {**self.facts, "unplaced": left}
        self.is_unplaced = bool(left)
        act.note(to=office.name, reason=act.data["reason"])
        act.tell("case_step", message=f"您的办件已转由{office.name}办理。")

    @step("备注", source=(OPEN, CLOSED), by=ANY_SEAT, form=RemarkForm, is_aside=True,
          while_suspended=True)  # fmt: skip
    def remark(self, act: Act) -> None:
        act.note(text=act.data["text"])

    @step("咨询、催办或投诉", source=(OPEN, CLOSED), by=APPLICANT, form=AskForm, right="see",
          done="提出咨询、催办或投诉", guards=(asks_kept_small,), is_aside=True,
          while_suspended=True)  # fmt: skip
    def ask(self, act: Act) -> None:
        _enquire(self, act, kind=act.data["kind"], text=act.data["text"])

    @step("督办", source=OPEN, by=SUPERVISOR, form=UrgeForm, is_aside=True, while_suspended=True)
    def urge(self, act: Act) -> None:
        _enquire(self, act, kind=Enquiry.Kind.SUPERVISION, text=act.data["text"])

    @step("答复", source=(OPEN, CLOSED), by=ANY_SEAT, form=AnswerForm, guards=(has_questions,),
          is_aside=True, while_suspended=True)  # fmt: skip
    def answer(self, act: Act) -> None:
        """Answer an enquiry. One statement, besides the one for the choice."""
        enquiry: Enquiry = act.data["enquiry"]
        enquiry.answer, enquiry.answered_at = act.data["text"], act.at
        enquiry.answered_by_id = act.actor.user_id
        enquiry.save(update_fields=["answer", "answered_at", "answered_by"])
        self.facts = {**self.facts, "open_enquiries": self.facts["open_enquiries"] - 1}
        act.note(enquiry=enquiry.pk, kind=enquiry.kind, text=act.data["text"])
        if enquiry.kind != Enquiry.Kind.SUPERVISION:
            act.tell(
                "case_step", message=f"您的{enquiry.get_kind_display()}已答复：{enquiry.answer}"
            )

    @step("登记送达", source=(OPEN, CLOSED), by=ANY_SEAT, form=ServiceForm, guards=(has_unserved,),
          is_aside=True, while_suspended=True)  # fmt: skip
    def record_service(self, act: Act) -> None:
        """A clerk tells how the waiting document reached the person, or didn't. Two statements."""
        _serve(self, act, dict(act.data))

    @step("送达", source=(OPEN, CLOSED), by=SYSTEM, form=ArrivalForm, done="文书送达", guards=(has_unserved,),
          is_aside=True, while_suspended=True)  # fmt: skip
    def serve(self, act: Act) -> None:
        """The person opened the notice, or the mail arrived: an electronic 送达. Two statements."""
        way = {"way": act.data["way"], "succeeded": True, "receiver": self.applicant_name}
        _serve(self, act, way, document_id=act.data["document"], at=act.data["arrived_at"])

    @step("重算时限", source=OPEN, by=SYSTEM, done="已按现行工作日历重算时限", is_aside=True,
          while_suspended=True)  # fmt: skip
    def recount(self, act: Act) -> None:
        """After a change of the calendar. One statement if the case ever paused."""
        act.recounts = True

    @step("延长补正期限", source=SUPPLEMENTING, by=(OWNER, SUPERVISOR), head_only=True,
          form=MoreTimeForm, guards=(their_time_runs,), is_aside=True, while_suspended=True,
          for_many=True, done="已延长补正期限")  # fmt: skip
    def extend_applicant(self, act: Act) -> None:
        """More time to answer, also when it has run out: a word of it that came late, an illness."""
        unit = Limit.parse(self.clocks[HOP]["limit"]).unit
        limit = Limit.parse(f"{act.data['days']}{unit}")
        persons = {"asked_by": act.data["asked_by"], "approved_by": act.actor.name}
        act.extend(
            clock=HOP,
            limit=limit,
            reason=act.data["reason"],
            **{part: name for part, name in persons.items() if name},
        )
        act.asks_anew = True
        act.tell(
            "more_time",
            limit=limit.text,
            reason=act.data["reason"],
            hint=self.current.hint,
        )

    @step("评价", source=(OPEN, CLOSED), by=APPLICANT, form=RatingForm, is_aside=True,
          guards=(is_concluded, not_rated), while_suspended=True)  # fmt: skip
    def rate(self, act: Act) -> None:
        """One rating a case; it never changes the state. One statement, three more for a bad one."""
        rating = Rating.objects.create(
            case_id=self.pk,
            level=act.data["level"],
            comment=act.data["comment"],
            rated_by_id=act.actor.user_id,
            rated_at=act.at,
        )
        self.facts = {**self.facts, "rating": act.data["level"]}
        # Whom it speaks of: the office that decided, as it is now.
        act.note(level=act.data["level"], rated_office=self.office_of(self.OWNER_SEAT))
        if rating.is_bad:
            open_review(act, rating)


def answer_owed(case: CommonSteps, kind: str, at: dt.datetime) -> tuple[int, Due]:
    """Which office owes the answer to an enquiry made now, and by when. No SQL."""
    office_id = case.holder_office_id or case.office_of(case.OWNER_SEAT)
    moments = due(
        Reading(
            started_at=at,
            limits=(Limit.parse(ANSWER_WITHIN[Enquiry.Kind(kind)]),),
            pauses=(),
            calendar=calendar_for(case.region_of(case.OWNER_SEAT)),
        )
    )
    if office_id is None or moments is None:
        raise LookupError(f"case {case.number} has no office to ask")
    return office_id, moments


def _enquire(case: CommonSteps, act: Act, *, kind: str, text: str) -> None:
    """Open an enquiry at the office that has the case, or decides it, and tell it. Three statements."""
    office_id, moments = answer_owed(case, kind, act.at)
    made = Enquiry.objects.create(
        case_id=case.pk,
        kind=kind,
        text=text,
        asked_by_id=act.actor.user_id,
        asker_name=act.actor.name,
        asked_at=act.at,
        office_id=office_id,
        due_at=moments.due_at,
    )
    case.facts = {**case.facts, "open_enquiries": case.facts.get("open_enquiries", 0) + 1}
    act.note(enquiry=made.pk, kind=kind, text=text, office=office_id)
    tell_office(act, made)


def _serve(
    case: CommonSteps,
    act: Act,
    how: dict[str, Any],
    *,
    document_id: int | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Record one attempt at 送达 of a waiting document, the oldest if none is named.

    at: when it reached the person, which may be before the event that tells of it; a success
    starts the document's limit from there.
    """
    waiting: list[int] = case.facts["unserved"]
    document = Document.objects.get(pk=document_id or waiting[0])
    reached = min(max(at or act.at, document.issued_at), act.at)
    Service.objects.create(
        document_id=document.pk, at=reached, recorded_by_id=act.actor.user_id, **how
    )
    act.note(document=document.number, way=how["way"], succeeded=how["succeeded"], reached=reached)
    if not how["succeeded"]:
        return
    case.facts = {**case.facts, "unserved": [i for i in waiting if i != document.pk]}
    if document.starts_limit and case.current.limit_from == "service":
        act.begin_hop(reached)
