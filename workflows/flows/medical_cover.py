"""A medical transfer and the registers of the insured: whose covers they are, and what the steps write there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.catalogue.definition import Definition
from matters.catalogue.forms import opened_data
from matters.medical.models import Insured
from matters.medical.relation import (
    NewCover,
    begin_cover,
    book_account,
    end_cover,
    hold_cover,
    last_covers,
)
from tongban.offices.codes import pool_of
from workflows.cases.act import Act, Situation

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

RETIRED = "retired"
ENDED = "医保关系转出"
MOVED_OUT = "个人账户随关系转出"
PAID_OUT = "个人账户余额退给本人"
MOVED_IN = "个人账户随关系转入"


@dataclass
class Covers:
    """The person's covers as the registers have them.

    new: the one in force at the 转入地. before: the last one there, where it is over.
    """

    old: Insured | None
    new: Insured | None
    before: Insured | None = None

    @property
    def is_retired(self) -> bool:
        old = self.old
        is_employee = old is not None and old.insured_type == Insured.Type.EMPLOYEE
        return is_employee and old is not None and old.person_class == RETIRED

    def held(self) -> Covers:
        """The same under their locks, always in one order. A statement for each."""
        rows = [row for row in (self.old, self.new) if row is not None]
        kept = {row.pk: hold_cover(row.pk) for row in sorted(rows, key=lambda row: row.pk)}
        return Covers(
            old=kept[self.old.pk] if self.old else None,
            new=kept[self.new.pk] if self.new else None,
            before=self.before,
        )


def pools_of(case: Flow) -> tuple[str, str]:
    """The 统筹区 that the relation leaves, and the one it comes to."""
    return pool_of(case.region_of("sending")), pool_of(case.region_of("receiving"))


def covers(case: Flow, definition: Definition, on: dt.date) -> Covers:
    """One statement."""
    leaves, comes = pools_of(case)
    found = last_covers(_id_number(case, definition), [leaves, comes])
    new = found.get(comes)
    in_force = new is not None and (new.valid_to is None or on < new.valid_to)
    old = found.get(leaves)
    return Covers(old, new, None) if in_force else Covers(old, None, new)


def covers_seen_by(situation: Situation) -> Covers:
    """For a step's form. One statement."""
    return covers(situation.case, situation.definition, situation.today)


def covers_of(case: Flow, act: Act) -> dict[str, Any]:
    """What guards ask, kept with the case as it opens. One statement."""
    leaves, comes = pools_of(case)
    if leaves == comes:
        return {"same_pool": True}
    found = covers(case, act.definition, act.today)
    return {"known": found.old is not None, "retired": found.is_retired}


def change_cover(case: Flow, act: Act) -> None:
    """End the old cover with its account and filings, begin the new one. At most nine statements."""
    sheet, ended_on = case.facts["sheet"], dt.date.fromisoformat(case.facts["sheet"]["ended_on"])
    held: Covers = act.data["covers"]
    voided = 0
    if held.old is not None:
        reason = PAID_OUT if sheet["money"] == "paid_out" else MOVED_OUT
        voided = len(
            end_cover(
                insured_id=held.old.pk,
                on=ended_on,
                account=Decimal(sheet["total"]),
                key=f"transfer:{case.number}:out",
                at=act.at,
                reason=reason if Decimal(sheet["total"]) else ENDED,
            )
        )
    new = held.new or begin_cover(_new_cover(case, act))
    case.facts = {**case.facts, "new_cover": new.pk}
    act.note(
        begins_on=new.valid_from.isoformat(), ended_on=sheet["ended_on"], voided_filings=voided
    )


def pay_in(case: Flow, act: Act) -> None:
    """What arrived is in the account of the new cover. Three statements."""
    book_account(
        insured_id=case.facts["new_cover"],
        amount=Decimal(case.facts["arrived"]),
        key=f"transfer:{case.number}:in",
        at=act.at,
        reason=MOVED_IN,
    )


def _new_cover(case: Flow, act: Act) -> NewCover:
    known = opened_data(act.definition, case.data)
    number = _id_number(case, act.definition)
    return NewCover(
        pool=pools_of(case)[1],
        psn_no=act.data["psn_no"],
        insured_type=act.data["insured_type"],
        person_class=act.data["person_class"],
        begins_on=act.data["begins_on"],
        name=str(known["person_name"]),
        id_number=number,
        born_on=dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
    )


def _id_number(case: Flow, definition: Definition) -> str:
    return str(opened_data(definition, case.data)["id_number"]).upper()
