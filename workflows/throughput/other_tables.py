"""Queries 查询 and appointments 预约: tables of their own; and the flags 提示."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from matters.catalogue.models import Matter
from workflows.cases.places import office_cards

from .board import Board
from .figures import Sums, within
from .flags import FLAGS
from .measures import APPOINTMENTS, OTHERS, QUERIES
from .models import NO_OFFICE, DayFlag
from .tables import Column, Row, Table, before, change, count, measured, name, table, text
from .time_tables import flagged


def queries(board: Board) -> Table:
    return _others(board, "queries", "查询", tuple(QUERIES))


def appointments(board: Board) -> Table:
    return _others(board, "appointments", "预约", tuple(APPOINTMENTS))


def _others(board: Board, code: str, title: str, codes: Sequence[str]) -> Table:
    """One row a matter; one statement for the names. The two kinds are never added together."""
    first = codes[0]
    found = {m: s for m, s in board.others.items() if any(s[c] for c in codes)}
    names = dict(Matter.objects.filter(pk__in=found).values_list("pk", "name"))
    rows = []
    for matter_id, sums in sorted(found.items(), key=lambda pair: (-pair[1][first], pair[0])):
        scope = board.scope.but(matter_id=matter_id)
        was = board.others_before.get(matter_id, Sums())
        cells = (
            name(names.get(matter_id, "（已删除的事项）")),
            *(count(sums[c], scope.behind(c)) for c in codes),
            count(was[first]),
            change(sums[first], was[first]),
        )
        rows.append(Row(str(matter_id), cells))
    total = sum(found.values(), Sums())
    was = sum(board.others_before.values(), Sums())
    foot = (
        name("合计"),
        *(count(total[c], board.scope.behind(c)) for c in codes),
        count(was[first]),
        change(total[first], was[first]),
    )
    columns = [text("事项"), *measured(*codes), *before(OTHERS[first].label)]
    note = "查询、预约和办件各自统计，从不相加。"
    return table(code, title, columns, rows, feet=(Row("total", foot),) if rows else (), note=note)


def flags(board: Board) -> Table:
    """How many cases carry each flag, beside the period before. Two statements."""
    now = flagged(board.scope, board.scope.period, tuple(FLAGS))
    was = flagged(board.scope, board.scope.period.before, tuple(FLAGS))
    rows = [
        Row(
            code,
            (
                name(flag.label),
                count(now.get(code, 0), board.scope.behind(code)),
                count(was.get(code, 0)),
                change(now.get(code, 0), was.get(code)),
                name(flag.definition),
            ),
        )
        for code, flag in FLAGS.items()
    ]
    columns = [text("提示"), Column("件数"), *before("件数"), text("口径")]
    note = "在一日结束后从流转记录核对，截至昨天；是值得看一看的件，不等于有错。"
    return table("flags", "值得看的办件", columns, rows, note=note)


def flag_offices(board: Board) -> Table:
    """By office, own province's only. Two statements, the second for the names."""
    rows = within(DayFlag, board.scope, board.scope.period.first, board.scope.period.last).filter(
        board.scope.matters(), kind__in=FLAGS, province__in=board.viewer.detail
    )
    counted = rows.exclude(office_id=NO_OFFICE).order_by().values_list("office_id", "kind")
    cells: dict[int, dict[str, int]] = {}
    for office, kind, n in counted.annotate(n=Count("case_id", distinct=True)):
        cells.setdefault(office, {})[kind] = n
    cards = office_cards(cells)
    shown = [
        Row(
            str(office),
            (
                name(cards[office].name if office in cards else f"机构 {office}"),
                *(
                    count(kinds.get(code, 0), board.scope.but(office_id=office).behind(code))
                    for code in FLAGS
                ),
            ),
        )
        for office, kinds in sorted(cells.items(), key=lambda p: (-sum(p[1].values()), p[0]))
    ]
    columns = [text("机构"), *(Column(flag.label, flag.definition) for flag in FLAGS.values())]
    return table(
        "flag_offices", "值得看的办件（本省市机构）", columns, shown,
        note="要求补正、开始中止或收件的机构；外省市机构不列。",
    )  # fmt: skip
