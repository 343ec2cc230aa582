"""Tables of time: how many working days, in whose hands, and whose delay it was."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count

from matters.catalogue.models import Matter
from workflows.cases.places import office_cards

from . import times
from .bearers import BEARERS, bearer_of
from .board import Board
from .directions import PROVINCES
from .figures import within
from .flags import DELAYS
from .measures import FLOWS
from .models import NO_OFFICE, DayFlag
from .periods import Period
from .scope import Scope
from .tables import Cell, Column, Row, Table, change, count, decimal, name, share, table, text
from .times import BUCKETS, PERCENTILES, Times, in_words

TAKEN = (
    "用时按工作日计，提交当日不计，补正等中止的时间不计；只计算有用时记录的办结件，撤回的不计。"
    "百分位数：把件按用时从短到长排列，第几成的那一件用了几个工作日。"
)
COLUMNS = [
    Column("件数", FLOWS["measured"].definition),
    *(Column(label, TAKEN) for _, label in PERCENTILES),
]


def distribution(board: Board) -> Table:
    """All cases of the scope by working days, beside the period before."""
    taken, before = board.times, board.times_before
    rows, so_far = [], 0
    for bucket in BUCKETS.values():
        n = taken.within(bucket)
        so_far += n
        cells = (
            name(bucket.label),
            count(n, board.scope.behind("measured", days=bucket.code)),
            share(n / taken.total if taken.total else None),
            share(so_far / taken.total if taken.total else None),
            count(before.within(bucket)),
            change(n, before.within(bucket)),
        )
        rows.append(Row(bucket.code, cells))
    total = (
        name("合计"),
        count(taken.total, board.scope.behind("measured")),
        share(1.0 if taken.total else None),
        name(""),
        count(before.total),
        change(taken.total, before.total),
    )
    columns = [
        text("用时"), Column("件数", FLOWS["measured"].definition), Column("占比"),
        Column("累计占比"), Column("上期件数"), Column("件数环比"),
    ]  # fmt: skip
    return table(
        "times", "用时分布", columns, rows if taken.total else [],
        feet=(Row("total", total),) if taken.total else (), note=in_one_line(board),
    )  # fmt: skip


def in_one_line(board: Board) -> str:
    """'中位数 3 个工作日（上期 4）；80% 的件不超过 …'"""
    if not board.times.total:
        return TAKEN
    said = [
        f"{label} {in_words(board.times.percentile(nth))} 个工作日"
        f"（上期 {in_words(board.times_before.percentile(nth))}）"
        for nth, label in PERCENTILES
    ]
    return f"{'；'.join(said)}。{TAKEN}"


def by_matter(board: Board) -> Table:
    """One statement for the names."""
    found = times.by_matter(board.scope)
    names = dict(Matter.objects.filter(pk__in=found).values_list("pk", "name"))
    rows = []
    for matter_id, taken in sorted(found.items(), key=lambda pair: (-pair[1].total, pair[0])):
        scope = board.scope.but(matter_id=matter_id)
        named = name(names.get(matter_id, "（已删除的事项）"), scope.address("/throughput/time/"))
        rows.append(Row(str(matter_id), (named, *_summary(taken, scope))))
    return table("times_matters", "各事项用时", [text("事项"), *COLUMNS], rows, note=TAKEN)


def by_office(board: Board) -> Table:
    """Own province's offices one by one, the other province's as one. One statement for names."""
    if board.scope.picks_matters:
        note = "已选主管部门或事项：机构的用时不再按事项拆分。"
        return table("times_offices", "各机构用时", [text("机构"), *COLUMNS], [], note=note)
    own: dict[int, dict[str, Times]] = defaultdict(dict)
    others: dict[str, dict[int, Times]] = defaultdict(dict)
    for (office, province), taken in times.by_office(board.scope).items():
        if office != NO_OFFICE and province in board.viewer.detail:
            own[office][province] = taken
        elif office != NO_OFFICE:
            others[province][office] = taken
    cards = office_cards(own)
    whole = {office: times.together(parts.values()) for office, parts in own.items()}
    rows = []
    for office, taken in sorted(whole.items(), key=lambda pair: (-pair[1].total, pair[0])):
        named = cards[office].name if office in cards else f"机构 {office}"
        scope = board.scope.but(office_id=office)
        rows.append(Row(str(office), (name(named), *_summary(taken, scope))))
    feet = tuple(
        Row(province, (name(f"{PROVINCES.get(province, province)}各机构合计"),
                       *_summary(times.together(parts.values()), None)))
        for province, parts in sorted(others.items())
    )  # fmt: skip
    columns = [text("机构"), *COLUMNS]
    return table("times_offices", "各机构用时", columns, rows, feet=feet, note=TAKEN)


def bearers(board: Board) -> Table:
    """In whose hands the time went: every stay belongs to one of four."""
    sums = of_bearers(board)
    whole = sum(seconds for _, seconds in sums.values())
    rows = []
    for code, bearer in BEARERS.items():
        stays, seconds = sums.get(code, (0, 0))
        cells = (
            name(bearer.label),
            name(bearer.definition),
            count(stays),
            decimal(seconds / 3600 / 24),
            share(seconds / whole if whole else None),
            decimal(seconds / stays / 3600 if stays else None),
        )
        rows.append(Row(code, cells))
    columns = [
        text("由谁承担"), text("口径"), Column("停留次数"), Column("合计（自然日）"),
        Column("占全部时间"), Column("平均每次（小时）"),
    ]  # fmt: skip
    note = "停留按离开环节之日计入；是自然时间，含夜间、休息日和中止。"
    return table("bearers", "时间花在哪里", columns, rows if whole else [], note=note)


def of_bearers(board: Board) -> dict[str, tuple[int, int]]:
    """(stays, seconds) of each bearer."""
    sums: dict[str, tuple[int, int]] = {}
    for stay in board.stays:
        code = bearer_of(stay.flow, stay.state)
        stays, seconds = sums.get(code, (0, 0))
        sums[code] = stays + stay.stays, seconds + stay.seconds
    return sums


def delays(board: Board) -> Table:
    """Of the cases concluded late: whose delay it was."""
    now = flagged(board.scope, board.scope.period, tuple(DELAYS))
    before = flagged(board.scope, board.scope.period.before, tuple(DELAYS))
    total, total_before = sum(now.values()), sum(before.values())
    rows = [
        Row(
            code,
            (
                name(kind.label.removeprefix("超期责任：")),
                count(now.get(code, 0), board.scope.behind(code)),
                share(now.get(code, 0) / total if total else None),
                count(before.get(code, 0)),
                change(now.get(code, 0), before.get(code)),
            ),
        )
        for code, kind in DELAYS.items()
    ]
    foot = (name("合计"), count(total), share(1.0 if total else None), count(total_before),
            change(total, total_before))  # fmt: skip
    columns = [
        text("超期责任"), Column("超期办结", next(iter(DELAYS.values())).definition),
        Column("占比"), Column("上期件数"), Column("件数环比"),
    ]  # fmt: skip
    return table(
        "delays", "超期办结是谁的延误", columns, rows, feet=(Row("total", foot),),
        note="在一日结束后核对，截至昨天。" + next(iter(DELAYS.values())).definition.partition("，")[2],
    )  # fmt: skip


def flagged(scope: Scope, period: Period, kinds: tuple[str, ...]) -> dict[str, int]:
    """How many cases carry each flag. One statement."""
    rows = within(DayFlag, scope, period.first, period.last).filter(scope.matters(), kind__in=kinds)
    counted = rows.order_by().values_list("kind").annotate(n=Count("case_id", distinct=True))
    return dict(counted)


def _summary(taken: Times, scope: Scope | None) -> tuple[Cell, ...]:
    """scope: of the cases behind the number; None where they can't be listed as one."""
    return (
        count(taken.total, scope.behind("measured") if scope else ""),
        *(_days(taken.percentile(nth)) for nth, _ in PERCENTILES),
    )


def _days(days: int | None) -> Cell:
    return Cell(days, in_words(days))
