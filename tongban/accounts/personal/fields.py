"""Model fields for personal data: one seals what is stored, the other makes it findable."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, Model
from django.db.models.expressions import Expression

from .index import blind_index
from .sealing import seal, unseal

if TYPE_CHECKING:
    _Text = models.TextField[Any, Any]
    _Char = models.CharField[Any, Any]
else:
    _Text, _Char = models.TextField, models.CharField

PACKAGE = "tongban.accounts.personal"  # what migrations name, wherever these classes lie inside it


class EncryptedTextField(_Text):
    """A text that lies sealed in its column, bound to "app.model.field".

    None stays None and "" stays "". Nothing but `isnull` can be asked of the column: search a
    BlindIndexField beside it. A renamed field or model keeps its old place in `purpose`, or its
    rows could no longer be opened. Reading raises UnreadablePersonalData, never returns garbage.
    """

    description = "Sealed text"

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.fixed_purpose = purpose
        super().__init__(*args, **kwargs)

    @property
    def purpose(self) -> str:
        return self.fixed_purpose or f"{self.model._meta.label_lower}.{self.name}"

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        if self.fixed_purpose:
            kwargs["purpose"] = self.fixed_purpose
        return name, f"{PACKAGE}.EncryptedTextField", args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_not_indexed()]

    def _check_not_indexed(self) -> list[checks.CheckMessage]:
        if not (self.unique or getattr(self, "db_index", False)):
            return []
        hint = "Two seals of one value differ; index a BlindIndexField."
        return [
            checks.Error(
                "A sealed column cannot be indexed.", hint=hint, obj=self, id="accounts.E001"
            )
        ]

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return seal(plain, self.purpose) if plain else plain

    def from_db_value(
        self, value: str | None, _expression: Expression, _connection: BaseDatabaseWrapper
    ) -> str | None:
        return unseal(value, self.purpose) if value else value

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        if lookup_name != "isnull":
            raise FieldError(
                f"{self.purpose} is sealed and cannot be searched by {lookup_name!r}: "
                f"filter its blind index with accounts.personal.blind_index(value, purpose)."
            )
        return super().get_lookup(lookup_name)


class BlindIndexField(_Char):
    """The blind index of another field of the same row, written whenever the row is saved.

    `source` is that field's name and the index's purpose. Absent values are NULL: they never
    collide. QuerySet.update does not pass here: save the row.
    """

    description = "Blind index"

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs.update(max_length=64, null=True, editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        for given in ("max_length", "null", "editable"):
            kwargs.pop(given, None)
        return name, f"{PACKAGE}.BlindIndexField", args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: Model, add: bool) -> Any:
        # A deferred source was not read, so it was not changed either.
        if self.source in model_instance.__dict__:
            value = getattr(model_instance, self.source)
            setattr(model_instance, self.attname, blind_index(value or "", self.source) or None)
        return super().pre_save(model_instance, add)
