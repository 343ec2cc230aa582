"""What somebody is told before they file: what is filed already, and what handing in would bring about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from matters.medical.filing import NoPlace, active_filings, benefit_standing, place_of
from matters.medical.filing.contacts import whom_to_call
from matters.medical.filing.exemptions import exemption_rows
from matters.medical.filing.names import filing_words, place_name
from matters.medical.models import Insured
from tongban.templatetags.formats import zh_date
from workflows.cases.flow import Foretold

from .medical_filing_facts import (
    AT_ONCE,
    DESTINATION,
    NOT_FOUND,
    REFUSED,
    Person,
    asked_in,
    cover_of,
    outlook,
)

SAFE_ACT = "拿不准的，现在就备案：已经住院的，出院结算前办好都算数。"


def told_before(people: Sequence[Person], data: Mapping[str, Any], on: dt.date) -> Foretold | None:
    """Existing filings first; with the answers also 免备案 and what the registers say of them.

    None where nobody is named yet. Three statements, ten with answers.
    """
    if not people:
        return None
    insured = cover_of(people, on)
    if insured is None:
        # Whoever has not typed a number yet is not unknown.
        return Foretold("没有查到参保登记", (NOT_FOUND,), is_obstacle=True) if data else None
    lines = _standing_now(insured, on)
    if not data.get(DESTINATION):
        return Foretold("您的参保和备案", tuple(lines))
    try:
        asked = asked_in(data)
        found = outlook(people, asked, on)
        lines += _exempt(insured, place_of(str(data[DESTINATION])), on)
    except (KeyError, NoPlace):
        return Foretold("您的参保和备案", tuple(lines))
    if found.way == REFUSED:
        return Foretold("提交后不会备案", (found.sentence, *lines), is_obstacle=True)
    done = (
        "提交后当场备案"
        if found.way == AT_ONCE
        else "提交后由工作人员审核材料，约2个工作日（推定）"
    )
    return Foretold("您的参保和备案", (*lines, f"{done}。"))


def _standing_now(insured: Insured, on: dt.date) -> list[str]:
    """Two statements."""
    benefit = benefit_standing(insured=insured, on=on)
    kind = insured.get_insured_type_display()
    lines = [
        f"参保：{insured.pool.name}{kind}医保，自{zh_date(insured.valid_from)}起。{benefit.sentence}"
    ]
    filings = active_filings(insured, on=on)
    lines += [f"已经备案：{filing_words(filing)}。" for filing in filings]
    return lines if filings else [*lines, "现在没有有效的异地就医备案。"]


def _exempt(insured: Insured, place: str, on: dt.date) -> list[str]:
    """Three statements where the rule book has something to say."""
    rows = exemption_rows(insured=insured, place=place, on=on)
    if not rows:
        return []
    known = [row for row in rows if row.applies]
    where = f"从{insured.pool.name}到{place_name(place)}"
    if not known:
        words = [f"{where}是否免备案没有查到。"]
    else:
        visits = "、".join(row.visit for row in known)
        words = [f"{where}的{visits}免备案（自{known[0].since}，{known[0].certainty}）。"]
        if known[0].doubt:
            words.append(f"{known[0].doubt}。")
    if known and all(row.certainty == "确定" for row in known):
        return words
    return [*words, f"{SAFE_ACT}也可以{whom_to_call(insured.pool_id, place, on)}。"]
