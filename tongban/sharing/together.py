"""Several look-ups of one person, asked while they wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tongban.accounts.models import User

from .asking import answer
from .connectors import connector_code
from .models import LookUp


def answer_together(
    look_ups: Iterable[LookUp], *, by: User | None, now: dt.datetime
) -> list[LookUp]:
    """Each as it stands afterwards. A connector that fails once is not waited for a second time:
    what else goes through it stays owed, and is asked when it is due.
    """
    found: list[LookUp] = []
    silent: set[str] = set()
    for look_up in look_ups:
        code = connector_code(look_up.resource)
        if look_up.is_owed and code not in silent:
            look_up = answer(look_up.pk, by=by, now=now)
            if look_up.is_owed:
                silent.add(code)
        elif look_up.is_owed:
            LookUp.objects.filter(pk=look_up.pk, state=LookUp.State.OWED).update(
                was_late=True, reason="对方系统没有答复"
            )
            look_up = LookUp.objects.select_related("resource__holder").get(pk=look_up.pk)
        found.append(look_up)
    return found
