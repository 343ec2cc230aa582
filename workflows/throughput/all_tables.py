"""Every table by its code, and the pages on which they stand together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from . import (
    figure_tables,
    other_tables,
    published_tables,
    ranking,
    region_tables,
    review_tables,
    time_tables,
)
from .board import Board
from .office_table import offices
from .tables import Table

Build = Callable[[Board], Table]
OVERVIEW: Final[dict[str, Build]] = {
    "days": figure_tables.days,
    "directions": figure_tables.directions,
    "outcomes": figure_tables.outcomes,
    "offices": offices,
    "matters": figure_tables.matters,
    "stays": figure_tables.stays,
    "ratings": figure_tables.ratings,
}


@dataclass(frozen=True)
class Section:
    """A page of several tables. lead: what it answers."""

    code: str
    title: str
    lead: str
    tables: dict[str, Build]


SECTIONS: Final = {
    section.code: section
    for section in [
        Section(
            "matrix",
            "川渝往来",
            "谁收件、谁办理：省市之间，以及各市州、区县之间。每个数字打开它的办件。",
            {"provinces": region_tables.provinces, "regions": region_tables.regions},
        ),
        Section(
            "time",
            "用时与延误",
            "办件用了几个工作日，时间花在谁的手里，超期是谁的延误。",
            {
                "times": time_tables.distribution,
                "bearers": time_tables.bearers,
                "delays": time_tables.delays,
                "stays": figure_tables.stays,
                "times_matters": time_tables.by_matter,
                "times_offices": time_tables.by_office,
            },
        ),
        Section(
            "ranking",
            "机构排名",
            "本省市机构按时办结、用时和评价的排名。",
            {"ranking": ranking.ranking},
        ),
        Section(
            "others",
            "查询和预约",
            "查询和预约不是办件，各自统计，从不相加，也不与办件相加。",
            {"queries": other_tables.queries, "appointments": other_tables.appointments},
        ),
        Section(
            "flags",
            "值得看的办件",
            "二次补正、退件后重报、末日中止：从流转记录核对出来的提示。",
            {"flags": other_tables.flags, "flag_offices": other_tables.flag_offices},
        ),
        Section(
            "published",
            "固化与更正",
            "哪些日子已经发布固化，此后更正了什么、依据什么。",
            {"published": published_tables.published},
        ),
    ]
}
# On a page of its own, above the list that it counts.
BESIDES: Final[dict[str, Build]] = {"rating_loop": review_tables.rating_loop}
TABLES: Final[dict[str, Build]] = (
    OVERVIEW
    | {code: build for section in SECTIONS.values() for code, build in section.tables.items()}
    | BESIDES
)
