"""The numbers on top of the page: what they are, what is behind them, and how they compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tongban.templatetags.formats import zh_number, zh_percent

from .board import Board
from .figures import Sums
from .measures import FLOWS, OTHERS, RATES, STOCKS
from .periods import one_day


@dataclass(frozen=True)
class Card:
    """One number. `code` names its definition on the page; note compares it in words."""

    code: str
    label: str
    value: str
    unit: str = ""
    href: str = ""
    note: str = ""
    kind: str = ""
    definition: str = ""
    # The same days of last year, where there were any.
    last_year: str = ""


def today_cards(board: Board) -> list[Card]:
    """What came and went today, and how things stand now."""
    today, yesterday = board.of_day(board.today), board.of_day(board.yesterday)
    scope = board.scope.but(period=one_day(board.today))
    flows = [
        Card(
            code=f"today-{code}",
            label=f"今天{FLOWS[code].label}",
            value=zh_number(today[code]),
            unit="件",
            href=scope.behind(code) if today[code] else "",
            # The day is not over: a difference to a whole day would mislead.
            note=f"昨天全天 {zh_number(yesterday[code])} 件",
            definition=FLOWS[code].definition,
        )
        for code in ("received", "concluded")
    ]
    kinds = {"red": "bad", "yellow": "warn", "delivering_red": "bad"}
    stocks = []
    for code, stock in STOCKS.items():
        value = getattr(board.stocks.total, code)
        stocks.append(
            Card(
                code=code,
                label=stock.label,
                value=zh_number(value),
                unit="件",
                href=scope.behind(code) if value else "",
                note=_yesterday(board, code),
                kind=kinds.get(code, "") if value else "",
                definition=stock.definition,
            )
        )
    return flows + stocks


def _yesterday(board: Board, code: str) -> str:
    """How many stood so at the end of yesterday."""
    was = board.stood_yesterday
    return "此刻" if was is None else f"此刻；昨日末 {zh_number(getattr(was, code))} 件"


def other_cards(board: Board) -> list[Card]:
    """Queries and appointments of the period, each a card of its own."""
    now = sum(board.others.values(), Sums())
    was = sum(board.others_before.values(), Sums())
    return [
        Card(
            code=code,
            label=measure.label,
            value=zh_number(now[code]),
            unit="件",
            href=board.scope.behind(code) if now[code] else "",
            note=f"上期 {zh_number(was[code])} 件，环比{compared(now[code], was[code])}"
            if board.is_comparable
            else "",
            definition=measure.definition,
        )
        for code, measure in OTHERS.items()
    ]


def period_cards(board: Board) -> list[Card]:
    """The period's numbers beside those of as many days before."""
    before = board.before
    if not board.is_comparable:
        return [replace(card, note="今天还没有结束，不作比较") for card in _period_cards(board)]
    if not any(before.values()):
        return [replace(card, note="上期没有数据") for card in _period_cards(board)]
    return _period_cards(board)


# Rates of the period: code, name, the property of `Sums`, and the cases that they are rates of.
SHARES = (
    ("on_time", "按时办结率", "on_time_rate", "timed"),
    ("early", "提前办结率", "early_rate", "early"),
    ("online", "网上申请率", "online_rate", "online"),
    ("content", "满意率", "content_rate", "rated"),
)


def _period_cards(board: Board) -> list[Card]:
    counts = [_count(board, code) for code in ("received", "accepted", "concluded", "late")]
    on_time, early, online, content = (_share(board, *share) for share in SHARES)
    *flows, late = counts
    if board.total["late"]:
        late = replace(late, kind="bad")
    rated = f"{zh_number(board.total['rated'])} 条评价；{content.note}"
    content = replace(content, note=rated)
    return [*flows, on_time, late, early, _mean_days(board), online, content]


def _count(board: Board, code: str) -> Card:
    now, before = board.total[code], board.before[code]
    return Card(
        code=code,
        label=FLOWS[code].label,
        value=zh_number(now),
        unit="件",
        href=board.scope.behind(code) if now else "",
        note=f"上期 {zh_number(before)} 件，环比{compared(now, before)}",
        definition=FLOWS[code].definition,
        last_year=_a_year_ago(board, lambda was: compared(now, was[code])),
    )


def _share(board: Board, code: str, label: str, rate: str, behind: str) -> Card:
    now, before = getattr(board.total, rate), getattr(board.before, rate)
    return Card(
        code=code,
        label=label,
        value=zh_percent(now),
        href=board.scope.behind(behind) if board.total[behind] else "",
        note=f"上期 {zh_percent(before)}，环比{compared_rate(now, before)}",
        definition=RATES[code],
        last_year=_a_year_ago(board, lambda was: compared_rate(now, getattr(was, rate))),
    )


def _mean_days(board: Board) -> Card:
    now, before = board.total.mean_days, board.before.mean_days
    return Card(
        code="mean_days",
        label="平均用时",
        value="—" if now is None else f"{now:.1f}",
        unit="" if now is None else "个工作日",
        href=board.scope.behind("measured") if board.total["measured"] else "",
        note=f"上期 {'—' if before is None else f'{before:.1f}'}，环比{compared_days(now, before)}",
        definition=RATES["mean_days"],
        last_year=_a_year_ago(board, lambda was: compared_days(now, was.mean_days)),
    )


def _a_year_ago(board: Board, said: Callable[[Sums], str]) -> str:
    """'较去年同期 ↑ 多 12 件（+8.5%）'; '' where last year had nothing."""
    if not board.is_comparable or not any(board.last_year.values()):
        return ""
    return f"较去年同期{said(board.last_year)}"


def compared(now: int, before: int) -> str:
    """'↑ 多 12 件（+8.5%）', '↓ 少 3 件（−2.0%）', '持平'."""
    if now == before:
        return "持平"
    arrow, word = ("↑", "多") if now > before else ("↓", "少")
    change = f"（{'+' if now > before else '−'}{abs(now - before) / before:.1%}）" if before else ""
    return f" {arrow} {word} {zh_number(abs(now - before))} 件{change}"


def compared_rate(now: float | None, before: float | None) -> str:
    """'↑ 高 1.2 个百分点'; says so where there is nothing to compare with."""
    if now is None or before is None:
        return "无可比数据"
    points = round((now - before) * 100, 1)
    if points == 0:
        return "持平"
    return f" {'↑ 高' if points > 0 else '↓ 低'} {abs(points)} 个百分点"


def compared_days(now: float | None, before: float | None) -> str:
    """'↓ 快 0.5 个工作日'"""
    if now is None or before is None:
        return "无可比数据"
    days = round(now - before, 1)
    if days == 0:
        return "持平"
    return f" {'↑ 慢' if days > 0 else '↓ 快'} {abs(days)} 个工作日"
