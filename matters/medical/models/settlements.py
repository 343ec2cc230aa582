"""The settlement ledger: what was settled for whom, what each fund pays, and what counts in the year.

Nothing here is changed or removed (triggers refuse it), save the month in which a settlement is cleared
between the provinces. What was wrong is taken back by a negative entry.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from matters.money import MoneyField
from tongban.sharing.models.asking import AppendOnly, LedgerIsAppendOnly

from .institutions import Institution, VisitKind
from .insured import Insured


class KeptRules(AppendOnly):
    """A rule book, its pools and rows, as it was when something was settled by it: kept once, under its SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.JSONField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:12]


class SettlementQuerySet(models.QuerySet["Settlement"]):
    def update(self, **kwargs: Any) -> int:
        if set(kwargs) != {"clearing_month"}:
            raise LedgerIsAppendOnly("Only the clearing month of a settlement is ever written.")
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise LedgerIsAppendOnly("A settlement is never removed.")

    def live(self) -> SettlementQuerySet:
        """Positive entries that no negative one has taken back."""
        return self.filter(sign=1, reversal=None)

    def with_standing(self) -> SettlementQuerySet:
        """Each with `is_taken_back`: whether a negative entry takes it back."""
        taken_back = Settlement.objects.filter(reverses=OuterRef("pk"))
        return self.annotate(is_taken_back=Exists(taken_back))  # type: ignore[no-redef]


