"""联席核验 (虚拟综窗): the receiving office looks at the papers by video while the person is at the window.

While it is booked, `facts["joint"]` names the session and its two people; what it came to stays in
`facts["joint_check"]`, so that nobody asks anew when the papers arrive.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from tongban.templatetags.formats import zh_datetime
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import ANY_SEAT, APPLICANT, HOLDER, STAGE, Guard, Next, step
from workflows.cases.forms import ReasonForm
from workflows.cases.models import JointSession
from workflows.cases.perform import InvalidData
from workflows.cases.telling_offices import tell_staff

from .joint_forms import (
    TAKEN,
    BookTogetherForm,
    CheckTogetherForm,
    ListTogetherForm,
    SupplementOnceMoreForm,
    receiving_seat,
)
from .joint_slots import Slot
from .review_forms import SupplementForm
from .review_steps import ReviewSteps, ask_for_papers, papers_are_there

# Both sides may be there a little before the hour.
EARLY = dt.timedelta(minutes=15)


def _has_begun(situation: Situation) -> bool:
    joint = situation.case.facts.get("joint")
    return bool(joint) and situation.at >= dt.datetime.fromisoformat(joint["starts_at"]) - EARLY


not_booked = Guard("not_booked", "已约联席核验", lambda s: "joint" not in s.case.facts)
not_checked = Guard("not_checked", "已经联席核验过", lambda s: "joint_check" not in s.case.facts)
is_booked = Guard("is_booked", "没有约联席核验", lambda s: "joint" in s.case.facts)
has_begun = Guard("has_begun", "还没到约定的时间", _has_begun)


class JointSteps(ReviewSteps):
    @step("约属地联席核验", source="collected", by="collector", form=BookTogetherForm,
          guards=(not_booked, not_checked), is_aside=True, done="已约属地联席核验")  # fmt: skip
    def book_together(self, act: Act) -> None:
        """A slot of the receiving office; the unique index has the last word. Three statements, the form's two."""
        slot: Slot = act.data["slot"]
        made = JointSession(
            case_id=self.pk,
            collector_id=self.seats["collector"]["office"],
            owner_id=self.seats[receiving_seat(act.situation)]["office"],
            clerk_id=slot.clerk_id,
            starts_at=slot.starts_at,
            minutes=slot.minutes,
            video_url=slot.video_url,
            booked_by_id=act.actor.user_id or 0,
            booked_at=act.at,
        )
        _keep(made, act)
        when = zh_datetime(slot.starts_at)
        self.facts = {
            **self.facts,
            "joint": {
                "session": str(made.pk),
                "starts_at": slot.starts_at.isoformat(),
                "people": [slot.clerk_id, act.actor.user_id],
            },
        }
        act.note(text=f"{when}，{slot.clerk}")
        _tell_both(self, act, f"已约{when}联席核验。")
        act.tell(
            "case_step",
            message=f"已约{when}联席核验：请带齐材料原件到收件窗口，属地工作人员在视频里当场核验。",
        )

    @step("联席核验通过", source="collected", by=STAGE, form=CheckTogetherForm,
          guards=(is_booked, has_begun), tone="primary", done="联席核验已通过")  # fmt: skip
    def check_together(self, act: Act) -> None:
        """Seen and in order: nothing is asked for anew when the papers arrive. Two statements, the form's two."""
        names = [paper.name for paper in act.data["seen"]]
        act.note(papers=names, text=act.data["note"])
        _settle(self, act, JointSession.Status.DONE, "联席核验通过，请转递属地。", outcome="passed")
        act.tell("case_step", message="联席核验通过，材料将转递属地，到达后不再重复核对。")

    @step("联席核验，一次告知", source="collected", target="supplementing", by=STAGE,
          form=ListTogetherForm, guards=(is_booked, has_begun),
          done="联席核验后已一次性告知补正")  # fmt: skip
    def list_missing_together(self, act: Act) -> None:
        """All that is missing, in writing and once; the case comes back here. Five statements, the form's one."""
        ask_for_papers(self, act)
        _settle(
            self, act, JointSession.Status.DONE, "联席核验后已一次性告知补正。", outcome="listed"
        )

    @step("取消联席核验", source="collected", by=("collector", STAGE), form=ReasonForm,
          guards=(is_booked,), is_aside=True, while_suspended=True, done="已取消联席核验")  # fmt: skip
    def cancel_together(self, act: Act) -> None:
        """The slot is free again. Two statements."""
        reason = act.data["reason"]
        act.note(reason=reason)
        _settle(self, act, JointSession.Status.CANCELLED, f"联席核验已取消：{reason}")
        act.tell("case_step", message=f"联席核验已取消：{reason}")

    @step("登记联席核验未到场", source="collected", by=("collector", STAGE), form=ReasonForm,
          guards=(is_booked, has_begun), is_aside=True, while_suspended=True,
          done="已登记联席核验未到场")  # fmt: skip
    def miss_together(self, act: Act) -> None:
        """Somebody did not come; another can be booked, or the papers go without. Two statements."""
        reason = act.data["reason"]
        act.note(reason=reason)
        _settle(self, act, JointSession.Status.MISSED, f"联席核验未能进行：{reason}")
        act.tell("case_step", message=f"联席核验未能进行：{reason}。可以另约时间，或照常转递。")

    @step("要求补正", source=("received", "reviewing"), target="supplementing", by=HOLDER,
          form=SupplementOnceMoreForm, done="已一次性告知补正")  # fmt: skip
    def require_supplement(self, act: Act) -> None:
        """Once is the rule: after a joint session it is done knowingly, and stands so. Three statements."""
        ask_for_papers(self, act)
        if act.data.get("again"):
            act.note(text="联席核验后再次要求补正")

    @step("提交补正", source="supplementing", target=Next(("collected", "received", "reviewing")),
          by=(APPLICANT, ANY_SEAT), form=SupplementForm, right="supplement",
          while_suspended=True, notice="supplemented", tone="primary")  # fmt: skip
    def supplement(self, act: Act) -> str:
        """Back to where it was asked for: the window, where it was asked for by video."""
        return papers_are_there(self, act)


