"""`POST /api/medical/settle`: bills reckoned by the rules; nothing is booked and no case is touched."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Router

from matters.medical.entries import FIELDS, answers
from matters.medical.rules import rule_book

from .bodies import json_of
from .problems import Problem
from .schemas import ProblemOut

router = Router(tags=["医保结算"])
MOST = 200
_TYPES = {
    "items": "array",
    "plans": "array",
    "ytd": "object",
    "claims": "object",
    "is_tcm": "boolean",
    "age": "integer",
    "admission_no": "integer",
}
_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST,
                "items": {
                    "type": "object",
                    "required": ["region", "insured_type", "hospital_level", "visit", "on"],
                    "additionalProperties": False,
                    "properties": {
                        # Amounts may come as text or as numbers; text never loses a fen.
                        name: {"type": _TYPES.get(name, ["string", "number"]), "description": text}
                        for name, text in FIELDS.items()
                    },
                },
            }
        }
    },
}
_ANSWER = {
    "description": "与请求一一对应。ok 为 true：各项金额、explanation、rules、doubts；"
    "为 false：missing（缺哪条规则）或 refused（为什么不成立）",
    "content": {
        "application/json": {
            "schema": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["index", "ok"],
                    "properties": {"index": {"type": "integer"}, "ok": {"type": "boolean"}},
                },
            }
        }
    },
}


@router.post(
    "/settle",
    summary="按规则试算结算",
    response={401: ProblemOut, 413: ProblemOut, 422: ProblemOut},
    openapi_extra={"requestBody": _BODY, "responses": {200: _ANSWER}},
)
def settle(request: HttpRequest) -> Any:
    """与 `manage.py settle` 相同：不写账，同样的请求任何时候给同样的答复，因此不用 Idempotency-Key。

    每一项各自成败：一项缺规则或写错，只影响它自己的答复。
    """
    found = list(answers(_entries(json_of(request)), book=rule_book()))
    return JsonResponse(found, safe=False, json_dumps_params={"ensure_ascii": False})


def _entries(read: Any) -> list[Any]:
    if not isinstance(read, list) or not 1 <= len(read) <= MOST:
        raise Problem(422, "invalid", "请求的格式不对", f"请求体应为 1 到 {MOST} 项的列表。")
    return read
