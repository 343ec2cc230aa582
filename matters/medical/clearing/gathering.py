"""Taking settlements into the clearing: each lands in exactly one month, however late it comes.

What is taken in is every entry of the ledger that has no line yet, not those of a stretch of time: a
booking that was under way when a month was cut off is found by the next one.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from matters.medical.models import ClearingLine, ClearingMonth, Settlement

from .months import ends_at, final_of, first_day, following, is_final, months_between
from .terms import most_carried

# What is cleared: direct settlements across the border. 个人账户 is a fund of its own, `account`.
TAKE = """
WITH fresh AS (
    INSERT INTO medical_clearingline (
        settlement_id, origin_id, sign, month_id, born_month, carried, status, city, pool,
        insured_type, institution_id, visit, "on", medfee, claimed, excluded,
        treated_province, insured_province)
    SELECT s.id, coalesce(s.reverses_id, s.id), s.sign, %(month_id)s,
        to_char(s.booked_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), 0, 'open',
        CASE WHEN s.pool LIKE '51%%' THEN s.pool ELSE left(s.treated_at, 4) || '00' END,
        s.pool, s.insured_type, s.institution_id, s.visit, s."on", s.medfee_sumamt,
        s.fund_pay_sumamt + s.acct_pay + s.acct_mulaid_pay, 0, %(treated)s, %(insured)s
    FROM medical_settlement s
    WHERE s.kind = 'direct' AND s.treated_province = %(treated)s AND s.pool LIKE %(pools)s
      AND s.clearing_month = '' AND s.booked_at >= %(since)s AND s.booked_at < %(until)s
      AND NOT EXISTS (SELECT FROM medical_clearingline l WHERE l.settlement_id = s.id)
    ORDER BY s.id
    ON CONFLICT DO NOTHING
    RETURNING id, settlement_id
), funds AS (
    INSERT INTO medical_clearingamount (line_id, fund_pay_type, amount, excluded)
    SELECT fresh.id, f.fund_pay_type, sum(f.fund_payamt), 0
    FROM fresh JOIN medical_fundline f ON f.settlement_id = fresh.settlement_id
    GROUP BY fresh.id, f.fund_pay_type HAVING sum(f.fund_payamt) <> 0
), accounts AS (
    INSERT INTO medical_clearingamount (line_id, fund_pay_type, amount, excluded)
    SELECT fresh.id, 'account', s.acct_pay + s.acct_mulaid_pay, 0
    FROM fresh JOIN medical_settlement s ON s.id = fresh.settlement_id
    WHERE s.acct_pay + s.acct_mulaid_pay <> 0
)
SELECT count(*) FROM fresh
"""
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def gather(month_id: int) -> int:
    """Take all that was booked before the month's end and has no line yet; how many. Four statements.

    Lines that come more than two months late go to 年终清算 of their year while that is still taken
    in, otherwise to this month. A month that was cut off takes nothing.
    """
    with transaction.atomic():
        month = ClearingMonth.objects.select_for_update().get(pk=month_id)
        if month.cut_off_at is not None:
            return 0
        until = ends_at(month.month)
        if is_final(month.month):
            return _taken(month, month, since=LONG_AGO, until=too_late_before(month.month))
        newest_too_late = following(month.month, -most_carried(first_day(month.month)) - 1)
        oldest = ends_at(newest_too_late)
        taken = _taken(month, month, since=oldest, until=until)
        final = _final_open(month, newest_too_late)
        return taken + _taken(final or month, month, since=LONG_AGO, until=oldest)


def too_late_before(final: str) -> dt.datetime:
    """年终清算 takes what was booked in its year or before."""
    return ends_at(final.replace("-13", "-12"))


def cut_off(month_id: int, at: dt.datetime) -> int:
    """Take the last lines and close the month to more; how many came with this. Idempotent."""
    with transaction.atomic():
        taken = gather(month_id)
        ClearingMonth.objects.filter(pk=month_id, cut_off_at=None).update(cut_off_at=at)
    return taken


def target_for(line: ClearingLine, after: ClearingMonth) -> ClearingMonth:
    """The month into which a line is carried that `after` cannot clear.

    The earliest one of the pair that still takes lines, or 年终清算 where that would be over two
    months late. Raises NoMonthOpen where no later month has been opened yet. Two statements at most.
    """
    same = ClearingMonth.objects.filter(
        treated_province=after.treated_province,
        insured_province=after.insured_province,
        cut_off_at=None,
    ).exclude(pk=after.pk)
    later = [m for m in same.order_by("month") if not is_final(m.month)]
    final = next((m for m in same if m.month == final_of(line.born_month)), None)
    if later and months_between(line.born_month, later[0].month) <= most_carried(
        first_day(later[0].month)
    ):
        return later[0]
    if final is not None or later:
        return final or later[0]
    raise NoMonthOpen(after.month)


class NoMonthOpen(LookupError):
    """There is no later month that takes lines: `clear_month` opens one on its first day."""


def carry_over(line: ClearingLine, after: ClearingMonth) -> ClearingMonth:
    """Move a line to a later month, its state as it is. Three statements at most."""
    target = target_for(line, after)
    ClearingLine.objects.filter(pk=line.pk, month=after).update(
        month=target, carried=line.carried + 1
    )
    return target


def declare(month: ClearingMonth, at: dt.datetime) -> int:
    """The month's open lines stand from now on, and the ledger knows in which; how many.

    Three statements. What is in dispute or differs must have been carried over before.
    """
    lines = ClearingLine.objects.filter(month=month, status=ClearingLine.Status.OPEN)
    # One whose statement was voided may have been carried here: the ledger follows the line.
    settled = Settlement.objects.filter(pk__in=lines.values("settlement_id"))
    settled.exclude(clearing_month=month.month).update(clearing_month=month.month)
    declared = lines.update(status=ClearingLine.Status.DECLARED)
    ClearingMonth.objects.filter(pk=month.pk).update(declared_at=at)
    return declared


def _final_open(month: ClearingMonth, newest: str) -> ClearingMonth | None:
    finals = ClearingMonth.objects.select_for_update().filter(
        treated_province=month.treated_province,
        insured_province=month.insured_province,
        month=final_of(newest),
        cut_off_at=None,
    )
    return finals.first()


def _taken(
    into: ClearingMonth, month: ClearingMonth, *, since: dt.datetime, until: dt.datetime
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "month_id": into.pk,
                "treated": month.treated_province,
                "insured": month.insured_province,
                "pools": f"{month.insured_province[:2]}%",
                "since": since,
                "until": until,
            },
        )
        return int(cursor.fetchone()[0])
