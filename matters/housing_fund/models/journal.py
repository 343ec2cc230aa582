"""The double-entry ledger: journals of lines that sum to nothing, so that no fen is made or lost.

Nothing here is changed or removed (triggers refuse it). An error is put right by another journal.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from matters.money import MoneyField
from tongban.sharing.models.asking import AppendOnly

from .accounts import Account


class Remittance(models.Model):
    """The money of one transfer under one 联系函: sent, under way, arrived or come back.

    `amount`: principal and interest as the 账户信息表 has it. `arrived`: what the bank really delivered.
    `surplus`: what arrived besides and still lies in suspense after the rest was booked.
    """

    class State(models.TextChoices):
        SENT = "sent", "在途"
        RETURNED = "returned", "已退回转出地"
        SUSPENSE = "suspense", "到账不符，已挂账"
        BOOKED = "booked", "已入账"

    letter = models.CharField("联系函编号", max_length=40, unique=True)
    sender = models.ForeignKey(Account, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Account, models.PROTECT, related_name="+")
    amount = MoneyField()
    arrived = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    surplus = MoneyField(default=Decimal(0), db_default=Decimal(0))
    state = models.CharField(max_length=8, choices=State, default=State.SENT)
    tries = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="remittance_is_of_money"),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "returned", "suspense", "booked"]),
                name="remittance_state_known",
            ),
            models.CheckConstraint(condition=Q(surplus__gte=0), name="remittance_surplus_is_one"),
        ]
        indexes = [
            models.Index(
                fields=["sent_at"],
                condition=Q(state__in=["sent", "suspense"]),
                name="remittance_open",
            )
        ]

    def __str__(self) -> str:
        return self.letter

    @property
    def lies(self) -> Decimal:
        """Yuan of it that are in suspense."""
        waits = self.arrived if self.state == self.State.SUSPENSE else None
        return (waits or Decimal(0)) + self.surplus


class Journal(AppendOnly):
    """One thing that happened to money. `key`: the message or step that caused it; once."""

    class Kind(models.TextChoices):
        OPENING = "opening", "期初"
        DEPOSIT = "deposit", "缴存"
        INTEREST = "interest", "结息"
        WITHDRAWAL = "withdrawal", "提取"
        SENT = "sent", "转出"
        REFUSED = "refused", "银行退票"
        ARRIVED = "arrived", "到账入账"
        SUSPENDED = "suspended", "到账挂账"
        MATCHED = "matched", "核对入账"
        RETURNED = "returned", "退回转出地"
        CORRECTED = "corrected", "更正"

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    remittance = models.ForeignKey(
        Remittance, models.PROTECT, null=True, blank=True, related_name="journals"
    )
    memo = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


class Line(AppendOnly):
    """One side of a journal: so much more (or less) in one book.

    account: a person's deposits; transit: under way between two centres; suspense: arrived and not yet
    known for whom; outside: employers, people and banks, whose money comes in and goes out.
    """

    class Book(models.TextChoices):
        ACCOUNT = "account", "个人账户"
        TRANSIT = "transit", "在途资金"
        SUSPENSE = "suspense", "挂账"
        OUTSIDE = "outside", "外部"

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="lines")
    book = models.CharField(max_length=8, choices=Book)
    centre = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    amount = MoneyField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(book="account", account__isnull=False)
                | (~Q(book="account") & Q(account=None)),
                name="fund_line_names_its_account",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="fund_line_moves_something"),
        ]
        indexes = [models.Index(fields=["book", "centre"], name="fund_line_book")]

    def __str__(self) -> str:
        return f"{self.book} {self.amount}"
