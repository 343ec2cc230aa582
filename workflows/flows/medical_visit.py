"""异地就医直接结算: one visit, from the card reading to the month in which the provinces clear it.

States and guards are those of the domain notes (medical.md §5.2). The hospital drives its steps by the
messages of the national interface (`workflows/exchange/hospital`); out-patients and pharmacies go the
same way without admission and discharge. The place of insurance answers in a step of its own, so that
an answer that never comes leaves 结算中 behind, and 结算结果待查 after it, instead of a guess.
"""

from __future__ import annotations

from typing import Any

from matters.catalogue.definition import Definition
from matters.medical.models import FeeLine, Settlement, Visit, VisitKind
from matters.medical.visits import stays_of
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import APPLICANT, SYSTEM, TIMER, Next, Seat, State, step
from workflows.cases.flow import Flow, GoingOn, Panel

from .medical_visit_card import register_visit
from .medical_visit_forms import (
    GROUNDS,
    AdmitForm,
    CancelFeesForm,
    DischargeForm,
    EncounterForm,
    FeesForm,
    MessageForm,
    ResolveForm,
    ReverseForm,
    SelfPaidForm,
)
from .medical_visit_guards import (
    answer_within,
    has_lines,
    is_ready,
    is_stay,
    look_after,
    may_be_charged,
    no_fees_left,
    no_third_party,
    promised,
    remember,
    still_shown,
    visit_of,
)
from .medical_visit_money import (
    PresettleForm,
    SettleForm,
    booked,
    close_task,
    found,
    keep_presettled,
    look,
    open_task,
    send_order,
    taken_back,
    void_presettled,
)
from .medical_visit_panel import panel_of
from .medical_visit_telling import alarm, message_of, tell
from .reimbursement_from_visit import claim_after

BEFORE_SETTLING = (
    "registered",
    "admitted",
    "fees_open",
    "fees_uploaded",
    "discharged",
    "presettled",
)


AT_HOSPITAL = "由医院通过接口办理，您不用在这里做什么。"
SHOWN = "医院已经试算，下面是每一项怎么算的；确认后在医院结清。"
WAIT = "正在等参保地答复。没有医院的结清凭据以前，请不要重复付款。"
# Settled is done: it lies in no office's queue until the clearing has followed, like a certificate.
DONE = "concluded"
PAID = "费用已经结清，您不用再做什么；之后是两地经办机构对账和清算。"


