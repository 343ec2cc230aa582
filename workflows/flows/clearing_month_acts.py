"""What happens besides in the steps of a clearing month: its row, its signing, who is told."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from matters.catalogue.definition import Limit
from matters.catalogue.models import MatterVersion
from matters.medical.clearing import statements
from matters.medical.clearing.months import SHANGHAI, ends_at, first_day, is_final, month_name
from matters.medical.clearing.terms import declare_day, term, year_final
from matters.medical.clearing.words import fund_word, type_word
from matters.medical.models import ClearingMonth, Statement
from tongban.accounts.actors import SYSTEM
from tongban.offices.models import Office, Region
from workflows.cases.act import Act
from workflows.cases.family import children_of
from workflows.cases.models import Case, Document
from workflows.cases.opening import Application, open_case
from workflows.cases.perform import perform
from workflows.cases.places import office_name
from workflows.cases.telling_offices import staff_of, tell_staff

from .clearing_month_forms import SIDES
from .versions_in_force import version_of_flow

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

SIGNING = "sign"
INSTANT = dt.timedelta(microseconds=1)


def keep_month(case: Flow, act: Act) -> ClearingMonth:
    """The month's row, made with its case. Two statements."""
    month = ClearingMonth.objects.create(
        treated_province=_province(case, "treated"),
        insured_province=_province(case, "insured"),
        month=case.data["month"],
        case_number=case.number,
        opened_at=act.at,
    )
    case.facts = {**case.facts, "month_id": month.pk, "month": month.month}
    return month


def last_moment(month: str) -> dt.datetime:
    """The declaring time is counted from the month's last day, whenever the cut-off ran."""
    return ends_at(month) - INSTANT


def time_to_declare(month: str) -> Limit:
    """Natural days from the month's last day to the day by which it is declared."""
    if is_final(month):
        last = last_moment(month).astimezone(SHANGHAI).date()
        return Limit.parse(f"{(year_final(int(month[:4]), last) - last).days}Z")
    return Limit.parse(f"{declare_day(first_day(month))}Z")


def working_days(key: str, month: str) -> Limit:
    return Limit.parse(f"{int(term(key, first_day(month)).figure())}G")


def state(case: Flow, month: ClearingMonth, act: Act) -> Statement:
    """Make the statement, its paper, and a case for each side to sign. About twenty statements a side."""
    number = f"{case.number}-QS{act.seq}"
    statement = statements.issue(month, at=act.at, number=number)
    act.issue(
        Document.Kind.CLEARING,
        {
            **statement.content,
            "applicant": "、".join(office_name(case.office_of(side)) for side in SIDES),
            "number": case.number,
            "month_name": month_name(month.month),
            "digest": statement.digest,
            "rows": _in_words(statement),
        },
    )
    case.facts = {**case.facts, "payable": f"{statement.payable:.2f}", "digest": statement.digest}
    version = version_of("clearing_signing", act.today)
    for side in SIDES:
        office = Office.objects.get(pk=case.office_of(side) or 0)
        open_case(
            Application(
                draft_key=uuid.uuid5(case.draft_key, f"sign:{statement.version}:{side}"),
                version=version,
                origin_region=office.region_id,
                parties=(),
                data={
                    "month": month.month,
                    "side": side,
                    "statement": number,
                    "digest": statement.digest,
                },
                channel="office",
                offices={"signer": office},
                parent_id=case.pk,
                relation="part",
                awaited_as=SIGNING,
            ),
            actor=SYSTEM,
            at=act.at,
        )
    return statement


def _in_words(statement: Statement) -> list[list[str]]:
    """The sums as the paper prints them: 统筹区, 险种, 基金, lines, yuan. One statement."""
    sums = statement.content["totals"]
    pools = Region.objects.filter(pk__in={row["pool"] for row in sums})
    names = dict(pools.values_list("code", "name"))
    return [
        [
            names.get(row["pool"], row["pool"]),
            type_word(row["insured_type"]),
            fund_word(row["fund_pay_type"]),
            str(row["lines"]),
            row["amount"],
        ]
        for row in sums
    ]


def void(case: Flow, month: ClearingMonth, act: Act, reason: str) -> int:
    """Void the statement and what was signed; who has not signed yet is asked no more.

    The signing cases are locked before the statement, in the order in which signing locks them.
    """
    waiting = list(
        Case.objects.select_for_update(of=("self",), no_key=True)
        .filter(parent_id=case.pk, awaited_as=SIGNING, closed_at=None)
        .order_by("id")
    )
    signatures = statements.void(month, reason=reason, at=act.at)
    for child in waiting:
        perform(child.pk, "be_voided", actor=SYSTEM, token=child.seq, at=act.at)
    return signatures


def tell_agencies(case: Flow, act: Act, message: str) -> None:
    """Owe the clerks and heads of both agencies a word. Two statements."""
    page = "/desk/clearing/" if "month_id" in case.facts else "/desk/"
    context = {"number": case.number, "message": message, "url": f"{page}{case.number}/"}
    people = staff_of(act, *(case.office_of(side) for side in SIDES))
    tell_staff(act, people, "clearing", context)


def signing_cases(case: Flow) -> list[Flow]:
    return children_of(case.pk, kind=SIGNING)


def _province(case: Flow, side: str) -> str:
    return f"{case.region_of(side)[:2]}0000"


def version_of(flow: str, on: dt.date) -> MatterVersion:
    """The version in force of the one matter between offices that a flow carries. Raises NoSuchMatter."""
    version = version_of_flow(flow, on)
    if version is None:
        raise NoSuchMatter(flow)
    return version


class NoSuchMatter(LookupError):
    """No matter of that flow is published: `load_catalogue` has not run."""
