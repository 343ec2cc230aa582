"""The lines of a guide: what is published, each with how sure it is, and what is not, in one line."""

from __future__ import annotations

from dataclasses import dataclass

from matters.catalogue import registry
from matters.catalogue.definition import Definition
from matters.catalogue.guide_facts import guide_rows
from matters.catalogue.models import Matter

from .plain_words import NOT_PUBLISHED, Fact, fact, limit_text, mark_of

# What people look for in a guide; that anything else is not published is no news to them.
LOOKED_FOR = frozenset(
    {
        "item_kind", "level", "body", "handling", "coverage", "visits", "advice", "complaints",
        "place", "hours", "quota", "charges", "sample",
    }
)  # fmt: skip
# What the kind of a matter says of its time, where it is no application.
TIMES = {
    "query": Fact(
        "答复时间", "提交后由保存记录的机构在 1 个工作日内答复（本平台的要求，不是法定时限）"
    ),
    "appointment": Fact("登记时间", "提交后立即登记，凭预约回执按时到窗口"),
}
# (tag, lead) where the mode's own words would promise what a query or a visit is not.
LEADS = {
    "query": ("查询", "在网上提出，由保存这项记录的机构直接答复，不用到窗口。"),
    "appointment": ("预约", "在网上约好日子，当天带上身份证件到窗口，在预约的时段办理。"),
}
ACTIONS = {"application": "申请办理", "query": "提交查询", "appointment": "预约"}


@dataclass(frozen=True)
class Told:
    """known: what is published, in the order of a guide. unpublished: what people may look for."""

    known: tuple[Fact, ...]
    unpublished: tuple[str, ...]


def kind_of(flow: str) -> str:
    """application, query or appointment."""
    return registry.shape(flow).kind


def facts(matter: Matter, definition: Definition) -> Told:
    """Who, what for, where, what it costs and on which law it rests."""
    rows = [
        Fact("服务对象", matter.audience or NOT_PUBLISHED),
        Fact("办理结果", definition.result.name),
        Fact("主管部门", matter.department.name),
        fact(definition, "fee", "收费标准", definition.fee or NOT_PUBLISHED),
        fact(
            definition,
            "legal_basis",
            "设定依据",
            "\n".join(definition.legal_basis) or NOT_PUBLISHED,
        ),
    ]
    for key, title, words in guide_rows(definition.guide):
        if words or key in LOOKED_FOR:
            rows.append(fact(definition, f"guide.{key}", title, words or NOT_PUBLISHED))
    if matter.item_code:
        rows.append(Fact("实施编码", matter.item_code))
    return Told(
        tuple(row for row in rows if row.text != NOT_PUBLISHED),
        tuple(row.key for row in rows if row.text == NOT_PUBLISHED),
    )


def times(definition: Definition, kind: str = "application") -> list[Fact]:
    """Promised and statutory time, and what may lengthen them."""
    if kind in TIMES and definition.promise is None:
        return [TIMES[kind]]
    rows = [
        fact(definition, "promise", "承诺时限", limit_text(definition.promise)),
        fact(definition, "statutory", "法定时限", limit_text(definition.statutory)),
    ]
    if definition.extension:
        text = f"经批准可延长{definition.extension.limit.text}（{definition.extension.basis}）"
        rows.append(fact(definition, "extension", "延长", text))
    if definition.special_procedures:
        names = "、".join(each.name for each in definition.special_procedures)
        text = f"{names}所需时间不计入时限"
        rows.append(fact(definition, "special_procedures", "特别程序", text))
    return rows


def stage_rows(definition: Definition) -> list[Fact]:
    """The stages of review, each with its own limit where one is published."""
    return [
        Fact(stage.name, limit_text(stage.limit), mark_of(stage.certainty))
        for stage in definition.stages
    ]
