"""The money of a transfer in the ledger of the housing fund, inside the step that moves it.

Where both centres' accounts are on this site, it goes from one into the other. Where only one's are, the
other side is 外部 and only that account moves. Where neither's are, the clerks' figures are all there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from matters.housing_fund import ledger
from workflows.cases.act import Act
from workflows.cases.forms import StepForm
from workflows.cases.perform import InvalidData

from .fund_accounts import kept_account

if TYPE_CHECKING:
    from workflows.cases.flow import Flow


@contextmanager
def told_in_the_form(act: Act) -> Iterator[None]:
    """What the ledger does not do is an error of the step's form; nothing is written. Raises InvalidData."""
    try:
        yield
    except ledger.LedgerRefused as refused:
        asked = act.step.form or StepForm
        form = asked(dict(act.data), situation=act.situation)  # type: ignore[call-arg]
        form.is_valid()
        form.add_error(None, str(refused))
        raise InvalidData(form) from None


def freeze(account_id: int, act: Act) -> None:
    """Two statements."""
    with told_in_the_form(act):
        ledger.freeze(account_id=account_id)


def let_go(case: Flow) -> None:
    """The transfer ends, or begins anew, without having moved anything: the old account is as it was."""
    sender = kept_account(case, "sending")
    if sender is None:
        return
    ledger.unfreeze(account_id=sender)
    fund = {seat: pk for seat, pk in case.facts["fund"].items() if seat != "sending"}
    case.facts = {**case.facts, "fund": fund}


def send(case: Flow, act: Act) -> None:
    """Raises InvalidData where the ledger refuses, or has another sum than the sheet."""
    sender, receiver = kept_account(case, "sending"), kept_account(case, "receiving")
    nth = int(case.facts.get("tries", 0)) + 1
    case.facts = {**case.facts, "tries": nth}
    if sender is None:
        return
    letter, interest = case.facts["letter"], Decimal(case.facts["sheet"]["interest"])
    with told_in_the_form(act):
        if receiver is not None:
            sent = ledger.remit(
                letter=letter, sender_id=sender, receiver_id=receiver, interest=interest, at=act.at
            ).amount
        else:
            sent = ledger.pay_over(
                letter=letter, nth=nth, account_id=sender, interest=interest, at=act.at
            )
        if sent != act.data["amount"]:
            sentence = f"账册应划转{sent}元，与账户信息表不一致，不能划款"
            raise ledger.LedgerRefused("sheet_differs", sentence)


def bounce(case: Flow, act: Act) -> None:
    _back_to_sender(case, act)


def arrive(case: Flow, act: Act, differing: list[str]) -> None:
    """Booked where all three keys agree, else into suspense; whoever's books are here has it so."""
    sender, receiver = kept_account(case, "sending"), kept_account(case, "receiving")
    letter, amount, nth = case.facts["letter"], act.data["amount"], _nth(case)
    why = f"不一致：{'、'.join(differing)}" if differing else ""
    with told_in_the_form(act):
        if sender is not None and receiver is not None:
            agrees = not set(differing) - {"金额"}
            ledger.book_arrival(letter=letter, amount=amount, agrees=agrees, at=act.at, why_not=why)
        elif receiver is not None and differing:
            ledger.hold_back(
                letter=letter, nth=nth, centre_id=_centre(case), amount=amount, at=act.at, why=why
            )
        elif receiver is not None:
            ledger.pay_in(letter=letter, nth=nth, account_id=receiver, amount=amount, at=act.at)
        elif sender is not None and not differing:
            ledger.close_moved(account_id=sender, at=act.at)


def match(case: Flow, act: Act) -> None:
    sender, receiver = kept_account(case, "sending"), kept_account(case, "receiving")
    letter, reason = case.facts["letter"], act.data["reason"]
    with told_in_the_form(act):
        if sender is not None and receiver is not None:
            ledger.book_matched(letter=letter, at=act.at, reason=reason)
        elif receiver is not None:
            _out_of_suspense(case, receiver, act.at, reason, is_theirs=True)
        elif sender is not None:
            ledger.close_moved(account_id=sender, at=act.at)


def surplus_back(case: Flow, act: Act) -> None:
    """多到的资金 leaves suspense, wherever the receiving centre's books are here."""
    sender, receiver = kept_account(case, "sending"), kept_account(case, "receiving")
    letter, reason = case.facts["letter"], act.data["voucher"]
    with told_in_the_form(act):
        if sender is not None and receiver is not None:
            ledger.give_back_surplus(letter=letter, at=act.at, reason=reason)
        elif receiver is not None:
            ledger.surplus_goes_back(
                letter=letter,
                nth=_nth(case),
                centre_id=_centre(case),
                amount=Decimal(case.facts["surplus"]),
                at=act.at,
                reason=reason,
            )


def give_back(case: Flow, act: Act) -> None:
    sender, receiver = kept_account(case, "sending"), kept_account(case, "receiving")
    with told_in_the_form(act):
        if sender is not None and receiver is not None:
            letter, reason = case.facts["letter"], act.data["reason"]
            ledger.give_back(letter=letter, at=act.at, reason=reason)
        elif receiver is not None:
            _out_of_suspense(case, receiver, act.at, act.data["reason"], is_theirs=False)
        else:
            _back_to_sender(case, act)


def undo_booking(case: Flow, act: Act) -> None:
    """冲正 of a booking. Only where both accounts are here."""
    with told_in_the_form(act):
        ledger.booking_is_reversed(
            letter=case.facts["letter"], at=act.at, reason=act.data["reason"]
        )


def put_right(case: Flow, act: Act) -> None:
    """更正 of a booked sum by a difference. Only where both accounts are here."""
    with told_in_the_form(act):
        ledger.booking_is_corrected(
            letter=case.facts["letter"],
            difference=act.data["difference"],
            key=f"{case.facts['letter']}:correction:{act.seq}",
            at=act.at,
            reason=act.data["reason"],
        )


def _back_to_sender(case: Flow, act: Act) -> None:
    sender, receiver = kept_account(case, "sending"), kept_account(case, "receiving")
    if sender is None:
        return
    letter, reason = case.facts["letter"], act.data["reason"]
    with told_in_the_form(act):
        if receiver is not None:
            ledger.come_back_refused(letter=letter, at=act.at, reason=reason)
        else:
            sent = Decimal(case.facts["sent"])
            ledger.comes_back(
                letter=letter,
                nth=_nth(case),
                account_id=sender,
                amount=sent,
                at=act.at,
                reason=reason,
            )


def _out_of_suspense(
    case: Flow, receiver: int, at: dt.datetime, reason: str, *, is_theirs: bool
) -> None:
    # Of what arrived besides what was sent nothing is theirs.
    ledger.out_of_suspense(
        letter=case.facts["letter"],
        nth=_nth(case),
        account_id=receiver,
        amount=Decimal(case.facts["sent" if is_theirs else "arrived"]),
        is_theirs=is_theirs,
        at=at,
        reason=reason,
    )


def _nth(case: Flow) -> int:
    return int(case.facts.get("tries", 1))


def _centre(case: Flow) -> int:
    centre = case.office_of("receiving")
    if centre is None:
        raise LookupError(f"{case.number}: no receiving centre")
    return centre
