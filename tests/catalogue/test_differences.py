"""What changed between two versions is said in a clerk's words, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from matters.catalogue.definition import Definition
from matters.catalogue.difference_words import KEYS
from matters.catalogue.differences import differences
from matters.catalogue.plan import make_plan

NAMES = {"owner": "属地主管部门", "collector": "收件地窗口", "collected": "已收件，待转递"}


def said(was: Definition, **changes: Any) -> list[str]:
    now = Definition.model_validate({**was.model_dump(mode="json"), **changes})
    return [
        f"{section.title}｜{line.what}｜{line.kind_label}｜{line.was}→{line.now}"
        for section in differences(was, now, names=NAMES)
        for line in section.lines
    ]


def subsidy() -> Definition:
    return next(p.definition for p in make_plan().matters if p.fact.name == "困难残疾人生活补贴")


def test_nothing_changed_says_nothing() -> None:
    assert said(subsidy()) == []


def test_each_change_is_one_line_old_and_new() -> None:
    was = subsidy()
    plain = was.model_dump(mode="json")
    stages = [
        {"code": "first", "name": "初审", "seat": "collector", "limit": "5G"},
        plain["stages"][0] | {"limit": "15Z"},
    ]
    fields = [f for f in plain["fields"] if f["code"] != "bank_name"]
    fields[0] = fields[0] | {"required": False}
    lines = said(
        was, stages=stages, fields=fields, promise="10G", hops={"collected": "2G"},
        materials=[*plain["materials"][:2], {"code": "photo", "name": "照片", "copies": 2}],
        conditions=["持有残疾人证"], fee="不收费", remedies=None,
    )  # fmt: skip
    for line in (
        "承诺时限｜承诺时限｜修改｜16个工作日→10个工作日",
        "审查环节｜初审｜新增｜→岗位：收件地窗口；时限：5个工作日",
        "审查环节｜审定 · 时限｜修改｜10个工作日→15个自然日",
        "各环节时限｜已收件，待转递｜修改｜3个工作日→2个工作日",
        "申请表字段｜残疾人姓名 · 必填（必交）｜修改｜是→否",
        "申请材料｜照片｜新增｜→份数：2",
        "收费｜收费｜修改｜未公布→不收费",
    ):
        assert line in lines, lines
    assert any(line.startswith("申请表字段｜开户银行｜取消｜类型：单行文字") for line in lines)
    assert any("申请条件｜申请条件｜取消｜属于低保家庭" in line for line in lines)
    assert any(line.startswith("救济途径｜救济途径｜修改｜复议机关：") for line in lines)


def test_another_order_is_a_change_too() -> None:
    was = subsidy()
    fields = was.model_dump(mode="json")["fields"]
    (line,) = said(was, fields=[fields[1], fields[0], *fields[2:]])
    assert line.startswith("申请表字段｜先后次序｜修改｜残疾人姓名、残疾人身份证号")


def parts(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """The model and all that its fields are made of."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        for kind in _kinds(field.annotation):
            yield from parts(kind, seen)


def _kinds(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)


def test_every_key_has_a_word() -> None:
    """A new key of a definition? Then difference_words.KEYS says what a clerk calls it."""
    keys = {key for model in parts(Definition, set()) for key in model.model_fields}
    assert keys - {"amount", "unit"} <= KEYS.keys()
