"""The money of a visit: presettled, booked, looked for, taken back. All sums are the ledger's.

An order goes out in one transaction (状态 结算中) and is booked in the next: whoever dies between the
two leaves a visit that a timer finds, and the ledger's key says whether it happened.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db import DatabaseError, transaction

from matters.catalogue.definition import Limit
from matters.medical.breakdown import Breakdown
from matters.medical.clearing.reconciliation import Reported, note_message
from matters.medical.ledger import NotBooked, Order, book, preview, reverse, settlement_by_key
from matters.medical.models import Institution, Settlement, Visit
from matters.medical.settlement import BillRefused
from matters.medical.visits import fee_sums
from matters.rules import RuleMissing
from workflows.cases.declarations import TIMER

from .medical_visit_card import read_card
from .medical_visit_forms import AGREED, MessageForm, money
from .medical_visit_guards import remember

if TYPE_CHECKING:
    from workflows.cases.act import Act

    from .medical_visit import MedicalVisit

# How long each further look at an unknown result waits; after the last the task is dead and a person's.
RETRIES: Final = tuple(Limit.parse(text) for text in ("1M", "5M", "25M", "2H"))


class PresettleForm(MessageForm):
    """2303 / 2206 预结算. Cleans to `breakdown`, `order` and the standing of today, or says what forbids."""

    medfee_sumamt = money("医院费用总额")
    use_account = forms.ChoiceField(
        label="是否使用个人账户", choices=[("1", "是"), ("0", "否")], required=False
    )

    def clean_use_account(self) -> bool:
        """Used unless the hospital says no."""
        return bool(self.cleaned_data["use_account"] != "0")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        visit, sums = self.visit, fee_sums(self.visit.pk)
        if self.errors:
            return cleaned
        if cleaned["medfee_sumamt"] != sums["medfee_sumamt"]:
            text = (
                f"医院费用总额 {cleaned['medfee_sumamt']} 元与已上传明细合计"
                f" {sums['medfee_sumamt']} 元不一致，请核对后补传或撤销"
            )
            self._refuse("totals_differ", text)
            return cleaned
        card = read_card(
            insured=visit.insured,
            institution=visit.institution,
            kind=visit.kind,
            on=self.situation.today,
            began_on=visit.began_on,
            is_emergency=visit.is_emergency,
            disease=visit.disease,
            visit_key=visit.mdtrt_id,
        )
        for obstacle in card.obstacles:
            self._refuse(obstacle.code, f"{obstacle.text}{card.safe_act}")
        if card.may_register:
            cleaned["card"] = card
            cleaned["order"] = order_of(visit, sums, card.standing.filing, cleaned["use_account"])
            cleaned["breakdown"] = self._previewed(visit, cleaned["order"])
        return cleaned

    def _previewed(self, visit: Visit, order: Order) -> Breakdown | None:
        try:
            return preview(insured=visit.insured, order=order)
        except RuleMissing as missing:
            for each in missing.missing:
                self._refuse("rule_missing", each.sentence)
        except BillRefused as refused:
            self._refuse(refused.code.lower(), refused.sentence)
        except NotBooked as refused:
            self._refuse(refused.code.lower(), refused.sentence)
        return None

    def _refuse(self, code: str, text: str) -> None:
        self.add_error(None, forms.ValidationError(text, code=code))


class SettleForm(MessageForm):
    """2304 / 2207 结算: what the patient was shown, again. Anything else is refused by name."""

    medfee_sumamt = money("医疗费总额")
    fund_pay_sumamt = money("基金支付总额")
    acct_pay = money("个人账户支出")
    psn_cash_pay = money("个人现金支出")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shown = self.visit.presettled
        for name, label in AGREED.items():
            told = cleaned.get(name)
            if told is not None and told != Decimal(shown[name]):
                text = f"{label} {told} 元与最近一次预结算 {shown[name]} 元不一致，请重新预结算"
                self.add_error(name, forms.ValidationError(text, code="amounts_differ"))
        return cleaned


def order_of(visit: Visit, sums: dict[str, Decimal], filing: str, use_account: bool) -> Order:
    """What the ledger is asked: the fees as they were uploaded, the day of discharge or of service."""
    return Order(
        institution=visit.institution,
        level=visit.institution.level,
        visit=visit.kind,
        began_on=visit.began_on,
        on=visit.ended_on or visit.began_on,
        filing=filing,
        treated_at=visit.institution.region_id,
        medfee_sumamt=sums["medfee_sumamt"],
        fulamt_ownpay_amt=sums["fulamt_ownpay_amt"],
        overlmt_selfpay=sums["overlmt_selfpay"],
        preselfpay_amt=sums["preselfpay_amt"],
        mdtrt_id=visit.mdtrt_id,
        disease=visit.disease,
        use_account=use_account,
    )


def keep_presettled(act: Act) -> Breakdown:
    """What the patient is shown now, with the filing that it rests on. Two statements."""
    breakdown: Breakdown = act.data["breakdown"]
    remember(act.case, shown=True)
    standing = act.data["card"].standing
    Visit.objects.filter(mdtrt_id=act.case.number).update(
        presettled=breakdown.as_json() | {"use_account": act.data["use_account"]},
        presettled_at=act.at,
        filing=standing.row,
        filing_code=standing.filing,
        filing_sentence=standing.sentence[:500],
        filing_doubts=list(standing.doubts),
    )
    return breakdown


def void_presettled(act: Act, **also: Any) -> None:
    """What was shown no longer holds. One statement."""
    remember(act.case, shown=False)
    Visit.objects.filter(mdtrt_id=act.case.number).update(presettled={}, presettled_at=None, **also)


def send_order(case: MedicalVisit, act: Act) -> str:
    """The key under which the ledger will know this settlement, kept before anybody books. One statement."""
    key = f"{case.number}:{act.seq}"
    Visit.objects.filter(mdtrt_id=case.number).update(settle_key=key)
    return key


def booked(case: MedicalVisit, act: Act) -> Settlement | str:
    """Book what was agreed, or say why not. The statements are the ledger's, and two."""
    visit = Visit.objects.select_related("insured", "institution").get(mdtrt_id=case.number)
    shown = visit.presettled
    order = order_of(visit, fee_sums(visit.pk), visit.filing_code, shown["use_account"])
    try:
        with transaction.atomic():
            settlement = book(
                insured_id=visit.insured_id,
                order=order,
                key=visit.settle_key,
                at=act.at,
                agreed=shown,
            )
    except RuleMissing as missing:
        return "；".join(each.sentence for each in missing.missing)
    except BillRefused as refused:
        return refused.sentence
    except NotBooked as refused:
        return refused.sentence
    Visit.objects.filter(pk=visit.pk).update(is_admitted=False)
    _book_at_treatment(visit.institution, settlement, act)
    return settlement


