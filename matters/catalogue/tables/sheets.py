"""Which columns a table of matters has: the first sheet, one row a matter, and the sheets of its parts.

A key is a column of the list (`name`), a key of the definition (`promise`, `guide.visits`) or, on the
sheets of parts, a key of the part. A column is found by its title, its key or one of its other names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from matters.catalogue.definition import (
    Definition,
    FormField,
    Material,
    SeatRule,
    SpecialProcedure,
    Stage,
)
from matters.catalogue.guide_facts import CHOICES, Guide, title_of
from matters.catalogue.limit import Limit
from matters.catalogue.tables import converting as to
from matters.catalogue.tables.cells import heading
from matters.catalogue.tables.departments import office_kinds

CERTAINTY = {"stated": "来源载明", "inferred": "推断", "from_memory": "待核实"}
LEVELS = {"province": "省级", "city": "市级", "county": "县级", "township": "乡镇级"}
KINDS = {
    "application": "办理",
    "query": "查询",
    "appointment": "预约",
    "office_work": "机构间办理",
}
FIELD_KINDS = {
    "text": "文字", "textarea": "长文字", "name": "姓名", "id_number": "身份证号",
    "uscc": "统一社会信用代码", "phone": "电话", "date": "日期", "money": "金额", "region": "地区",
    "choice": "单选", "yes_no": "是否", "bank_card": "银行卡号", "number": "数字", "email": "电子邮箱",
    "address": "地址", "period": "起止日期", "month": "年月", "several": "多选", "people": "人员名单",
    "file": "文件",
}  # fmt: skip
PAPER_FORMS = {"original": "原件", "copy": "复印件", "electronic": "电子"}
PAPER_SOURCES = {"self": "申请人自备", "government": "政府核发", "other": "其他"}
RESULTS = {
    "certificate": "证照", "notice": "通知", "registration": "登记", "money": "资金", "none": "无",
}  # fmt: skip
EFFECTIVE = {"application": "申请当月", "approval": "批准当月"}


@dataclass(frozen=True)
class Column:
    """way: how a cell is read and written. also: other headers that mean the same."""

    key: str
    title: str
    way: to.Way = to.TEXT
    also: tuple[str, ...] = ()

    @property
    def headings(self) -> set[str]:
        return {heading(each) for each in (self.title, self.key, *self.also)}


@dataclass(frozen=True)
class Sheet:
    """One sheet. key: the definition's key that its rows make up; "" for the sheet of matters."""

    key: str
    title: str
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column | None:
        return next((each for each in self.columns if each.key == key), None)


FACTS = (
    Column(
        "name", "事项名称", also=("名称", "事项", "服务事项", "通办事项", "办理事项", "业务名称")
    ),
    Column("batch", "来源批次", also=("批次", "清单批次", "清单")),
    Column(
        "department",
        "主管部门",
        also=("部门", "业务主管部门", "责任部门", "牵头部门", "省级主管部门", "实施部门"),
    ),
    Column("field", "主题", also=("主题分类", "领域", "业务领域")),
    Column("kind", "业务种类", to.words(KINDS)),
    Column("mode", "办理模式", also=("通办模式", "通办方式", "通办形式")),
    Column("mode_inferred", "办理模式（推断）"),
    Column("applicant", "服务对象", also=("申请人", "办理对象")),
    Column("promised_days", "承诺天数", also=("承诺天数(清单原文)",)),
    Column("legal_days", "法定天数", also=("法定天数(清单原文)",)),
    Column("source_url", "来源网址", also=("来源", "出处", "网址")),
    Column("item_code", "实施编码", also=("事项编码", "实施清单编码", "基本编码", "目录编码")),
    Column("note", "备注", also=("说明",)),
    Column("certainty", "名称把握程度", to.words(CERTAINTY)),
)
# Read only: official lists print the unit beside the number.
UNITS = (
    Column("promise_unit", "承诺时限单位", also=("承诺办结时限单位",)),
    Column("statutory_unit", "法定时限单位", also=("法定办结时限单位",)),
)
# Read and left: what a list counts its rows with.
COUNTERS = frozenset(heading(each) for each in ("序号", "编号", "No", "No.", "#"))
FLOW = Column("flow", "办理流程")
_WHOLE = (
    Column("promise", "承诺时限", to.LIMIT, ("承诺办结时限", "承诺期限")),
    Column("statutory", "法定时限", to.LIMIT, ("法定办结时限", "法定期限")),
    Column("supplement", "补正时限", to.LIMIT),
    Column("deemed_acceptance.limit", "逾期视为受理", to.LIMIT),
    Column("deemed_acceptance.basis", "视为受理依据"),
    Column("extension.limit", "可延长", to.LIMIT),
    Column("extension.basis", "延长依据"),
    Column("result.kind", "结果类型", to.words(RESULTS)),
    Column("result.name", "结果名称", also=("办理结果", "办理结果名称")),
    Column("legal_basis", "设定依据", to.LINES, ("法律依据", "实施依据", "办理依据")),
    Column("conditions", "受理条件", to.LINES, ("申请条件", "办理条件")),
    Column("fee", "收费标准", also=("收费",)),
    Column("effective_month", "计发月", to.words(EFFECTIVE)),
    Column("checklist", "收件要点", to.LINES),
    Column("remedies.review_office", "复议机关"),
    Column("remedies.review_days", "复议期限（日）", to.INTEGER),
    Column("remedies.lawsuit_months", "诉讼期限（月）", to.INTEGER),
    Column("yellow_percent", "黄灯比例（%）", to.INTEGER),
    Column("red_percent", "红灯比例（%）", to.INTEGER),
    Column("sources", "依据网址", to.LINES),
)
# The whole definition in one cell, where there is only one sheet (CSV).
DEFINITION = Column("definition", "实施清单", to.STRUCTURE)
OWNER = (
    Column("matter", "事项名称", also=("事项", "服务事项", "通办事项")),
    Column("batch", "来源批次", also=("批次",)),
)
TITLES: dict[str, str] = {
    "code": "代码", "name": "名称", "label": "问题", "kind": "类型", "seat": "岗位",
    "office_kind": "机构类别", "level": "层级", "region": "所在地区", "limit": "时限",
    "elsewhere": "在别处办理", "certainty": "把握程度", "required": "必须", "copies": "份数",
    "form": "形式", "source": "来源渠道", "missing_ok": "容缺", "shared": "可由共享数据代替",
    "certificate": "可用的电子证照",
    "when": "适用情形", "help": "说明", "example": "示例", "choices": "选项", "max_length": "最多字数",
    "region_level": "选到哪一级", "at_least": "不小于", "at_most": "不大于", "columns": "每人填写",
    "most": "最多几项", "shown_when": "何时显示", "required_when": "何时必填", "basis": "依据",
    "lasts": "不计入的时长",
}  # fmt: skip
_WAYS: dict[str, to.Way] = {
    "SeatRule.level": to.words(LEVELS),
    "FormField.kind": to.words(FIELD_KINDS),
    "FormField.choices": to.PAIRS,
    "FormField.region_level": to.words(
        {"county": "区县", "township": "乡镇街道", "pool": "统筹区"}
    ),
    "Material.form": to.words(PAPER_FORMS),
    "Material.source": to.words(PAPER_SOURCES),
}


