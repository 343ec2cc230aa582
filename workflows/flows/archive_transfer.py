"""多地联办 · 流动人员人事档案转递: one file that must never be in nobody's hands.

接收地 sends the 调档函 → the keeper sends the file by 机要 or 专人, never by the person and never by
courier → 接收地 signs, checks it against its list, sends the 回执, or asks for what is missing, or
sends the file back. On the road the sender holds the case until the receiver has signed.
"""

from __future__ import annotations

from matters.catalogue.definition import Definition
from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document
from workflows.cases.parcels import put_on_road, sign_for

from .archive_transfer_forms import ArchiveForm, ListOfMissingForm, SendBackForm
from .collect_forward_forms import SignForm
from .review_steps import matter_lines, with_remedies

FILE = "人事档案"


class ArchiveTransfer(Flow):
    CODE = "archive_transfer"
    LABEL = "流动人员人事档案转递"
    SEATS = (Seat("receiving", "档案接收机构"), Seat("keeping", "原档案管理机构"))
    ORIGIN_SEAT = "receiving"
    OWNER_SEAT = "receiving"
    INITIAL = "received"
    STATES = (
        State("received", "接收地待受理", "receiving"),
        State("requested", "已发调档函，待转出", "keeping", starts=(PROMISE, STATUTORY)),
        State("objected", "原机构不能转出", "receiving"),
        State("in_transit", "档案在途", "keeping", on_road=True),
        State("lost", "途中未到，待查找", "keeping"),
        State("arrived", "档案已到，核对中", "receiving"),
        State("incomplete", "材料缺失，待原机构补充", "keeping"),
        State("returning", "档案退回途中", "receiving", on_road=True),
        State("sent_back", "档案已退回原机构", "keeping"),
        State(
            "completed",
            "已接收，回执已发",
            "",
            counts_as="concluded",
            closes=True,
            stops=(PROMISE, STATUTORY),
        ),
        State("disapproved", "不能转递", "", counts_as="concluded", closes=True),
        State("refused", "不予受理", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    @step("受理并发调档函", source="received", target="requested", by="receiving",
          counts_as="accepted", tone="primary", done="已受理并发出调档函", for_many=True)  # fmt: skip
    def accept(self, act: Act) -> None:
        """Two statements."""
        self.accepted_on = act.today
        letter = f"DDH{self.number}"
        self.facts = {**self.facts, "letter": letter}
        document = act.issue(
            Document.Kind.ACCEPTANCE, matter_lines(self, act) | {"recall_letter": letter}
        )
        act.note(recall_letter=letter)
        act.number("调档函编号", letter)
        act.tell("accepted", document=document)

    @step("不予受理", source="received", target="refused", by="receiving", form=ReasonForm,
          tone="warning")  # fmt: skip
    def refuse(self, act: Act) -> None:
        """One statement."""
        act.outcome = "refused"
        document = act.issue(Document.Kind.NOT_ACCEPTED, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("refused", document=document, reason=act.data["reason"])

    @step("转出档案", source=("requested", "incomplete", "lost", "sent_back"), target="in_transit",
          by="keeping", form=ArchiveForm, tone="primary", done="已转出档案")  # fmt: skip
    def send_archive(self, act: Act) -> None:
        """The whole file, or what was missing of it, by 机要 or by an officer of the keeper. Four statements."""
        self._put_on_road(act, "keeping", "receiving")
        act.tell("case_step", message="原档案管理机构已转出档案，正在送往接收机构。")

    @step("不能转出", source=("requested", "lost", "sent_back"), target="objected", by="keeping",
          form=ReasonForm, tone="warning", done="原机构告知不能转出")  # fmt: skip
    def object_to_transfer(self, act: Act) -> None:
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"原档案管理机构不能转出：{act.data['reason']}")

    @step("再次发调档函", source="objected", target="requested", by="receiving", form=ReasonForm,
          tone="primary", done="已再次发出调档函")  # fmt: skip
    def send_letter_again(self, act: Act) -> None:
        act.note(reason=act.data["reason"])

    @step("不能转递，告知本人", source="objected", target="disapproved", by="receiving",
          form=ReasonForm, decides=True, tone="warning", done="已告知不能转递")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("签收档案", source="in_transit", target=Next(("arrived", "lost")), by="receiving",
          form=SignForm, tone="primary", done="接收机构签收")  # fmt: skip
    def sign(self, act: Act) -> str:
        """The seal is whole and the parcel is here, or it isn't and the keeper looks for it. Five statements."""
        return "lost" if self._sign(act, "receiving") else "arrived"

    @step("核对无误，发回执", source="arrived", target="completed", by="receiving", tone="primary",
          done="已接收并发出回执", for_many=True)  # fmt: skip
    def confirm_receipt(self, act: Act) -> None:
        """The 回执 ends the keeper's answer for the file. One statement."""
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
            "letter": self.facts["letter"],
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(recall_letter=self.facts["letter"])
        act.tell("concluded", document=document)

    @step("要求补充材料", source="arrived", target="incomplete", by="receiving",
          form=ListOfMissingForm, done="已要求原机构补充材料")  # fmt: skip
    def require_missing(self, act: Act) -> None:
        """What the file lacks is the keeper's to find, not the person's."""
        self.facts = {**self.facts, "missing": act.data["items"]}
        act.note(items=act.data["items"], reason=act.data["reason"])
        act.tell(
            "case_step", message="档案材料不全，已请原档案管理机构补充。", items=act.data["items"]
        )

    @step("退回档案", source="arrived", target="returning", by="receiving", form=SendBackForm,
          tone="warning", done="已退回档案")  # fmt: skip
    def send_back(self, act: Act) -> None:
        """Not this person's file, or not fit to be kept: back the way it came. Four statements."""
        self._put_on_road(act, "receiving", "keeping")
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"档案已退回原档案管理机构：{act.data['reason']}")

    @step("签收退回的档案", source="returning", target="sent_back", by="keeping", form=SignForm,
          tone="primary", done="原机构已签收退回的档案")  # fmt: skip
    def sign_result(self, act: Act) -> None:
        """Five statements."""
        self._sign(act, "keeping")

    @step("撤回申请", source=("received", "requested", "objected"), target="withdrawn",
          by=APPLICANT, right="withdraw", form=ReasonForm, done="已撤回申请", notice="withdrawn",
          tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Only while the file lies where it lay."""
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])

    def usually(self, taken: Step, definition: Definition) -> str:
        return "arrived" if taken.code == "sign" else super().usually(taken, definition)

    def _put_on_road(self, act: Act, sender: str, receiver: str) -> None:
        parcel = put_on_road(
            act,
            sender=self.seats[sender],
            receiver=self.seats[receiver],
            waybill=act.data["waybill"],
            result_name=f"{FILE}补充材料" if self.state == "incomplete" else FILE,
        )
        journey = {
            "way": act.data["way"],
            "waybill": parcel.waybill,
            "sheets": act.data["sheets"],
            "sender": sender,
            "sent_by": act.actor.user_id,
            "sent_at": act.at.isoformat(),
        }
        self._keep(journey)
        words = dict(ArchiveForm.WAYS)[act.data["way"]]
        act.note(way=words, waybill=parcel.waybill, sheets=act.data["sheets"])

    def _sign(self, act: Act, receiver: str) -> list[str]:
        """Names of what has not arrived. The last link of the chain of custody is closed either way."""
        arrived, missing = sign_for(
            self,
            arrived={item.pk for item in act.data["arrived"]},
            note=act.data["missing_note"],
            at=act.at,
            by_id=act.actor.user_id,
        )
        *before, last = self.facts["custody"]
        signed = {"signed_at": act.at.isoformat(), "signed_by": act.actor.user_id}
        self.facts = {
            **self.facts,
            "custody": [*before, {**last, **signed, "receiver": receiver, "missing": missing}],
        }
        act.note(arrived=arrived, missing=missing, note=act.data["missing_note"])
        return missing

    def _keep(self, journey: dict[str, object]) -> None:
        self.facts = {**self.facts, "custody": [*self.facts.get("custody", []), journey]}
