"""What was applied for and by whom, with personal data masked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matters.catalogue.answers import answer_in_clear, masked_rows
from tongban.accounts.personal import mask_id_number, mask_phone
from workflows.cases.act import Situation
from workflows.cases.models import Party
from workflows.cases.parties import RIGHT_NAMES, rights_of

PARTY_FIELDS = {"id_number": ("证件号码", mask_id_number), "phone": ("手机号码", mask_phone)}


@dataclass(frozen=True)
class Answer:
    """A line on the page. `look`: the key under which the full value can be asked for, '' if plain.

    field: the question of the form that it answers; '' for what stands elsewhere.
    """

    label: str
    shown: str
    look: str = ""
    field: str = ""


@dataclass(frozen=True)
class PartyCard:
    """Somebody's part in the case and what it lets them do."""

    role: str
    name: str
    lines: Sequence[Answer]
    rights: str
    relation: str
    authority: str
    expires_on: dt.date | None
    is_in_force: bool


@dataclass(frozen=True)
class Personal:
    """A value that is masked: its name, the mask, and how to read it in full."""

    label: str
    shown: str
    reveal: Callable[[], str]


def answers_of(situation: Situation) -> list[Answer]:
    """The form as it was filled in. No SQL but for the names of regions, which are remembered."""
    definition, data = situation.definition, situation.case.data
    return [
        Answer(row.label, row.shown, f"data.{row.key}" if row.key else "", row.field)
        for row in masked_rows(definition, data)
    ]


def party_cards(situation: Situation) -> list[PartyCard]:
    return [_card(party, situation.today) for party in situation.parties]


def personal_value(situation: Situation, key: str) -> Personal | None:
    """The masked value that `look` names in this case; None if there is none such."""
    if match := re.fullmatch(r"data\.([a-z][a-z0-9_]*(\.[0-9]{1,2}\.[a-z_]{1,20})?)", key):
        return _of_form(situation, match[1])
    if match := re.fullmatch(r"party\.([0-9]{1,18})\.(id_number|phone)", key):
        return _of_party(situation, int(match[1]), match[2])
    return None


def _of_form(situation: Situation, code: str) -> Personal | None:
    definition, data = situation.definition, situation.case.data
    for answer in answers_of(situation):
        if answer.look == f"data.{code}":
            return Personal(
                answer.label, answer.shown, lambda: answer_in_clear(definition, data, code)
            )
    return None


def _of_party(situation: Situation, party_id: int, name: str) -> Personal | None:
    party = next((p for p in situation.parties if p.pk == party_id), None)
    if party is None or not getattr(party, name):
        return None
    label, mask = PARTY_FIELDS[name]
    value = str(getattr(party, name))
    return Personal(f"{party.get_role_display()}{label}", mask(value), lambda: value)


def _card(party: Party, today: dt.date) -> PartyCard:
    rights = rights_of(party, today)
    lines = [
        Answer(label, mask(str(getattr(party, name))), f"party.{party.pk}.{name}")
        for name, (label, mask) in PARTY_FIELDS.items()
        if getattr(party, name)
    ]
    if party.email:
        lines.append(Answer("电子邮箱", party.email))
    return PartyCard(
        role=party.get_role_display(),
        name=party.name,
        lines=lines,
        rights="、".join(text for right, text in RIGHT_NAMES.items() if right in rights),
        relation=party.relation,
        authority=party.authority,
        expires_on=party.expires_on,
        is_in_force=party.is_in_force(today),
    )
