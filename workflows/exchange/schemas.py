"""What goes over the wire. Every field has its meaning in the documentation made from here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Schema


class FieldOut(Schema):
    """One thing that a step's form asks for."""

    name: str
    label: str
    required: bool
    choices: list[tuple[str, str]] = Field(default=[], description="(代码, 文字)，只限选择题")
    help: str = ""


class StepOut(Schema):
    """A step that may be taken now."""

    step: str
    label: str
    fields: list[FieldOut] = []


class RefusedOut(Schema):
    """A step that may not be taken now, with the rules that forbid it."""

    step: str
    label: str
    reasons: list[str]
    who: str = Field(description="由谁办理")


class WorkOut(Schema):
    """One line of an office's work."""

    number: str
    matter: str
    state: str
    state_label: str
    seq: int = Field(description="办理令牌：办理时原样带回；办件有新进展后失效")
    office: str = Field(description="机构代码")
    opened_at: dt.datetime
    due_at: dt.datetime | None


class WorkPage(Schema):
    cases: list[WorkOut]
    next: int | None = Field(description="下一页的 after；没有下一页为 null")


class AnswerOut(Schema):
    """One answer of the application; personal data masked."""

    field: str
    label: str
    value: str


class PaperOut(Schema):
    code: str
    name: str
    status: str


class CaseOut(WorkOut):
    answers: list[AnswerOut]
    papers: list[PaperOut]
    facts: dict[str, Any] = Field(description="本机构在办理中形成的信息")
    steps: list[StepOut]
    refused: list[RefusedOut]


class StepIn(Schema):
    token: int = Field(ge=0, le=2**31, description="列表或详情里的 seq")
    data: dict[str, Any] = {}


class TakenOut(Schema):
    number: str
    step: str
    state: str
    state_label: str
    seq: int
    at: dt.datetime


class ProblemOut(Schema):
    """application/problem+json"""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    reasons: list[dict[str, str]] = []
    who: str = ""
    errors: dict[str, list[str]] = {}
