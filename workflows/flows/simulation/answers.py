"""Right answers to a matter's form, out of a seeded generator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from stdnum import luhn
from stdnum.cn import ric

from matters.catalogue.definition import Definition, FormField
from matters.catalogue.rules import NATION
from tongban.accounts.demonstration import Invented
from tongban.offices.calendar import calendar_for
from tongban.offices.codes import pool_of

REASONS = ("工作变动", "投靠家人", "证件遗失", "证件到期", "异地居住", "子女随迁", "继续缴存")
GIVEN_NAMES = ("小雨", "子涵", "思源", "乐天")
CARD_PREFIX = "622202"
# The first of the two demonstration townships that every county has.
DEMONSTRATION_TOWNSHIP = "901"
USCC_SAMPLE = "91500101MA5U00001K"


def answers(
    definition: Definition, *, regions: Iterator[str], person: Invented, on: dt.date, luck: Random
) -> dict[str, Any]:
    """One answer to every question. regions: what the form's region fields get, in order."""
    booked = {rule.field for rule in definition.rules if rule.kind == "bookable"}
    return {
        asked.code: _working_day_after(on, luck).isoformat()
        if asked.code in booked
        else _answer(asked, regions=regions, person=person, on=on, luck=luck)
        for asked in definition.fields
    }


def _place(county: str, level: str) -> str:
    """The county, or what lies below or above it at that level."""
    if level == "pool":
        return pool_of(county)
    return county + DEMONSTRATION_TOWNSHIP if level == "township" else county


def _answer(
    asked: FormField, *, regions: Iterator[str], person: Invented, on: dt.date, luck: Random
) -> Any:
    match asked.kind:
        case "region":
            return _place(next(regions), asked.region_level)
        case "choice":
            return luck.choice(asked.choices)[0]
        case "name":
            return person.name
        case "id_number":
            return person.id_number
        case "phone":
            return person.phone
        case "date":
            return (on - dt.timedelta(days=luck.randrange(1, 300))).isoformat()
        case "money":
            return f"{luck.randrange(100, 90000)}.{luck.randrange(100):02d}"
        case "bank_card":
            return _card(luck)
        case "uscc":
            return USCC_SAMPLE
        case "yes_no":
            return "yes"
        case "number":
            return str(_number(asked, luck))
        case "month":
            return f"{on - dt.timedelta(days=luck.randrange(31, 300)):%Y-%m}"
        case "period":
            start = on - dt.timedelta(days=luck.randrange(200, 300))
            return f"{start.isoformat()}/{on.isoformat()}"
        case "several":
            return [luck.choice(asked.choices)[0]]
        case "people":
            return [_row(asked, person, luck)]
        case "email":
            return f"demo{luck.randrange(10000)}@example.com"
        case "address":
            return f"示范路{luck.randrange(1, 200)}号{luck.randrange(1, 30)}栋"
        case _:
            return luck.choice(REASONS)[: asked.max_length or None]


def _number(asked: FormField, luck: Random) -> int:
    lowest, highest = asked.at_least, asked.at_most
    least = int(lowest) if isinstance(lowest, Decimal) else 0
    most = int(highest) if isinstance(highest, Decimal) else least + 5
    return luck.randint(least, max(least, min(most, least + 5)))


def _row(asked: FormField, person: Invented, luck: Random) -> dict[str, str]:
    relation = luck.choice(asked.choices)[0] if asked.choices else "家人"
    born = f"{luck.randrange(2010, 2024)}{luck.randrange(1, 13):02d}{luck.randrange(1, 29):02d}"
    number = f"{person.id_number[:6]}{born}{luck.randrange(1000):03d}"
    whole = {
        "name": f"{person.name[0]}{luck.choice(GIVEN_NAMES)}",
        "id_number": number + ric.calc_check_digit(number + "0"),
        "phone": person.phone,
        "account": f"{person.id_number[:6]}{person.phone[-8:]}",
        "relation": relation,
    }
    return {column: whole[column] for column in asked.columns}


def _working_day_after(on: dt.date, luck: Random) -> dt.date:
    day = on + dt.timedelta(days=luck.randrange(1, 12))
    calendar = calendar_for(NATION)
    while not calendar.is_working(day):
        day += dt.timedelta(days=1)
    return day


def _card(luck: Random) -> str:
    body = f"{CARD_PREFIX}{luck.randrange(10**12):012d}"
    return body + str(luhn.calc_check_digit(body))
