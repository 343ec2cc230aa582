"""What happened, as the people of a case may read it: titles in plain words, and only listed facts.

An event keeps all that a step recorded, also what colleagues write for each other. Here stands, step
by step, which of it concerns the person; what is not listed is not shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.accounts.personal import mask_name
from tongban.templatetags.formats import zh_short
from workflows.cases.act import Situation
from workflows.cases.event_words import BY_KEEPERS, step_of
from workflows.cases.flow import Flow
from workflows.cases.main_path import ahead
from workflows.cases.models import Event, Service
from workflows.cases.places import office_cards, office_name

# Steps beside the main path that the person should know of; other such steps are the offices' own.
TOLD_ASIDES = frozenset(
    {"pass_on", "record_service", "serve", "rate", "verify_rating", "fix_rating"}
)
# Steps with their own place on the page: an enquiry stands there with its answer.
ELSEWHERE = frozenset({"ask", "answer"})

REASON = ("理由", "reason")
PAPERS = ("材料", "papers")
ITEMS = ("材料", "items")
ROAD = ("运单号", "waybill")
RECEIVER = ("领取人", "receiver")
CHANGE = ("说明", "text")
TERMS = (
    ("可贷金额（元）", "amount"),
    ("年利率（%）", "rate"),
    ("期限（月）", "months"),
    ("说明", "note"),
)
FACTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "change_version": (CHANGE,),
    "restore_version": (CHANGE,),
    "collect": (PAPERS,),
    "turn_back": (REASON,),
    "forward": (ROAD, PAPERS),
    "sign": (("未收到", "missing"),),
    "refuse": (REASON,),
    "deem_accepted": (("依据", "basis"),),
    "require_supplement": (("需要补正", "items"), REASON),
    "supplement": (ITEMS,),
    "give_up": (REASON,),
    "start_special": (("程序", "procedure"), ("依据", "basis"), REASON),
    "extend": (("延长", "limit"), ("依据", "basis"), REASON),
    "disapprove": (REASON,),
    "feed_back": (("结果", "result"), ROAD),
    "sign_result": (("未收到", "missing"),),
    "hand_over": (RECEIVER,),
    "deliver": (RECEIVER, ROAD),
    "withdraw": (REASON,),
    "refused_by_bank": (REASON,),
    "confirm_paid": (("金额（元）", "amount"), ("凭证号", "voucher")),
    "approve_correction": (("差额（元）", "amount"), REASON),
    "record_return": (("金额（元）", "amount"),),
    "object_to_move": (REASON,),
    "send_archive": (("方式", "way"), ("份数", "sheets")),
    "require_missing": (("材料", "items"), REASON),
    "send_back": (REASON,),
    "answer_lookup": (("查询结果", "found"),),
    "join_up": (("累计缴费月数", "months"),),
    "hand_out": (RECEIVER, ROAD),
    "terminate": (REASON,),
    "report_error": (REASON,),
    "file_at_once": (("备案编号", "filing"), ("有效期", "validity")),
    "confirm_filing": (("备案编号", "filing"), ("有效期", "validity")),
    "send_to_review": (("说明", "reason"),),
    "turn_down_at_once": (REASON,),
    "turn_down": (REASON,),
    "cancel_filing": (REASON,),
    "by_oneself": (("下次认证", "next_on"),),
    "at_window": (("下次认证", "next_on"),),
    "confirm": (("下次认证", "next_on"),),
    "doubt": (REASON,),
    "deny": (REASON,),
    "object_to_transfer": (("情况和解决办法", "reason"),),
    "register_in": (RECEIVER,),
    "refile": (("事项", "part"), ("新的办件编号", "number")),
    "send_out": (("银行", "banks"),),
    "choose_offer": (("选定", "bank"),),
    "choose_none": (REASON,),
    "decline": (("原因", "kind"), REASON),
    "offer": TERMS,
    "pass_on": (("转到", "to"),),
    "verify_rating": (("核实情况", "finding"),),
    "fix_rating": (("整改情况", "fix"),),
    "serve": (("文书", "document"), ("方式", "way")),
    "record_service": (("文书", "document"), ("方式", "way")),
}
NAMES_OF_PEOPLE = frozenset({"receiver"})
BAD = frozenset({"turn_back", "refuse", "give_up", "disapprove", "object_to_move",
                 "object_to_transfer", "bank_refuses", "refused_by_bank", "send_back", "terminate", "deny",
                 "turn_down", "turn_down_at_once"})  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; state: done, now, next or bad."""

    title: str
    at: dt.datetime | dt.date | None = None
    who: str = ""
    text: str = ""
    state: str = "done"


