"""Taking a step for a person: what they are told when it does not take effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import Http404

from workflows.cases.declarations import Step
from workflows.cases.perform import CaseGone, Done, InvalidData, NotAllowed, Stale, perform

from .door import Visit, visit_of
from .told import news_of

NOTHING_CHANGED = "这次操作没有生效，您填写的内容还在下面。请看过最新情况，再决定是否提交。"


@dataclass(frozen=True)
class Refused:
    """Nothing has changed. visit: the case as it stands now; form: with what was typed and its errors.

    is_forbidden: a rule stands in the way, and pressing again would not help.
    """

    visit: Visit
    news: str = ""
    form: Form | None = None
    is_forbidden: bool = False


class Again(Exception):
    """The same press of the same button a second time: the first one counted."""


def attempt(visit: Visit, step: Step, data: Mapping[str, Any], token: int) -> Done | Refused:
    """Take the step, or say why not. Raises Again, and Http404 where the case is not theirs any more."""
    try:
        return perform(visit.case.pk, step.code, actor=visit.actor, data=data, token=token)
    except CaseGone:
        raise Http404 from None
    except InvalidData as invalid:
        return Refused(visit, form=invalid.form)
    except NotAllowed:
        return Refused(_now(visit), is_forbidden=True)
    except Stale as stale:
        last = stale.last
        if last and (last.actor_id, last.step, last.seq) == (visit.user_id, step.code, token + 1):
            raise Again from None
        now = _now(visit)
        return Refused(now, news=f"{news_of(now.situation, last)}{NOTHING_CHANGED}")


def token_in(visit: Visit) -> int:
    """What the page showed; a mangled one is as good as an old one."""
    typed = visit.request.POST.get("token", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _now(visit: Visit) -> Visit:
    return visit_of(visit.request, visit.case.number)
