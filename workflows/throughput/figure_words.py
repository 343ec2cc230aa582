"""What a column of a day table is called."""

from __future__ import annotations

from .measures import FLOWS, OTHERS, STOCKS

OTHER_FIGURES = {
    "working_days": "用时合计",
    "steps": "办理动作",
    "parts": "协办办结",
    "stays": "停留次数",
    "seconds": "停留秒数",
    "cases": "件数",
    "times": "次数",
}


def figure_word(code: str) -> str:
    """The label of a figure by its column's name; the name itself for one of former times."""
    for known in (FLOWS, OTHERS, STOCKS):
        if code in known:
            return known[code].label
    return OTHER_FIGURES.get(code, code)
