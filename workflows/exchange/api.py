"""The API: other systems see their office's work and drive their own steps, through the same door."""

from __future__ import annotations

import json
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from ninja import Header, NinjaAPI, Path, Query, Status
from ninja.decorators import decorate_view
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer

from tongban.accounts.actors import Actor
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale, perform

from . import problems
from .hospital.api import router as hospital_messages
from .kept import once
from .keys import actor_with
from .problems import Problem, problem_of
from .quoting import router as quoting
from .schemas import CaseOut, ProblemOut, StepIn, TakenOut, WorkPage
from .settling import router as settling
from .work import case_of, line_of, office_in, situation_in, work_of

DESCRIPTION = """
各业务系统用自己的密钥（`Authorization: Bearer tb_…`）查询本机构待办、办理自己的环节。
规则与页面相同：谁能办、为什么不能办，由同一处判断；不能办时以 `application/problem+json` 说明中文理由。

* **令牌 seq**：办理时带回所见的 `seq`；期间办件有新进展则返回 409，什么也不改变。
* **Idempotency-Key**：同一标识的请求只办一次，再来给同样的答复（保留 30 天）；并带 `Idempotency-Replayed: true`。
* **事件通知**：见 docs/exchange.md，签名 `X-Tongban-Signature: t=…,v1=…`（HMAC-SHA256），按 `X-Tongban-Delivery` 去重。
"""


class SystemKey(HttpBearer):
    """A system's key; anything else is 401."""

    def authenticate(self, _request: HttpRequest, token: str) -> Actor | None:
        return actor_with(token)


api = NinjaAPI(
    title="川渝通办 · 数据交换接口",
    version="1",
    description=DESCRIPTION,
    auth=SystemKey(),
    urls_namespace="exchange",
    docs_url="docs",
    openapi_url="openapi.json",
)
api.add_router("/medical", settling)
api.add_router("/housing-fund", quoting)
api.add_exception_handler(Problem, problems.answer)
api.add_router("/medical", hospital_messages)
FAILURES = dict.fromkeys((401, 404), ProblemOut)
REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 422), ProblemOut)


@api.exception_handler(AuthenticationError)
def without_key(_request: HttpRequest, _error: Any) -> HttpResponse:
    return problems.response(Problem(401, "no_access", "密钥无效或已失效"))


@api.exception_handler(ValidationError)
def misshapen(_request: HttpRequest, error: Any) -> HttpResponse:
    errors = {".".join(str(step) for step in e["loc"]): [str(e["msg"])] for e in error.errors}
    return problems.response(Problem(422, "invalid", "请求的格式不对", errors=errors))


def _actor(request: HttpRequest) -> Actor:
    return cast("Actor", request.auth)  # type: ignore[attr-defined]  # SystemKey has set it


@api.get("/cases", response={200: WorkPage, **FAILURES}, summary="本机构待办", tags=["办件"])
@decorate_view(never_cache)
def cases(
    request: HttpRequest,
    office: str = Query(..., max_length=60, description="机构代码"),  # type: ignore[type-arg]
    after: int = Query(0, ge=0, le=2**62, description="上一页的 next"),  # type: ignore[type-arg]
    limit: int = Query(50, ge=1, le=100),  # type: ignore[type-arg]
) -> Any:
    """由本机构持有的未结办件，先到的在前，按 `after` 翻页。"""
    actor = _actor(request)
    here = office_in(actor, office)
    found, following = work_of(actor, here, after=after, limit=limit)
    return Status(200, {"cases": [line_of(case, here.code) for case in found], "next": following})


@api.get("/cases/{number}", response={200: CaseOut, **FAILURES}, summary="一个办件", tags=["办件"])
@decorate_view(never_cache)
def case(request: HttpRequest, number: str = Path(..., max_length=40)) -> Any:  # type: ignore[type-arg]
    """申请内容（个人信息已脱敏）、材料、现在能办的步骤和各自要填的内容，以及不能办的理由。"""
    return Status(200, case_of(situation_in(_actor(request), number)))


@api.post(
    "/cases/{number}/steps/{step}",
    response={200: TakenOut, **REFUSALS},
    summary="办理一步",
    tags=["办件"],
)
def take(
    request: HttpRequest,
    body: StepIn,
    number: str = Path(..., max_length=40),  # type: ignore[type-arg]
    step: str = Path(..., max_length=40),  # type: ignore[type-arg]
    key: str = Header("", alias="Idempotency-Key", max_length=80),  # type: ignore[type-arg]
) -> HttpResponse:
    """整步办成，或什么也不改变并说明为什么。"""
    actor = _actor(request)
    asked = json.dumps([number, step, body.token, body.data], sort_keys=True, ensure_ascii=False)
    answer = once(cast("int", actor.user_id), key, asked, lambda: _taken(actor, number, step, body))
    kind = "application/json" if answer.status == 200 else "application/problem+json"
    response = JsonResponse(
        answer.body,
        status=answer.status,
        content_type=kind,
        json_dumps_params={"ensure_ascii": False},
    )
    if answer.again:
        response["Idempotency-Replayed"] = "true"
    return response


def _taken(actor: Actor, number: str, step: str, body: StepIn) -> dict[str, Any]:
    situation = situation_in(actor, number)
    try:
        done = perform(situation.case.pk, step, actor=actor, data=body.data, token=body.token)
    except (CaseGone, Stale, NotAllowed, InvalidData) as error:
        raise problem_of(error) from None
    case = done.case
    return {
        "number": case.number,
        "step": step,
        "state": case.state,
        "state_label": case.state_label(situation.definition),
        "seq": case.seq,
        "at": done.event.at,
    }
