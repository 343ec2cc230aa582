"""Reading a request's JSON by hand: amounts never pass through binary fractions."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from .problems import Problem

MOST_BYTES = 2_000_000


def json_of(request: HttpRequest) -> Any:
    """The body, its fractions as Decimal. Raises Problem 413 or 422."""
    try:
        body = request.body
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > MOST_BYTES:
        raise Problem(413, "too_large", "请求太大", "一次的内容太多，请分几次提交。")
    try:
        read = json.loads(body, parse_float=Decimal)
        if b"\\ud" in body.lower():
            # Half a sign is no text; an answer that repeats it could not be sent.
            json.dumps(read, ensure_ascii=False, default=str).encode()
    except (ValueError, ArithmeticError, RecursionError):
        raise Problem(422, "invalid", "请求的格式不对", "请求体不是有效的 JSON。") from None
    return read
