"""The definition that a case runs under: published versions never change, so each is read once."""

from matters.catalogue.definition import Definition
from matters.catalogue.models import MatterVersion, Status

_published: dict[int, Definition] = {}


def definition_of(version_id: int) -> Definition:
    """No SQL when the published version was asked for before in this process.

    A draft is read afresh every time. Raises MatterVersion.DoesNotExist.
    """
    known = _published.get(version_id)
    if known is not None:
        return known
    status, stored = MatterVersion.objects.values_list("status", "definition").get(pk=version_id)
    definition = Definition.model_validate(stored)
    if status == Status.PUBLISHED:
        _published[version_id] = definition
    return definition


def forget_definitions() -> None:
    """Empty the cache of this process. For tests, whose databases come and go under one process."""
    _published.clear()
