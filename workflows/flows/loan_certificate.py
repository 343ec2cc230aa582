"""异地贷款职工住房公积金缴存使用证明: asked for at the deposit city, for one loan in another.

缴存地 looks into its register and decides by the dated row `certificate.rule` (建金〔2015〕135号, 〔2016〕230号).
The case ends with the certificate; being verified, used, expired or revoked is what happens to it later
(`matters.housing_fund.certificates`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from matters.housing_fund import certificates
from matters.housing_fund.entered import has_books_here
from matters.housing_fund.models import Account, LoanCertificate
from matters.housing_fund.words import rule_book
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import APPLICANT, PROMISE, Guard, Seat, State, step
from workflows.cases.flow import Flow, Foretold, GoingOn, Panel
from workflows.cases.forms import ReasonForm, StepForm
from workflows.cases.models import Document

from .cross_city_loan_forms import day_field
from .loan_after_certificate import loan_after
from .loan_entered_account import EnterAccountForm, books_elsewhere, enter
from .loan_foretelling import foretold
from .loan_panel import certificate_panel
from .loan_people import DEPOSIT, account_at, pool_at
from .review_steps import matter_lines, with_remedies
from .sent_back import sent_back

if TYPE_CHECKING:
    from workflows.cases.opening import PartyInput


def _nothing_against(situation: Situation) -> bool:
    return not situation.case.facts.get("obstacles", [{}])


def _may_end(situation: Situation) -> bool:
    """One statement."""
    number = situation.case.facts.get("certificate", "")
    live = LoanCertificate.objects.filter(number=number, state__in=certificates.LIVE)
    return bool(number) and live.exists()


# In the facts: whether a live loan was entered, once anything was.
ENTERED = "live_loan_entered"
NO_ACCOUNT = "本中心账册里没有申请人的账户：请核对身份证号；确实没有的，不予出具，请申请人到实际缴存的城市申请"
BOOKS_ELSEWHERE = "本中心的账册不在本站：请登记从业务系统或共享数据查到的缴存情况，查不到的不予出具"
nothing_against = Guard("nothing_against", "核查发现不予出具的情形，只能不予出具", _nothing_against)
still_live = Guard("still_live", "证明已使用、已过期或已撤销", _may_end)


class IssueForm(StepForm):
    """No source says how long a certificate is good for: whoever issues it says so."""

    last_day = day_field("有效期至", help_text="没有查到统一的有效期规定，按本中心的规定填写。")

    def clean_last_day(self) -> dt.date:
        last: dt.date = self.cleaned_data["last_day"]
        if last < self.situation.today:
            raise forms.ValidationError("有效期不能早于今天")
        return last


class LoanCertificateFlow(Flow):
    CODE = "loan_certificate"
    LABEL = "异地贷款缴存使用证明"
    SEATS = (Seat(DEPOSIT, "缴存地公积金中心"), Seat("loan", "贷款地公积金中心"))
    OWNER_SEAT = DEPOSIT
    ORIGIN_SEAT = DEPOSIT
    INITIAL = "requested"
    STATES = (
        State("requested", "已申请，待缴存地核查", DEPOSIT, starts=(PROMISE,)),
        State("checking", "核查缴存和贷款记录", DEPOSIT, keeps_hop=True),
        State("issued", "已开具", "", counts_as="concluded", closes=True, stops=(PROMISE,)),
        State("refused", "不予出具", "", counts_as="concluded", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    @classmethod
    def told_before(
        cls, people: Sequence[PartyInput], data: Mapping[str, Any], on: dt.date
    ) -> Foretold | None:
        return foretold(people, data, on)

    def goes_on(self, situation: Situation) -> GoingOn | None:
        return loan_after(situation)

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        return certificate_panel(self, situation, for_party=for_party)

    @step("核查缴存和贷款记录", source="requested", target="checking", by=DEPOSIT,
          tone="primary", done="已核查缴存和贷款记录", counts_as="accepted")  # fmt: skip
    def check_record(self, act: Act) -> None:
        """What the register says is kept with the case. Six statements."""
        self.accepted_on = act.today
        self._look(act)

    @step("重新核查", source="checking", by=DEPOSIT, done="已重新核查缴存和贷款记录")
    def check_record_again(self, act: Act) -> None:
        """After a loan was settled, a business ended. Six statements."""
        self._look(act)

    @step("开具证明", source="checking", target="issued", by=DEPOSIT, form=IssueForm,
          guards=(nothing_against,), decides=True, tone="primary", done="已开具证明")  # fmt: skip
    def issue_certificate(self, act: Act) -> None:
        """Looked at once more under the account's lock. Ten statements."""
        last = act.data["last_day"]
        lines = {"result": act.definition.result.name, "decision": "approved"}
        document = act.issue(Document.Kind.CONCLUSION, matter_lines(self, act) | lines)
        self._issue(act, document.number, last)
        self.facts = {**self.facts, "certificate": document.number}
        act.outcome = "done"
        act.number("证明编号", document.number)
        act.note(number=document.number, last_day=last.isoformat())
        act.tell("concluded", document=document)

    @step("登记缴存情况", source="checking", by=DEPOSIT, form=EnterAccountForm,
          guards=(books_elsewhere,), tone="primary", done="已登记缴存情况")  # fmt: skip
    def enter_deposits(self, act: Act) -> None:
        """Where the deposit city's books are elsewhere: entered, and looked at at once. Sixteen
        statements at most."""
        enter(self, act)
        self.facts = {**self.facts, ENTERED: bool(act.data["live_loan"])}
        act.note(source=act.data["source"], reference=act.data["reference"])
        self._look(act)

    @step("不予出具", source="checking", target="refused", by=DEPOSIT, form=ReasonForm,
          decides=True, tone="warning", done="已决定不予出具")  # fmt: skip
    def refuse(self, act: Act) -> None:
        """One statement."""
        act.outcome = "refused"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        codes = [each["code"] for each in self.facts.get("obstacles", [])]
        act.note(codes=codes, reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("撤销证明", source="issued", by=DEPOSIT, form=ReasonForm, guards=(still_live,),
          is_aside=True, done="已撤销证明", tone="warning")  # fmt: skip
    def revoke_certificate(self, act: Act) -> None:
        """Before a loan was paid out on it; afterwards there is the mark. One statement, and the guard's."""
        try:
            certificates.revoke(number=self.facts["certificate"], because=act.data["reason"])
        except certificates.CertificateRefused as refused:
            raise sent_back(act, str(refused)) from None
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"您的缴存使用证明已撤销：{act.data['reason']}")

    @step("撤回申请", source=("requested", "checking"), target="withdrawn", by=APPLICANT,
          right="withdraw", form=ReasonForm, done="已撤回申请", notice="withdrawn",
          tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])

    def _look(self, act: Act) -> None:
        account = account_at(act.situation)
        against = self._against(account, act)
        found = [{"code": each.code, "sentence": each.sentence} for each in against]
        elsewhere = account.is_entered if account else against[0].code == "books_elsewhere"
        self.facts = {
            **self.facts,
            "obstacles": found,
            "account": account and account.pk,
            "books_elsewhere": elsewhere,
        }
        act.note(codes=[each.code for each in against])

    def _against(self, account: Account | None, act: Act) -> list[certificates.Obstacle]:
        """Five statements at most."""
        if account is None and has_books_here(self.office_of(DEPOSIT)):
            return [certificates.Obstacle("no_account", NO_ACCOUNT)]
        # What was entered for a case before is of that day.
        if account is None or (account.is_entered and ENTERED not in self.facts):
            return [certificates.Obstacle("books_elsewhere", BOOKS_ELSEWHERE)]
        found = certificates.obstacles(
            account, pool=pool_at(self, DEPOSIT), on=act.today, book=rule_book()
        )
        if account.is_entered and self.facts[ENTERED]:
            found.append(certificates.Obstacle("unsettled_loan", "有未结清的公积金贷款"))
        return found

    def _issue(self, act: Act, number: str, last: dt.date) -> None:
        loan_centre: Any = self.office_of("loan")
        try:
            certificates.issue(
                number=number,
                account_id=self.facts["account"],
                loan_centre_id=loan_centre,
                last_day=last,
                at=act.at,
                on=act.today,
                pool=pool_at(self, DEPOSIT),
                book=rule_book(),
            )
        except certificates.CertificateRefused as refused:
            raise sent_back(act, str(refused)) from None