class Settlement(models.Model):
    """One settlement 结算, or the negative entry that takes one back.

    `year`, `seq`: its place among the entries of the person's calendar year. `on`: the day whose rules
    held (discharge, or service). `bill` is what was asked and what the ledger knew then, `breakdown`
    what came of it with a sentence for each amount, `rules` the rule rows that made it, and `rule_book`
    the whole book they stood in, so that it can be computed again.
    `clearing_month` ("2026-11") is "" until that month is declared to the other province.
    """

    class Cause(models.TextChoices):
        SETTLED = "settled", "结算"
        REVERSED = "reversed", "结算撤销"
        # The clearing month was declared already: a negative line of a later month.
        REFUNDED = "refunded", "清算后退费"

    class Kind(models.TextChoices):
        DIRECT = "direct", "直接结算"
        MANUAL = "manual", "手工报销"

    setl_id = models.CharField("结算编号", max_length=30, unique=True)
    key = models.CharField(max_length=100, unique=True)
    cause = models.CharField(max_length=8, choices=Cause)
    sign = models.SmallIntegerField()
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal"
    )
    reason = models.CharField(max_length=200, blank=True, default="")

    insured = models.ForeignKey(Insured, models.PROTECT, related_name="settlements")
    year = models.SmallIntegerField()
    seq = models.IntegerField()
    pool = models.CharField("统筹区", max_length=6)
    insured_type = models.CharField(max_length=8, choices=Insured.Type)
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="+"
    )
    treated_at = models.CharField("就医地", max_length=12)
    treated_province = models.CharField(max_length=6)
    kind = models.CharField(max_length=6, choices=Kind)
    visit = models.CharField(max_length=12, choices=VisitKind)
    mdtrt_id = models.CharField("就诊编号", max_length=64)
    began_on = models.DateField()
    on = models.DateField()
    booked_at = models.DateTimeField()
    clearing_month = models.CharField(max_length=7, blank=True, default="")

    medfee_sumamt = MoneyField("医疗费总额")
    fulamt_ownpay_amt = MoneyField("全自费金额")
    overlmt_selfpay = MoneyField("超限价自费金额")
    preselfpay_amt = MoneyField("先行自付金额")
    inscp_scp_amt = MoneyField("符合政策范围金额")
    act_pay_dedc = MoneyField("实际支付起付线")
    hifp_pay = MoneyField("基本医疗保险统筹基金支出", default=Decimal(0))
    cvlserv_pay = MoneyField("公务员医疗补助资金支出", default=Decimal(0))
    hifes_pay = MoneyField("企业补充医疗保险基金支出", default=Decimal(0))
    hifmi_pay = MoneyField("居民大病保险资金支出", default=Decimal(0))
    hifob_pay = MoneyField("职工大额医疗费用补助基金支出", default=Decimal(0))
    maf_pay = MoneyField("医疗救助基金支出", default=Decimal(0))
    oth_pay = MoneyField("其他支出", default=Decimal(0))
    fund_pay_sumamt = MoneyField("基金支付总额")
    hosp_part_amt = MoneyField("医院负担金额", default=Decimal(0))
    psn_part_amt = MoneyField("个人负担总金额")
    acct_pay = MoneyField("个人账户支出", default=Decimal(0))
    acct_mulaid_pay = MoneyField("个人账户共济支付金额", default=Decimal(0))
    psn_cash_pay = MoneyField("个人现金支出")

    bill = models.JSONField()
    breakdown = models.JSONField()
    rules = models.JSONField()
    rule_book = models.ForeignKey(KeptRules, models.PROTECT, related_name="+")

    is_taken_back: bool  # by `with_standing` only

    objects: ClassVar[Any] = SettlementQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["insured", "year", "seq"], name="settlement_once_a_place"
            ),
            models.CheckConstraint(
                condition=Q(sign=1, cause="settled", reverses=None)
                | Q(sign=-1, cause__in=["reversed", "refunded"], reverses__isnull=False),
                name="settlement_sign_says_what_it_is",
            ),
            models.CheckConstraint(
                condition=Q(sign=1, medfee_sumamt__gte=0, fund_pay_sumamt__gte=0)
                | Q(sign=-1, medfee_sumamt__lte=0, fund_pay_sumamt__lte=0),
                name="settlement_amounts_follow_its_sign",
            ),
            # medical.md §4: for every settlement and, with minus signs, every reversal. The fourth,
            # over the fund lines, is a constraint trigger (migration 0002).
            models.CheckConstraint(
                condition=Q(
                    medfee_sumamt=F("fulamt_ownpay_amt")
                    + F("overlmt_selfpay")
                    + F("preselfpay_amt")
                    + F("inscp_scp_amt")
                ),
                name="settlement_fee_is_its_parts",
            ),
            models.CheckConstraint(
                condition=Q(
                    medfee_sumamt=F("fund_pay_sumamt") + F("psn_part_amt") + F("hosp_part_amt")
                ),
                name="settlement_fee_is_paid_whole",
            ),
            models.CheckConstraint(
                condition=Q(psn_part_amt=F("acct_pay") + F("acct_mulaid_pay") + F("psn_cash_pay")),
                name="settlement_person_pays_their_part",
            ),
        ]
        indexes = [
            models.Index(fields=["mdtrt_id"], name="settlement_visit"),
            models.Index(fields=["institution", "on"], name="settlement_institution_day"),
            models.Index(
                fields=["treated_province", "pool", "clearing_month", "on"],
                name="settlement_clearing",
            ),
        ]

    def __str__(self) -> str:
        return self.setl_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerIsAppendOnly("A settlement is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly("A settlement is never removed.")


class FundLine(AppendOnly):
    """setldetail: what one fund pays of a settlement, and what is left of its limit."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="lines")
    number = models.SmallIntegerField()
    fund_pay_type = models.CharField("基金支付类型", max_length=16)
    fund_payamt = MoneyField("基金支付金额")
    inscp_scp_amt = MoneyField("符合政策范围金额")
    crt_payb_lmt_amt = MoneyField("本次可支付限额金额", null=True, blank=True)  # type: ignore[misc]
    setl_proc_info = models.TextField("结算过程信息", blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["settlement", "number"], name="fund_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.settlement_id}: {self.fund_pay_type}"


class YearEntry(AppendOnly):
    """What counts in a person's calendar year: the change that one settlement made, and the totals after it.

    `delta` and `after` are amounts by counter (`bill.YearToDate.as_json`). The last entry is the year
    to date; an entry without a settlement carries in what was counted before the ledger kept it.
    A trigger (migration 0008) lets one in only if it follows from the entry before: next place, totals
    that add up, no counter below zero.
    """

    insured = models.ForeignKey(Insured, models.PROTECT, related_name="year_entries")
    year = models.SmallIntegerField()
    seq = models.IntegerField()
    settlement = models.OneToOneField(
        Settlement, models.PROTECT, null=True, blank=True, related_name="year_entry"
    )
    key = models.CharField(max_length=100, unique=True)
    delta = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["insured", "year", "seq"], name="year_entry_once_a_place"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="year_entry_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.insured_id} {self.year}/{self.seq}"


class AccountEntry(AppendOnly):
    """One movement of a 个人账户: drawn by a settlement (of the holder or of their family), or paid in."""

    insured = models.ForeignKey(Insured, models.PROTECT, related_name="account_entries")
    settlement = models.ForeignKey(
        Settlement, models.PROTECT, null=True, blank=True, related_name="account_entries"
    )
    key = models.CharField(max_length=130, unique=True)
    amount = MoneyField()
    after = MoneyField()
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(after__gte=0), name="account_entry_never_below_zero")
        ]

    def __str__(self) -> str:
        return f"{self.insured_id}: {self.amount}"


class FamilyAccount(models.Model):
    """家庭共济: somebody's 个人账户 may pay for a member of the family.

    `is_open_across_provinces`: also where the member is treated in another province. Only a pilot of
    广安 is known (四川省医保局, 2024-12-19), so that it is off unless the payer's agency says so.
    """

    payer = models.ForeignKey(Insured, models.PROTECT, related_name="pays_for")
    member = models.ForeignKey(Insured, models.PROTECT, related_name="family_accounts")
    is_open_across_provinces = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "member", "valid_from"], name="family_account_once"
            ),
            models.CheckConstraint(
                condition=~Q(payer=F("member")), name="family_account_is_for_another"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="family_account_span_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id} → {self.member_id}"
