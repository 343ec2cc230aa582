"""Where else sealed values lie: JSON columns whose parts were sealed one by one with `seal`.

Key rotation walks them. An app registers its columns in `ready()`:

    sealed_columns.register("cases.Draft", "data", purposes=lambda path: ["catalogue.answer.phone"])

`purposes` gets the path of keys and list indexes to a value that looks sealed, and answers what it
may have been sealed for, or nothing for one that is none of ours (somebody may type what looks like a
token). Append-only ledgers must not hold sealed values: they could never be re-encrypted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

JsonPath = tuple[str | int, ...]
Purposes = Callable[[JsonPath], Iterable[str]]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    model: str
    column: str
    purposes: Purposes


_registered: dict[tuple[str, str], SealedColumn] = {}


def register(model: str, column: str, *, purposes: Purposes) -> None:
    """Names a JSONField ("app_label.Model", field name) that holds sealed values."""
    _registered[model.lower(), column] = SealedColumn(model, column, purposes)


def registered() -> tuple[SealedColumn, ...]:
    return tuple(_registered.values())
