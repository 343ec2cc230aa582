"""The database columns that hold personal data, and how to re-seal one value of each."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field, Model

from .fields import EncryptedTextField
from .keys import newest_key
from .sealed_columns import JsonPath, Purposes, registered
from .sealing import (
    TOKEN_PATTERN,
    UnreadablePersonalData,
    is_sealed,
    key_id_of,
    seal,
    unseal,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column in the database's own names; `is_json` tells a jsonb with sealed parts."""

    table: str
    key: str
    name: str
    is_json: bool
    purposes: Purposes

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def cast(self) -> str:
        return "::jsonb" if self.is_json else ""

    def stale(self) -> tuple[str, str]:
        """An SQL condition for rows not (wholly) under the newest key, with its one parameter."""
        key_id, _ = newest_key()
        if self.is_json:
            pattern = TOKEN_PATTERN.replace("k", f"k(?!{key_id}\\.)", 1)
            return f'"{self.name}"::text ~ %s', f'"{pattern}"'
        return f'"{self.name}" <> \'\' AND NOT starts_with("{self.name}", %s)', f"k{key_id}."

    def resealed(self, stored: str) -> str:
        """The stored text with every older seal replaced. Raises UnreadablePersonalData."""
        if not self.is_json:
            return _resealed(stored, [*self.purposes(())])
        for path, token in _tokens(json.loads(stored), ()):
            if purposes := [*self.purposes(path)]:
                # Replaced in the text: reading and writing numbers as floats could change them.
                stored = stored.replace(f'"{token}"', f'"{_resealed(token, purposes)}"')
        return stored


def columns() -> list[Column]:
    """Every EncryptedTextField of every installed model, and the registered JSON columns."""
    found = [
        _column(model, field, is_json=False, purposes=_always(field.purpose))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    for sealed in registered():
        model = apps.get_model(sealed.model)
        field = model._meta.get_field(sealed.column)
        found.append(_column(model, field, is_json=True, purposes=sealed.purposes))
    return found


def _column(model: type[Model], field: Any, *, is_json: bool, purposes: Purposes) -> Column:
    primary: Field[Any, Any] = model._meta.pk
    return Column(model._meta.db_table, str(primary.column), field.column, is_json, purposes)


def _always(purpose: str) -> Purposes:
    return lambda _path: [purpose]


def _resealed(token: str, purposes: list[str]) -> str:
    key_id, _ = newest_key()
    if key_id_of(token) == key_id:
        return token
    for purpose in purposes[:-1]:
        with suppress(UnreadablePersonalData):
            return seal(unseal(token, purpose), purpose)
    return seal(unseal(token, purposes[-1]), purposes[-1])


def _tokens(value: Any, path: JsonPath) -> Iterator[tuple[JsonPath, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _tokens(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _tokens(part, (*path, index))
    elif is_sealed(value):
        yield path, value
