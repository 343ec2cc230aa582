"""What an application for 备案 says, and what the register of the place of insurance makes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from matters.medical.filing import insured_by_id_number, insured_of, place_of, why_not_filed
from matters.medical.filing.ending import hold
from matters.medical.models import Filing, Insured
from matters.rules import RuleMissing
from tongban.accounts.models import User
from tongban.offices.models import Region
from workflows.cases.models import Case, Party

# Questions of the form, by their code.
KIND: Final = "filing_kind"
POOL: Final = "insured_region"
DESTINATION: Final = "destination"
WAY: Final = "proof_way"
AGREES: Final = "agrees_to_replace"
VISIT: Final = "visit_number"

PROMISE_WAY: Final = "promise"
AT_ONCE, REVIEW, REFUSED = "at_once", "review", "refused"
# Who was referred, and whose emergency the hospital did not mark, shows a paper whatever else.
PROVEN_KINDS: Final = frozenset({Filing.Kind.REFERRAL, Filing.Kind.EMERGENCY})
NOT_FOUND: Final = (
    "参保登记里没有查到这个证件号码。可能参保在别的统筹区，或登记还没有同步：工作人员会核对；"
    "也可以带身份证和参保凭证到参保地医保经办机构窗口办理。"
)


class Person(Protocol):
    """A party of a case, or of an application that is not handed in yet."""

    @property
    def role(self) -> str: ...

    @property
    def id_number(self) -> str | None: ...

    @property
    def user(self) -> User | None: ...


@dataclass(frozen=True)
class Asked:
    """One application: which kind, from which pool to which place, on a promise or with papers."""

    kind: str
    pool: str
    place: str
    on_promise: bool
    may_replace: bool
    visit_key: str

    @property
    def is_proven_by_paper(self) -> bool:
        is_settled = self.kind in Filing.LONG_TERM_KINDS
        return self.kind in PROVEN_KINDS or (is_settled and not self.on_promise)


@dataclass(frozen=True)
class Outlook:
    """What becomes of it: filed at once, reviewed, or refused, and why in a sentence."""

    way: str
    sentence: str = ""
    insured: Insured | None = None


def asked_in(data: Mapping[str, Any]) -> Asked:
    """Raises KeyError where the form is not filled in so far, NoPlace."""
    kind = str(data[KIND])
    is_settled = kind in Filing.LONG_TERM_KINDS
    return Asked(
        kind=kind,
        pool=str(data[POOL]),
        place=place_of(str(data[DESTINATION])),
        on_promise=is_settled and data.get(WAY) == PROMISE_WAY,
        may_replace=data.get(AGREES) in (True, "yes"),
        visit_key=str(data.get(VISIT) or ""),
    )


def insured_person(people: Iterable[Person]) -> Person | None:
    """Whom it is about: the beneficiary where one is named with a number, else the applicant."""
    listed = list(people)
    for role in (Party.Role.BENEFICIARY, Party.Role.APPLICANT):
        for person in listed:
            if person.role == role and (person.id_number or person.user is not None):
                return person
    return None


def cover_of(people: Iterable[Person], on: dt.date) -> Insured | None:
    """The cover of whom it is about, by their number; None if no register has them. One statement."""
    person = insured_person(people)
    if person is None:
        return None
    if person.id_number:
        return insured_by_id_number(str(person.id_number), on=on)
    return insured_of(person.user, on=on) if person.user is not None else None


def outlook(
    people: Iterable[Person], asked: Asked, on: dt.date, *, in_step: bool = False
) -> Outlook:
    """What the registers say of it on that day. Six statements at most.

    in_step: the person's row is held, so that what is said stays so until the transaction ends.
    """
    insured = cover_of(people, on)
    if insured is None:
        return Outlook(REVIEW, NOT_FOUND)
    if in_step:
        insured = hold(insured.pk)
    if insured.pool_id != asked.pool:
        return Outlook(REFUSED, _other_pool(insured, asked.pool), insured)
    if asked.kind != Filing.Kind.EMERGENCY:
        try:
            refused = why_not_filed(
                insured=insured,
                kind=asked.kind,
                destination=asked.place,
                on_promise=asked.on_promise,
                on=on,
                may_replace=asked.may_replace,
            )
        except RuleMissing as missing:
            return Outlook(REVIEW, "".join(m.sentence for m in missing.missing), insured)
        if refused is not None:
            return Outlook(REFUSED, refused.sentence, insured)
    return Outlook(REVIEW if asked.is_proven_by_paper else AT_ONCE, "", insured)


def filing_of(case: Case) -> Filing | None:
    """The filing that the case made, whatever became of it. One statement."""
    kept = case.facts.get("filing")
    if kept is None:
        return None
    return Filing.objects.select_related("destination", "insured").filter(pk=kept["id"]).first()


def _other_pool(insured: Insured, said: str) -> str:
    names = dict(Region.objects.filter(pk__in=(insured.pool_id, said)).values_list("pk", "name"))
    there, here = names.get(insured.pool_id, insured.pool_id), names.get(said, said)
    return f"查到的参保地是{there}，不是{here}。请把参保地改为{there}后重新提交。"
