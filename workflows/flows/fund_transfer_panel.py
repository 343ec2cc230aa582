"""On the page of a transfer: both centres' records side by side, the letter, the sheet, the money, the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q

from matters.housing_fund.leaving import (
    BLOCK,
    LEAST_MONTHS,
    WAYS_ON,
    live_loans_of,
    may_leave,
    months_before,
    months_here,
)
from matters.housing_fund.models import Account, Journal
from matters.housing_fund.words import rule_book
from matters.rules import CERTAINTIES
from tongban.accounts.personal import mask_name
from workflows.cases.act import Situation
from workflows.cases.flow import Panel

from .fund_accounts import index_of, kept_account, pool_at
from .transfer_objections import FUND

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

FOR_OFFICES, FOR_PEOPLE = "housing_fund/transfer.html", "housing_fund/my_transfer.html"
SIDES = (("receiving", "转入地"), ("sending", "转出地"))
# What holds for this transfer: key, the side whose place it is looked up for, in words.
RULES = (
    ("transfer.promise_days", "receiving", "川渝承诺"),
    ("transfer.accept_days", "receiving", "转入地受理"),
    ("transfer.send_days", "sending", "转出地办理"),
    ("transfer.book_days", "receiving", "转入地入账"),
    (LEAST_MONTHS, "receiving", "转入地要求的连续缴存月数"),
    (BLOCK, "sending", "转出地的限制"),
    ("transfer.match_by", "receiving", "自动入账的核对项"),
)
KEYS = {"letter": "联系函编号", "id_number": "身份证号", "amount": "金额"}
MONEY = {
    "": "没有动账", "held": "账户信息表已发，尚未划款", "in_transit": "在途", "returned": "已退回转出地",
    "suspense": "到账不符，已挂账", "booked": "已入账",
}  # fmt: skip


@dataclass(frozen=True)
class Record:
    """One side. account: None where the register has none; has_books: whether it is on this site."""

    side: str
    office_is_own: bool
    has_books: bool
    account: Account | None = None
    name: str = ""
    months: int = 0
    months_here: int = 0
    live_loans: int = 0
    says: str = ""


@dataclass(frozen=True)
class RuleRow:
    words: str
    value: str
    certainty: str
    source: str


@dataclass(frozen=True)
class JournalRow:
    at: dt.datetime
    what: str
    amount: Decimal
    books: str
    memo: str


@dataclass(frozen=True)
class TransferShown:
    records: Sequence[Record]
    letter: str
    sheet: dict[str, Any]
    money: str
    surplus: str
    journals: Sequence[JournalRow]
    rules: Sequence[RuleRow]
    are_kept: bool


@dataclass(frozen=True)
class MyTransfer:
    """What its people read: the letter and the sheet; the ways on after an objection; the day to come back."""

    letter: str
    sheet: dict[str, Any]
    objection: str
    ways: Sequence[str]
    possible_from: dt.date | None
    remind_href: str

    def __bool__(self) -> bool:
        return bool(self.letter or self.possible_from)


def panel_of(case: Flow, situation: Situation, *, for_party: bool) -> Panel | None:
    """For people no statement; for the two centres eleven; None for everybody else."""
    if for_party:
        mine = _mine(case)
        return Panel(FOR_PEOPLE, mine) if mine else None
    actor = situation.actor
    own = actor.desks | actor.heads
    if not own & {case.office_of(seat) for seat, _ in SIDES}:
        return None
    return Panel(FOR_OFFICES, _shown(case, situation, own))


def _mine(case: Flow) -> MyTransfer:
    facts = case.facts
    day = facts.get("possible_from")
    from_on = dt.date.fromisoformat(day) if day else None
    objection = facts.get("objection", "")
    return MyTransfer(
        letter=facts.get("letter", ""),
        sheet=facts.get("sheet", {}),
        objection=dict(FUND).get(objection, ""),
        ways=WAYS_ON if objection == "live_loan" else (),
        possible_from=from_on,
        remind_href=_remind(case, from_on) if from_on else "",
    )


def _remind(case: Flow, from_on: dt.date) -> str:
    """The page that reckons the same day, and reminds whoever asks for it."""
    since = months_before(from_on, 6)
    answers = {"paying_since": since.isoformat(), "sealed": "yes", "loan": "no", "frozen": "no"}
    return f"/matters/{case.matter.slug}/check/?{urlencode(answers)}"


def _shown(case: Flow, situation: Situation, own: frozenset[int]) -> TransferShown:
    centres = {case.office_of(seat) for seat, _ in SIDES}
    accounts = _accounts(case, situation, centres)
    with_books = set(
        Account.objects.kept_here()
        .filter(centre_id__in=centres)
        .values_list("centre_id", flat=True)
        .distinct()
    )
    records = [
        _record(case, situation, seat, side, accounts.get(seat), with_books, own)
        for seat, side in SIDES
    ]
    return TransferShown(
        records=records,
        letter=case.facts.get("letter", ""),
        sheet=case.facts.get("sheet", {}),
        money=MONEY.get(case.facts.get("money", ""), ""),
        surplus=case.facts.get("surplus", ""),
        journals=_journals(case),
        rules=_rules(case, situation.today),
        are_kept=bool(kept_account(case, "sending") or kept_account(case, "receiving")),
    )


def _accounts(case: Flow, situation: Situation, centres: set[int | None]) -> dict[str, Account]:
    """By seat: the one that the case moves, also when it is closed, else the open one. One statement."""
    index = index_of(case, situation.definition)
    kept = {pk for seat, _ in SIDES if (pk := kept_account(case, seat))}
    same = Q(id_number_index=index, centre_id__in=centres) & ~Q(status=Account.Status.CLOSED)
    own_months = Q(months__deposited__gt=0)
    rows = (
        Account.objects.kept_here()
        .filter(same | Q(pk__in=kept))
        .select_related("centre")
        .annotate(
            months_all=Count("months__month", filter=own_months, distinct=True),
        )
    )
    found: dict[str, Account] = {}
    for row in rows:
        for seat, _ in SIDES:
            is_kept = kept_account(case, seat) == row.pk
            if is_kept or (row.centre_id == case.office_of(seat) and seat not in found):
                found[seat] = row
    return found


def _record(
    case: Flow,
    situation: Situation,
    seat: str,
    side: str,
    account: Any,
    with_books: set[int],
    own: frozenset[int],
) -> Record:
    """Four statements, at the receiving side three."""
    centre = case.office_of(seat)
    is_own = centre in own
    if account is None:
        return Record(side, is_own, centre in with_books)
    on, pool = situation.today, pool_at(case, seat)
    here, says, live = 0, "", live_loans_of(account)
    if seat == "receiving":
        months = months_here(account, pool=pool, on=on)
        here, says = months.have, months.sentence
    elif account.status not in (Account.Status.MOVING, Account.Status.CLOSED):
        says = may_leave(account, live_loans=live, pool=pool, on=on).sentence
    return Record(
        side, is_own, True, account, mask_name(account.name), account.months_all, here, live, says
    )


def _journals(case: Flow) -> list[JournalRow]:
    """The journals of the letter, the earliest first. Two statements."""
    letter = case.facts.get("letter")
    if not letter:
        return []
    rows = Journal.objects.filter(key__startswith=f"{letter}:").order_by("at", "pk")
    return [_journal(row) for row in rows.prefetch_related("lines__centre")]


def _journal(row: Journal) -> JournalRow:
    lines = list(row.lines.all())
    amount = sum((line.amount for line in lines if line.amount > 0), Decimal(0))
    goes = [f"{line.get_book_display()}（{line.centre.name}）" for line in lines if line.amount < 0]
    comes = [
        f"{line.get_book_display()}（{line.centre.name}）" for line in lines if line.amount > 0
    ]
    books = f"{'、'.join(goes)} → {'、'.join(comes)}"
    return JournalRow(row.at, row.get_kind_display(), amount, books, row.memo)


def _rules(case: Flow, on: dt.date) -> list[RuleRow]:
    return [_rule(key, pool_at(case, seat), words, on) for key, seat, words in RULES]


def _rule(key: str, pool: str, words: str, on: dt.date) -> RuleRow:
    row = rule_book().row_at(key, pool, on, {})
    if row is None or row.value is None:
        return RuleRow(words, "没有查到，由工作人员按本地规定核定", "未查实", "")
    certainty = CERTAINTIES.get(row.certainty, row.certainty)
    return RuleRow(words, _value(key, row.value, row.unit), certainty, row.source)


def _value(key: str, value: Any, unit: str) -> str:
    if key == BLOCK:
        statuses = "或".join(str(Account.Status(each).label) for each in value["account"])
        loan = "有未结清公积金贷款的不转出；" if value["live_loan"] else ""
        return f"{loan}账户须{statuses}"
    if key == "transfer.match_by":
        return "、".join(KEYS.get(each, each) for each in value)
    return f"{value} 个{unit}" if unit == "工作日" else f"{value} {unit}"
