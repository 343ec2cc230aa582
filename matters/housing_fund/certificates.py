"""The certificate for a loan in another city: when it is issued, what the loan city verifies, how it ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from matters.rules import RuleBook, RuleMissing

from .business import open_business
from .ledger.posting import held
from .marks import live_loans_of
from .models import Account, LoanCertificate
from .reader import Reader

RULE = "certificate.rule"
State = LoanCertificate.State
LIVE = (State.ISSUED, State.VERIFIED)


class CertificateRefused(ValueError):
    """Nothing was written; the text is for people."""


@dataclass(frozen=True)
class Obstacle:
    """Why no certificate is issued: a code for machines, a Chinese sentence for people."""

    code: str
    sentence: str


def obstacles(account: Account, *, pool: str, on: dt.date, book: RuleBook) -> list[Obstacle]:
    """By `certificate.rule` of the deposit city (建金〔2016〕230号). Five statements at most."""
    found: list[Obstacle] = []
    if account.status == Account.Status.CLOSED:
        found.append(Obstacle("closed", "账户已销户"))
    if account.status in (Account.Status.MOVING, Account.Status.FROZEN):
        found.append(Obstacle("in_business", f"账户{account.get_status_display()}，有业务在办"))
    found += [Obstacle("in_business", sentence) for sentence in open_business(account)]
    found += _of_loans(account, pool, on, book)
    unused = LoanCertificate.objects.filter(account=account, state=State.ISSUED, last_day__gte=on)
    live = unused.first()
    if live is not None:
        found.append(Obstacle("certified", f"已有一份有效的证明（{live.number}），还没有使用"))
    return found


def _of_loans(account: Account, pool: str, on: dt.date, book: RuleBook) -> list[Obstacle]:
    try:
        rule = Reader(book, on).value(RULE, pool)
    except RuleMissing as unknown:
        return [Obstacle("rule_missing", f"{unknown}，不能判断是否出具")]
    person = Account.objects.filter(pk=account.pk)
    if account.id_number_index:
        person = Account.objects.filter(id_number_index=account.id_number_index)
    live = live_loans_of(person.values_list("pk", flat=True)).first()
    found = []
    if live is not None and rule["first_loan_settled"]:
        found.append(Obstacle("unsettled_loan", f"有未结清的公积金贷款（合同{live.number}）"))
    if account.loans_used >= rule["refuse_from_uses"]:
        sentence = f"已使用过 {account.loans_used} 次公积金贷款，两次及以上的不予出具"
        found.append(Obstacle("used_twice", sentence))
    return found


def issue(
    *,
    number: str,
    account_id: int,
    loan_centre_id: int,
    last_day: dt.date,
    at: dt.datetime,
    on: dt.date,
    pool: str,
    book: RuleBook,
) -> LoanCertificate:
    """Looked at once more under the account's lock. Raises CertificateRefused. Eight statements."""
    try:
        with transaction.atomic():
            account = held(account_id)[account_id]
            against = obstacles(account, pool=pool, on=on, book=book)
            if against:
                raise CertificateRefused("；".join(each.sentence for each in against) + "。")
            # One that an application rests on is no hindrance any more only once that has ended.
            late = LoanCertificate.objects.filter(
                account=account, state=State.ISSUED, last_day__lt=on
            )
            late.update(state=State.EXPIRED)
            return LoanCertificate.objects.create(
                number=number,
                account=account,
                loan_centre_id=loan_centre_id,
                issued_at=at,
                last_day=last_day,
            )
    except IntegrityError:
        raise CertificateRefused("刚刚已为这个账户开具了一份证明。") from None


def problems_with(
    number: str,
    *,
    id_number_index: str,
    deposit_centre_id: int | None,
    loan_centre_id: int | None,
    on: dt.date,
    case_number: str,
) -> tuple[LoanCertificate | None, list[str]]:
    """What the loan city finds when it asks the deposit city: true, complete, valid, its own. One statement."""
    found = LoanCertificate.objects.select_related("account").filter(number=number.strip()).first()
    if found is None:
        return None, ["缴存城市没有开具过这个编号的证明"]
    problems = []
    if found.account.id_number_index != id_number_index:
        problems.append("证明不是申请人本人的")
    if found.account.centre_id != deposit_centre_id:
        problems.append("证明不是申请所填的缴存中心开具的")
    if found.loan_centre_id != loan_centre_id:
        problems.append("证明是开给另一座城市的")
    standing = found.standing(on)
    if standing not in LIVE:
        problems.append(f"证明{State(standing).label}")
    if found.state == State.VERIFIED and found.case_number != case_number:
        problems.append("证明正在另一笔贷款申请中使用")
    return found, problems


def verify(certificate: LoanCertificate, *, case_number: str) -> bool:
    """It serves this application now. False where another one took it first. One statement."""
    free = LoanCertificate.objects.filter(pk=certificate.pk, state=State.ISSUED)
    return bool(free.update(state=State.VERIFIED, case_number=case_number))


def let_go(*, case_number: str) -> None:
    """The application ended without a loan: its certificate may serve another. One statement."""
    held_by = LoanCertificate.objects.filter(state=State.VERIFIED, case_number=case_number)
    held_by.update(state=State.ISSUED, case_number="")


def use(*, case_number: str) -> bool:
    """The money is paid. False where it was revoked meanwhile. One statement."""
    held_by = LoanCertificate.objects.filter(state=State.VERIFIED, case_number=case_number)
    return bool(held_by.update(state=State.USED))


def revoke(*, number: str, because: str) -> None:
    """Before a loan was paid out on it. Raises CertificateRefused. One statement."""
    live = LoanCertificate.objects.filter(number=number, state__in=LIVE)
    if not live.update(state=State.REVOKED, revoked_because=because[:200]):
        raise CertificateRefused("证明已使用、已过期或已撤销，不能再撤销。")
