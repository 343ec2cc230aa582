"""What went wrong, as problem+json (RFC 9457) with the same Chinese reasons that a page would give."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse

from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale

TYPE = "/api/docs#"


class Problem(Exception):
    """One answer that is not a success. code: for machines; detail: for people, in Chinese."""

    def __init__(self, status: int, code: str, title: str, detail: str = "", **more: Any) -> None:
        super().__init__(detail or title)
        self.status = status
        self.body = {"type": TYPE + code, "title": title, "status": status, "code": code}
        self.body |= {"detail": detail} if detail else {}
        self.body |= more


def response(problem: Problem) -> JsonResponse:
    return JsonResponse(
        problem.body,
        status=problem.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def answer(_request: HttpRequest, problem: Problem | type[Problem]) -> HttpResponse:
    if not isinstance(problem, Problem):
        raise TypeError(problem)
    return response(problem)


NOT_FOUND = ("not_found", "没有这个办件，或不由您的机构办理")


def not_found() -> Problem:
    return Problem(404, *NOT_FOUND)


def problem_of(error: Exception) -> Problem:
    """The engine's refusals, in the words of a page. Raises what is no refusal."""
    if isinstance(error, Stale):
        last = error.last
        event = {"step": last.step, "seq": last.seq, "at": last.at.isoformat()} if last else None
        return Problem(409, "stale", "办件已有新进展", str(error), last=event)
    if isinstance(error, NotAllowed):
        refused = error.verdict
        reasons = [{"code": reason.code, "text": reason.text} for reason in refused.reasons]
        return Problem(
            403, "not_allowed", "现在不能办理这一步", str(error), reasons=reasons, who=refused.who
        )
    if isinstance(error, InvalidData):
        return Problem(422, "invalid", "所填内容需要改正", errors=errors_of(error.form))
    if isinstance(error, CaseGone):
        return not_found()
    raise error


def errors_of(form: Form) -> dict[str, list[str]]:
    return {name: [str(message) for message in found] for name, found in form.errors.items()}
