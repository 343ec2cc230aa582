"""The people of a case, and what the one who looks may do in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tongban.accounts.personal import mask_name
from workflows.cases.declarations import APPLICANT, Step
from workflows.cases.models import Party
from workflows.cases.parties import ALL_RIGHTS, RIGHT_NAMES, SEE, SIGN, SUPPLEMENT, WITHDRAW
from workflows.cases.verdicts import Verdict, why_not

from .door import Visit

ORDER = (SEE, SIGN, SUPPLEMENT, WITHDRAW)


@dataclass(frozen=True)
class PersonShown:
    """One party. Somebody else's name is masked: one knows them, a passer-by need not."""

    role: str
    name: str
    is_me: bool
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """A step the person may take, or why not; who could, where it is a question of who asks."""

    code: str
    label: str
    tone: str
    reasons: tuple[str, ...]
    who: str


def people_shown(visit: Visit) -> list[PersonShown]:
    return [_person(visit, party) for party in visit.situation.parties]


def _person(visit: Visit, party: Party) -> PersonShown:
    is_me = party.user_id == visit.user_id
    facts = [("与申请人的关系", party.relation), ("授权依据", party.authority)]
    if party.role == Party.Role.AGENT:
        granted = [RIGHT_NAMES[right] for right in ORDER if right in {*party.scope, SEE}]
        facts.append(("授权事项", "、".join(granted)))
        facts.append(("授权截止", _day(party.expires_on)))
    return PersonShown(
        role=party.get_role_display(),
        name=party.name if is_me else mask_name(party.name),
        is_me=is_me,
        facts=tuple(f"{key}：{value}" for key, value in facts if value),
    )


def rights_in_words(rights: frozenset[str]) -> tuple[str, str]:
    """(what they may do, what they may not): '查看办件、签署', '撤回申请' or ''."""
    may = "、".join(RIGHT_NAMES[right] for right in ORDER if right in rights)
    may_not = "、".join(RIGHT_NAMES[right] for right in ORDER if right in ALL_RIGHTS - rights)
    return may, may_not


def offers(visit: Visit) -> tuple[list[Offer], list[Offer]]:
    """(what the person can do now, what they cannot and why), both in the order of the flow. No SQL."""
    verdicts = [v for v in why_not(visit.situation) if is_for_people(v.step)]
    can = [_offer(v) for v in verdicts if v.allowed]
    cannot = [_offer(v) for v in verdicts if not v.allowed and _is_worth_saying(visit, v)]
    return can, cannot


def is_for_people(step: Step) -> bool:
    """A step that a party takes for themselves, not an office for them."""
    return APPLICANT in step.by


def _is_worth_saying(visit: Visit, verdict: Verdict) -> bool:
    """A step of another moment is left unsaid, except 撤回: people look for that one while it runs."""
    codes = {reason.code for reason in verdict.reasons}
    if "wrong_state" in codes or "is_concluded" in codes:
        return verdict.step.right == WITHDRAW and visit.case.is_open
    return not codes & {"not_rated", "something_to_refile"}


def _offer(verdict: Verdict) -> Offer:
    step = verdict.step
    reasons = tuple(reason.text for reason in verdict.reasons)
    return Offer(step.code, step.label, step.tone, reasons, who_instead(verdict))


def who_instead(verdict: Verdict) -> str:
    """Who could take the step now; '' where nobody could, whoever asks."""
    codes = {reason.code for reason in verdict.reasons}
    return verdict.who if codes and codes <= {"no_right", "not_yours"} else ""


def _day(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "长期"
