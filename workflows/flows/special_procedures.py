"""特别程序: whose they are, and how long those last that have a length of their own."""

from __future__ import annotations

import datetime as dt

from matters.catalogue.definition import Limit, SpecialProcedure
from tongban.offices.calendar import calendar_for
from workflows.cases.act import Act, Situation
from workflows.cases.clocks import Reading, due
from workflows.cases.declarations import Guard


def procedures_at(situation: Situation) -> list[SpecialProcedure]:
    """Those that the office which holds the case may start now; one without a seat is the reviewer's."""
    case = situation.case
    return [
        each
        for each in situation.definition.special_procedures
        if (each.seat == case.holder if each.seat else case.state == "reviewing")
    ]


def in_words(procedure: SpecialProcedure) -> str:
    """'公示（5个工作日）'."""
    return f"{procedure.name}（{procedure.lasts.text}）" if procedure.lasts else procedure.name


def end_of(limit: Limit, act: Act) -> dt.datetime:
    """When a stretch of that length which begins now is over, by the office's calendar.

    Raises LookupError where no day can be named; there is none in practice.
    """
    moments = due(Reading(act.at, (limit,), (), calendar_for(act.case.region_of(act.seat))))
    if moments is None:
        raise LookupError(f"no end of {limit} after {act.at}")
    return moments.due_at


def _lasted(situation: Situation) -> bool:
    until = situation.case.facts.get("special_until")
    return until is None or situation.at >= dt.datetime.fromisoformat(until)


has_special = Guard("has_special", "本环节没有特别程序", lambda s: bool(procedures_at(s)))
special_lasted = Guard("special_lasted", "公示（冷静）期尚未届满", _lasted)
