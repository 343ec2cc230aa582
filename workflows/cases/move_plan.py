"""The plan of a moving: which state, stage, seat and answer of one version becomes which of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field

from matters.catalogue.definition import Definition
from matters.catalogue.form_fields import form_field
from matters.catalogue.models import MatterVersion, Status
from matters.catalogue.pinned import definition_of
from tongban.templatetags.formats import zh_date

from .flow import Flow
from .registry import flow_class

ROUTE = "route"
# Kinds whose answers are kept alike: plain words.
WORDS = frozenset({"text", "textarea", "name"})

Word = Annotated[str, Field(max_length=2000)]


class MovePlan(BaseModel):
    """What is not named stays as it is; what is neither there nor named does not fit.

    states, stages: old code → new code. fields: old code → new code of the same kind. drop: old
    fields whose answers go. defaults: new field → the answer that a case without one gets, as
    somebody would type it. seats: new seat → the old seat whose office takes it, or "route" to find
    its office by the new version's rule.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    states: dict[Word, Word] = Field(default_factory=dict)
    stages: dict[Word, Word] = Field(default_factory=dict)
    fields: dict[Word, Word] = Field(default_factory=dict)
    drop: tuple[Word, ...] = ()
    defaults: dict[Word, Word] = Field(default_factory=dict)
    seats: dict[Word, Word] = Field(default_factory=dict)

    def source_of(self, field: str) -> str | None:
        """The old field whose answer becomes that of the new field; None if no answer does."""
        renamed = {new: old for old, new in self.fields.items()}
        if field in renamed:
            return renamed[field]
        return None if field in self.drop or field in self.fields else field


def problems_of_plan(plan: MovePlan, old: MatterVersion, new: MatterVersion) -> list[str]:
    """What is wrong with the plan, in Chinese sentences; empty if it can be tried on the cases."""
    if old.matter_id != new.matter_id or old.pk == new.pk:
        return ["须是同一事项的两个不同版本"]
    if Status.DRAFT in (old.status, new.status):
        return ["两个版本都须已经发布"]
    if new.valid_from > timezone.localdate():
        return [f"第 {new.number} 版自 {zh_date(new.valid_from)} 起生效，到那天才能搬迁"]
    was, now = definition_of(old.pk), definition_of(new.pk)
    return [
        *_of_states(plan, flow_class(old.flow), flow_class(new.flow)),
        *_of_stages(plan, was, now),
        *_of_seats(plan, flow_class(old.flow), now),
        *_of_fields(plan, was, now),
        *_of_defaults(plan, now),
    ]


def _of_states(plan: MovePlan, old: type[Flow], new: type[Flow]) -> Iterator[str]:
    here = {s.code for s in old.STATES if not s.closes}
    there = {s.code for s in new.STATES if not s.closes}
    for was, now in plan.states.items():
        if was not in here:
            yield f"状态 {was}：流程“{old.LABEL}”没有这个未结束的状态"
        if now not in there:
            yield f"状态 {now}：流程“{new.LABEL}”没有这个未结束的状态"


def _of_stages(plan: MovePlan, old: Definition, new: Definition) -> Iterator[str]:
    here, there = ({stage.code for stage in each.stages} for each in (old, new))
    for was, now in plan.stages.items():
        if was not in here:
            yield f"环节 {was}：原版本没有这个环节"
        if now not in there:
            yield f"环节 {now}：新版本没有这个环节"


def _of_seats(plan: MovePlan, old: type[Flow], new: Definition) -> Iterator[str]:
    here, there = {seat.code for seat in old.SEATS}, {rule.seat for rule in new.seats}
    for seat, source in plan.seats.items():
        if seat not in there:
            yield f"岗位 {seat}：新版本没有这个岗位"
        if source != ROUTE and source not in here:
            yield f"岗位 {seat} 取自 {source}：原流程没有这个岗位"


def _of_fields(plan: MovePlan, old: Definition, new: Definition) -> Iterator[str]:
    here = {field.code: field for field in old.fields}
    there = {field.code: field for field in new.fields}
    for was, now in plan.fields.items():
        if was not in here:
            yield f"字段 {was}：原版本没有这个字段"
        if now not in there:
            yield f"字段 {now}：新版本没有这个字段"
    for code in plan.drop:
        if code not in here:
            yield f"舍弃字段 {code}：原版本没有这个字段"
    targets = list(plan.fields.values())
    for code in sorted({each for each in targets if targets.count(each) > 1}):
        yield f"字段 {code}：有两个原字段改成它"
    for code in here:
        if code in plan.fields and code in plan.drop:
            yield f"字段 {code}：不能既改名又舍弃"
        elif code not in there and code not in plan.fields and code not in plan.drop:
            yield f"字段 {code}（{here[code].label}）：新版本没有这个字段，请写明改名或舍弃"
    for code, field in there.items():
        source = here.get(plan.source_of(code) or "")
        if source is not None and not _alike(source.kind, field.kind):
            yield (
                f"字段 {code}（{field.label}）：{source.code} 的类型是 {source.kind}，"
                f"新字段是 {field.kind}，不能沿用，请舍弃并写明缺省"
            )


def _alike(old: str, new: str) -> bool:
    return old == new or {old, new} <= WORDS


def _of_defaults(plan: MovePlan, new: Definition) -> Iterator[str]:
    there = {field.code: field for field in new.fields}
    for code, answer in plan.defaults.items():
        if code not in there:
            yield f"缺省 {code}：新版本没有这个字段"
        elif there[code].kind in ("people", "file", "period", "address", "several"):
            yield f"缺省 {code}：这一类字段不能写缺省"
        else:
            wrong = _mistake(form_field(there[code]), answer)
            if wrong:
                yield f"缺省 {code}（{there[code].label}）：{wrong}"


def _mistake(field: forms.Field, answer: str) -> str:
    try:
        field.clean(answer)
    except ValidationError as error:
        return "；".join(error.messages)
    return ""
