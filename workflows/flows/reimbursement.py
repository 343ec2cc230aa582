"""手工报销: fees that somebody paid in full come back by hand, from the agency that insures them.

参保地 checks the papers, accepts (thirty working days run from there), reviews, may ask the agency at
the place of treatment, reckons, has a second person recheck, pays. Time stands still while papers are
owed and while the other agency is asked (medical.md §6; 医保发〔2020〕18号). An invoice is claimed from
handing in until the case ends without payment.
"""

from __future__ import annotations

from decimal import Decimal

from matters.catalogue.definition import Definition
from matters.medical.manual.invoices import release as release_invoices
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import (
    ANY_SEAT,
    APPLICANT,
    PROMISE,
    SYSTEM,
    Awaits,
    Guard,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.flow import Flow, Panel
from workflows.cases.forms import OpinionForm, ReasonForm
from workflows.cases.models import Document, Suspension

from .reimbursement_after import AfterPayment
from .reimbursement_claim import claim_invoices, claim_of, findings_now, insured_of_case
from .reimbursement_forms import AcceptForm, AskPlaceForm, RefuseForm, typed_again
from .reimbursement_inquiry import INQUIRY, answers_now, ask_place, drop_inquiries
from .reimbursement_panel import panel_of
from .reimbursement_payment import Payment, refused_in_form
from .reimbursement_sum_forms import CalculateForm, EnteredSumForm
from .reimbursement_sums import CannotReckon, book_all, is_as_kept, orders_again, reckon
from .review_forms import SupplementDemandForm, SupplementForm
from .review_steps import (
    SUPPLEMENTING,
    ask_for_papers,
    matter_lines,
    papers_are_there,
    supplement_overdue,
    with_remedies,
)

BEFORE_APPROVAL = (
    *("submitted", "doc_check", "supplementing", "accepted"),
    *("initial_review", "inquiring", "calculated", "recheck"),
)
CHANGED = "本年度累计或参保情况已有变化，核算结果与初审时不同；没有任何改动，请退回初审重新核算"


def _by_core_system(situation: Situation) -> bool:
    return "enter_sum" in situation.definition.elsewhere


reckoned_here = Guard(
    "reckoned_here", "这个事项在医保业务系统核算，请回填核算结果", lambda s: not _by_core_system(s)
)
reckoned_elsewhere = Guard(
    "reckoned_elsewhere", "这个事项在本页核算，不从业务系统回填", _by_core_system
)


class Reimbursement(AfterPayment, Payment, Flow):
    CODE = "reimbursement"
    LABEL = "医疗费用手工报销"
    SEATS = (Seat("owner", "参保地医保经办机构"),)
    OWNER_SEAT = "owner"
    INITIAL = "submitted"
    STATES = (
        State("submitted", "已提交，待核查材料", "owner"),
        State("doc_check", "材料核查中", "owner"),
        SUPPLEMENTING,
        State("accepted", "已受理，待初审", "owner", starts=(PROMISE,)),
        State("initial_review", "初审中", "owner"),
        State("inquiring", "就医地协查中", "owner", awaits=Awaits(INQUIRY)),
        State("calculated", "已核算，待提交复核", "owner"),
        State("recheck", "复核中", "owner"),
        State("approved", "复核通过，待支付", "owner"),
        State("paying", "支付中", "owner"),
        State(
            "pay_failed",
            "支付失败，待更正账户",
            APPLICANT,
            hint="银行退回了这笔款，请更正收款账户",
        ),
        State(
            "paid",
            "已支付",
            APPLICANT,
            counts_as="concluded",
            stops=(PROMISE,),
            hint="报销款已支付，您不用再办；以后发现少付或多付的，会通知您",
        ),
        State("correcting", "更正核算，待复核", "owner"),
        State("supplement_paying", "补支待支付", "owner"),
        State("clawing_back", "待退回多付的款项", APPLICANT, hint="请按追回通知退回多付的款项"),
        State("archived", "已支付，已归档", "", closes=True),
        State("refused", "不予受理", "", closes=True),
        State("disapproved", "不予支付", "", counts_as="concluded", closes=True),
        State("returned", "已退件", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """Its invoices are claimed from now on. Four statements; what is claimed already is found
        at 材料核查."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))
        claim_invoices(self, act, claim_of(act.situation))

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        return panel_of(self, situation, for_party=for_party)

    @step("开始核查", source="submitted", target="doc_check", by="owner", tone="primary",
          done="已收件核查")  # fmt: skip
    def take_in(self, act: Act) -> None:
        """What the registers and the ledger say is kept with the case. Seven statements."""
        self._look(act)

    @step("重新核查", source="doc_check", by="owner", done="已重新核查")
    def check_again(self, act: Act) -> None:
        """After a back-pay, a reversal, a claim that ended elsewhere. Seven statements."""
        self._look(act)

    @step("受理", source="doc_check", target="accepted", by="owner", form=AcceptForm,
          tone="primary", done="已受理", counts_as="accepted")  # fmt: skip
    def accept(self, act: Act) -> None:
        """The papers are whole and nothing speaks against the claim: the thirty days begin.

        Its invoices as they were verified are claimed in the place of those typed. Four statements,
        and the form's six.
        """
        self.accepted_on = act.today
        given = act.data
        institution = given["institution"]
        verified = {
            "invoices": [
                {"code": each.code, "number": each.number, "amount": str(each.amount)}
                for each in given["invoices"]
            ],
            "total": str(given["total"]),
            "institution": institution.pk if institution else None,
            "institution_name": institution.name if institution else "",
            "emergency": given["emergency"],
            "late_reason": given["late_reason"],
        }
        self.facts = {**self.facts, "verified": verified, "findings": []}
        release_invoices(case_number=self.number, at=act.at, reason="核对发票后重新登记")
        if claim_invoices(self, act, claim_of(act.situation)):
            raise refused_in_form(act, "发票刚刚在另一个办件申报，请重新核查", typed_again(given))
        document = act.issue(Document.Kind.ACCEPTANCE, matter_lines(self, act))
        said = [f"{each.code} {each.number}，{each.amount}元" for each in given["invoices"]]
        act.note(
            invoices=said,
            total=verified["total"],
            institution=verified["institution_name"],
            late_reason=given["late_reason"],
        )
        act.tell("accepted", document=document)

    @step("不予受理", source=("submitted", "doc_check"), target="refused", by="owner",
          form=RefuseForm, tone="warning")  # fmt: skip
    def refuse(self, act: Act) -> None:
        """Two statements."""
        act.outcome = "refused"
        self._refused(act, Document.Kind.NOT_ACCEPTED, "refused")

    @step("要求补正", source=("doc_check", "initial_review"), target="supplementing", by="owner",
          form=SupplementDemandForm, done="已一次性告知补正")  # fmt: skip
    def require_supplement(self, act: Act) -> None:
        """One complete list; the clocks stand still. Three statements."""
        ask_for_papers(self, act)

    @step("提交补正", source="supplementing", target=Next(("doc_check", "initial_review")),
          by=(APPLICANT, ANY_SEAT), form=SupplementForm, right="supplement",
          while_suspended=True, notice="supplemented", tone="primary")  # fmt: skip
    def supplement(self, act: Act) -> str:
        """The missing papers are there; the clocks run on. Four statements, and the form's two."""
        return papers_are_there(self, act)

    def usually(self, taken: Step, definition: Definition) -> str:
        if taken.code == "supplement":
            return str(self.facts.get("supplement_from", "doc_check"))
        if taken.target == "calculated":
            return taken.target
        return super().usually(taken, definition)

    @step("逾期未补正，退件", source="supplementing", target="returned", by="owner",
          form=ReasonForm, guards=(supplement_overdue,), while_suspended=True,
          done="逾期未补正，已退件", tone="warning")  # fmt: skip
    def give_up(self, act: Act) -> None:
        """One statement."""
        act.outcome = "returned"
        self._let_go(act, act.data["reason"])
        act.tell("case_step", message=f"因逾期未补正，办件已退回：{act.data['reason']}")

    @step("开始初审", source="accepted", target="initial_review", by="owner", tone="primary",
          done="已开始初审")  # fmt: skip
    def begin_review(self, act: Act) -> None:
        """Whoever reckons is not who rechecks: the engine sees to it."""

    @step("请就医地协查", source="initial_review", target="inquiring", by="owner",
          form=AskPlaceForm, done="已请就医地协查")  # fmt: skip
    def ask_treatment(self, act: Act) -> None:
        """The agency at the place of treatment gets a case of its own; time stands still meanwhile.

        An opening, and two statements.
        """
        number, office = ask_place(self, act)
        act.suspend(kind=Suspension.Kind.INQUIRY, reason=act.data["question"])
        act.note(number=number, asked=office, question=act.data["question"])
        act.tell("case_step", message=f"已请{office}协查发票和就诊情况，协查期间不计入办理时限。")

    @step("就医地已答复", source="inquiring", target="initial_review", by=SYSTEM,
          while_suspended=True, done="就医地已答复协查")  # fmt: skip
    def child_closed(self, act: Act) -> None:
        """Two statements."""
        act.resume()
        answer = answers_now(self)
        self.facts = {**self.facts, "inquiry": answer}
        act.note(**answer)

    @step("不再等待协查", source="inquiring", target="initial_review", by="owner",
          form=ReasonForm, while_suspended=True, done="已终止协查")  # fmt: skip
    def stop_waiting(self, act: Act) -> None:
        """The inquiry ends unanswered; the days run on. Two statements, and the inquiry's own step."""
        act.resume()
        drop_inquiries(self, act)
        act.note(reason=act.data["reason"])

    @step("提交复核", source="calculated", target="recheck", by="owner", decides=True,
          tone="primary", done="初审通过，已提交复核")  # fmt: skip
    def submit_for_recheck(self, act: Act) -> None:
        act.note(amount=self.facts["calculation"]["payable"])

    @step("核算", source=("initial_review", "calculated"), target="calculated", by="owner",
          form=CalculateForm, guards=(reckoned_here,), tone="primary", done="已核算")  # fmt: skip
    def calculate(self, act: Act) -> None:
        """The split is entered and reckoned; nothing is booked and nothing decided yet."""
        calculation = act.data["calculation"]
        self.facts = {**self.facts, "calculation": calculation}
        act.note(amount=calculation["payable"], filing=calculation["filing"])

    @step("回填核算结果", source=("initial_review", "calculated"), target="calculated", by="owner",
          form=EnteredSumForm, guards=(reckoned_elsewhere,), tone="primary",
          done="已回填核算结果")  # fmt: skip
    def enter_sum(self, act: Act) -> None:
        """Reckoned and booked in the core system, whose rules nobody has published."""
        payable = str(act.data["payable"])
        calculation = {"parts": [], "payable": payable, "note": act.data["note"]}
        self.facts = {**self.facts, "calculation": calculation}
        act.note(amount=payable, note=act.data["note"])

    @step("退回初审", source="recheck", target="initial_review", by="owner", form=ReasonForm,
          done="复核退回初审", tone="warning")  # fmt: skip
    def return_to_review(self, act: Act) -> None:
        """The review begins anew, by whoever does it; two persons decide in the end all the same."""
        self.deciders = []
        act.note(reason=act.data["reason"])

    @step("复核通过", source="recheck", target=Next(("approved", "paid")), by="owner",
          form=OpinionForm,
          decides=True, tone="primary", done="复核通过")  # fmt: skip
    def approve(self, act: Act) -> str:
        """Booked in the ledger as it was seen, or not at all. What the ledger needs, and one more."""
        setl_ids = self._book(act)
        payable = Decimal(self.facts["calculation"]["payable"])
        self.facts = {**self.facts, "setl_ids": setl_ids, "payable": str(payable)}
        act.note(amount=str(payable), settlements=setl_ids)
        if payable > 0:
            act.tell("case_step", message=f"核算已复核通过，可报销 {payable} 元，即将支付。")
            return "approved"
        self._conclude(act, payable)
        return "paid"

    @step("不予支付", source=("initial_review", "calculated", "recheck"), target="disapproved",
          by="owner", form=RefuseForm, decides=True, tone="warning", done="已决定不予支付")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """A written refusal with its code, reason and remedies. Two statements."""
        act.outcome = "disapproved"
        self._refused(act, Document.Kind.REFUSAL, "disapproved")

    @step("撤回申请", source=BEFORE_APPROVAL, target="withdrawn", by=APPLICANT, right="withdraw",
          form=ReasonForm, while_suspended=True, done="已撤回申请", notice="withdrawn",
          tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Before anything is booked. One statement; an inquiry that is open ends with it."""
        act.outcome = "withdrawn"
        self._let_go(act, "申请人撤回")
        if self.state == "inquiring":
            drop_inquiries(self, act)
        act.note(reason=act.data["reason"])

    def _look(self, act: Act) -> None:
        """Claim what can be claimed by now, and keep what speaks against the claim."""
        claimed = claim_of(act.situation)
        claim_invoices(self, act, claimed)
        found = findings_now(act.situation, claimed)
        self.facts = {**self.facts, "findings": found}
        act.note(codes=[each["code"] for each in found])

    def _refused(self, act: Act, kind: Document.Kind, template: str) -> None:
        code, reason = act.data["code"], act.data["reason"]
        self._let_go(act, reason)
        document = act.issue(kind, with_remedies(self, act) | {"code": code})
        act.note(code=code, reason=reason)
        act.tell(template, document=document, reason=reason)

    def _let_go(self, act: Act, reason: str) -> None:
        """Nothing is paid for its invoices: they may be claimed anew."""
        release_invoices(case_number=self.number, at=act.at, reason=reason)

    def _book(self, act: Act) -> list[str]:
        calculation = self.facts["calculation"]
        if not calculation["parts"]:
            return []
        claimed = claim_of(act.situation)
        orders, insured = orders_again(claimed, calculation), insured_of_case(claimed)
        try:
            breakdowns = reckon(claimed, orders, at=act.at)
        except CannotReckon as stopped:
            raise refused_in_form(act, str(stopped)) from None
        if insured is None or not is_as_kept(breakdowns, calculation):
            raise refused_in_form(act, CHANGED)
        return [row.setl_id for row in book_all(self, act, insured, orders, breakdowns)]
