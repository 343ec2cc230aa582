"""异地贷款: a depositor of one city borrows from the centre of another, where the home is.

贷款地 has the certificate verified by the deposit city's register, values a second-hand home, reviews
(重庆 ≤ 10 working days), signs, registers title and mortgage, pays out (重庆 ≤ 5) and sends the receipt
(建金〔2015〕135号, 〔2016〕230号; states after housing-fund.md §3.3). The case is concluded with the money: the
loan lives in a table from there (`Loan`), and the mark is a small case beside it (`loan_mark`).
"""

from __future__ import annotations

from decimal import Decimal

from matters.catalogue.definition import Definition, Limit
from matters.housing_fund import certificates, lending
from matters.housing_fund.models import Loan
from matters.housing_fund.words import rule_book
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import (
    ANY_SEAT,
    APPLICANT,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.flow import Flow, Panel
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .cross_city_loan_forms import (
    ApproveForm,
    ContractForm,
    OverdueForm,
    ReckonForm,
    RegistrationForm,
    RejectForm,
    ReleaseForm,
    SettleForm,
    ValuationForm,
)
from .cross_city_loan_guards import (
    is_in_order,
    is_repaying,
    loan_of,
    may_be_lent,
    reckoned,
    second_hand,
    some_unmarked,
)
from .cross_city_loan_sum import borrowers_of, reckon
from .loan_marks import MARK, fall_overdue, open_marks, settle
from .loan_panel import loan_panel
from .loan_people import DEPOSIT, LOAN, answers_of, index_of, pool_at
from .review_forms import SupplementDemandForm, SupplementForm
from .review_steps import (
    SUPPLEMENTING,
    ask_for_papers,
    matter_lines,
    papers_are_there,
    supplement_overdue,
    with_remedies,
)
from .sent_back import sent_back

# Whose days are a rule of the loan city, by state. A city without a row has no limit.
DAYS = {"reviewing": "loan.review_days", "release_review": "loan.release_days"}
BEFORE_CONTRACT = (
    *("applied", "mismatched", "verified", "valuation", "reviewing", "supplementing", "approved"),
)


class CrossCityLoan(Flow):
    CODE = "cross_city_loan"
    LABEL = "公积金异地贷款"
    SEATS = (Seat(LOAN, "贷款地公积金中心"), Seat(DEPOSIT, "缴存地公积金中心"))
    ORIGIN_SEAT = LOAN
    OWNER_SEAT = LOAN
    INITIAL = "applied"
    STATES = (
        State("applied", "已申请，待核验缴存使用证明", LOAN),
        State("mismatched", "证明与缴存地记录不符", LOAN),
        State("verified", "证明已核验，待受理", LOAN),
        State("valuation", "房产评估中", LOAN),
        State("reviewing", "贷款审查中", LOAN),
        SUPPLEMENTING,
        State("approved", "已批准，待签合同", LOAN),
        State("signed", "合同已签，待过户", LOAN),
        State("titled", "已过户，待抵押登记", LOAN),
        State("mortgaged", "已抵押，待提交放款", LOAN),
        State("release_review", "放款审核中", LOAN),
        State("released", "已放款", "", counts_as="concluded", closes=True),
        State("disapproved", "不予贷款", "", counts_as="concluded", closes=True),
        State("returned", "已退件", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        return loan_panel(self, situation, for_party=for_party)

    def limit_in(self, state: State, definition: Definition) -> Limit | None:
        if state.code in DAYS and state.code not in definition.hops:
            row = rule_book().row_at(DAYS[state.code], pool_at(self, LOAN), self.handed_in_on, {})
            if row is not None and row.is_sure_enough:
                return Limit.parse(f"{int(row.value)}G")
        return super().limit_in(state, definition)

    def usually(self, taken: Step, definition: Definition) -> str:
        if taken.code == "supplement":
            return "reviewing"
        if taken.code == "verify_certificate":
            return "verified"
        return super().usually(taken, definition)

    @step("核验缴存使用证明", source=("applied", "mismatched"),
          target=Next(("verified", "mismatched")), by=LOAN, tone="primary",
          done="已向缴存地核验证明")  # fmt: skip
    def verify_certificate(self, act: Act) -> str:
        """By shared data: true, complete, the person's own, valid, not in use. Two statements."""
        given = answers_of(self, act.definition)
        found, problems = certificates.problems_with(
            given["certificate_number"],
            id_number_index=index_of(given["id_number"]),
            deposit_centre_id=self.office_of(DEPOSIT),
            loan_centre_id=self.office_of(LOAN),
            on=act.today,
            case_number=self.number,
        )
        if found and not problems and not certificates.verify(found, case_number=self.number):
            problems = ["证明刚刚被另一笔贷款申请使用"]
        self.facts = {**self.facts, "certificate": {"problems": problems}}
        act.note(problems=problems)
        if problems:
            act.tell("case_step", message=f"缴存使用证明核验未通过：{'；'.join(problems)}。")
            return "mismatched"
        return "verified"

    @step("退件", source="mismatched", target="returned", by=LOAN, form=ReasonForm,
          done="证明不符，已退件", tone="warning")  # fmt: skip
    def return_application(self, act: Act) -> None:
        """Without a certificate there is nothing to lend on: ask for one anew, apply anew."""
        act.outcome = "returned"
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"申请已退回：{act.data['reason']}")

    @step("受理", source="verified", target=Next(("reviewing", "valuation")), by=LOAN,
          counts_as="accepted", tone="primary", done="已受理", for_many=True)  # fmt: skip
    def accept(self, act: Act) -> str:
        """A second-hand home is valued first. One statement."""
        self.accepted_on = act.today
        document = act.issue(Document.Kind.ACCEPTANCE, matter_lines(self, act))
        act.tell("accepted", document=document)
        return "valuation" if second_hand.holds(act.situation) else "reviewing"

    @step("登记评估结果", source="valuation", target="reviewing", by=LOAN, form=ValuationForm,
          tone="primary", done="已登记评估结果")  # fmt: skip
    def record_valuation(self, act: Act) -> None:
        valuation = {key: str(value) for key, value in act.data.items()}
        self.facts = {**self.facts, "valuation": valuation}
        act.note(**valuation)

    @step("批准贷款", source="reviewing", target="approved", by=LOAN, form=ApproveForm,
          guards=(reckoned, may_be_lent), decides=True, tone="primary", done="已批准贷款")  # fmt: skip
    def approve(self, act: Act) -> None:
        amount = str(act.data["amount"])
        self.facts = {**self.facts, "approved": amount}
        act.note(amount=amount, opinion=act.data["opinion"])
        act.tell("case_step", message="您的异地贷款已批准，请按约定时间签订借款合同。")

    @step("核算可贷额度", source="reviewing", by=LOAN, form=ReckonForm, tone="primary",
          done="已核算可贷额度")  # fmt: skip
    def reckon_amount(self, act: Act) -> None:
        """What binds, why, by which rows, and what is doubtful is kept with the case. Three
        statements, and two more for a co-borrower."""
        quote = reckon(act.situation, act.data)
        self.facts = {**self.facts, "quote": quote | {"on": act.today.isoformat()}}
        act.note(amount=quote.get("amount"), problem=quote.get("problem", {}).get("code"))

    @step("要求补正", source="reviewing", target="supplementing", by=LOAN,
          form=SupplementDemandForm, done="已一次性告知补正")  # fmt: skip
    def require_supplement(self, act: Act) -> None:
        """One complete list; the clocks stand still. Three statements."""
        ask_for_papers(self, act)

    @step("提交补正", source="supplementing", target=Next(("reviewing",)), by=(APPLICANT, ANY_SEAT),
          form=SupplementForm, right="supplement", while_suspended=True, notice="supplemented",
          tone="primary")  # fmt: skip
    def supplement(self, act: Act) -> str:
        """The missing papers are there; the clocks run on. Four statements, and the form's two."""
        return papers_are_there(self, act)

    @step("逾期未补正，退件", source="supplementing", target="returned", by=LOAN, form=ReasonForm,
          guards=(supplement_overdue,), while_suspended=True, done="逾期未补正，已退件",
          tone="warning")  # fmt: skip
    def give_up(self, act: Act) -> None:
        """One statement."""
        act.outcome = "returned"
        certificates.let_go(case_number=self.number)
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"因逾期未补正，办件已退回：{act.data['reason']}")

    @step("不予贷款", source="reviewing", target="disapproved", by=LOAN, form=RejectForm,
          decides=True, tone="warning", done="已决定不予贷款")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """The certificate may serve another application. Two statements."""
        act.outcome = "disapproved"
        certificates.let_go(case_number=self.number)
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(code=act.data["code"], reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("登记借款合同", source="approved", target="signed", by=LOAN, form=ContractForm,
          tone="primary", done="借款合同已签订")  # fmt: skip
    def sign_contract(self, act: Act) -> None:
        """The form's statement."""
        contract = {key: str(value) for key, value in act.data.items()}
        self.facts = {**self.facts, "contract": contract}
        act.number("借款合同编号", contract["number"])
        act.note(**contract)

    @step("登记过户", source="signed", target="titled", by=LOAN, form=RegistrationForm,
          tone="primary", done="已过户")  # fmt: skip
    def register_title(self, act: Act) -> None:
        act.note(number=act.data["number"], on=act.data["on"].isoformat())

    @step("登记抵押", source="titled", target="mortgaged", by=LOAN, form=RegistrationForm,
          tone="primary", done="已办理抵押登记")  # fmt: skip
    def register_mortgage(self, act: Act) -> None:
        act.note(number=act.data["number"], on=act.data["on"].isoformat())

    @step("提交放款审核", source="mortgaged", target="release_review", by=LOAN, tone="primary",
          done="已提交放款审核")  # fmt: skip
    def submit_for_release(self, act: Act) -> None:
        act.note(amount=self.facts["approved"])

    @step("退回补办", source="release_review", target="mortgaged", by=LOAN, form=ReasonForm,
          done="放款审核退回", tone="warning")  # fmt: skip
    def return_from_release(self, act: Act) -> None:
        act.note(reason=act.data["reason"])

    @step("放款", source="release_review", target="released", by=LOAN, form=ReleaseForm,
          decides=True, tone="primary", done="已放款，回执已发缴存地")  # fmt: skip
    def disburse(self, act: Act) -> None:
        """The loan begins, its certificate is used, its receipt goes to the deposit city.

        Thirteen statements, and the opening of the mark's case.
        """
        accounts = [account for _, account in borrowers_of(act.situation) if account is not None]
        if not certificates.use(case_number=self.number) or not accounts:
            raise sent_back(act, "缴存使用证明已撤销或账户已销户，请先向缴存地核实")
        loan = self._pay_out(act, [account.pk for account in accounts])
        if loan.case_number != self.number:
            raise sent_back(act, "这个合同编号已有一笔贷款，请核对合同")
        act.outcome = "done"
        receipts = open_marks(self, act, loan, task=MARK)
        self.facts = {**self.facts, "loan": loan.number}
        lines = {"result": act.definition.result.name, "decision": "approved"}
        document = act.issue(Document.Kind.CONCLUSION, matter_lines(self, act) | lines)
        act.note(amount=self.facts["approved"], voucher=act.data["voucher"], receipts=receipts)
        act.tell("concluded", document=document)

    @step("重发放款回执", source="released", by=LOAN, form=ReasonForm, guards=(some_unmarked,),
          is_aside=True, done="已重发放款回执")  # fmt: skip
    def send_receipt_again(self, act: Act) -> None:
        """An account of it bears no mark: the deposit city is asked once more. The guard's statement,
        one, and `open_marks`."""
        loan = loan_of(self)
        act.note(receipts=open_marks(self, act, loan, task=MARK), reason=act.data["reason"])

    @step("登记逾期", source="released", by=LOAN, form=OverdueForm, guards=(is_in_order,),
          is_aside=True, done="贷款已逾期，已请缴存地协助催收", tone="warning")  # fmt: skip
    def report_overdue(self, act: Act) -> None:
        """The deposit city helps to collect. The guard's statement, five, and an opening."""
        fall_overdue(self, act, loan_of(self), called="异地贷款")

    @step("登记结清", source="released", by=LOAN, form=SettleForm, guards=(is_repaying,),
          is_aside=True, done="贷款已结清，结清回执已发缴存地", tone="primary")  # fmt: skip
    def settle_loan(self, act: Act) -> None:
        """贷款全部还清证明 to the person, 结清回执 to the deposit city. The guard's statement, four, and an
        opening."""
        settle(self, act, loan_of(self), called="异地贷款")

    @step("撤回申请", source=BEFORE_CONTRACT, target="withdrawn", by=APPLICANT, right="withdraw",
          form=ReasonForm, while_suspended=True, done="已撤回申请", notice="withdrawn",
          tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Before the contract; the certificate may serve another application. One statement."""
        act.outcome = "withdrawn"
        certificates.let_go(case_number=self.number)
        act.note(reason=act.data["reason"])

    def _pay_out(self, act: Act, account_ids: list[int]) -> Loan:
        contract = self.facts["contract"]
        try:
            return lending.pay_out(
                number=contract["number"],
                centre_id=act.office_id or 0,
                account_ids=account_ids,
                amount=Decimal(self.facts["approved"]),
                rate=Decimal(contract["rate"]),
                months=int(answers_of(self, act.definition)["months"]),
                plan=contract["plan"],
                on=act.today,
                case_number=self.number,
            )
        except lending.LendingRefused as refused:
            raise sent_back(act, str(refused)) from None