class MedicalVisit(Flow):
    CODE = "medical_visit"
    LABEL = "异地就医直接结算"
    SEATS = (
        Seat("hospital", "定点医药机构"),
        Seat("treating", "就医地经办机构"),
        Seat("home", "参保地经办机构"),
    )
    OWNER_SEAT = "home"
    ORIGIN_SEAT = "hospital"
    ONLY_AS_PART = True
    BEGUN_AT = "hospital"
    OPENED_AS = "医院刷卡登记"
    INITIAL = "registered"
    STATES = (
        State("registered", "已刷卡登记", "hospital", says=AT_HOSPITAL),
        State("admitted", "就诊中", "hospital", says=AT_HOSPITAL),
        State("fees_open", "费用待上传", "hospital", says=AT_HOSPITAL),
        State("fees_uploaded", "费用已上传", "hospital", says=AT_HOSPITAL),
        State("discharged", "已出院，待结算", "hospital", says=AT_HOSPITAL),
        State("presettled", "已预结算", "hospital", says=SHOWN),
        State("settling", "结算中", "home", says=WAIT),
        State("unknown", "结算结果待查", "treating", says=WAIT),
        State("settled", "已结算", APPLICANT, says=PAID, counts_as=DONE),
        State("reversing", "结算撤销中", "home", says=WAIT),
        State("reconciled", "已结算，对账相符", APPLICANT, says=PAID, counts_as=DONE),
        State("declared", "已结算，已申报清算", APPLICANT, says=PAID, counts_as=DONE),
        State("cleared", "已清算", "", counts_as=DONE, closes=True),
        State("reversed", "结算已撤销", "", closes=True),
        State("cancelled", "就诊登记已撤销", "", closes=True),
        State("self_paid", "已转自费", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """Raises CardRefused: nobody is registered whose visit cannot be settled directly.

        Eleven statements or so.
        """
        visit = register_visit(self, act)
        self.received_on = act.today
        remember(self, kind=visit.kind, lines=0)
        message_of(act, act.data)
        act.note(basis=visit.filing_sentence)
        tell(act, "医院已为您登记直接结算；费用结清后，这里能看到每一项怎么算的。")

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel:
        return panel_of(situation, for_party=for_party)

    def goes_on(self, situation: Situation) -> GoingOn | None:
        return claim_after(situation)

    def usually(self, declared: Any, definition: Definition) -> str:
        if declared.code == "answer_settlement":
            return "settled"
        if declared.code == "answer_reversal":
            return "reversed"
        return super().usually(declared, definition)

    @step("入院或挂号", source="registered", target="admitted", by="hospital", form=AdmitForm,
          tone="primary", done="已办理入院或挂号")  # fmt: skip
    def admit_patient(self, act: Act) -> None:
        """2401, 2201. One statement."""
        is_inpatient = self.facts["visit"]["kind"] == VisitKind.INPATIENT
        _keep_encounter(act, **({"is_admitted": True} if is_inpatient else {}))

    @step("上传就诊信息", source=("registered", "admitted", "fees_open", "fees_uploaded", "discharged"),
          by="hospital", form=EncounterForm, done="已上传就诊信息", is_aside=True)  # fmt: skip
    def tell_encounter(self, act: Act) -> None:
        """2203. One statement."""
        _keep_encounter(act)

    @step("撤销登记", source=("registered", "admitted", "fees_open"), target="cancelled", by="hospital",
          form=MessageForm, guards=(no_fees_left,), tone="warning", done="已撤销就诊登记")  # fmt: skip
    def cancel_registration(self, act: Act) -> None:
        """2404, 2202. One statement."""
        message_of(act, act.data)
        act.outcome = "withdrawn"
        void_presettled(act, is_admitted=False)
        tell(act, "医院已撤销这次就诊登记，没有产生结算。")

    @step("上传费用", source=("registered", "admitted", "fees_open", "fees_uploaded"), target="fees_uploaded",
          by="hospital", form=FeesForm, guards=(may_be_charged,), tone="primary",
          done="已上传费用明细")  # fmt: skip
    def upload_fees(self, act: Act) -> None:
        """2301, 2204. Three statements."""
        message_of(act, act.data)
        visit = visit_of(self)
        for line in act.data["fees"]:
            line.visit, line.batch = visit, act.data["msgid"] or f"{self.number}:{act.seq}"
        FeeLine.objects.bulk_create(act.data["fees"])
        remember(self, lines=self.facts["visit"]["lines"] + len(act.data["fees"]))
        total = sum(line.det_item_fee_sumamt for line in act.data["fees"])
        act.note(lines=len(act.data["fees"]), amount=str(total))

    @step("费用变动", source="presettled", target="fees_open", by="hospital", form=MessageForm,
          tone="warning", done="费用有变动，预结算作废")  # fmt: skip
    def change_fees(self, act: Act) -> None:
        """Before any fee is brought or taken back after a presettlement. One statement."""
        message_of(act, act.data)
        is_inpatient = self.facts["visit"]["kind"] == VisitKind.INPATIENT
        void_presettled(act, **({"ended_on": None} if is_inpatient else {}))

    @step("撤销费用", source=("fees_open", "fees_uploaded"), target="fees_open", by="hospital",
          form=CancelFeesForm, tone="warning", done="已撤销费用明细")  # fmt: skip
    def cancel_fees(self, act: Act) -> None:
        """2302, 2205. One statement."""
        message_of(act, act.data)
        lines = act.data["feedetl_sn"]
        FeeLine.objects.filter(pk__in=[line.pk for line in lines]).update(cancelled_at=act.at)
        remember(self, lines=self.facts["visit"]["lines"] - len(lines))
        act.note(lines=len(lines), amount=str(sum(line.det_item_fee_sumamt for line in lines)))

    @step("办理出院", source=("fees_uploaded", "fees_open"), target="discharged", by="hospital",
          form=DischargeForm, guards=(is_stay, has_lines), tone="primary", done="已办理出院")  # fmt: skip
    def discharge_patient(self, act: Act) -> None:
        """2402: the totals are the hospital's own, or the form refuses. One statement."""
        message_of(act, act.data)
        more = {"diagnosis": act.data["diagnosis"]} if act.data["diagnosis"] else {}
        void_presettled(act, ended_on=act.data["ended_on"], **more)

    @step("撤销出院", source=("discharged", "presettled"), target="fees_uploaded", by="hospital",
          form=MessageForm, guards=(is_stay,), tone="warning", done="已撤销出院")  # fmt: skip
    def undo_discharge(self, act: Act) -> None:
        """2405. One statement."""
        message_of(act, act.data)
        void_presettled(act, ended_on=None)

    @step("预结算", source=("discharged", "presettled", "fees_uploaded", "fees_open"),
          target="presettled", by="hospital", form=PresettleForm,
          guards=(is_ready, has_lines, no_third_party, promised), tone="primary", done="已预结算")  # fmt: skip
    def presettle(self, act: Act) -> None:
        """2303, 2206: what it would come to; nothing is booked. One statement."""
        message_of(act, act.data)
        breakdown = keep_presettled(act)
        act.note(amount=str(breakdown.medfee_sumamt), cash=str(breakdown.psn_cash_pay))

    @step("请求结算", source="presettled", target="settling", by="hospital", form=SettleForm,
          guards=(still_shown, no_third_party, promised), tone="primary", done="已请求结算")  # fmt: skip
    def send_settlement(self, act: Act) -> None:
        """2304, 2207: the order and its key stand before anybody books. One statement."""
        message_of(act, act.data)
        key = send_order(self, act)
        self.facts = {**self.facts, "order": {"key": key, "msgid": act.data["msgid"]}}

    @step("答复结算", source="settling", target=Next(("settled", "presettled")), by=SYSTEM,
          done="参保地已答复结算")  # fmt: skip
    def answer_settlement(self, act: Act) -> str:
        """The ledger books it under the person's lock, or says why not. Four statements and the ledger's."""
        result = booked(self, act)
        if isinstance(result, Settlement):
            return self._settled_as(act, result)
        self.facts = {
            **self.facts,
            "refused": {"key": self.facts["order"]["key"], "reason": result},
        }
        act.note(reason=result)
        void_presettled(act)
        return "presettled"

    @step("结算答复超时", source="settling", target="unknown", by=(TIMER, SYSTEM), after=answer_within,
          done="没有等到结算答复", is_aside=True)  # fmt: skip
    def lose_answer(self, act: Act) -> None:
        """Nobody knows whether it happened: the task RESOLVE_UNKNOWN begins."""
        open_task(self, act)

    @step("再查结算结果", source="unknown", target=Next(("settled", "presettled", "unknown")),
          by=(TIMER, SYSTEM, "treating", "home"), after=look_after, form=ResolveForm, tone="primary",
          done="已查结算结果", is_aside=True)  # fmt: skip
    def look_again(self, act: Act) -> str:
        """By the order's key: found is settled, not found never happened. Two statements."""
        result = look(self, act)
        if isinstance(result, Settlement):
            return self._settled_as(act, result)
        if result is None:
            return "presettled"
        if self.facts["task"]["status"] == "dead":
            alarm(self, act, "多次查询没有结果，请与医院和对方经办机构人工核实")
        return "unknown"

    @step("冲正", source=("settling", "unknown", "settled"), target=Next(("presettled", "settled")),
          by="hospital", form=ReverseForm, tone="warning", done="已冲正")  # fmt: skip
    def undo_unknown(self, act: Act) -> str:
        """2601: what may have happened has not happened after this. Two statements and the ledger's."""
        message_of(act, act.data)
        settlement = found(self)
        if settlement is not None:
            self._keep_settlement(settlement)
            negative = taken_back(self, act, reason="冲正")
            if isinstance(negative, str):
                act.note(reason=negative)
                self.facts = {**self.facts, "refused": {"key": "2601", "reason": negative}}
                return "settled"
            act.note(setl_id=settlement.setl_id, negative=negative.setl_id)
        close_task(self)
        self.concluded_at, self.outcome = None, ""
        self.facts = {k: v for k, v in self.facts.items() if k not in ("settlement", "order")}
        visit = visit_of(self)
        elsewhere = stays_of(visit.insured_id, besides=self.number) if visit.is_stay else []
        Visit.objects.filter(pk=visit.pk).update(is_admitted=visit.is_stay and not elsewhere)
        return "presettled"

    @step("撤销结算", source=("settled", "reconciled"), target="reversing", by="hospital",
          form=ReverseForm, tone="warning", done="已请求撤销结算")  # fmt: skip
    def ask_reversal(self, act: Act) -> None:
        """2305, 2208: it happened, undo it."""
        self._begin_reversal(act, act.data["reason"])

    @step("医院写入失败，自动撤销", source="settled", target="reversing", by=("hospital", SYSTEM),
          form=MessageForm, tone="warning", done="医院写入失败，自动请求撤销结算")  # fmt: skip
    def undo_failed_write(self, act: Act) -> None:
        """2305 as the hospital's system sends it by itself when its own books failed."""
        self._begin_reversal(act, "医院写入失败，自动撤销")

    @step("答复撤销", source="reversing", target=Next(("reversed", "settled", "reconciled")),
          by=(SYSTEM, TIMER), after=answer_within, done="参保地已答复撤销", is_aside=True)  # fmt: skip
    def answer_reversal(self, act: Act) -> str:
        """A negative entry and the counters as before; refused where later ones rest on it, or the month is declared.

        One statement and the ledger's; asked again by the timer where nobody answered.
        """
        asked = self.facts["reversal"]
        result = taken_back(self, act, reason=asked["reason"])
        if isinstance(result, str):
            self.facts = {**self.facts, "refused": {"key": asked["key"], "reason": result}}
            act.note(reason=result)
            return str(asked["from"])
        self.facts = {**self.facts, "reversal": asked | {"setl_id": result.setl_id}}
        # It had been concluded as done when it was settled.
        self.outcome = "reversed"
        act.note(negative=result.setl_id, reason=asked["reason"])
        tell(
            act,
            "这次就诊的结算已撤销，基金和个人账户支出已恢复；可由医院重新登记结算，或自费后申请手工报销。",
        )
        return "reversed"

    @step("对账相符", source="settled", target="reconciled", by=SYSTEM, done="日对账相符")
    def match_daily(self, act: Act) -> None:
        """3201, 3202."""

    @step("进入清算月份", source="reconciled", target="declared", by=SYSTEM, done="已申报清算")
    def enter_month(self, act: Act) -> None:
        """The month in which it is declared to the other province."""

    @step("清算完成", source="declared", target="cleared", by=SYSTEM, done="两省市已清算")
    def finish_clearing(self, act: Act) -> None:
        act.outcome = "done"

    @step("转自费", source=BEFORE_SETTLING, target="self_paid", by=("hospital", "treating"),
          form=SelfPaidForm, tone="warning", done="已转自费")  # fmt: skip
    def pay_oneself(self, act: Act) -> None:
        """What follows is reimbursement by hand at the place of insurance. One statement."""
        message_of(act, act.data)
        act.outcome = "self_paid"
        self.facts = {
            **self.facts,
            "self_paid": {"ground": act.data["ground"], "reason": act.data["reason"]},
        }
        act.note(reason=dict(GROUNDS)[act.data["ground"]])
        void_presettled(act, is_admitted=False)
        tell(act, "这次就诊已转为自费，请保留发票、费用清单和出院小结，向参保地申请手工报销。")

    def _settled_as(self, act: Act, settlement: Settlement) -> str:
        self._keep_settlement(settlement)
        close_task(self)
        act.note(setl_id=settlement.setl_id, amount=str(settlement.medfee_sumamt))
        tell(act, "这次就诊已直接结算，每一项怎么算的请看办件页面。")
        return "settled"

    def _keep_settlement(self, settlement: Settlement) -> None:
        kept = {"id": settlement.pk, "setl_id": settlement.setl_id, "key": settlement.key}
        self.facts = {**{k: v for k, v in self.facts.items() if k != "refused"}, "settlement": kept}

    def _begin_reversal(self, act: Act, reason: str) -> None:
        message_of(act, act.data)
        key = f"{self.number}:{act.seq}"
        # The transition has not happened yet: this is where it comes from, and goes back to if refused.
        asked = {"key": key, "reason": reason, "from": self.state, "msgid": act.data["msgid"]}
        self.facts = {**self.facts, "reversal": asked}
        act.note(reason=reason)


def _keep_encounter(act: Act, **also: Any) -> None:
    """What the hospital told of the visit; a flag that it left out stays as it was. One statement."""
    message_of(act, act.data)
    told = act.data
    flags = {
        "accident": told["trum_flag"],
        "third_party": told["rel_ttp_flag"],
        "promised": told["promised"] or None,
    }
    known = {name: value for name, value in flags.items() if value is not None}
    remember(act.case, **known)
    changes = {f"is_{name}": value for name, value in known.items()} | also
    if told["diagnosis"]:
        changes["diagnosis"] = told["diagnosis"]
    if changes:
        Visit.objects.filter(mdtrt_id=act.case.number).update(**changes)
