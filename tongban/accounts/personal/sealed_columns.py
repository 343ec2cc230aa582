"""Where else sealed values lie: JSON columns whose parts were sealed one by one with `seal`.

Key rotation walks them. An app registers its columns in `ready()`:

    sealed_columns.register("cases.Draft", "data", purpose=lambda path: f"form.{path[-1]}")

`purpose` gets the path of keys and list indexes to a value and answers what it was sealed for, or
None for a value that is none of ours (somebody may type what looks like a token). Append-only
ledgers must not hold sealed values: they could never be re-encrypted.
"""

from collections.abc import Callable
from dataclasses import dataclass

JsonPath = tuple[str | int, ...]
Purpose = Callable[[JsonPath], str | None]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    model: str
    column: str
    purpose: Purpose


_registered: dict[tuple[str, str], SealedColumn] = {}


def register(model: str, column: str, *, purpose: Purpose) -> None:
    """Names a JSONField ("app_label.Model", field name) that holds sealed values."""
    _registered[model.lower(), column] = SealedColumn(model, column, purpose)


def registered() -> tuple[SealedColumn, ...]:
    return tuple(_registered.values())
