"""The tables of the page: by day, direction, outcome, matter, stay and rating."""

from __future__ import annotations

from dataclasses import replace

from matters.catalogue.models import Matter
from tongban.templatetags.formats import zh_date, zh_weekday
from workflows.cases.declarations import APPLICANT, STAGE
from workflows.cases.registry import UnknownFlow, flow_class

from .bearers import BEARERS, bearer_of
from .board import Board
from .directions import DIRECTIONS, SINGLE, Direction
from .figures import Sums
from .measures import FLOWS, OUTCOMES, RATINGS
from .periods import one_day
from .published_tables import state_of
from .scope import Scope
from .stocks import Standing
from .tables import (
    Cell,
    Column,
    Row,
    Rows,
    Table,
    before,
    change,
    count,
    decimal,
    measured,
    name,
    rate,
    share,
    table,
    text,
)


def days(board: Board) -> Table:
    """One row a day of the line, the latest first, and whether it is published."""
    codes = ("received", "accepted", "concluded", *OUTCOMES)
    rows = []
    for day in board.line_days:
        scope, sums = board.scope.but(period=one_day(day)), board.of_day(day)
        named = name(f"{zh_date(day)} {zh_weekday(day)}")
        state = name(state_of(board.published.get(day)))
        rows.append(Row(str(day), (named, *_counts(scope, sums, codes), state)))
    return table(
        "days",
        "每日收件与办结",
        [text("日期"), *measured(*codes), text("固化")],
        rows,
        note="日期以北京时间零点为界；固化的数字不再改动，更正另列。",
    )


def directions(board: Board) -> Table:
    """The four directions today, now and over the period; the last row adds them up."""
    rows = [
        Row(
            d.code,
            _direction_cells(
                board,
                board.scope.but(direction=d.code),
                name(f"{d.label}（{d.hint}）"),
                board.of_day(board.today, d.pairs),
                (
                    board.of_period(board.scope.period, d.pairs),
                    board.of_period(board.scope.period.before, d.pairs),
                ),
                board.stocks.by_direction.get(d.pairs[0], Standing()),
            ),
        )
        for d in SINGLE
        if _asked_for(d, board.scope)
    ]
    total = Row(
        "total",
        _direction_cells(
            board, board.scope, name("合计"), board.of_day(board.today),
            (board.total, board.before), board.stocks.total,
        ),
    )  # fmt: skip
    period = "期间" if board.scope.period.length == 1 else board.scope.period.label
    columns = [
        text("方向"),
        *_named("今天", *measured("received", "concluded")),
        *measured("in_hand", "yellow", "red"),
        *_named(f"{period}：", *measured("received")),
        *before("收件"),
        *_named(f"{period}：", *measured("concluded")),
        *before("办结"),
        *_named(f"{period}：", rate("按时办结率", "on_time")),
    ]
    return table("directions", "按方向", columns, rows, feet=(total,))


def outcomes(board: Board) -> Table:
    rows = [_part_row(board, code, "concluded", FLOWS[code].definition) for code in OUTCOMES]
    total = _total_row(board, "办结合计", "concluded", "")
    columns = [text("结果"), Column("件数"), Column("占办结"), *before("件数"), text("口径")]
    return table("outcomes", "办结结果", columns, rows, feet=(total,))


def ratings(board: Board) -> Table:
    rows = [_part_row(board, code, "rated") for code in RATINGS]
    columns = [
        text("评价"), Column("件数", FLOWS["rated"].definition), Column("占比"), *before("件数")
    ]  # fmt: skip
    return table("ratings", "好差评", columns, rows, feet=(_total_row(board, "合计", "rated"),))


def _part_row(board: Board, code: str, whole: str, *more: str) -> Row:
    """A part of a whole: number, share, and the period before."""
    total = board.total[whole]
    number, was, moved = _compared(board.scope, board.total, board.before, code)
    part = share(board.total[code] / total if total else None)
    return Row(code, (name(FLOWS[code].label), number, part, was, moved, *map(name, more)))


def _total_row(board: Board, label: str, code: str, *more: str) -> Row:
    number, was, moved = _compared(board.scope, board.total, board.before, code)
    whole = share(1.0 if board.total[code] else None)
    return Row("total", (name(label), number, whole, was, moved, *map(name, more)))


