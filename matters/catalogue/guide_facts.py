"""办事指南: what a guide says beside the form, the papers and the limits. Blank: 未公布.

The fields are those of the provinces' own guides. `title` is what a field is called on the guide
page and in a table of matters; nothing here moves a case.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from matters.catalogue.part import Part

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
ItemKind = Literal["", "permit", "confirmation", "payment", "award", "ruling", "service", "other"]
Level = Literal["", "nation", "province", "city", "county", "township"]
YesNo = Literal["", "yes", "no"]

# 事项类型, by the first four signs of the catalogue code (目录码) that an official list prints.
KINDS_BY_CODE = {
    "511A": "permit",
    "511F": "confirmation",
    "511G": "payment",
    "511Z": "other",
    "512B": "service",
    "5120": "service",
    "512C": "service",
    "513A": "service",
}


def _called(title: str) -> Any:
    return Field(default="", title=title)


class Guide(Part):
    """One guide. What is a choice has its words in `CHOICES`; the rest is shown as it is written."""

    item_kind: ItemKind = _called("事项类型")
    level: Level = _called("行使层级")
    authority: Words = _called("权力来源")
    body: Words = _called("实施主体")
    body_code: Words = _called("实施主体编码")
    body_nature: Words = _called("实施主体性质")
    entrusted: Words = _called("委托部门")
    partners: Words = _called("联办机构")
    handling: Literal["", "at_once", "promised"] = _called("办件类型")
    coverage: Words = _called("通办范围")
    promise_note: Words = _called("承诺时限说明")
    statutory_note: Words = _called("法定时限说明")
    visits: int | None = Field(default=None, ge=0, le=20, title="到现场次数")
    visit_reason: Words = _called("必须现场原因")
    advice: Words = _called("咨询方式")
    complaints: Words = _called("监督投诉方式")
    place: Words = _called("办理地点")
    hours: Words = _called("办理时间")
    quota: Words = _called("数量限制")
    intermediary: Words = _called("中介服务")
    charges: YesNo = _called("是否收费")
    fee_basis: Words = _called("收费依据")
    online_depth: Words = _called("网办深度")
    bookable: YesNo = _called("是否支持预约")
    posted: YesNo = _called("是否支持邮寄")
    in_hall: YesNo = _called("是否进驻大厅")
    system: Words = _called("运行系统")
    sample: Words = _called("结果样本")


CHOICES: dict[str, dict[str, str]] = {
    "item_kind": {
        "permit": "行政许可",
        "confirmation": "行政确认",
        "payment": "行政给付",
        "award": "行政奖励",
        "ruling": "行政裁决",
        "service": "公共服务",
        "other": "其他行政权力",
    },
    "level": {
        "nation": "国家级",
        "province": "省级",
        "city": "市级",
        "county": "县级",
        "township": "乡镇级",
    },
    "handling": {"at_once": "即办件", "promised": "承诺件"},
} | {key: {"yes": "是", "no": "否"} for key in ("charges", "bookable", "posted", "in_hall")}


def title_of(key: str) -> str:
    """What a field is called on pages and in tables. Raises KeyError."""
    return str(Guide.model_fields[key].title)


def words_of(guide: Guide, key: str) -> str:
    """A field as a person reads it; "" where it is not published."""
    value = getattr(guide, key)
    if value is None:
        return ""
    if key == "visits":
        return f"{value} 次"
    return CHOICES.get(key, {}).get(value, str(value))


def guide_rows(guide: Guide) -> Iterator[tuple[str, str, str]]:
    """(key, title, words) of every field, in the order of the guide; words "" if not published."""
    for key in Guide.model_fields:
        yield key, title_of(key), words_of(guide, key)


def item_kind_of(item_code: str) -> str:
    """事项类型 as the printed 目录码 says it; "" where there is none or it is not known."""
    return KINDS_BY_CODE.get(item_code[:4].upper(), "")


def level_of(name: str) -> str:
    """行使层级 as the matter's own name says it: …(县级), …（市级）; "" where it doesn't."""
    found = re.search(r"[(（](省级|市级|县级)(?:行使|权限)?[)）]", name)
    codes = {word: code for code, word in CHOICES["level"].items()}
    return codes[found[1]] if found else ""
