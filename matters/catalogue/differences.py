"""What changed from one version to another, in words that a clerk reads: each line old → new.

It walks over the definition's own keys, so that what is added to `Definition` later is compared too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from matters.catalogue.definition import Definition, Limit
from matters.catalogue.difference_words import ABSENT, VALUES, office_kinds, word
from matters.catalogue.models import MatterVersion

NOTHING = "无"


@dataclass(frozen=True)
class Line:
    """One change. was, now: "" where there was or is nothing of the kind."""

    what: str
    was: str
    now: str

    @property
    def kind(self) -> str:
        if not self.was:
            return "added"
        return "changed" if self.now else "removed"

    @property
    def kind_label(self) -> str:
        return {"added": "新增", "removed": "取消", "changed": "修改"}[self.kind]


@dataclass(frozen=True)
class Section:
    """The changes under one key of the definition."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Names:
    """What codes are called that only the flows and the definitions know: seats, states, fields."""

    by_code: Mapping[str, str]

    def of(self, code: str) -> str:
        return self.by_code.get(code, code)


def differences_of_versions(
    old: MatterVersion, new: MatterVersion, *, names: Mapping[str, str], flows: Mapping[str, str]
) -> list[Section]:
    """Everything in which two versions differ. names: of seats and states; flows: their names."""
    found = []
    head = [
        Line(title, said(getattr(old, key)), said(getattr(new, key)))
        for key, title, said in _heads(flows)
        if getattr(old, key) != getattr(new, key)
    ]
    if head:
        found.append(Section("整体", tuple(head)))
    was, now = Definition.model_validate(old.definition), Definition.model_validate(new.definition)
    return found + differences(was, now, names=names)


def _heads(flows: Mapping[str, str]) -> list[tuple[str, str, Callable[[Any], str]]]:
    return [
        ("flow", "办理流程", lambda code: flows.get(code, code)),
        ("mode", "办理模式", lambda code: VALUES["mode"].get(code, code)),
        ("mode_certainty", "模式的依据", lambda code: VALUES["mode_certainty"].get(code, code)),
        ("valid_from", "生效日期", lambda day: f"{day.year}年{day.month}月{day.day}日"),
    ]


def differences(old: Definition, new: Definition, *, names: Mapping[str, str]) -> list[Section]:
    """One section for every key that differs, in the definition's order; empty if nothing does."""
    known = {part.code: part.label for each in (old, new) for part in each.fields}
    known |= {part.code: part.name for each in (old, new) for part in each.stages}
    said = Names({**known, **names})
    found = []
    for key in Definition.model_fields:
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            found.append(Section(word(key), tuple(_lines(key, was, now, said))))
    return found


def _lines(key: str, was: Any, now: Any, names: Names, of: str = "") -> Iterator[Line]:
    if isinstance(was, BaseModel) and isinstance(now, BaseModel) and _is_part(was, now):
        for part in type(was).model_fields:
            before, after = getattr(was, part), getattr(now, part)
            if before != after:
                yield from _lines(part, before, after, names, _joined(of, word(part)))
    elif isinstance(was, dict) and isinstance(now, dict):
        for each in dict.fromkeys([*was, *now]):
            if was.get(each) != now.get(each):
                what = _joined(of, names.of(each) if names.of(each) != each else word(each))
                yield Line(
                    what, _shown(key, was.get(each), names), _shown(key, now.get(each), names)
                )
    elif _are_parts(was) and _are_parts(now) and (was or now):
        yield from _parts_lines(key, was, now, names, of)
    elif isinstance(was, tuple) and isinstance(now, tuple) and key not in ("choices", "columns"):
        yield from _list_lines(key, was, now, names, of)
    else:
        yield Line(of or word(key), text(key, was, names), text(key, now, names))


def _is_part(was: BaseModel, now: BaseModel) -> bool:
    return type(was) is type(now) and not isinstance(was, Limit)


def _are_parts(value: Any) -> bool:
    return isinstance(value, tuple) and all(_identity(each) for each in value)


def _identity(part: Any) -> str:
    """What a part is known by in both versions, "" for one that has nothing of the kind."""
    for key in ("code", "seat", "name"):
        known = getattr(part, key, None)
        if isinstance(part, BaseModel) and isinstance(known, str):
            return known
    return ""


def _parts_lines(key: str, was: Any, now: Any, names: Names, of: str) -> Iterator[Line]:
    old, new = ({_identity(each): each for each in parts} for parts in (was, now))
    for code, part in old.items():
        if code not in new:
            yield Line(_joined(of, _called(part, names)), describe(part, names), "")
    for code, part in new.items():
        what = _joined(of, _called(part, names))
        if code not in old:
            yield Line(what, "", describe(part, names))
        elif part != old[code]:
            yield from _lines(key, old[code], part, names, what)
    kept = [code for code in old if code in new]
    moved = [code for code in new if code in old]
    if kept != moved:
        orders = ("、".join(_called(new[code], names) for code in codes) for codes in (kept, moved))
        yield Line(_joined(of, "先后次序"), *orders)


def _list_lines(key: str, was: Any, now: Any, names: Names, of: str) -> Iterator[Line]:
    """Sentences, and parts without a name of their own: there or not there."""
    what = of or word(key)
    for each in was:
        if each not in now:
            yield Line(what, _shown(key, each, names), "")
    for each in now:
        if each not in was:
            yield Line(what, "", _shown(key, each, names))
    kept, moved = [e for e in was if e in now], [e for e in now if e in was]
    if kept != moved:
        orders = ("；".join(_shown(key, e, names) for e in order) for order in (kept, moved))
        yield Line(f"{what} 先后次序", *orders)


def _called(part: Any, names: Names) -> str:
    if hasattr(part, "seat") and not hasattr(part, "code"):
        return names.of(part.seat)
    return str(getattr(part, "label", None) or getattr(part, "name", None) or _identity(part))


def describe(part: BaseModel, names: Names) -> str:
    """All that a part says besides its name and what is at its default: '时限：10个工作日；岗位：属地主管部门'."""
    said = [
        f"{word(key)}：{text(key, getattr(part, key), names)}"
        for key, field in type(part).model_fields.items()
        if key not in ("code", "label", "name")
        and getattr(part, key) != field.get_default(call_default_factory=True)
    ]
    return "；".join(said) or NOTHING


def _shown(key: str, value: Any, names: Names) -> str:
    """As `text`, but "" where there is nothing: the line is one of something added or removed."""
    return "" if value is None else text(key, value, names)


def text(key: str, value: Any, names: Names) -> str:
    """A value as a clerk reads it; never empty."""
    if value is None or value in ("", (), {}):
        return ABSENT.get(key, NOTHING)
    if isinstance(value, Limit):
        return value.text
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, BaseModel):
        return describe(value, names)
    if isinstance(value, dict):
        return "、".join(f"{names.of(k)}：{text(key, v, names)}" for k, v in value.items())
    if isinstance(value, tuple):
        pairs = key == "choices"
        return "、".join(each[1] if pairs else text(key, each, names) for each in value)
    return _word_of(key, str(value), names)


def _word_of(key: str, value: str, names: Names) -> str:
    if key == "office_kind":
        return office_kinds().get(value, value)
    if key in ("seat", "field", "fields", "sheet", "on_field", "at_most_field"):
        return names.of(value)
    if key == "region" and value.startswith("field:"):
        return f"申请表“{names.of(value.removeprefix('field:'))}”所填地区"
    return VALUES.get(key, {}).get(value, value)


def _joined(of: str, what: str) -> str:
    return f"{of} · {what}" if of else what
