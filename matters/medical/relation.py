"""Writers of a change of the insurance relation 参保关系变动: one cover ends, the next one begins.

They are called inside a case's step, in its transaction. The 个人账户 is emptied in the moment in which the
cover ends, so that no settlement can draw on money that is on the road; what arrives is booked at the
new place. Every movement is an `AccountEntry` under a key of the case: the same key books once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tongban.accounts.personal import blind_index

from .filing import void
from .ledger.accounts import move
from .models import AccountEntry, Filing, Insured


class CoverRefused(ValueError):
    """A rule forbids the change; the message is a Chinese sentence for the clerk."""


@dataclass(frozen=True)
class NewCover:
    """A cover that begins in `pool`. psn_no: the number that the new agency gave the person."""

    pool: str
    psn_no: str
    insured_type: str
    person_class: str
    begins_on: date
    name: str
    id_number: str
    born_on: date


def last_covers(id_number: str, pools: Sequence[str]) -> dict[str, Insured]:
    """The person's newest cover in each of the pools, over or not. One statement."""
    index = blind_index(id_number, "id_number")
    rows = Insured.objects.filter(id_number_index=index, pool_id__in=pools)
    return {row.pool_id: row for row in rows.order_by("valid_from", "id")}


def hold_cover(insured_id: int) -> Insured:
    """The cover under the lock that settlements and filings take too. One statement."""
    rows = Insured.objects.select_for_update(no_key=True, of=("self",))
    return rows.get(pk=insured_id)


def begin_cover(new: NewCover) -> Insured:
    """Two statements. Raises CoverRefused if the number belongs to a cover already."""
    if Insured.objects.filter(psn_no=new.psn_no).exists():
        raise CoverRefused("这个人员编号已经登记给一项参保，请核对")
    return Insured.objects.create(
        psn_no=new.psn_no,
        name=new.name,
        id_number=new.id_number,
        pool_id=new.pool,
        insured_type=new.insured_type,
        person_class=new.person_class,
        born_on=new.born_on,
        valid_from=new.begins_on,
    )


def end_cover(
    *, insured_id: int, on: date, account: Decimal, key: str, at: datetime, reason: str
) -> list[Filing]:
    """The cover ends on `on`, the first day without it; its filings are void. The filings it voided.

    account: what the 个人账户 must hold and gives away with this, in yuan. Raises CoverRefused where
    it holds another sum: then the sheet was of an earlier moment. Five statements, and one a filing.
    """
    cover = hold_cover(insured_id)
    if cover.account_balance != account:
        raise CoverRefused(
            f"转出地个人账户现有余额 {cover.account_balance} 元，与信息表的 {account} 元不一致，请退回信息表重新核定"
        )
    # A cover that had ended earlier keeps its day.
    cover.valid_to = on if cover.valid_to is None else min(cover.valid_to, on)
    cover.save(update_fields=["valid_to"])
    if account:
        move(amounts={cover.pk: -account}, key=key, at=at, reason=reason)
    return void(insured_id=insured_id, on=cover.valid_to, reason=reason)


def book_account(*, insured_id: int, amount: Decimal, key: str, at: datetime, reason: str) -> None:
    """Money that came over is in the person's 个人账户, in yuan above zero. Three statements."""
    hold_cover(insured_id)
    if not AccountEntry.objects.filter(key=f"{key}:{insured_id}").exists():
        move(amounts={insured_id: amount}, key=key, at=at, reason=reason)
