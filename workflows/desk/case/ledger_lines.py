"""The ledger of a case in words: each event with who took it, where, and what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from tongban.templatetags.formats import zh_datetime
from workflows.cases.declarations import Step
from workflows.cases.event_words import step_of
from workflows.cases.ledger import first_break
from workflows.cases.models import Enquiry, Event, Rating
from workflows.cases.places import OfficeCard

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

# What steps record besides the answers of their forms. What isn't named is for machines.
WORDS = {
    "text": "内容",
    "reason": "理由",
    "to": "转给",
    "papers": "材料",
    "arrived": "已收到",
    "missing": "未收到",
    "items": "事项",
    "way": "方式",
    "waybill": "运单号",
    "parcel": "交接单",
    "documents": "文书",
    "document": "文书",
    "succeeded": "是否送达",
    "result": "结果",
    "limit": "期限",
    "basis": "依据",
    "procedure": "特别程序",
    "level": "评价",
    "letter": "联系函",
    "recall_letter": "调档函",
    "fee": "工本费",
    "next_on": "下次认证",
    "filing": "备案编号",
    "validity": "有效期",
    "differing": "不一致的项目",
    "unclaimed": "未认领该事项的机构",
    "amount": "金额（元）",
    "lines": "费用明细条数",
    "setl_id": "结算编号",
    "payable": "应付金额（元）",
    "carried": "转入以后月份（笔）",
    "voided_signatures": "作废的签署",
    "left": "未到账（元）",
    "surplus": "多到（元）",
    "named": "两地账目差异",
    "differences": "待处理差异",
    "reference": "申请文号",
    "voucher": "凭证号",
    "decision": "结论",
    "excluded": "剔除金额（元）",
    "top_up": "应追加（元）",
    "digest": "清算单摘要",
    "cleared": "清算明细（笔）",
    "negative": "冲回的负记录",
    "tries": "已查次数",
    "codes": "核查出的情形",
    "settlements": "结算编号",
    "account": "收款账号末四位",
    "ended_on": "停保日期",
    "begins_on": "待遇开始日期",
    "voided_filings": "随之失效的备案（项）",
}
CHOSEN = {
    "way": {"post": "邮寄", "electronic": "电子", "inbox": "站内信", "email": "电子邮件",
            "phone": "电话", "counter": "窗口", "parcel": "邮寄"},
    "kind": dict(Enquiry.Kind.choices),
    "level": {str(value): label for value, label in Rating.Level.choices},
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    seq: int
    at: dt.datetime
    title: str
    who: str
    office: str
    details: Sequence[tuple[str, str]]
    digest: str
    is_remark: bool


@dataclass(frozen=True)
class Ledger:
    """Lines, the newest first; `broken_at`: the first step whose hash doesn't follow, None if all do."""

    lines: Sequence[Line]
    broken_at: int | None

    @property
    def remarks(self) -> list[Line]:
        return [line for line in self.lines if line.is_remark]


def ledger_of(case: Flow, events: Iterable[Event], offices: Mapping[int, OfficeCard]) -> Ledger:
    """events: all of the case's, in order. No SQL."""
    rows = list(events)
    broken = first_break(rows)
    lines = [_line(case, event, offices) for event in reversed(rows)]
    return Ledger(lines, broken.seq if broken else None)


def details_of(event: Event, step: Step | None) -> list[tuple[str, str]]:
    """What was said with a step: the questions of its form with their answers, and what it recorded."""
    asked = step.form.base_fields if step is not None and step.form is not None else {}
    details = []
    # The database keeps no order of what was recorded: the form's goes first.
    for name in dict.fromkeys([*asked, *WORDS]):
        field, value = asked.get(name), event.data.get(name)
        label = str(field.label or "") if field is not None else WORDS.get(name, "")
        shown = _shown(name, value, field)
        if label and shown:
            details.append((label, shown))
    return details + _fed_back(event.data.get("fed_back"))


def _fed_back(told: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """What another system decided, as it was fed back."""
    if not told:
        return []
    at = zh_datetime(dt.datetime.fromisoformat(told["at"]))
    return [
        ("业务系统", told["system"]),
        (told["name"], told["number"]),
        ("办理时间", at),
        ("业务系统结果", told["result"]),
    ]


def _line(case: Flow, event: Event, offices: Mapping[int, OfficeCard]) -> Line:
    step = step_of(case.flow, event.step)
    office = offices.get(event.office_id or 0)
    return Line(
        seq=event.seq,
        at=event.at,
        title=step.done if step else event.step,
        who=_who(event),
        office=office.name if office else "",
        details=details_of(event, step),
        digest=bytes(event.hash).hex()[:8],
        is_remark=event.step == "remark",
    )


def _who(event: Event) -> str:
    absent = event.data.get("acting_for")
    name = event.actor_name or "系统"
    return f"{name}（代{absent['name']}办理）" if absent else name


def _shown(name: str, value: Any, field: forms.Field | None) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    if value is None or isinstance(value, dict):
        return ""
    text = str(value)
    offered: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    for choice, label in offered:
        if str(choice) == text:
            return str(label)
    return CHOSEN.get(name, {}).get(text, text)
