"""一件事: one form and one submission for several matters of both provinces.

Each part that applies is a child case with an office, clocks and papers of its own. A refused part
undoes no other; it may be filed again once, with what was wrong put right. When nothing is open any
more the whole is concluded, with a result a part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matters.catalogue.definition import Definition, Limit
from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    SYSTEM,
    TIMER,
    Awaits,
    Guard,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.family import PART
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .one_thing_forms import RefileForm
from .one_thing_parts import (
    lines_of,
    open_again,
    open_parts,
    replaceable,
    summed_up,
    withdraw_parts,
)
from .review_steps import matter_lines

if TYPE_CHECKING:
    from workflows.cases.opening import Application

# A house rule, no law: so long the person may think about a refused part before the whole is closed.
TIME_TO_REFILE = Limit.parse("15G")

something_to_refile = Guard(
    "something_to_refile",
    "没有可以重新提交的分项：只有未办成的分项可以重新提交，每项一次",
    lambda s: bool(replaceable(s.case)),
)


def _time_to_refile(_definition: Definition) -> Limit:
    return TIME_TO_REFILE


class OneThing(Flow):
    CODE = "one_thing"
    LABEL = "一件事联办"
    SEATS = (Seat("lead", "牵头单位"),)
    OWNER_SEAT = "lead"
    INITIAL = "working"
    STATES = (
        State(
            "working",
            "各部门办理中",
            "lead",
            starts=(PROMISE, STATUTORY),
            awaits=Awaits(PART),
        ),
        State(
            "choosing",
            "部分事项未办成",
            APPLICANT,
            limit=str(TIME_TO_REFILE),
            hint="请选择更正后重新提交未办成的事项，或者就此办结",
        ),
        State(
            "completed",
            "已办结",
            "",
            counts_as="concluded",
            closes=True,
            stops=(PROMISE, STATUTORY),
        ),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    def begun(self, act: Act, application: Application) -> None:
        """A case for each part that applies, in the same transaction."""
        open_parts(self, act, application)

    def usually(self, taken: Step, definition: Definition) -> str:
        """Nobody takes a step here if all goes well: the parts end, and so does the whole."""
        return "completed" if taken.code == "refile" else super().usually(taken, definition)

    @step("各项均有结果", source="working", target=Next(("completed", "choosing")), by=SYSTEM,
          done="各项均有结果")  # fmt: skip
    def child_closed(self, act: Act) -> str:
        """Nothing is open any more. Two statements, three where it is the end."""
        if "withdrawn_whole" not in self.facts and replaceable(self):
            failed = "、".join(line.name for line in replaceable(self))
            act.note(failed=failed)
            act.tell("case_step", message=f"这些事项没有办成：{failed}。可以更正后重新提交一次。")
            return "choosing"
        _conclude(self, act)
        return "completed"

    @step("重新提交未办成的事项", source=("working", "choosing"), target="working", by=APPLICANT,
          form=RefileForm, guards=(something_to_refile,), done="已重新提交未办成的事项",
          tone="primary")  # fmt: skip
    def refile(self, act: Act) -> None:
        """The part begins anew as a case of its own, with the papers that are there."""
        line, child = open_again(self, act)
        act.note(part=line.name, number=child.number)
        act.tell("case_step", message=f"“{line.name}”已重新提交，新的办件编号 {child.number}。")

    @step("就此办结", source="choosing", target="completed", by=APPLICANT, done="就此办结")
    def settle(self, act: Act) -> None:
        """The person leaves it at what was achieved. Two statements."""
        _conclude(self, act)

    @step("逾期未重新提交，办结", source="choosing", target="completed", by=TIMER,
          after=_time_to_refile, done="期限届满，按已有结果办结")  # fmt: skip
    def settle_in_time(self, act: Act) -> None:
        """Two statements."""
        _conclude(self, act)

    @step("撤回整件事", source=("working", "choosing"), target=Next(("working", "withdrawn")),
          by=APPLICANT, right="withdraw", form=ReasonForm, done="已撤回整件事", tone="warning",
          guards=(Guard("not_withdrawn_yet", "已经撤回过，其余分项依规定不能撤回，仍在办理",
                        lambda s: "withdrawn_whole" not in s.case.facts),))  # fmt: skip
    def withdraw(self, act: Act) -> str:
        """Every part that may still be withdrawn is; what may not goes on, and is waited for."""
        self.facts = {**self.facts, "withdrawn_whole": True}
        gone, left = withdraw_parts(self, act)
        act.note(reason=act.data["reason"], withdrawn=gone, going_on=left)
        rest = f"依规定已不能撤回、继续办理：{'、'.join(left)}。" if left else ""
        act.tell("case_step", message=f"已按您的意思撤回：{'、'.join(gone) or '无'}。{rest}")
        if left:
            return "working"
        act.outcome = "withdrawn"
        return "withdrawn"


def _conclude(case: OneThing, act: Act) -> None:
    """One paper for the whole: what came of each part."""
    lines = lines_of(case)
    act.outcome = summed_up(lines)
    results = [{"name": line.name, "number": line.number, "result": line.result} for line in lines]
    content = matter_lines(case, act) | {
        "result": act.definition.result.name,
        "decision": "approved" if act.outcome == "done" else "partly",
        "parts": results,
    }
    document = act.issue(Document.Kind.CONCLUSION, content)
    act.note(parts=results)
    items = [f"{line.name}：{line.result}" for line in lines]
    act.tell("one_thing_concluded", document=document, items=items)
