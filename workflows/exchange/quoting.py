"""`POST /api/housing-fund/quote`: loans, rent and repayment plans by the rules; nothing is written."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Router

from matters.housing_fund.answering import KINDS, answer
from matters.housing_fund.requests import SCHEMA
from matters.housing_fund.words import rule_book

from .bodies import json_of
from .problems import Problem
from .schemas import ProblemOut

router = Router(tags=["公积金测算"])
MOST = 100
_AMOUNT = {"type": ["string", "number"], "description": "元；写成文字不会丢分"}
_CITY = {"type": "string", "description": "重庆、成都、四川省级，或区划代码"}
_COUNT = {"type": "integer", "minimum": 0}
_MONTH = {
    "oneOf": [
        _AMOUNT,
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "month": {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
                **dict.fromkeys(("deposit", "withdrawn", "for_rent"), _AMOUNT),
            },
        },
    ]
}
_PERSON = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "months": {"type": "array", "items": _MONTH, "description": "先后为序，末位最近"},
        "balance": _AMOUNT,
        "in_a_row": _COUNT,
        "product": {"type": "string"},
        "deposited_at": _CITY,
        "name": {"type": "string", "maxLength": 40},
    },
}
_CREDIT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("consecutive", "total"), _COUNT),
        **{name: {"type": "boolean"} for name in ("overdue_now", "dishonest")},
    },
}
_WORD = {"type": "string"}
_REQUEST: dict[str, Any] = {
    "type": "object",
    "required": ["kind"],
    "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": list(KINDS)},
        "city": _CITY,
        "on": {"type": "string", "format": "date"},
        "household": {"type": "array", "minItems": 1, "maxItems": 2, "items": _PERSON},
        "cap_of": _CITY,
        "credit": _CREDIT,
        "rate": {"type": ["string", "number"], "description": "年利率，百分数"},
        **dict.fromkeys(("product", "home", "housing", "area", "method"), _WORD),
        **dict.fromkeys(("children", "people", "months"), _COUNT),
        **dict.fromkeys(("price", "down_payment", "repayment_limit", "income"), _AMOUNT),
        **dict.fromkeys(("rent", "balance", "principal"), _AMOUNT),
    },
}
_BODY = {
    "required": True,
    "description": SCHEMA,
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [
                    _REQUEST,
                    {"type": "array", "minItems": 1, "maxItems": MOST, "items": _REQUEST},
                ]
            }
        }
    },
}
_ONE = {
    "type": "object",
    "required": ["ok"],
    "properties": {"ok": {"type": "boolean"}, "index": {"type": "integer"}},
}
_ANSWER = {
    "description": "一个请求答一个，列表答列表（带 index）。ok 为 true：amount、binding、limits、"
    "explanation、rules、doubts、missing；为 false：problem（code、sentence；缺规则时 missing）",
    "content": {
        "application/json": {"schema": {"oneOf": [_ONE, {"type": "array", "items": _ONE}]}}
    },
}


@router.post(
    "/quote",
    summary="按规则测算贷款、租房提取、月供",
    response={401: ProblemOut, 413: ProblemOut, 422: ProblemOut},
    openapi_extra={"requestBody": _BODY, "responses": {200: _ANSWER}},
)
def quote(request: HttpRequest) -> Any:
    """与 `manage.py quote_loan` 相同：不写账，同样的请求给同样的答复，因此不用 Idempotency-Key。

    列表的每一项各自成败。试算，以公积金中心审核为准。
    """
    asked, book = json_of(request), rule_book()
    made: Any
    if isinstance(asked, list):
        if not 1 <= len(asked) <= MOST:
            detail = f"请求体应为一个请求，或 1 到 {MOST} 项的列表。"
            raise Problem(422, "invalid", "请求的格式不对", detail)
        made = [{"index": place, **answer(each, book=book)} for place, each in enumerate(asked)]
    elif isinstance(asked, dict):
        made = answer(asked, book=book)
    else:
        raise Problem(422, "invalid", "请求的格式不对", "请求体应为一个请求，或请求的列表。")
    return JsonResponse(made, safe=False, json_dumps_params={"ensure_ascii": False})
