"""What was published, and what stands now: beside each other, with the reason."""

from __future__ import annotations

from django.utils.dateparse import parse_datetime

from tongban.templatetags.formats import zh_date, zh_datetime, zh_short

from .board import Board
from .figure_words import figure_word
from .models import Correction, Published
from .publishing import sums_in
from .tables import Column, Row, Table, count, name, table, text

SHOWN = ("received", "concluded", "late")
NOT_YET = "未固化"


def published(board: Board) -> Table:
    """One row a day of the line, the latest first: as published, as it stands now, and why."""
    if board.scope.picks_matters:
        note = "已选主管部门或事项：固化的数字按方向和模式保存，不按事项拆分。"
        return table("published", "固化的数字", _columns(), [], note=note)
    known, rows = board.published, []
    for day in board.line_days:
        kept, now = known.get(day), board.of_day(day)
        was = sums_in(kept, board.scope) if kept else None
        cells = [name(zh_date(day)), name(zh_datetime(kept.published_at) if kept else NOT_YET)]
        for code in SHOWN:
            cells += [count(was[code]) if was is not None else name("—"), count(now[code])]
        moved = was is not None and any(was[code] != now[code] for code in SHOWN)
        cells.append(name(corrected(kept) if kept else ""))
        rows.append(Row(str(day), tuple(cells), kind="yellow" if moved else ""))
    note = (
        "一日的数字在次日凌晨复核后固化，此后不再改动；“现在”是从流转记录重新统计的数字，"
        "与固化的不同即为更正，更正的依据是发布之后才写入的流转记录。"
    )
    return table("published", "固化的数字", _columns(), rows, note=note)


def state_of(kept: Published | None) -> str:
    if kept is None:
        return NOT_YET
    return "已固化，有更正" if kept.corrections.all() else "已固化"


def corrected(kept: Published) -> str:
    """'9月23日 02:10 复核：收件 1→2；依据迟到的流转记录 1 条：…'; '' without a correction."""
    return "；".join(_in_words(c) for c in sorted(kept.corrections.all(), key=lambda c: c.pk))


def _in_words(correction: Correction) -> str:
    changes = "，".join(
        f"{figure_word(f)} {was}→{now}" for f, (was, now) in correction.changes.items()
    )
    said = f"{zh_short(correction.found_at)} 复核：{changes or '恢复为发布的数字'}"
    if not correction.late_events:
        return f"{said}（发布之后没有新的流转记录，是重新统计的差异）"
    events = "，".join(
        f"{each['number']} {each['office']}{each['step']}（{zh_short(parse_datetime(each['recorded_at']))} 写入）"
        for each in correction.because
    )
    more = "等" if correction.late_events > len(correction.because) else ""
    return f"{said}；依据迟到的流转记录 {correction.late_events} 条：{events}{more}"


def _columns() -> list[Column]:
    columns = [text("日期"), text("固化时刻")]
    for code in SHOWN:
        word = figure_word(code)
        columns += [Column(f"{word}（固化）"), Column(f"{word}（现在）")]
    return [*columns, text("更正")]
