"""One side's signature under a clearing statement; a part of the month, never a case of its own."""

from __future__ import annotations

from django import forms

from matters.medical.clearing import statements
from matters.medical.models import ClearingMonth
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import SYSTEM, Guard, Seat, State, step
from workflows.cases.family import parent_of
from workflows.cases.flow import Flow, Panel
from workflows.cases.forms import StepForm
from workflows.cases.kinds import OFFICE_WORK

from .clearing_month_forms import refuse
from .clearing_panel import panel_of


class SignForm(StepForm):
    """What is signed is named by its digest: of another paper it is refused."""

    read = forms.BooleanField(
        label="已核对清算单的金额和明细，同意签署",
        error_messages={"required": "请先核对清算单"},
    )


def _is_person(situation: Situation) -> bool:
    return situation.actor.user_id is not None


a_person = Guard("a_person", "须由工作人员本人签署", _is_person)


class ClearingSigning(Flow):
    CODE = "clearing_signing"
    LABEL = "签署清算单"
    SEATS = (Seat("signer", "医保经办机构"),)
    OWNER_SEAT = "signer"
    ONLY_AS_PART = True
    BETWEEN_OFFICES = True
    KIND = OFFICE_WORK
    OPENED_AS = "送交签署"
    INITIAL = "asked"
    STATES = (
        State("asked", "待签署", "signer"),
        State("signed", "已签署", "", counts_as="concluded", closes=True),
        State("voided", "清算单已作废，不再签署", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """Two statements."""
        self.received_on = act.today
        parent = parent_of(self)
        if parent is not None:
            self.facts = {**self.facts, "month_id": parent.facts.get("month_id")}

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        """Two statements."""
        return None if for_party else panel_of(situation)

    @step("签署", source="asked", target="signed", by="signer", form=SignForm, head_only=True,
          guards=(a_person,), tone="primary", done="已签署清算单")  # fmt: skip
    def sign_statement(self, act: Act) -> None:
        """The month is owed a look. Four statements."""
        month = ClearingMonth.objects.filter(pk=self.facts.get("month_id")).first()
        signature = month and statements.put_signature(
            month=month,
            digest=self.data["digest"],
            side=self.data["side"],
            office_id=act.office_id or 0,
            user_id=act.actor.user_id or 0,
            at=act.at,
        )
        if not signature:
            refuse(act, "清算单已作废，不能签署")
        act.outcome = "done"
        act.note(statement=self.data["statement"], digest=self.data["digest"])

    @step("作废", source="asked", target="voided", by=SYSTEM, is_aside=True, done="清算单已作废")
    def be_voided(self, act: Act) -> None:
        """The other side, or this one, has objected to the statement. One statement."""
        act.outcome = self.outcome = "released"
