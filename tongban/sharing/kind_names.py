"""What kinds of office are called on pages."""

from functools import cache
from pathlib import Path

from tongban.offices import tables

KINDS = Path(tables.__file__).parent / "data" / "office-kinds.csv"


@cache
def kind_names() -> dict[str, str]:
    """Title by slug of `office-kinds.csv`."""
    return {row["kind"]: row["title"] for _, row in tables.rows(KINDS, "kind", "title")}
