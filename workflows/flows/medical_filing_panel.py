"""What stands beside an application for 备案: for the clerk who files, for the place of treatment, for its people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matters.medical.filing import Benefit, benefit_standing, filings_of, in_force
from matters.medical.filing.contacts import NATIONAL_LINE
from matters.medical.filing.exemptions import (
    CERTAINTY_WORDS,
    ExemptionRow,
    exemption_rows,
)
from matters.medical.filing.names import validity_words
from matters.medical.models import Filing, Freeze, Insured
from tongban.templatetags.formats import zh_date
from workflows.cases.act import Situation
from workflows.cases.flow import Panel

from .medical_filing_facts import NOT_FOUND, asked_in, cover_of

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

FOR_OFFICES, FOR_PEOPLE = "medical/filing.html", "medical/my_filing.html"
# What a clerk has to see of somebody's past; older ones stand in the register.
MOST_FILINGS = 20
RULE_WORDS = {
    "filing.long_term.lock_months": "告知承诺备案的锁定月数",
    "filing.temporary.validity_min": "临时外出备案的最短有效月数",
    "filing.several_destinations": "可以同时备案多个地方",
}
UNITS = {"filing.long_term.lock_months": "个月", "filing.temporary.validity_min": "个月"}


@dataclass(frozen=True)
class FilingRow:
    """One filing as it stands on the day of looking, in words."""

    kind: str
    place: str
    validity: str
    state: str
    tag: str
    note: str
    is_this: bool


@dataclass(frozen=True)
class RuleRow:
    """A rule that the filing rests on, as it was when it was made."""

    words: str
    certainty: str
    source: str


@dataclass(frozen=True)
class FilingShown:
    """insured: None where no register has the person. Freezes, cover and exemptions are the insurer's."""

    insured: Insured | None
    place: str
    not_found: str
    number: str
    rows: Sequence[FilingRow]
    rules: Sequence[RuleRow]
    national_line: str
    is_insurer: bool = False
    cover: str = ""
    benefit: Benefit | None = None
    freezes: Sequence[Freeze] = ()
    exemptions: Sequence[ExemptionRow] = ()


def panel_of(case: Flow, situation: Situation, *, for_party: bool) -> Panel:
    """Four statements, six for the office that insures."""
    insured = cover_of(situation.parties, situation.today)
    actor = situation.actor
    desks = actor.desks | actor.heads
    # The place of treatment sees that it is filed; what the person's cover is, is the insurer's.
    is_treating = case.office_of("treating") in desks and case.office_of("owner") not in desks
    shown = (
        _of_insurer(case, situation, insured)
        if not for_party and not is_treating
        else _of_others(case, situation, insured, only_this=is_treating)
    )
    return Panel(FOR_PEOPLE if for_party else FOR_OFFICES, shown)


def _of_insurer(case: Flow, situation: Situation, insured: Insured | None) -> FilingShown:
    on, asked = situation.today, asked_in(case.data)
    rows = _filings(insured)
    return FilingShown(
        insured=insured,
        place=asked.place,
        not_found="" if insured else NOT_FOUND,
        number=_number(case),
        rows=[_row(case, row, on) for row in rows],
        rules=_rules(case, rows),
        national_line=NATIONAL_LINE,
        is_insurer=True,
        cover=_cover(insured) if insured else "",
        benefit=benefit_standing(insured=insured, on=on) if insured else None,
        freezes=list(Freeze.objects.filter(insured=insured).order_by("-from_on"))
        if insured
        else (),
        exemptions=exemption_rows(insured=insured, place=asked.place, on=on) if insured else (),
    )


def _of_others(
    case: Flow, situation: Situation, insured: Insured | None, *, only_this: bool
) -> FilingShown:
    rows = [row for row in _filings(insured) if not only_this or _is_this(case, row)]
    return FilingShown(
        insured=insured,
        place="",
        not_found="" if insured or only_this else NOT_FOUND,
        number=_number(case),
        rows=[_row(case, row, situation.today) for row in rows],
        rules=() if only_this else _rules(case, rows),
        national_line=NATIONAL_LINE,
    )


def _filings(insured: Insured | None) -> list[Filing]:
    """The newest of the person's cover. One statement."""
    if insured is None:
        return []
    return list(filings_of(insured)[:MOST_FILINGS])


def _cover(insured: Insured) -> str:
    ends = f"，至{zh_date(insured.valid_to)}前" if insured.valid_to else ""
    kind = insured.get_insured_type_display()
    return f"{insured.pool.name}{kind}医保，自{zh_date(insured.valid_from)}起{ends}"


def _row(case: Flow, row: Filing, on: dt.date) -> FilingRow:
    holds = in_force(row, on)
    state = row.get_state_display() if row.state != Filing.State.ACTIVE or holds else "已到期"
    notes = []
    if row.ended_on is not None:
        notes.append(f"{zh_date(row.ended_on)}起不再有效：{row.end_reason}")
    if row.locked_until is not None and holds:
        notes.append(f"告知承诺办理，{zh_date(row.locked_until)}前不能变更或取消")
    if row.kind == Filing.Kind.EMERGENCY:
        notes.append("视同备案，只对一次就医有效")
    return FilingRow(
        kind=row.get_kind_display(),
        place=row.destination.name,
        validity=validity_words(row),
        state=state,
        tag="good" if holds else "done",
        note="；".join(notes),
        is_this=_is_this(case, row),
    )


def _is_this(case: Flow, row: Filing) -> bool:
    return bool(row.pk == (case.facts.get("filing") or {}).get("id"))


def _rules(case: Flow, rows: Sequence[Filing]) -> list[RuleRow]:
    """The rules of the filing that this case made."""
    kept: list[dict[str, str]] = next((row.rules for row in rows if _is_this(case, row)), [])
    return [_rule(each) for each in kept]


def _rule(kept: dict[str, str]) -> RuleRow:
    key, certainty = kept["key"], kept["certainty"]
    words = RULE_WORDS.get(key, key)
    if certainty == "missing":
        return RuleRow(f"{words}：参保地没有公布，不锁定", "未公布", "")
    return RuleRow(
        f"{words}：{kept['value']}{UNITS.get(key, '')}",
        CERTAINTY_WORDS.get(certainty, certainty),
        kept.get("source", ""),
    )


def _number(case: Flow) -> str:
    return str((case.facts.get("filing") or {}).get("number", ""))
