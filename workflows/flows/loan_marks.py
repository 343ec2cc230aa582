"""放款回执, account moves and 结清回执: each goes to the deposit city as a small case beside the loan.

It follows the loan's case, or the transfer's where the loan has none here: a local loan that became a
cross-city one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from matters.housing_fund import lending, marks
from matters.housing_fund.models import Account, Borrower, Loan
from tongban.accounts.actors import SYSTEM
from tongban.offices.codes import pool_of
from workflows.cases.act import Act
from workflows.cases.models import Case, Document, Party
from workflows.cases.opening import Application, open_case
from workflows.cases.perform import perform
from workflows.cases.telling_offices import staff_of, tell_staff

from .one_thing_parts import as_given
from .review_steps import matter_lines
from .versions_in_force import needed_version_of

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

MARK, MOVED, LIFT, COLLECT = "mark", "moved", "lift", "collect"
FLOW, COLLECTION = "loan_mark", "loan_collection"


def open_marks(case: Flow, act: Act, loan: Loan, *, task: str) -> list[str]:
    """A small case at the deposit city of each borrower whose account is not at the loan's own centre.

    Numbers of the cases. Two statements, and an opening each.
    """
    return [
        _open(case, act, row, task, {"task": task}, act.situation.parties).number
        for row in _away(loan)
    ]


def ask_to_collect(case: Flow, act: Act, loan: Loan) -> list[str]:
    """The deposit city of the main borrower helps; nobody where the account is the loan city's own.

    data: `OverdueForm`'s. Two statements, and an opening.
    """
    told = {key: str(act.data[key]) for key in ("since", "arrears", "terms")}
    return [
        _open(case, act, row, COLLECT, told, act.situation.parties).number
        for row in _away(loan)
        if row.is_main
    ]


def end_collections(case: Flow, act: Act) -> None:
    """The loan is settled: nobody needs to collect. One statement, and a step of the system for each."""
    for child in Case.objects.filter(parent_id=case.pk, awaited_as=COLLECT, closed_at=None):
        perform(child.pk, "end_with_loan", actor=SYSTEM, token=child.seq, at=act.at)


def _away(loan: Loan) -> list[Borrower]:
    rows = Borrower.objects.select_related("account__centre", "loan__centre").filter(loan=loan)
    return [row for row in rows.order_by("pk") if row.account.centre_id != loan.centre_id]


def account_moved(act: Act, *, old: Account, new: Account) -> list[marks.Moved]:
    """Called by the transfer in the step that books its money: live loans go along with the account.

    The new city has its mark from the 账户信息表 at once and a small case to look it over; the loan city
    is told. No statement more than `marks.moved` takes where there is no live loan.
    """
    found = marks.moved(old=old, new=new, at=act.at)
    for each in found:
        beside = Case.objects.filter(number=each.loan.case_number).first() or act.case
        if each.new is not None:
            parties = tuple(Party.objects.filter(case_id=beside.pk).select_related("user"))
            row = Borrower(loan=each.loan, account=new)
            _open(cast("Flow", beside), act, row, MOVED, {"task": MOVED}, parties)
        _tell_loan_city(act, each.loan, new)
    return found


def _open(
    case: Flow,
    act: Act,
    row: Borrower,
    task: str,
    told: Mapping[str, str],
    parties: Sequence[Party],
) -> Flow:
    """One statement, and an opening."""
    loan, account = row.loan, row.account
    centres = {"deposit": account.centre, "loan": loan.centre}
    return open_case(
        Application(
            draft_key=uuid.uuid5(case.draft_key, f"{task}:{loan.number}:{account.pk}:{act.seq}"),
            version=needed_version_of(COLLECTION if task == COLLECT else FLOW, act.today),
            origin_region=loan.centre.region_id,
            parties=[as_given(party) for party in parties],
            data={
                **told,
                "loan_number": loan.number,
                "account_number": account.number,
                **{f"{side}_region": pool_of(at.region_id) for side, at in centres.items()},
            },
            channel=case.channel,
            offices=centres,
            parent_id=case.pk,
            relation="follows",
            awaited_as=task,
        ),
        actor=act.actor,
        at=act.at,
    ).case


def _tell_loan_city(act: Act, loan: Loan, new: Account) -> None:
    """Owe the clerks and heads of the loan city a word: where the account is now. Two statements."""
    context = {
        "number": act.case.number,
        "message": f"贷款{loan.number}的缴存账户已转移，标记由新的缴存城市承接。",
        "url": "/desk/loans/",
    }
    people = staff_of(act, loan.centre_id)
    tell_staff(act, people, "loan_moved", context, key=f"loan:{loan.pk}:{new.pk}")


def settle(case: Flow, act: Act, loan: Loan, *, called: str) -> None:
    """贷款全部还清证明 to the person, 结清回执 to the deposit city. Four statements, and an opening."""
    loan = lending.close_loan(loan_id=loan.pk, on=act.data["on"])
    end_collections(case, act)
    receipts = open_marks(case, act, loan, task=LIFT)
    lines = {"result": f"贷款全部还清证明（合同编号 {loan.number}）"}
    document = act.issue(Document.Kind.RESULT, matter_lines(case, act) | lines)
    act.note(on=act.data["on"].isoformat(), voucher=act.data["voucher"], receipts=receipts)
    message = f"您的{called}已结清，可以查看贷款全部还清证明。"
    act.tell("case_step", message=message, document=document)


def fall_overdue(case: Flow, act: Act, loan: Loan, *, called: str) -> None:
    """The deposit city helps to collect. Five statements, and an opening."""
    loan = lending.turn(loan_id=loan.pk, into=Loan.State.OVERDUE)
    asked = ask_to_collect(case, act, loan)
    act.note(since=act.data["since"].isoformat(), arrears=act.data["arrears"], asked=asked)
    act.tell("case_step", message=f"您的{called}已逾期，请尽快还清。")
