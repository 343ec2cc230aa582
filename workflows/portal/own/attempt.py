"""Taking a step for a person: what they are told when it does not take effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import Http404

from workflows.cases.declarations import Step
from workflows.cases.models import Event
from workflows.cases.perform import CaseGone, Done, InvalidData, NotAllowed, Stale, perform
from workflows.cases.verdicts import verdict

from .door import Visit, visit_of
from .told import news_of

ANOTHER = "您刚才已经提交过一次，内容与这次不同。"
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
        last, now = stale.last, _now(visit)
        if last and (last.actor_id, last.step, last.seq) == (visit.user_id, step.code, token + 1):
            if not _says_something_else(now, step, data, last):
                raise Again from None
            return Refused(now, news=f"{ANOTHER}{NOTHING_CHANGED}")
        return Refused(now, news=f"{news_of(now.situation, last)}{NOTHING_CHANGED}")


def _says_something_else(now: Visit, step: Step, data: Mapping[str, Any], last: Event) -> bool:
    """The step can be taken again, and what is sent is not what was recorded: back, and typed anew."""
    if step.form is None or not verdict(now.situation, step).allowed:
        return False
    form = step.form(data, situation=now.situation)  # type: ignore[call-arg]
    if not form.is_valid():
        return True
    return any(str(last.data.get(name)) != str(value) for name, value in form.cleaned_data.items())


def token_in(visit: Visit) -> int:
    """What the page showed; a mangled one is as good as an old one."""
    typed = visit.request.POST.get("token", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _now(visit: Visit) -> Visit:
    return visit_of(visit.request, visit.case.number)