def _part_sheet(key: str, title: str, model: type[BaseModel], called: str = "") -> Sheet:
    """called: what the part's own `name` is headed by; 名称 on these sheets is never the matter's."""
    columns = tuple(
        Column(
            name,
            called if name == "name" else TITLES.get(name, name),
            _way(model, name),
            ("名称",) if name == "name" else (),
        )
        for name in model.model_fields
    )
    return Sheet(key, title, (*OWNER, *columns))


def _way(model: type[BaseModel], name: str) -> to.Way:
    """A key of no way of its own is written as its type says; what is no plain value, as YAML."""
    if name == "certainty":
        return to.words(CERTAINTY)
    if name == "office_kind":
        return to.words(office_kinds())
    if own := _WAYS.get(f"{model.__name__}.{name}"):
        return own
    kinds = set(_plain_types(model.model_fields[name].annotation))
    for plain, way in ((Limit, to.LIMIT), (bool, to.YES_NO), (int, to.INTEGER), (str, to.TEXT)):
        if kinds == {plain}:
            return way
    return to.STRUCTURE


def _plain_types(annotation: Any) -> Iterator[type | None]:
    """The types that a key may have, without None; a literal is a text, anything nested is None."""
    origin = get_origin(annotation)
    if origin is Literal:
        yield str
    elif origin is Annotated:
        yield from _plain_types(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _plain_types(each)
    elif annotation is not NoneType:
        yield annotation if isinstance(annotation, type) else None


@cache
def guide_columns() -> tuple[Column, ...]:
    return tuple(
        Column(
            f"guide.{key}",
            title_of(key),
            to.words(CHOICES[key])
            if key in CHOICES
            else to.INTEGER
            if key == "visits"
            else to.TEXT,
        )
        for key in Guide.model_fields
    )


@cache
def definition_columns() -> tuple[Column, ...]:
    """Columns of the first sheet that say something of the definition and not of the list's row."""
    return (*_WHOLE, *guide_columns())


@cache
def matters_sheet() -> Sheet:
    return Sheet("", "事项", (*FACTS, FLOW, *definition_columns()))


@cache
def part_sheets() -> tuple[Sheet, ...]:
    """The sheets besides the first, in the order in which a clerk fills them."""
    return (
        _part_sheet("seats", "岗位", SeatRule),
        _part_sheet("stages", "环节", Stage, "环节名称"),
        Sheet("hops", "时限", (*OWNER, Column("state", "状态"), Column("limit", "时限", to.LIMIT))),
        _part_sheet("fields", "表单字段", FormField),
        _part_sheet("materials", "材料", Material, "材料名称"),
        _part_sheet("special_procedures", "特别程序", SpecialProcedure, "程序名称"),
        Sheet(
            "certainty",
            "把握程度",
            (*OWNER, Column("key", "项"), Column("certainty", "把握程度", to.words(CERTAINTY))),
        ),
        Sheet("*", "其他", (*OWNER, Column("key", "项"), Column("value", "内容", to.STRUCTURE))),
    )


def readable() -> Mapping[str, tuple[Column, ...]]:
    """By sheet key, all columns that are understood."""
    first = matters_sheet()
    return {"": (*first.columns, *UNITS, DEFINITION)} | {s.key: s.columns for s in part_sheets()}


# Keys of a definition that have a place of their own; all others stand on the sheet 其他.
_PLACED = frozenset(column.key.partition(".")[0] for column in _WHOLE) | {
    "guide", "seats", "stages", "hops", "fields", "materials", "special_procedures", "certainty",
}  # fmt: skip
OTHER = tuple(key for key in Definition.model_fields if key not in _PLACED)
