"""The people of an employer's list: checked row by row, opened, withdrawn. Called by the group's steps."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from matters.catalogue.forms import form_for, opened_data
from matters.catalogue.models import MatterVersion
from matters.housing_fund.models import Account
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index
from workflows.cases.act import Act
from workflows.cases.drafts import typed_again
from workflows.cases.family import children_of
from workflows.cases.models import Party
from workflows.cases.opening import Application, PartyInput, open_case
from workflows.cases.perform import InvalidData, NotAllowed, perform

from .versions_in_force import needed_version_of

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

EMPLOYEE = "employee"
TRANSFER = "fund_transfer"
LIST = "employees"
Row = dict[str, str]


def open_transfers(case: Flow, act: Act, application: Application) -> None:
    """A case for each row. Raises InvalidData that names each row and column that is wrong.

    Five statements, and an opening each.
    """
    data: dict[str, Any] = opened_data(act.definition, case.data)
    rows: list[Row] = data[LIST]
    version = needed_version_of(TRANSFER, act.today)
    wrong = list(_wrong_rows(case, rows))
    if wrong:
        raise _in_the_form(case, act, wrong)
    accounts = _accounts_of(rows)
    for row in rows:
        try:
            _open(case, act, application, version, row, data, accounts)
        except InvalidData as error:
            nth = rows.index(row) + 1
            said = [
                f"第 {nth} 人：{text}" for texts in error.form.errors.values() for text in texts
            ]
            raise _in_the_form(case, act, said) from None


def withdraw_transfers(case: Flow, act: Act) -> tuple[int, int]:
    """How many are withdrawn, and how many go on because their money is on its way. A step each."""
    gone = left = 0
    for child in children_of(case.pk, kind=EMPLOYEE):
        if child.closed_at is not None:
            continue
        try:
            reason = {"reason": act.data["reason"]}
            perform(child.pk, "withdraw", actor=act.actor, data=reason, token=child.seq, at=act.at)
            gone += 1
        except NotAllowed:
            left += 1
    return gone, left


def _open(
    case: Flow,
    act: Act,
    application: Application,
    version: MatterVersion,
    row: Row,
    data: dict[str, Any],
    accounts: dict[str, User],
) -> None:
    index = blind_index(row["id_number"], "id_number")
    user = accounts.get(index)
    known = user if user is not None and user.name == row["name"] else None
    employee = PartyInput(
        role=Party.Role.APPLICANT,
        name=row["name"],
        user=known,
        id_number=row["id_number"],
        phone=row["phone"],
    )
    open_case(
        Application(
            draft_key=uuid.uuid5(case.draft_key, f"{EMPLOYEE}:{index}"),
            version=version,
            origin_region=case.origin_region_id,
            parties=[employee, *_agents(application, str(data["enterprise_name"]))],
            data={
                "receiving_region": data["receiving_region"],
                "sending_region": data["sending_region"],
                "id_number": row["id_number"],
                "phone": row["phone"],
                "receiving_account": row["account"],
            },
            channel=case.channel,
            office_id=application.office_id,
            parent_id=case.pk,
            relation="part",
            awaited_as=EMPLOYEE,
        ),
        actor=act.actor,
        at=act.at,
    )


def _agents(application: Application, employer: str) -> Iterator[PartyInput]:
    """Who handed the list in for the employer sees each person's case and may withdraw it; nothing else."""
    for party in application.parties:
        if party.user is not None and party.role in (Party.Role.APPLICANT, Party.Role.AGENT):
            yield PartyInput(
                role=Party.Role.AGENT,
                name=party.name,
                user=party.user,
                relation="用人单位",
                authority=f"{employer}集中办理",
                scope=("see", "withdraw"),
            )


def _wrong_rows(case: Flow, rows: list[Row]) -> Iterator[str]:
    """Where the receiving centre's accounts are here, each number must be that person's. Two statements."""
    kept = Account.objects.kept_here().filter(centre_id=case.office_of("lead"))
    if not kept.exists():
        return
    numbers = dict(
        kept.filter(number__in=[row["account"] for row in rows]).values_list(
            "number", "id_number_index"
        )
    )
    for nth, row in enumerate(rows, start=1):
        if numbers.get(row["account"]) != blind_index(row["id_number"], "id_number"):
            yield f"第 {nth} 人：个人公积金账号与身份证号对不上，请核对这一行"


def _accounts_of(rows: list[Row]) -> dict[str, User]:
    """Those of them who can sign in here. One statement."""
    indexes = [blind_index(row["id_number"], "id_number") for row in rows]
    users = User.objects.filter(id_number_index__in=indexes, kind=User.Kind.CITIZEN, is_active=True)
    return {user.id_number_index or "": user for user in users}


def _in_the_form(case: Flow, act: Act, said: list[str]) -> InvalidData:
    form = form_for(act.definition, typed_again(act.definition, case.data))
    for text in said:
        form.add_error(LIST, text)
    return InvalidData(form)