def _book_at_treatment(institution: Institution, settlement: Settlement, act: Act) -> None:
    """就医地 books what it saw pass, for the daily check to compare. One statement."""
    original = settlement.reverses or settlement
    line = Reported(
        setl_id=original.setl_id,
        sign=settlement.sign,
        visit=settlement.visit,
        pool=settlement.pool,
        medfee_sumamt=settlement.medfee_sumamt,
        fund_pay_sumamt=settlement.fund_pay_sumamt,
        acct_pay=settlement.acct_pay + settlement.acct_mulaid_pay,
    )
    note_message(institution=institution, line=line, day=act.today, at=act.at)


def found(case: MedicalVisit) -> Settlement | None:
    """What became of the order whose answer was lost. Two statements. Raises DatabaseError."""
    keys = Visit.objects.filter(mdtrt_id=case.number).values_list("settle_key", flat=True)
    with transaction.atomic():
        settlement = settlement_by_key(keys.get())
    if settlement is not None:
        Visit.objects.filter(mdtrt_id=case.number).update(is_admitted=False)
    return settlement


def open_task(case: MedicalVisit, act: Act) -> None:
    """RESOLVE_UNKNOWN: pending until a look has found out. Its clock is the state's timer."""
    case.facts = {
        **case.facts,
        "task": {
            "kind": "RESOLVE_UNKNOWN",
            "status": "pending",
            "tries": 0,
            "since": act.at.isoformat(),
        },
    }


def look(case: MedicalVisit, act: Act) -> Settlement | bool | None:
    """One run of the task: the settlement, None if it never happened, False where nobody can say yet.

    A look that fails is tried again after 1, 5, 25 minutes and two hours; then the task is dead.
    """
    task = dict(case.facts.get("task", {}))
    tries = int(task.get("tries", 0)) + 1
    try:
        settlement = found(case)
    except DatabaseError:
        is_dead = tries > len(RETRIES)
        if is_dead:
            case.clocks.pop(TIMER, None)
        else:
            act.again_after = RETRIES[tries - 1]
        case.facts = {
            **case.facts,
            "task": task | {"status": "dead" if is_dead else "pending", "tries": tries},
        }
        act.note(tries=tries, task="dead" if is_dead else "pending")
        return False
    case.facts = {**case.facts, "task": task | {"status": "done", "tries": tries}}
    act.note(tries=tries, task="done")
    return settlement


def close_task(case: MedicalVisit) -> None:
    """The question has been answered otherwise: by the hospital's 2601, or by the answer itself."""
    if case.facts.get("task", {}).get("status") == "pending":
        case.facts = {**case.facts, "task": {**case.facts["task"], "status": "done"}}


def taken_back(case: MedicalVisit, act: Act, *, reason: str) -> Settlement | str:
    """The negative entry of the visit's live settlement, or the sentence that forbids it.

    Two statements and the ledger's.
    """
    key = f"{case.facts['settlement']['key']}:reversal"
    try:
        with transaction.atomic():
            negative = reverse(
                settlement_id=case.facts["settlement"]["id"], key=key, at=act.at, reason=reason
            )
    except NotBooked as refused:
        return refused.sentence
    visit = Visit.objects.select_related("institution").get(mdtrt_id=case.number)
    _book_at_treatment(visit.institution, negative, act)
    return negative
