"""For whom somebody applies, and as what: the kinds, and the people of a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from matters.catalogue.models import Matter
from tongban.accounts.identity import birth_date
from tongban.accounts.models import User
from tongban.accounts.personal import mask_id_number, mask_phone
from workflows.cases.drafts import party_of
from workflows.cases.models import Draft, Party
from workflows.cases.opening import PartyInput
from workflows.cases.parties import RIGHT_NAMES

Role = Party.Role
OF_AGE = 18
MOST_OTHERS = 6


@dataclass(frozen=True)
class OnBehalf:
    """One answer to 为谁办: the part that the person at the keyboard has, and what is asked of them."""

    code: str
    label: str
    hint: str
    my_role: str
    relations: tuple[str, ...] = ()
    of_enterprise: bool = False


KINDS = {
    kind.code: kind
    for kind in (
        OnBehalf("self", "为我自己办", "", Role.APPLICANT),
        OnBehalf(
            "guardian",
            "为我的孩子或被监护人办",
            "您是他（她）的监护人",
            Role.GUARDIAN,
            ("父亲", "母亲", "配偶", "其他法定监护人"),
        ),
        OnBehalf(
            "family",
            "替家人办（子女代办等）",
            "您以自己的名义代办，需要家人的委托",
            Role.AGENT,
            ("子女", "配偶", "父母", "兄弟姐妹", "其他亲属"),
        ),
        OnBehalf(
            "helper",
            "帮村（居）民办（村社帮办）",
            "您是村（社区）工作人员、网格员或志愿者",
            Role.AGENT,
            ("村（社区）工作人员", "网格员", "帮办志愿者"),
        ),
        OnBehalf(
            "enterprise",
            "代表企业或单位办",
            "您是法定代表人、负责人或受委托的经办人",
            Role.AGENT,
            ("法定代表人或负责人", "受委托的经办人"),
            of_enterprise=True,
        ),
    )
}


def kinds_for(matter: Matter) -> list[OnBehalf]:
    """The kinds that a matter is open to, by its audience; all where no source names one we know."""
    fitting = [
        kind
        for kind in KINDS.values()
        if ("企业" if kind.of_enterprise else "个人") in matter.audience
    ]
    return fitting or list(KINDS.values())


def kind_of(draft: Draft) -> OnBehalf | None:
    return KINDS.get(draft.answers.get("on_behalf", ""))


@dataclass(frozen=True)
class People:
    """The people of a draft, in clear: the one at the keyboard, the one it is for, and others."""

    me: PartyInput
    person: PartyInput | None
    others: tuple[PartyInput, ...]

    @property
    def applicant(self) -> PartyInput | None:
        return self.me if self.me.role == Role.APPLICANT else self.person

    @property
    def all(self) -> list[PartyInput]:
        return [party for party in (self.person, self.me, *self.others) if party is not None]


def people_of(draft: Draft, user: User) -> People:
    """One statement: the only account in a draft of one's own is one's own.

    The session's user comes without the sealed numbers; they are read together, once a request.
    """
    if sealed := user.get_deferred_fields():
        user.refresh_from_db(fields=sealed)
    mine = party_of({"role": Role.APPLICANT, "name": user.name, "user": user.pk}, {user.pk: user})
    person, others = None, []
    for kept in draft.parties:
        party = party_of(kept, {user.pk: user})
        if party.user is not None:
            mine = party
        elif kept.get("is_other"):
            others.append(party)
        else:
            person = party
    return People(mine, person, tuple(others))


def problems_with_people(draft: Draft, user: User, today: dt.date) -> list[str]:
    """What is still missing or no longer right, in sentences; none: the section is done."""
    kind = kind_of(draft)
    if kind is None or kind not in kinds_for(draft.matter):
        return ["请选择为谁办理"]
    people = people_of(draft, user)
    found = []
    if not people.me.id_number or not people.me.phone:
        found.append("请补全您本人的身份证号和手机号")
    if kind.code != "self" and people.person is None:
        found.append("请填写申请人的信息")
    if people.me.expires_on is not None and people.me.expires_on < today:
        found.append("委托授权已过期，请更新授权期限")
    if _needs_guardian(people, kind, today):
        found.append("申请人未满 18 周岁，请在“其他人员”中补充监护人")
    return found


def _needs_guardian(people: People, kind: OnBehalf, today: dt.date) -> bool:
    """民法典 17, 19, 23: a minor acts through the guardian, who is the agent by law."""
    applicant = people.applicant
    if kind.of_enterprise or applicant is None or not applicant.id_number:
        return False
    roles = {party.role for party in people.all}
    return Role.GUARDIAN not in roles and is_minor(applicant.id_number, today)


def is_minor(id_number: str, today: dt.date) -> bool:
    try:
        born_on = birth_date(id_number)
    except ValueError:
        return False
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (not had_birthday) < OF_AGE


def applicant_of(draft: Draft, user: User) -> str:
    """For whom a draft is, '' while nobody has said. One statement a request."""
    applicant = people_of(draft, user).applicant if kind_of(draft) else None
    return applicant.name if applicant else ""


def party_rows(party: PartyInput, href: str, whose: str) -> list[dict[str, Any]]:
    """A person on the page of answers: numbers masked. whose: 申请人, 我的, 受益人…"""
    basis = "监护依据" if party.role == Role.GUARDIAN else "授权依据"
    shown = [
        (f"{whose}姓名", party.name),
        (f"{whose}证件号码", mask_id_number(party.id_number)),
        (f"{whose}联系电话", mask_phone(party.phone)),
        (f"{whose.removesuffix('的')}与申请人的关系", party.relation),
        (basis, party.authority),
        ("授权事项", "、".join(RIGHT_NAMES[right] for right in party.scope)),
        ("授权截止", _day(party.expires_on)),
    ]
    rows: list[dict[str, Any]] = [{"key": key, "value": value} for key, value in shown if value]
    rows[0]["href"] = href
    return rows


def _day(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
