"""The routes: one a message, by its number in the national interface."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Router, Schema

from tongban.accounts.actors import Actor

from ..kept import once
from ..problems import Problem, response
from ..schemas import ProblemOut
from . import messages, reconciling, registering, schemas, settling
from .door import Sender, institution_of

router = Router(tags=["异地就医：医药机构"])
REFUSALS = dict.fromkeys((401, 403, 404, 409, 422, 504), ProblemOut)
IN_CODE, RECALLED = "公开源码", "凭记忆"


class Envelope(Schema):
    """The frame of every message."""

    msgid: str = Field(
        min_length=1, max_length=80, description="发送方报文ID：同一报文重发只办一次，答复相同"
    )
    fixmedins_code: str = Field(
        "", max_length=30, description="定点医药机构编号；本系统只属一家时可省"
    )


@dataclass(frozen=True)
class Message:
    """infno with its Chinese name; `do` is one transaction, `after` the answer to it in further ones.

    source: whether the number stands in public code or is recalled.
    """

    infno: str
    name: str
    told: type[schemas.Input]
    do: messages.Do
    says: str
    after: Callable[[Sender, dict[str, Any]], dict[str, Any]] | None = None
    source: str = IN_CODE


MESSAGES = (
    Message(
        "1101",
        "人员信息获取",
        schemas.In1101,
        registering.read,
        "身份、参保、待遇和备案情况；给出 med_type 时登记就诊并答复 mdtrt_id。待遇暂停、没有备案、机构没有开通的，"
        "403 说明每一条理由和稳妥的做法 safe_act，不登记。",
    ),
    Message("2201", "门诊挂号", schemas.InEncounter, messages.admit, "登记后挂号；药店可省。"),
    Message("2202", "门诊挂号撤销", schemas.OfVisit, messages.cancel, "没有未撤销的费用时。"),
    Message(
        "2203",
        "门诊就诊信息上传",
        schemas.InEncounter,
        messages.encounter,
        "诊断、外伤标志、涉及第三方标志；住院也用它补传标志（本站）。",
    ),
    Message(
        "2204",
        "门诊费用明细上传",
        schemas.InFees,
        messages.upload,
        "答复每条的拆分。预结算之后再传，预结算作废。",
    ),
    Message(
        "2205", "门诊费用明细撤销", schemas.InCancelFees, messages.cancel_fees, "“0000”撤销全部。"
    ),
    Message(
        "2206",
        "门诊预结算",
        schemas.InPresettle,
        messages.presettle,
        "只试算，不记账；每个金额有说明，所用规则有出处和把握。",
    ),
    Message(
        "2207",
        "门诊结算",
        schemas.InSettle,
        messages.send,
        "金额须与最近一次预结算一致。504 表示结果待查。",
        settling.settled,
    ),
    Message(
        "2208",
        "门诊结算撤销",
        schemas.InReverse,
        messages.ask_reversal,
        "已办成的结算，撤销它。后面还有结算的，先撤后面的。",
        settling.reversed_by,
    ),
    Message("2301", "住院费用明细上传", schemas.InFees, messages.upload, "同 2204。"),
    Message(
        "2302", "住院费用明细撤销", schemas.InCancelFees, messages.cancel_fees, "“0000”撤销全部。"
    ),
    Message(
        "2303", "住院预结算", schemas.InPresettle, messages.presettle, "办理出院之后；同 2206。"
    ),
    Message(
        "2304",
        "住院结算",
        schemas.InSettle,
        messages.send,
        "金额须与最近一次预结算一致。504 表示结果待查：重发，或 2601。",
        settling.settled,
    ),
    Message(
        "2305",
        "住院结算撤销",
        schemas.InReverse,
        messages.ask_reversal,
        "同 2208；医院写入失败的自动撤销给 auto_flag=1。",
        settling.reversed_by,
    ),
    Message(
        "2401",
        "入院办理",
        schemas.InEncounter,
        messages.admit,
        "登记后办理；同一人同时只有一次住院。",
    ),
    Message(
        "2402",
        "出院办理",
        schemas.InDischarge,
        messages.discharge,
        "医院费用总额须与已上传明细合计一致。",
    ),
    Message("2404", "入院撤销", schemas.OfVisit, messages.cancel, "没有未撤销的费用时。"),
    Message("2405", "出院撤销", schemas.OfVisit, messages.undo_discharge, "预结算随之作废。"),
    Message(
        "2601",
        "冲正",
        schemas.In2601,
        settling.undo,
        "不知道原交易办没办成时用：此后它就是没有发生；原报文晚到也不再办理。",
    ),
    Message(
        "3201",
        "医药机构费用结算对总账",
        schemas.In3201,
        reconciling.totals,
        "按天；相符的就诊转为“对账相符”。",
    ),
    Message(
        "3202",
        "医药机构费用结算对明细账",
        schemas.In3202,
        reconciling.details,
        "逐笔；不符的成为两地经办机构的工作项。",
    ),
)


def _view(message: Message) -> Callable[..., HttpResponse]:
    body = type(
        f"Message{message.infno}",
        (Envelope,),
        {"__annotations__": {"input": message.told}, "__module__": __name__},
    )

    def view(request: HttpRequest, body: Any) -> HttpResponse:
        return _answered(request, message, body)

    parts = [
        inspect.Parameter(
            "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest
        ),
        inspect.Parameter("body", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=body),
    ]
    view.__signature__ = inspect.Signature(parts)  # type: ignore[attr-defined]  # ninja reads it
    view.__annotations__ = {"request": HttpRequest, "body": body}
    view.__name__ = f"message_{message.infno}"
    return view


def _answered(request: HttpRequest, message: Message, body: Any) -> HttpResponse:
    """Once a msgid: the first half is kept; the second is asked again, and comes out the same."""
    asked = json.dumps([message.infno, body.model_dump(mode="json")], sort_keys=True)
    if "\\u0000" in asked:
        # No text of the database may hold it.
        raise Problem(422, "invalid", "报文里有不能用的字符")
    actor = cast("Actor", request.auth)  # type: ignore[attr-defined]  # SystemKey has set it
    sender = Sender(actor, institution_of(actor, body.fixmedins_code), message.infno, body.msgid)
    kept = once(
        cast("int", actor.user_id),
        body.msgid,
        asked,
        lambda: {"infcode": 0, "msgid": body.msgid, "output": message.do(sender, body.input)},
    )
    told, status = kept.body, kept.status
    if status == 200 and message.after is not None:
        try:
            told = told | {"output": message.after(sender, told["output"])}
        except Problem as problem:
            answer: HttpResponse = response(problem)
            return _marked(answer, again=kept.again)
    kind = "application/json" if status == 200 else "application/problem+json"
    answer = JsonResponse(
        told, status=status, content_type=kind, json_dumps_params={"ensure_ascii": False}
    )
    return _marked(answer, again=kept.again)


def _marked(answer: HttpResponse, *, again: bool) -> HttpResponse:
    if again:
        answer["Idempotency-Replayed"] = "true"
    return answer


for each in MESSAGES:
    router.add_api_operation(
        f"/{each.infno}",
        ["POST"],
        _view(each),
        response={200: schemas.AnswerOut, **REFUSALS},
        summary=f"{each.infno} {each.name}",
        description=f"{each.says}\n\n编号来源：{each.source}。",
        operation_id=f"medical_{each.infno}",
    )
