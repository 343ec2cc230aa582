"""People with cover, and a small rule book, for what is filed and where somebody stands."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from matters.medical.models import Filing, Insured
from matters.medical.rules import BenefitRow, Exemption, RuleBook
from matters.rules import MissingRule, RuleMissing
from tests.world import ZHOU_ID, at

CHONGQING, DAZHOU, LIANGSHAN = "500000", "511700", "513400"
_serial = itertools.count(1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def insure(pool: str = CHONGQING, *, id_number: str = ZHOU_ID, **more: Any) -> Insured:
    """周德福, insured as an employee of 重庆 since 2020."""
    return Insured.objects.create(
        **{
            "psn_no": f"P{next(_serial):08}",
            "name": "周德福",
            "id_number": id_number,
            "pool_id": pool,
            "insured_type": "employee",
            "person_class": "retired",
            "born_on": day("1955-05-05"),
            "valid_from": day("2020-01-01"),
            **more,
        }
    )


def filed(insured: Insured, kind: str = "long_term", to: str = DAZHOU, **more: Any) -> Filing:
    """A filing of theirs in force since January 2026; of temporary ones the first half of the year."""
    ends = None if kind in Filing.LONG_TERM_KINDS else day("2026-07-10")
    return Filing.objects.create(
        **{
            "insured": insured,
            "kind": kind,
            "destination_id": to,
            "valid_from": day("2026-01-10"),
            "valid_to": ends,
            "filed_at": at("2026-01-10 09:00"),
            **more,
        }
    )


class Book(RuleBook):
    """Rules by key, and exemptions by (from pool, to place, kind of visit)."""

    def __init__(
        self,
        rules: dict[str, Any] | None = None,
        exempt: dict[tuple[str, str, str], Exemption] | None = None,
    ) -> None:
        self.rules = {"filing.temporary.validity_min": 6, "filing.long_term.lock_months": 6}
        self.rules |= rules or {}
        self.exempt = exempt or {}

    def exemption(
        self, *, from_pool: str, to_region: str, insured_type: str, visit: str, on: dt.date
    ) -> Exemption | None:
        del insured_type
        found = self.exempt.get((from_pool, to_region, visit))
        return found if found is None or (found.row.valid_from or on) <= on else None

    def value(self, key: str, pool: str, on: dt.date, **scope: Any) -> BenefitRow:
        if scope or self.rules.get(key) is None:
            raise RuleMissing([MissingRule(key, pool, on.isoformat(), "未公布")])
        return row(key, pool, self.rules[key])


def row(
    key: str, pool: str, value: Any, certainty: str = "probable", since: str = ""
) -> BenefitRow:
    return BenefitRow(
        id=f"{pool}/{key}",
        key=key,
        pool=pool,
        value=value,
        valid_from=day(since) if since else None,
        valid_to=None,
        certainty=certainty,
        source="https://example.com/rule",
    )


def exempt(
    pool: str,
    *,
    certainty: str = "certain",
    applies: bool = True,
    since: str = "2022-08-01",
    doubt: str = "",
) -> Exemption:
    return Exemption(row("exempt", pool, "免备案", certainty, since), applies, doubt)
