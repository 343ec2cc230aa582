"""The numbers on top of the page: what they are, what is behind them, and how they compare."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tongban.templatetags.formats import zh_number, zh_percent

from .board import Board
from .measures import FLOWS, RATES, STOCKS
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
                note="此刻",
                kind=kinds.get(code, "") if value else "",
                definition=stock.definition,
            )
        )
    return flows + stocks


def period_cards(board: Board) -> list[Card]:
    """The period's numbers beside those of as many days before."""
    before, scope = board.before, board.scope
    words = f"较前 {scope.period.before.length} 天"
    if scope.period.length == 1 and scope.period.last == board.today:
        # A day that is not over beside a whole one would mislead.
        return [replace(card, note="今天还没有结束，不作比较") for card in _period_cards(board, "")]
    if not any(before.values()):
        return [replace(card, note="前期没有数据") for card in _period_cards(board, "")]
    return _period_cards(board, words)


def _period_cards(board: Board, words: str) -> list[Card]:
    now, before, scope = board.total, board.before, board.scope
    return [
        *(
            Card(
                code=code,
                label=FLOWS[code].label,
                value=zh_number(now[code]),
                unit="件",
                href=scope.behind(code) if now[code] else "",
                note=f"{words}{compared(now[code], before[code])}",
                definition=FLOWS[code].definition,
            )
            for code in ("received", "accepted", "concluded")
        ),
        Card(
            code="on_time",
            label="按时办结率",
            value=zh_percent(now.on_time_rate),
            href=scope.behind("timed") if now["timed"] else "",
            note=f"{words}{compared_rate(now.on_time_rate, before.on_time_rate)}",
            kind="good" if now.on_time_rate == 1 else "",
            definition=RATES["on_time"],
        ),
        Card(
            code="late",
            label=FLOWS["late"].label,
            value=zh_number(now["late"]),
            unit="件",
            href=scope.behind("late") if now["late"] else "",
            note=f"{words}{compared(now['late'], before['late'])}",
            kind="bad" if now["late"] else "",
            definition=FLOWS["late"].definition,
        ),
        Card(
            code="early",
            label="提前办结率",
            value=zh_percent(now.early_rate),
            href=scope.behind("early") if now["early"] else "",
            note=f"{words}{compared_rate(now.early_rate, before.early_rate)}",
            definition=RATES["early"],
        ),
        Card(
            code="mean_days",
            label="平均用时",
            value="—" if now.mean_days is None else f"{now.mean_days:.1f}",
            unit="" if now.mean_days is None else "个工作日",
            href=scope.behind("measured") if now["measured"] else "",
            note=f"{words}{compared_days(now.mean_days, before.mean_days)}",
            definition=RATES["mean_days"],
        ),
        Card(
            code="online",
            label="网上申请率",
            value=zh_percent(now.online_rate),
            href=scope.behind("online") if now["online"] else "",
            note=f"{words}{compared_rate(now.online_rate, before.online_rate)}",
            definition=RATES["online"],
        ),
        Card(
            code="content",
            label="满意率",
            value=zh_percent(now.content_rate),
            href=scope.behind("rated") if now["rated"] else "",
            note=f"{zh_number(now['rated'])} 条评价；{words}"
            f"{compared_rate(now.content_rate, before.content_rate)}",
            definition=RATES["content"],
        ),
    ]


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
