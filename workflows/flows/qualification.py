"""待遇资格认证: once in twelve months a person who draws a benefit is shown to be entitled to it still.

No permission is asked for and nobody decides. The application ends at once: where the person applies
with their own account (自助认证) or stands at a window, it is concluded in the same moment; what is
asked for by somebody else, or in doubt, an office settles by one of its channels (数据比对, 电话,
服务网点, 社区, 上门). What stays is the obligation: the case waits with the person until the next
certification is due, reminds them a month before, and ends when they certify anew or do not.
A case that waits costs nothing: it lies in no office's queue and is in no count of work in hand.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django import forms

from matters.catalogue.definition import Definition, Limit
from tongban.accounts.actors import SYSTEM
from tongban.templatetags.formats import zh_date
from workflows.cases.act import Act
from workflows.cases.declarations import APPLICANT, TIMER, Seat, State, step
from workflows.cases.declarations import SYSTEM as BY_SYSTEM
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm, StepForm
from workflows.cases.models import Case, Document, Party
from workflows.cases.perform import perform

from .review_steps import matter_lines

if TYPE_CHECKING:
    from workflows.cases.opening import Application

# "Every 12 months" is stated; that the reminder comes a month before is a house rule.
REMIND_AFTER = Limit.parse("334Z")
TIME_LEFT = "30Z"


def _time_to_remind(_definition: Definition) -> Limit:
    return REMIND_AFTER


def _time_is_up(_definition: Definition) -> Limit:
    return Limit.parse(TIME_LEFT)


def a_year_after(day: dt.date) -> dt.date:
    """The same day of the next year; after 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


class ChannelForm(StepForm):
    """By which of its channels the office knows, in the order in which they are tried."""

    way = forms.ChoiceField(
        label="认证方式",
        choices=[
            ("data", "数据比对"),
            ("phone", "手机人脸识别"),
            ("window", "服务网点"),
            ("community", "社区（村）核实"),
            ("visit", "上门服务"),
        ],
        error_messages={"required": "请选择认证方式"},
    )
    note = forms.CharField(label="备注", max_length=200, required=False)


class Qualification(Flow):
    CODE = "qualification"
    LABEL = "待遇资格认证"
    SEATS = (Seat("owner", "待遇发放地经办机构"),)
    OWNER_SEAT = "owner"
    INITIAL = "asked"
    STATES = (
        State("asked", "待核实", "owner"),
        State(
            "confirmed",
            "已认证",
            APPLICANT,
            counts_as="concluded",
            hint="下次认证之前不用再办；到期前一个月会提醒您",
        ),
        State(
            "due",
            "该认证了",
            APPLICANT,
            limit=TIME_LEFT,
            hint="请在期限内再次认证；逾期未认证的，待遇可能暂停发放",
        ),
        State("renewed", "已再次认证", "", closes=True),
        State("lapsed", "逾期未认证", "", closes=True),
        State("unconfirmed", "不符合领取资格", "", counts_as="concluded", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    def begun(self, act: Act, application: Application) -> Flow:
        """Certified at once by whoever is there in person; what they certified before is settled."""
        own = {p.user.pk for p in application.parties if p.role == Party.Role.APPLICANT and p.user}
        at_window = application.office_id is not None
        if not at_window and act.actor.user_id not in own:
            return self
        for older in _waiting(self, own):
            perform(older.pk, "renew", actor=SYSTEM, token=older.seq, at=act.at)
        way = "at_window" if at_window else "by_oneself"
        return perform(self.pk, way, actor=SYSTEM, token=self.seq, at=act.at).case

    @step("自助认证", source="asked", target="confirmed", by=BY_SYSTEM, done="已自助认证")
    def by_oneself(self, act: Act) -> None:
        """社会保险经办条例 26: by comparing data or by the person's own service. One statement."""
        self._certify(act, "自助认证")

    @step("窗口认证", source="asked", target="confirmed", by=BY_SYSTEM, done="已在窗口认证")
    def at_window(self, act: Act) -> None:
        """One statement."""
        self._certify(act, "窗口认证")

    @step("认证", source="asked", target="confirmed", by="owner", form=ChannelForm, tone="primary",
          done="已认证")  # fmt: skip
    def confirm(self, act: Act) -> None:
        """One statement."""
        form = dict(ChannelForm.base_fields["way"].choices)  # type: ignore[attr-defined]
        self._certify(act, form[act.data["way"]])
        act.note(note=act.data["note"])

    @step("存疑，重新核实", source="confirmed", target="asked", by="owner", form=ReasonForm,
          tone="warning", done="存疑，重新核实")  # fmt: skip
    def doubt(self, act: Act) -> None:
        """A certificate that rests on the person's own word may be looked into."""
        act.note(reason=act.data["reason"])

    @step("不符合领取资格", source="asked", target="unconfirmed", by="owner", form=ReasonForm,
          tone="warning", done="已告知不符合领取资格")  # fmt: skip
    def deny(self, act: Act) -> None:
        """Stopping the payment is a matter of its own (暂停养老保险待遇申请), with its remedies."""
        act.outcome = "disapproved"
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"未能认证：{act.data['reason']}")

    @step("提醒认证", source="confirmed", target="due", by=TIMER, after=_time_to_remind,
          done="已提醒再次认证")  # fmt: skip
    def remind(self, act: Act) -> None:
        act.tell("case_step", message="您的待遇资格认证将在一个月后到期，请在到期前再次认证。")

    @step("逾期未认证", source="due", target="lapsed", by=TIMER, after=_time_is_up,
          done="逾期未认证")  # fmt: skip
    def lapse(self, act: Act) -> None:
        act.tell(
            "case_step",
            message="您没有在期限内认证，待遇可能暂停发放；认证后可以申请恢复养老保险待遇。",
        )

    @step("再次认证", source=("confirmed", "due"), target="renewed", by=BY_SYSTEM,
          done="已再次认证")  # fmt: skip
    def renew(self, act: Act) -> None:
        """Settled by the person's next certificate."""

    @step("撤回申请", source="asked", target="withdrawn", by=APPLICANT, right="withdraw",
          form=ReasonForm, done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])

    def _certify(self, act: Act, way: str) -> None:
        act.outcome = "done"
        next_on = a_year_after(act.today)
        self.facts = {**self.facts, "way": way, "next_on": next_on.isoformat()}
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
            "next_on": next_on.isoformat(),
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(way=way, next_on=zh_date(next_on))
        act.tell("concluded", document=document)


def _waiting(case: Flow, user_ids: set[int]) -> list[Case]:
    """The same people's earlier certificates for the same matter that still wait. One statement."""
    rows = Case.objects.filter(
        flow=case.flow,
        matter_id=case.matter_id,
        state__in=("confirmed", "due"),
        parties__role=Party.Role.APPLICANT,
        parties__user__in=user_ids,
    )
    return list(rows.exclude(pk=case.pk).order_by("id"))
