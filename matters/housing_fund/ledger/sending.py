"""Money of a transfer: sent = under way = booked, in suspense or come back. Never anything else.

Who acts on a letter holds its remittance first and the accounts after it, so that a bank's refusal
and an arrival of the same money come one after the other.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from matters.housing_fund.models import Account, DepositMonth, Journal, Remittance

from .posting import OUTSIDE, SUSPENSE, TRANSIT, Side, held, known, of_account, post
from .refusals import LedgerRefused

Status, State, Kind = Account.Status, Remittance.State, Journal.Kind
ZERO = Decimal(0)
MAY_LEAVE = (Status.NORMAL, Status.SEALED, Status.HELD)


def freeze(*, account_id: int) -> Account:
    """No deposits and withdrawals while the account is on its way out. Raises LedgerRefused."""
    with transaction.atomic():
        account = held(account_id)[account_id]
        if account.status == Status.MOVING:
            raise LedgerRefused("moving", "账户已在办理另一笔转出。")
        if account.status not in MAY_LEAVE:
            raise LedgerRefused("not_movable", f"账户{account.get_status_display()}，不能转出。")
        account.status_before, account.status = account.status, Status.MOVING
        account.save(update_fields=["status", "status_before"])
        return account


def unfreeze(*, account_id: int) -> None:
    """The transfer ended without moving anything: the account is as it was."""
    with transaction.atomic():
        account = held(account_id)[account_id]
        if account.status == Status.MOVING:
            account.status, account.status_before = account.status_before, ""
            account.save(update_fields=["status", "status_before"])


def remittance_of(letter: str) -> Remittance | None:
    found: Remittance | None = Remittance.objects.filter(letter=letter).first()
    return found


def remit(
    *, letter: str, sender_id: int, receiver_id: int, interest: Decimal, at: dt.datetime
) -> Remittance:
    """All of the account with interest to this day leaves; after a refusal, once more.

    Sent money is not sent again: the same letter under way is given as it is. Raises LedgerRefused.
    """
    with transaction.atomic():
        known_one = Remittance.objects.select_for_update().filter(letter=letter).first()
        sender = held(sender_id)[sender_id]
        if known_one is None:
            # Somebody else may have sent it while this one waited for the account.
            known_one = Remittance.objects.filter(letter=letter).first()
        if known_one is not None and known_one.state != State.RETURNED:
            return known_one
        if sender.status != Status.MOVING:
            raise LedgerRefused("not_frozen", "账户没有冻结待转，不能划款。")
        _credit_interest(letter, sender, interest, at)
        if sender.balance <= 0:
            raise LedgerRefused("empty", "账户没有余额，不用划款。")
        remittance = _under_way(known_one, letter, sender, receiver_id, at)
        sides = [
            of_account(sender, -remittance.amount),
            Side(TRANSIT, sender.centre_id, remittance.amount),
        ]
        post(
            key=f"{letter}:sent:{remittance.tries}",
            kind=Kind.SENT,
            at=at,
            sides=sides,
            remittance=remittance,
        )
        return remittance


def _credit_interest(letter: str, sender: Account, interest: Decimal, at: dt.datetime) -> None:
    """Once a letter, whatever became of the money afterwards."""
    key = f"{letter}:interest"
    if interest and known(key) is None:
        sides = [of_account(sender, interest), Side(OUTSIDE, sender.centre_id, -interest)]
        post(key=key, kind=Kind.INTEREST, at=at, sides=sides)


def _under_way(
    before: Remittance | None, letter: str, sender: Account, receiver_id: int, at: dt.datetime
) -> Remittance:
    if before is None:
        return Remittance.objects.create(
            letter=letter,
            sender=sender,
            receiver_id=receiver_id,
            amount=sender.balance,
            sent_at=at,
        )
    before.state, before.tries, before.amount = State.SENT, before.tries + 1, sender.balance
    before.arrived, before.ended_at, before.sent_at = None, None, at
    before.save()
    return before


def come_back_refused(*, letter: str, at: dt.datetime, reason: str) -> Remittance:
    """银行退票: what was under way is back in the account it left. Twice is once. Raises LedgerRefused."""
    with transaction.atomic():
        remittance = _locked(letter)
        if remittance.state == State.RETURNED:
            return remittance
        _need(remittance, State.SENT, "只有在途的资金会被银行退回。")
        sender = held(remittance.sender_id)[remittance.sender_id]
        sides = [
            Side(TRANSIT, sender.centre_id, -remittance.amount),
            of_account(sender, remittance.amount),
        ]
        return _ended(remittance, State.RETURNED, Kind.REFUSED, sides, at, reason)


def book_arrival(
    *, letter: str, amount: Decimal, agrees: bool, at: dt.datetime, why_not: str = ""
) -> Remittance:
    """到账: booked at once where letter, person and amount agree, else into suspense. Twice is once.

    agrees: of letter and person, as the centre compared them; the amount is compared here. What did not
    arrive of what was sent stays under way, and `differences` names it; what arrived besides came from
    outside.
    """
    with transaction.atomic():
        remittance = _locked(letter)
        if remittance.state in (State.BOOKED, State.SUSPENSE):
            return remittance
        _need(remittance, State.SENT, "没有在途的资金。")
        accounts = held(remittance.sender_id, remittance.receiver_id)
        sender, receiver = accounts[remittance.sender_id], accounts[remittance.receiver_id]
        remittance.arrived = amount
        leaves = Side(TRANSIT, sender.centre_id, -min(amount, remittance.amount))
        if agrees and amount == remittance.amount:
            sides = [leaves, of_account(receiver, amount)]
            booked = _ended(remittance, State.BOOKED, Kind.ARRIVED, sides, at)
            _close(sender, receiver, at)
            return booked
        sides = [
            leaves,
            Side(OUTSIDE, receiver.centre_id, -_besides(remittance)),
            Side(SUSPENSE, receiver.centre_id, amount),
        ]
        return _ended(remittance, State.SUSPENSE, Kind.SUSPENDED, sides, at, why_not)


def book_matched(*, letter: str, at: dt.datetime, reason: str) -> Remittance:
    """核对入账: out of suspense into the account; only the whole amount, a part goes back.

    What arrived besides stays in suspense until `give_back_surplus`.
    """
    with transaction.atomic():
        remittance = _locked(letter)
        if remittance.state == State.BOOKED:
            return remittance
        _need(remittance, State.SUSPENSE, "没有挂账的资金。")
        arrived = _arrived(remittance)
        if arrived < remittance.amount:
            sentence = f"到账{arrived}元，应为{remittance.amount}元：少到的不能入账，请退回重划。"
            raise LedgerRefused("amount_differs", sentence)
        accounts = held(remittance.sender_id, remittance.receiver_id)
        sender, receiver = accounts[remittance.sender_id], accounts[remittance.receiver_id]
        whole = remittance.amount
        remittance.surplus += _besides(remittance)
        sides = [Side(SUSPENSE, receiver.centre_id, -whole), of_account(receiver, whole)]
        booked = _ended(remittance, State.BOOKED, Kind.MATCHED, sides, at, reason)
        _close(sender, receiver, at)
        return booked


def give_back(*, letter: str, at: dt.datetime, reason: str) -> Remittance:
    """退回: what lay in suspense, and what never arrived, is back in the account it left; what arrived
    besides goes back to where it came from."""
    with transaction.atomic():
        remittance = _locked(letter)
        if remittance.state == State.RETURNED:
            return remittance
        _need(remittance, State.SUSPENSE, "没有挂账的资金。")
        arrived = _arrived(remittance)
        accounts = held(remittance.sender_id, remittance.receiver_id)
        sender, receiver = accounts[remittance.sender_id], accounts[remittance.receiver_id]
        sides = [
            Side(SUSPENSE, receiver.centre_id, -arrived),
            Side(TRANSIT, sender.centre_id, min(arrived - remittance.amount, ZERO)),
            Side(OUTSIDE, receiver.centre_id, _besides(remittance)),
            of_account(sender, remittance.amount),
        ]
        return _ended(remittance, State.RETURNED, Kind.RETURNED, sides, at, reason)


def give_back_surplus(*, letter: str, at: dt.datetime, reason: str) -> Remittance:
    """退回多到的: what arrived besides what was sent leaves suspense for where it came from. Twice is once."""
    with transaction.atomic():
        remittance = _locked(letter)
        if remittance.surplus:
            surplus, remittance.surplus = remittance.surplus, ZERO
            centre = remittance.receiver.centre_id
            nth = Journal.objects.filter(key__startswith=f"{letter}:surplus:").count() + 1
            post(
                key=f"{letter}:surplus:{nth}",
                kind=Kind.RETURNED,
                at=at,
                sides=[Side(SUSPENSE, centre, -surplus), Side(OUTSIDE, centre, surplus)],
                remittance=remittance,
                memo=reason[:200],
            )
            remittance.save(update_fields=["surplus"])
        return remittance


def booking_is_reversed(*, letter: str, at: dt.datetime, reason: str) -> Remittance:
    """冲正: what was booked by mistake is back in the account it left, which is open again and frozen.

    Another journal, never an edit; the months that came are taken out again. Raises LedgerRefused, also
    where the money is not there any more.
    """
    with transaction.atomic():
        remittance = _locked(letter)
        if remittance.state == State.RETURNED:
            return remittance
        _need(remittance, State.BOOKED, "只有已入账的可以冲正。")
        accounts = held(remittance.sender_id, remittance.receiver_id)
        sender, receiver = accounts[remittance.sender_id], accounts[remittance.receiver_id]
        _open_again(sender)
        _take_months_back(sender, receiver)
        sides = [of_account(receiver, -remittance.amount), of_account(sender, remittance.amount)]
        return _ended(remittance, State.RETURNED, Kind.CORRECTED, sides, at, reason)


def booking_is_corrected(
    *, letter: str, difference: Decimal, key: str, at: dt.datetime, reason: str
) -> Journal:
    """更正: yuan that the sending centre owes besides, or had sent too much of. Twice is once.

    They come from outside or go there: the account they were sent from is closed. Raises LedgerRefused.
    """
    with transaction.atomic():
        remittance = _locked(letter)
        if (before := known(key)) is not None:
            return before
        _need(remittance, State.BOOKED, "只有已入账的可以更正。")
        receiver = held(remittance.receiver_id)[remittance.receiver_id]
        sides = [
            of_account(receiver, difference),
            Side(OUTSIDE, remittance.sender.centre_id, -difference),
        ]
        return post(
            key=key,
            kind=Kind.CORRECTED,
            at=at,
            sides=sides,
            remittance=remittance,
            memo=reason[:200],
        )


def _open_again(account: Account) -> None:
    """As it was while it moved. The row comes first: a closed account holds no money."""
    if account.status != Status.CLOSED:
        return
    others = Account.objects.filter(
        centre_id=account.centre_id, id_number_index=account.id_number_index
    ).exclude(status=Status.CLOSED)
    if account.id_number_index and others.exists():
        raise LedgerRefused("opened_anew", "职工在转出地又开了新账户，原账户不能恢复。")
    account.status, account.closed_on = Status.MOVING, None
    account.save(update_fields=["status", "closed_on"])


def _take_months_back(sender: Account, receiver: Account) -> None:
    for row in DepositMonth.objects.filter(account=sender):
        DepositMonth.objects.filter(
            account=receiver, month=row.month, deposited_at_id=row.deposited_at_id
        ).exclude(deposited_at_id=receiver.centre_id).delete()


def _arrived(remittance: Remittance) -> Decimal:
    if remittance.arrived is None:
        raise LedgerRefused("not_arrived", "资金还没有到账。")
    return remittance.arrived


def _besides(remittance: Remittance) -> Decimal:
    """What arrived above what was sent."""
    return max(_arrived(remittance) - remittance.amount, ZERO)


def _locked(letter: str) -> Remittance:
    found = Remittance.objects.select_for_update().filter(letter=letter).first()
    if found is None:
        raise LedgerRefused("no_remittance", f"没有联系函 {letter} 的划款。")
    return found


def _need(remittance: Remittance, state: str, sentence: str) -> None:
    if remittance.state != state:
        raise LedgerRefused("wrong_state", f"{sentence}（{remittance.get_state_display()}）")


def _ended(
    remittance: Remittance,
    state: str,
    kind: str,
    sides: list[Side],
    at: dt.datetime,
    memo: str = "",
) -> Remittance:
    key = f"{remittance.letter}:{kind}:{remittance.tries}"
    post(key=key, kind=kind, at=at, sides=sides, remittance=remittance, memo=memo[:200])
    remittance.state = state
    remittance.ended_at = None if state == State.SUSPENSE else at
    remittance.save(update_fields=["state", "arrived", "surplus", "ended_at"])
    return remittance


def _close(sender: Account, receiver: Account, at: dt.datetime) -> None:
    """The history goes with the money: months of deposit count on at the receiving centre 互认."""
    months = DepositMonth.objects.filter(account=sender)
    DepositMonth.objects.bulk_create(
        [
            DepositMonth(
                account=receiver,
                month=row.month,
                deposited=row.deposited,
                withdrawn=row.withdrawn,
                for_rent=row.for_rent,
                deposited_at_id=row.deposited_at_id,
            )
            for row in months
        ],
        ignore_conflicts=True,
    )
    receiver.loans_used = max(receiver.loans_used, sender.loans_used)
    receiver.save(update_fields=["loans_used"])
    sender.status, sender.closed_on = Status.CLOSED, timezone.localdate(at)
    sender.save(update_fields=["status", "closed_on"])
