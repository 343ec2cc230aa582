"""Flags 提示: cases of a day that are worth a look, and of late ones, whose delay it was.

Found from events and pauses when a day is over, and again every night; one row a kind and case.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from workflows.cases.clocks import midnight
from workflows.cases.models import Suspension

from .bearers import BEARERS, whole_list
from .models import DayFlag
from .tallies import DIRECTION, Tally

# A case that comes back within so many days of being returned is the same matter again.
REFILED_WITHIN_DAYS: Final = 30
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Flag:
    code: str
    label: str
    definition: str


FLAGS: Final = {
    flag.code: flag
    for flag in [
        Flag(
            "second_supplement",
            "二次补正",
            "当日再次要求补正的办件（此前已要求过）。补正应当一次性告知，再次补正应有理由。",
        ),
        Flag(
            "refiled",
            "退件后重报",
            f"当日提交、且同一申请人的同一事项在此前 {REFILED_WITHIN_DAYS} 天内被退件的办件；"
            "按申请人证件号码的密文索引比对。",
        ),
        Flag(
            "last_day_pause",
            "末日中止",
            "当日开始的中止（补正、特别程序、协查），而这一日正是环节、承诺或法定任一时限的最后一日。",
        ),
    ]
}
# Of the cases concluded late: whose delay it was. One kind each, so that they add up.
DELAYS: Final = {
    f"late_{bearer.code}": Flag(
        f"late_{bearer.code}",
        f"超期责任：{bearer.label}",
        f"超期办结的件中，超出环节时限最多的一方是{bearer.label}；各环节都没有超出的，"
        "算给承诺（或法定）时限走着的时候占用时间最长的一方。每件只算一方。",
    )
    for bearer in BEARERS.values()
}
KINDS: Final = FLAGS | DELAYS
CUT_BY: Final = (*DIRECTION, "kind", "case_id", "matter_id", "office_id", "province")
_CELL = "e.origin_province, e.owner_province, e.mode"

_SECOND = f"""
SELECT {_CELL}, 'second_supplement', e.case_id, e.matter_id, COALESCE(e.office_id, 0),
       e.province, COUNT(*)
FROM cases_suspension s JOIN cases_event e ON e.case_id = s.case_id AND e.seq = s.seq
WHERE s.started_at >= %(since)s AND s.started_at < %(until)s AND s.kind = %(supplement)s
  AND EXISTS (SELECT FROM cases_suspension b
              WHERE b.case_id = s.case_id AND b.kind = s.kind AND b.seq < s.seq)
GROUP BY 1, 2, 3, 5, 6, 7, 8
"""  # noqa: S608
_LAST_DAY = f"""
SELECT {_CELL}, 'last_day_pause', e.case_id, e.matter_id, COALESCE(e.office_id, 0),
       e.province, COUNT(*)
FROM cases_suspension s
JOIN cases_event e ON e.case_id = s.case_id AND e.seq = s.seq
JOIN cases_event w ON w.case_id = s.case_id AND w.seq = s.seq - 1
WHERE s.started_at >= %(since)s AND s.started_at < %(until)s
  AND EXISTS (SELECT FROM jsonb_each_text(w.data -> 'due') d
              WHERE d.value::timestamptz > s.started_at AND d.value::timestamptz <= %(until)s)
GROUP BY 1, 2, 3, 5, 6, 7, 8
"""  # noqa: S608
_REFILED = f"""
SELECT {_CELL}, 'refiled', e.case_id, e.matter_id, COALESCE(e.to_office_id, e.office_id, 0),
       CASE WHEN e.to_office_id IS NULL THEN e.province ELSE e.to_province END, 1
FROM cases_event e
WHERE e.at >= %(since)s AND e.at < %(until)s AND e.counts_as = 'received' AND e.is_root
  AND EXISTS (
    SELECT FROM cases_party p
    JOIN cases_party q ON q.id_number_index = p.id_number_index AND q.case_id <> p.case_id
    JOIN cases_case r ON r.id = q.case_id
    WHERE p.case_id = e.case_id AND p.role = 'applicant' AND q.role = 'applicant'
      AND r.matter_id = e.matter_id AND r.outcome = 'returned' AND r.parent_id IS NULL
      AND r.concluded_at < e.at AND r.concluded_at >= e.at - %(within)s)
"""  # noqa: S608
# `was`: what was due before the step that ended the stay; it tells how far the stay went past its
# own limit, and whether the clock of the whole case ran in it.
_LATE = f"""
SELECT {_CELL}, 'late_' || COALESCE(
    (SELECT b.bearer FROM (
        SELECT w.*, lag(w.data -> 'due') OVER (ORDER BY w.seq) AS was
        FROM cases_event w WHERE w.case_id = e.case_id AND w.seq <= e.seq) w
     JOIN bearer b ON b.flow = w.data -> 'stay' ->> 'flow' AND b.state = w.from_state
     WHERE w.data ? 'stay'
     GROUP BY b.bearer
     ORDER BY SUM(GREATEST(w.at - (w.was ->> 'hop')::timestamptz, '0')) DESC NULLS LAST,
              SUM((w.data -> 'stay' ->> 'seconds')::bigint)
                FILTER (WHERE w.was ?| '{{promise,statutory}}') DESC NULLS LAST, b.bearer
     LIMIT 1), 'owner'), e.case_id, e.matter_id, COALESCE(e.office_id, 0), e.province, 1
FROM cases_event e
WHERE e.at >= %(since)s AND e.at < %(until)s AND e.counts_as = 'concluded' AND e.is_root
  AND e.outcome <> 'withdrawn' AND e.is_late
"""  # noqa: S608
_SQL = f"""
WITH bearer AS MATERIALIZED (
    SELECT * FROM unnest(%(flows)s::text[], %(states)s::text[], %(bearers)s::text[])
        AS b (flow, state, bearer))
{_SECOND} UNION ALL {_LAST_DAY} UNION ALL {_REFILED} UNION ALL {_LATE}
"""  # noqa: S608


def flag_tally(day: dt.date) -> Tally:
    """The flags of one day, from its events, pauses and the cases before them."""
    flows, states, bearers = zip(*whole_list(), strict=True)
    sql, params = _positional(
        _SQL,
        {
            "since": midnight(day),
            "until": midnight(day + ONE_DAY),
            "supplement": Suspension.Kind.SUPPLEMENT,
            "within": REFILED_WITHIN_DAYS * ONE_DAY,
            "flows": list(flows),
            "states": list(states),
            "bearers": list(bearers),
        },
    )
    return Tally(DayFlag, sql, params, CUT_BY, ("times",))


def _positional(sql: str, named: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """The statement around it counts its parameters by their place."""
    parts = sql.split("%(")
    out, params = [parts[0]], []
    for part in parts[1:]:
        name, _, rest = part.partition(")s")
        out.append(f"%s{rest}")
        params.append(named[name])
    return "".join(out), tuple(params)
