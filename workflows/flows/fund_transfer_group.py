"""多地联办 · 单位集中办理公积金异地转移接续: one list of an employer, one case for each of its people.

A row that is wrong is named, and nothing is opened. Each person's case has its own offices, clocks, money
and result; the employer sees them all on one page and is told once, when the last of them has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.accounts.personal import mask_name
from workflows.cases.act import Act
from workflows.cases.declarations import APPLICANT, SYSTEM, Awaits, Guard, Next, Seat, State, step
from workflows.cases.family import RESULTS, children_of
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Case, Document

from .fund_transfer_people import EMPLOYEE, open_transfers, withdraw_transfers
from .review_steps import matter_lines

if TYPE_CHECKING:
    from workflows.cases.opening import Application

not_withdrawn_yet = Guard(
    "not_withdrawn_yet",
    "已经撤回过，其余职工的资金已在划转，不能撤回",
    lambda s: "withdrawn_whole" not in s.case.facts,
)


class FundTransferGroup(Flow):
    CODE = "fund_transfer_group"
    LABEL = "单位集中办理公积金异地转移接续"
    SEATS = (Seat("lead", "转入地公积金中心"),)
    OWNER_SEAT = "lead"
    INITIAL = "working"
    STATES = (
        State("working", "逐人办理中", "lead", awaits=Awaits(EMPLOYEE)),
        State("completed", "已办结", "", counts_as="concluded", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )
    # Each row of the list is another person.
    REFILES_PARTS = False
    PARTS_NOTE = "一人一件；没有办成的，按结果里的说明处理后可以单独再申请。"

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    def begun(self, act: Act, application: Application) -> None:
        """A transfer for each person of the list, in the same transaction. Raises InvalidData."""
        open_transfers(self, act, application)

    def part_name(self, child: Case, *, for_party: bool) -> str:
        """The person. The employer wrote the list; an office has the name in the person's own case."""
        return child.applicant_name if for_party else mask_name(child.applicant_name)

    @step("各人均有结果", source="working", target="completed", by=SYSTEM, done="各人均有结果")
    def child_closed(self, act: Act) -> None:
        """Two statements."""
        _conclude(self, act)

    @step("撤回整批", source="working", target=Next(("working", "withdrawn")), by=APPLICANT,
          right="withdraw", form=ReasonForm, guards=(not_withdrawn_yet,), tone="warning",
          done="已撤回整批")  # fmt: skip
    def withdraw(self, act: Act) -> str:
        """Everybody whose money is not on its way. A step each."""
        gone, left = withdraw_transfers(self, act)
        self.facts = {**self.facts, "withdrawn_whole": True}
        act.note(reason=act.data["reason"], withdrawn=gone, going_on=left)
        rest = f"还有 {left} 人已不能撤回，继续办理。" if left else ""
        act.tell("case_step", message=f"已按您的意思撤回 {gone} 人。{rest}")
        if left:
            return "working"
        act.outcome = "withdrawn"
        return "withdrawn"


def _conclude(case: Flow, act: Act) -> None:
    """One paper for the whole: what came of each person's transfer."""
    children = children_of(case.pk, kind=EMPLOYEE)
    done = sum(child.outcome == "done" for child in children)
    act.outcome = "done" if done else (children[-1].outcome if children else "done")
    results = [
        {
            "name": mask_name(child.applicant_name),
            "number": child.number,
            "result": RESULTS.get(child.outcome, child.current.name),
        }
        for child in children
    ]
    content = matter_lines(case, act) | {
        "result": act.definition.result.name,
        "decision": "approved" if done == len(children) else "partly",
        "parts": results,
    }
    document = act.issue(Document.Kind.CONCLUSION, content)
    act.note(parts=results)
    items = [f"{each['name']}：{each['result']}" for each in results]
    act.tell("one_thing_concluded", document=document, items=items)