def leave_joint(case: JointSteps, act: Act) -> None:
    """The case goes on without the session that was booked: its slot is free. Two statements, or none."""
    if "joint" in case.facts:
        why = f"办件{act.step.done}，联席核验取消。"
        _settle(case, act, JointSession.Status.CANCELLED, why)


def _keep(session: JointSession, act: Act) -> None:
    """Insert it, or say beside the field that somebody was quicker. Two statements.

    The insert waits for whoever books the same slot in this moment, and gives way to them.
    """
    JointSession.objects.bulk_create([session], ignore_conflicts=True)
    if JointSession.objects.filter(pk=session.pk).exists() or act.step.form is None:
        return
    chosen = {"slot": act.data["slot"].code}
    form = act.step.form(chosen, situation=act.situation)  # type: ignore[call-arg]
    if form.is_valid():
        form.add_error("slot", TAKEN)
    raise InvalidData(form)


def _settle(case: JointSteps, act: Act, status: str, text: str, outcome: str = "") -> None:
    """End the booked session and tell its two people. Two statements."""
    booked = case.facts["joint"]
    JointSession.objects.filter(pk=booked["session"]).update(
        status=status, outcome=outcome, settled_at=act.at
    )
    _tell_both(case, act, text)
    left: dict[str, Any] = {key: fact for key, fact in case.facts.items() if key != "joint"}
    if outcome:
        left["joint_check"] = {"outcome": outcome, "on": act.today.isoformat()}
    case.facts = left


def _tell_both(case: JointSteps, act: Act, text: str) -> None:
    """The clerk at the video and the one at the window; who does it themselves knows. One statement."""
    joint = case.facts["joint"]
    people = {user_id for user_id in joint["people"] if user_id != act.actor.user_id}
    context = {
        "number": case.number,
        "matter": case.matter.name,
        "message": text,
        "url": f"/desk/joint/{joint['session']}/",
    }
    tell_staff(act, people, "joint", context)
