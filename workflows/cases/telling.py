"""What the parties are told of a step: notices owed in the case's own transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypedDict

from tongban.notices.hints import hint_dispatcher
from tongban.notices.models import Notice, NoticeState
from tongban.notices.outbox import Owed, channels_for, notice_of, recipient_of

from .act import SERVED, Act
from .declarations import APPLICANT
from .models import Document, Event, Party
from .parties import SEE, SIGN, SUPPLEMENT, rights_of, rights_of_user
from .places import office_name


def owed_for(act: Act, event: Event) -> list[Notice]:
    """Rows to write for this step, one per party, channel and event; unsaved."""
    told = list(act.told)
    if not told and act.step.notice:
        told = [(act.step.notice, {}, None)]
    if not told or _parent_tells(act, told[-1][2]):
        return []
    template, more, document = told[-1]
    context = context_of(act, more)
    rows = [
        notice_of(_owed(party, channel, template, context, act, event, document), act.at)
        for party in _audience(act)
        for channel in channels_for(party.user, template)  # type: ignore[arg-type]  # _audience has accounts
    ]
    if any(row.state == NoticeState.PENDING for row in rows):
        hint_dispatcher()
    return rows


def _parent_tells(act: Act, document: Document | None) -> bool:
    """A part of a whole speaks only where the person must act or a paper must reach them.

    One submission for five offices is one message, and so is its end; the rest stands on the page.
    """
    case = act.case
    if case.relation != "part" or case.holder == APPLICANT:
        return False
    return document is None or document.kind not in SERVED


def _owed(
    party: Party,
    channel: str,
    template: str,
    context: dict[str, Any],
    act: Act,
    event: Event,
    document: Document | None,
) -> Owed:
    user_id = party.user_id or 0
    # 送达 is to the applicant or somebody who acts for them: whoever may only look serves nobody.
    rights = rights_of_user(act.situation.parties, user_id, act.today)
    serves = bool(rights & {SIGN, SUPPLEMENT})
    return Owed(
        template=template,
        channel=channel,
        recipient=recipient_of(user_id),
        user_id=user_id,
        context=context,
        event_key=f"case:{event.case_id}:{event.seq}",
        subject_kind="case",
        subject_key=act.case.number,
        document_id=document.pk if document is not None and serves else None,
        **_lasting(act, document),
    )


class Lasting(TypedDict, total=False):
    useful_until: dt.datetime | None
    topic: str


def todo_topic(case_id: int) -> str:
    """What a case asks of its people: asked anew, or done, the word before is void. See `lapsed`."""
    return f"case:{case_id}:todo"


def _lasting(act: Act, document: Document | None) -> Lasting:
    """How long it helps: only what asks the person to do something goes out of date.

    A decision that must reach its person (送达) does so however late; the letter that asks for
    papers helps nobody once its time is over. No SQL.
    """
    case = act.case
    must_arrive = document is not None and document.kind in SERVED and not document.starts_limit
    asks = bool(case.current.hint) and (not act.step.is_aside or act.asks_anew)
    if must_arrive or not asks:
        return {}
    return {"useful_until": case.told_until(), "topic": todo_topic(case.pk)}


def context_of(act: Act, more: dict[str, Any]) -> dict[str, Any]:
    """What a notice's text may use. No personal data: the number and the matter say enough."""
    case = act.case
    promise = case.clocks.get("promise", {}).get("due_at")
    return {
        "number": case.number,
        "matter": case.matter.name,
        "step": act.step.done,
        "state": case.state_label(act.definition),
        "office": office_name(act.office_id or case.holder_office_id),
        "at": act.at.isoformat(),
        "due": case.hop_due_at.isoformat() if case.hop_due_at else promise,
        "url": f"/my/{case.number}/",
        **more,
    }


def _audience(act: Act) -> list[Party]:
    """Parties with an account who may see the case; one row a person, whatever parts they have."""
    people: dict[int, Party] = {}
    for party in act.situation.parties:
        if party.user_id is not None and SEE in rights_of(party, act.today):
            people.setdefault(party.user_id, party)
    return list(people.values())
