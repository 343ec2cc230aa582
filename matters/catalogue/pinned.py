"""The definition that a case runs under: published versions never change, so each is read once."""

from collections.abc import Iterable

from matters.catalogue.definition import Definition
from matters.catalogue.models import MatterVersion, Status

_published: dict[int, Definition] = {}


def definition_of(version_id: int) -> Definition:
    """No SQL when the published version was asked for before in this process.

    A draft is read afresh every time. Raises MatterVersion.DoesNotExist.
    """
    try:
        return definitions_of([version_id])[version_id]
    except KeyError:
        raise MatterVersion.DoesNotExist(f"version {version_id}") from None


def definitions_of(version_ids: Iterable[int]) -> dict[int, Definition]:
    """The definitions of several versions by id, for lists; a version that is missing is left out.

    One statement for all that were not asked for before in this process, none if there are none.
    """
    wanted = set(version_ids)
    known = {i: _published[i] for i in wanted if i in _published}
    missing = wanted - known.keys()
    if not missing:
        return known
    rows = MatterVersion.objects.filter(pk__in=missing).values_list("pk", "status", "definition")
    for version_id, status, stored in rows:
        known[version_id] = Definition.model_validate(stored)
        if status == Status.PUBLISHED:
            _published[version_id] = known[version_id]
    return known


def forget_definition(version_id: int) -> None:
    """Let go of one that is rolled back: a version that was only rehearsed."""
    _published.pop(version_id, None)


def forget_definitions() -> None:
    """Empty the cache of this process. For tests, whose databases come and go under one process."""
    _published.clear()