def timeline(situation: Situation, events: Iterable[Event]) -> list[Entry]:
    """What happened, what goes on now, and what is still to come. One statement at most, for offices."""
    shown = [event for event in events if _concerns_the_person(situation.case, event)]
    office_cards({e.office_id for e in shown if e.office_id} | set(situation.case.office_ids))
    past = [_entry(situation, event) for event in shown]
    return past + _now(situation) + _to_come(situation)


def news_of(situation: Situation, last: Event | None) -> str:
    """What came in between, in one sentence; what colleagues do among themselves stays unnamed."""
    if last is None or not _concerns_the_person(situation.case, last):
        return "您打开页面以后，办理机构更新了这个办件。"
    who, title = _who(situation, last), _title(situation, last)
    return f"您打开页面以后，办件有了新进展：{zh_short(last.at)} {who} {title}。"


def _concerns_the_person(case: Flow, event: Event) -> bool:
    step = step_of(case.flow, event.step)
    if event.step in ELSEWHERE:
        return False
    return step is None or not step.is_aside or event.step in TOLD_ASIDES


def _entry(situation: Situation, event: Event) -> Entry:
    failed = event.data.get("succeeded") is False
    return Entry(
        title="文书未能送达" if failed else _title(situation, event),
        at=event.at,
        who=_who(situation, event),
        text="\n".join(_facts(event)),
        state="bad" if failed or event.step in BAD else "done",
    )


def _title(situation: Situation, event: Event) -> str:
    step = step_of(situation.case.flow, event.step)
    if step is None:
        return event.step
    if event.step in ("record_service", "serve"):
        return "文书已送达"
    # Several stages take the same step; each goes by its name.
    stage = str(event.data.get("stage", "")) if step.decides else ""
    names = {each.code: each.name for each in situation.definition.stages}
    return f"{names[stage]}：{step.done}" if len(names) > 1 and stage in names else step.done


def _who(situation: Situation, event: Event) -> str:
    if event.office_id:
        return office_name(event.office_id)
    if event.actor_kind == "system" or event.step in BY_KEEPERS:
        return "系统"
    if event.actor_id == situation.actor.user_id:
        return "您"
    party = next((p for p in situation.parties if p.user_id == event.actor_id), None)
    role = f"（{party.get_role_display()}）" if party else ""
    return mask_name(event.actor_name) + role


def _facts(event: Event) -> list[str]:
    told = [(label, key, event.data.get(key)) for label, key in FACTS.get(event.step, ())]
    return [f"{label}：{_worded(event.step, key, value)}" for label, key, value in told if value]


def _worded(step: str, key: str, value: Any) -> str:
    if step == "require_supplement" and isinstance(value, list):
        return "".join(f"\n{nth}. {item}" for nth, item in enumerate(value, 1))
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    if key in NAMES_OF_PEOPLE:
        return mask_name(str(value))
    if key == "way":
        return dict(Service.Way.choices).get(str(value), str(value))
    return str(value)


def _now(situation: Situation) -> list[Entry]:
    case = situation.case
    if not case.is_open:
        return []
    label = case.state_label(situation.definition)
    return [
        Entry(label, case.entered_at, holder_name(case), _paused(case) or case.current.hint, "now")
    ]


def _paused(case: Flow) -> str:
    words = {"special": "特别程序进行中，暂停计时", "inquiry": "协查期间，暂停计时"}
    return words.get(case.suspended_as, "")


def _to_come(situation: Situation) -> list[Entry]:
    case, definition = situation.case, situation.definition
    return [
        Entry(each.label, who=office_name(case.office_of(each.seat)), state="next")
        for each in ahead(case, definition)
    ]


def holder_name(case: Flow) -> str:
    """Who holds the case, in words; '' once it is closed."""
    if not case.is_open:
        return ""
    return office_name(case.holder_office_id) if case.holder_office_id else "申请人"
