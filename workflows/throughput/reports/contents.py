"""What a report says: its sentences and tables, before they are laid out as PDF or DOCX."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from tongban.templatetags.formats import zh_date, zh_datetime, zh_number, zh_percent
from workflows.cases.places import office_cards

from .. import figure_tables, ranking
from ..directions import CROSS, DIRECTIONS, PROVINCES, SINGLE
from ..figure_words import figure_word
from ..figures import Sums
from ..models import NO_OFFICE
from ..review_tables import rating_loop
from ..stocks import Standing
from ..tables import (
    Cell,
    Column,
    Row,
    Table,
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
from ..tables import before as before_of
from .frozen import FrozenBoard, period_before

TOP: Final = 10
LOOP: Final = "按作出决定的机构统计，外省市只列合计；按评价之日计入，进展以 {} 为准。"
RANKED: Final = ranking.NOTE.replace("不参加排名，只列数字", "不参加排名，不列")
Content = dict[str, Any]


def content_of(board: FrozenBoard, title: str) -> Content:
    """Everything but number and maker; plain values, to be kept and laid out."""
    parts = _parts(board)
    return {
        "title": title,
        "days": board.scope.period.days,
        "lead": _lead(board),
        "source": _source(board),
        "parts": [_plain(part) for part in parts],
        "definitions": _definitions(parts),
    }


def _definitions(parts: list[Table]) -> list[list[str]]:
    """[columns' names, what they mean], each meaning once."""
    known: dict[str, list[str]] = {}
    for column in (column for part in parts for column in part.definitions):
        labels = known.setdefault(column.definition, [])
        labels += [column.label] if column.label not in labels else []
    return [["、".join(labels), definition] for definition, labels in known.items()]


def _parts(board: FrozenBoard) -> list[Table]:
    return [
        directions(board),
        _provinces(board),
        _only(figure_tables.outcomes(board), "结果", "件数", "占办结", "上期件数", "件数环比"),
        _top(_only(
            figure_tables.matters(board),
            "事项", "收件", "办结", "准予", "超期办结", "按时办结率", "平均用时（工作日）",
        )),
        _only(
            _ranked(board),
            "名次", "机构", "办结", "超期办结", "按时办结率", "平均用时（工作日）", "满意率",
        ),
        _only(figure_tables.ratings(board), "评价", "件数", "占比", "上期件数", "件数环比"),
        _top(_only(
            replace(rating_loop(board), note=LOOP.format(zh_datetime(board.now))),
            "机构", "差评", "核实率", "应办", "按期整改率", "逾期未办", "回访联系上", "回访满意率",
        )),
        _top(_only(
            figure_tables.stays(board), "环节", "由谁办理", "停留次数", "平均停留（小时）", "合自然日",
        )),
        _standing(board),
        _overdue(board),
        _corrections(board),
    ]  # fmt: skip


def directions(board: FrozenBoard) -> Table:
    """The four directions and their sum, as published."""
    rows = [
        Row(d.code, (name(f"{d.label}（{d.hint}）"), *_sums(_of(board, d.pairs)))) for d in SINGLE
    ]
    cross = (name(CROSS.label), *_sums(_of(board, CROSS.pairs)))
    total = (name("两地合计"), *_sums(board.total))
    columns = [
        text("方向"),
        *measured("received", "accepted", "concluded", "late"),
        rate("网上申请率", "online"),
        rate("按时办结率", "on_time"),
        rate("提前办结率", "early"),
        rate("平均用时（工作日）", "mean_days"),
    ]
    feet = (Row("cross", cross), Row("total", total))
    return table("directions", "总体情况和方向", columns, rows, feet=feet)


def _sums(sums: Sums) -> tuple[Cell, ...]:
    counts = (count(sums[code]) for code in ("received", "accepted", "concluded", "late"))
    rates = (share(sums.online_rate), share(sums.on_time_rate), share(sums.early_rate))
    return (*counts, *rates, decimal(sums.mean_days))


def _provinces(board: FrozenBoard) -> Table:
    """What each province took in and what it decided, beside the period before."""
    before, rows = period_before(board), []
    for code, named in PROVINCES.items():
        taken_in = [p for d in SINGLE for p in d.pairs if p[0] == code]
        decided = [p for d in SINGLE for p in d.pairs if p[1] == code]
        now, was = _of(board, taken_in)["received"], board.of_period(before, taken_in)["received"]
        done, done_before = _of(board, decided), board.of_period(before, decided)
        cells = (
            name(named), count(now), count(was), change(now, was),
            count(done["concluded"]), count(done_before["concluded"]),
            change(done["concluded"], done_before["concluded"]), share(done.on_time_rate),
        )  # fmt: skip
        rows.append(Row(code, cells))
    received, concluded = measured("received", "concluded")
    columns = [
        text("省市"), received, *before_of("收件"), concluded, *before_of("办结"),
        rate("按时办结率", "on_time"),
    ]  # fmt: skip
    note = "收件按收件地、办结按办理地计入各省市。"
    return table("provinces", "两省市", columns, rows, note=note)


def _ranked(board: FrozenBoard) -> Table:
    """Own offices with a place; those with too few cases are left out."""
    whole = ranking.ranking(board)
    rows = tuple(row for row in whole.rows if isinstance(row.cells[0].value, int))
    empty = f"期间没有办结满 {ranking.AT_LEAST} 件的机构。"
    return replace(whole, rows=rows, note=RANKED, empty=empty)


def _standing(board: FrozenBoard) -> Table:
    """How things stand when the report is made, by direction."""
    codes = ("in_hand", "yellow", "red", "delivering_red")
    rows = [
        Row(d.code, (name(d.label), *_stood(board.stocks.by_direction.get(d.pairs[0]), codes)))
        for d in SINGLE
    ]
    foot = Row("total", (name("两地合计"), *_stood(board.stocks.total, codes)))
    note = f"{zh_datetime(board.stocks.at)} 的情况，不是期末的情况。"
    return table(
        "standing", "在办和超期", [text("方向"), *measured(*codes)], rows, feet=(foot,), note=note
    )


def _stood(standing: Standing | None, codes: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(count(getattr(standing or Standing(), code)) for code in codes)


def _overdue(board: FrozenBoard) -> Table:
    """Own offices with overdue cases, the most first. One statement for the names."""
    late = {
        office: s
        for office, s in board.stocks.by_office.items()
        if office not in (None, NO_OFFICE) and (s.red or s.delivering_red)
    }
    cards = office_cards(office for office in late if office is not None)
    own = [
        (cards[office], standing)
        for office, standing in late.items()
        if office in cards and f"{cards[office].region[:2]}0000" in board.viewer.detail
    ]
    own.sort(key=lambda pair: (-pair[1].red, -pair[1].delivering_red, pair[0].name))
    codes = ("in_hand", "red", "delivering_red")
    rows = [Row(card.name, (name(card.name), *_stood(standing, codes))) for card, standing in own]
    built = table(
        "overdue", "有超期件的机构", [text("机构"), *measured(*codes)], rows,
        empty="没有超期的办件。", note=f"{zh_datetime(board.stocks.at)} 的情况；外省市机构不列。",
    )  # fmt: skip
    return _top(built)


def _corrections(board: FrozenBoard) -> Table:
    rows = []
    for correction in board.corrections:
        changes = "，".join(
            f"{figure_word(figure)} {zh_number(was)}→{zh_number(now)}"
            for figure, (was, now) in correction.changes.items()
        )
        cells = (
            name(zh_date(correction.published.first)),
            name(zh_datetime(correction.found_at)),
            name(changes or "恢复为发布的数字"),
            count(correction.late_events),
        )
        rows.append(Row(str(correction.pk), cells))
    columns = [text("日期"), text("复核时刻"), text("更正"), Column("迟到的流转记录")]
    return table(
        "corrections", "发布以后的更正", columns, rows, empty="发布以后没有更正。",
        note="发布的数字不再改动，更正另列；上面各表用的是发布的数字。",
    )  # fmt: skip


def _lead(board: FrozenBoard) -> list[str]:
    total, was = board.total, board.of_period(period_before(board))
    cross = _of(board, CROSS.pairs)
    ways = "、".join(
        f"{DIRECTIONS[code].label} {zh_number(_of(board, DIRECTIONS[code].pairs)['received'])} 件"
        for code in ("cq-sc", "sc-cq")
    )
    compared = "上期没有数据"
    if any(was.values()):
        moved = change(total["received"], was["received"]).text
        compared = f"上期 {zh_number(was['received'])} 件，环比 {moved}"
    days = decimal(total.mean_days).text
    return [
        f"两地收件 {zh_number(total['received'])} 件（{compared}），"
        f"受理 {zh_number(total['accepted'])} 件，办结 {zh_number(total['concluded'])} 件；"
        f"其中跨省收件 {zh_number(cross['received'])} 件（{ways}）。",
        f"按时办结率 {zh_percent(total.on_time_rate)}，提前办结率 {zh_percent(total.early_rate)}，"
        f"平均用时 {days} 个工作日；收到评价 {zh_number(total['rated'])} 条，"
        f"满意率 {zh_percent(total.content_rate)}。",
    ]


def _source(board: FrozenBoard) -> str:
    """Which figures are published ones, since when, and which are not."""
    kept = board.kept
    if len(kept) == 1 and kept[0].last > kept[0].first:
        frozen = (
            f"{zh_datetime(kept[0].published_at)} 固化的月度数字（方向、结果、评价、事项、机构）"
        )
        return (
            f"采用{frozen}；环节停留、差评整改、在办和超期不在固化之列，为 "
            f"{zh_datetime(board.now)} 统计。"
        )
    since = zh_datetime(kept[-1].published_at)
    return (
        f"方向、结果和评价采用逐日固化的数字（{len(kept)} 日，最后一日 {since} 固化）；"
        f"事项、机构、环节停留、差评整改、在办和超期不逐日固化，为 {zh_datetime(board.now)} 统计。"
    )


def _of(board: FrozenBoard, pairs: Any) -> Sums:
    return board.of_period(board.scope.period, pairs)


def _only(whole: Table, *labels: str) -> Table:
    """The same with some of its columns. Raises ValueError for a label that it hasn't."""
    places = [[c.label for c in whole.columns].index(label) for label in labels]

    def kept(row: Row) -> Row:
        return Row(row.key, tuple(row.cells[place] for place in places), row.kind)

    return Table(
        whole.code, whole.title, tuple(whole.columns[place] for place in places),
        tuple(map(kept, whole.rows)), feet=tuple(map(kept, whole.feet)),
        note=whole.note, empty=whole.empty,
    )  # fmt: skip


def _top(whole: Table) -> Table:
    """The first rows, and how many more there are."""
    short = whole.first(TOP)
    if not short.left_out:
        return short
    more = f"只列前 {TOP} 行，另有 {short.left_out} 行。{whole.note}"
    return Table(
        whole.code, whole.title, whole.columns, short.rows, feet=whole.feet, note=more,
        empty=whole.empty,
    )  # fmt: skip


def _plain(part: Table) -> dict[str, Any]:
    return {
        "code": part.code,
        "title": part.title,
        "note": part.note,
        "empty": part.empty,
        "columns": [[column.label, column.is_number] for column in part.columns],
        "rows": [[cell.text for cell in row.cells] for row in part.rows],
        "feet": [[cell.text for cell in row.cells] for row in part.feet],
    }