def matters(board: Board) -> Table:
    """Matters with anything in the period, the most received first. One statement for the names."""
    # Naming a thousand ids in the statement takes longer than reading all two thousand names.
    named = Matter.objects.filter(board.scope.matters("pk"))
    names = dict(named.order_by().values_list("pk", "name"))
    codes = ("received", "concluded", "granted", "late")

    def row(pair: tuple[int, Sums]) -> Row:
        matter_id, sums = pair
        scope = board.scope.but(matter_id=matter_id)
        cells: tuple[Cell, ...] = (
            name(names.get(matter_id, "（已删除的事项）"), scope.address("/throughput/")),
            *_counts(scope, sums, codes),
            *_matter_before(board, matter_id, sums),
            share(sums.on_time_rate),
            share(sums.early_rate),
            decimal(sums.mean_days),
            share(sums.online_rate),
        )
        return Row(str(matter_id), cells)

    columns = [
        text("事项"),
        *measured(*codes),
        *([*before("收件"), *before("办结")] if board.compares else []),
        rate("按时办结率", "on_time"),
        rate("提前办结率", "early"),
        rate("平均用时（工作日）", "mean_days"),
        rate("网上申请率", "online"),
    ]
    return table("matters", "按事项", columns, Rows(board.matters, row))


def _matter_before(board: Board, matter_id: int, sums: Sums) -> list[Cell]:
    """Of the period before: only where a table has a page of its own."""
    if not board.compares:
        return []
    was = board.matters_before.get(matter_id, Sums())
    cells = []
    for code in ("received", "concluded"):
        cells += [count(was[code]), change(sums[code], was[code])]
    return cells


def stays(board: Board) -> Table:
    """The states in which cases stay longest."""
    rows = []
    for stay in board.stays:
        flow, state, holder = _state_words(stay.flow, stay.state)
        href = board.scope.behind("stay", flow=stay.flow, state=stay.state)
        cells = (
            name(f"{flow} · {state}"),
            name(holder),
            name(BEARERS[bearer_of(stay.flow, stay.state)].label),
            count(stay.stays, href),
            decimal(stay.mean_hours),
            decimal(stay.mean_hours / 24),
        )
        rows.append(Row(f"{stay.flow}.{stay.state}", cells))
    columns = [
        text("环节"),
        text("由谁办理"),
        text("时间由谁承担"),
        Column("停留次数", "这段时间里办件离开该环节的次数；补正后回来再算一次。"),
        rate("平均停留（小时）", "stay"),
        Column("合自然日"),
    ]
    return table("stays", "停留最长的环节", columns, rows)


def _named(before: str, *columns: Column) -> list[Column]:
    return [replace(column, label=f"{before}{column.label}") for column in columns]


def _counts(scope: Scope, sums: Sums, codes: tuple[str, ...]) -> list[Cell]:
    return [count(sums[code], scope.behind(code)) for code in codes]


def _compared(scope: Scope, sums: Sums, was: Sums, code: str) -> list[Cell]:
    """A number, that of the period before, and how it changed."""
    return [count(sums[code], scope.behind(code)), count(was[code]), change(sums[code], was[code])]


def _asked_for(direction: Direction, scope: Scope) -> bool:
    (pair,) = direction.pairs
    chosen = not scope.direction or pair in DIRECTIONS[scope.direction].pairs
    return chosen and (not scope.province or scope.province in pair)


def _direction_cells(
    board: Board,
    scope: Scope,
    named: Cell,
    today: Sums,
    periods: tuple[Sums, Sums],
    standing: Standing,
) -> tuple[Cell, ...]:
    """periods: this one, and the one before."""
    period, was = periods
    now = scope.but(period=one_day(board.today))
    return (
        named,
        *_counts(now, today, ("received", "concluded")),
        *(count(getattr(standing, c), scope.behind(c)) for c in ("in_hand", "yellow", "red")),
        *_compared(scope, period, was, "received"),
        *_compared(scope, period, was, "concluded"),
        share(period.on_time_rate),
    )


def _state_words(flow_code: str, state_code: str) -> tuple[str, str, str]:
    """What flow and state are called, and who owes the next move there."""
    try:
        flow = flow_class(flow_code)
    except UnknownFlow:
        return flow_code, state_code, ""
    state = next((s for s in flow.STATES if s.code == state_code), None)
    if state is None:
        return flow.LABEL, state_code, ""
    if state.holder == APPLICANT:
        return flow.LABEL, state.name, "申请人"
    if state.holder == STAGE:
        return flow.LABEL, state.name, "属地审查机构"
    return flow.LABEL, state.name, flow.seat_named(state.holder).name
