"""Whether somebody lies in a hospital somewhere: asked of whoever keeps visits, who live above us.

Visits are cases, and nothing here knows cases. `workflows` names its reader when the site starts.
"""

from __future__ import annotations

from collections.abc import Callable

# (id of the insured, place of filing) -> is there a stay that began and is not settled yet?
Reader = Callable[[int, str], bool]
_readers: list[Reader] = []


def ask_about_admissions(reader: Reader) -> None:
    """From now on `reader` is asked too. Naming the same one again changes nothing."""
    if reader not in _readers:
        _readers.append(reader)


def is_admitted(insured_id: int, place: str) -> bool:
    """Whether the person has an open stay at that place. As many statements as readers have."""
    return any(reader(insured_id, place) for reader in _readers)
