"""A definition as text that a person edits (YAML), and back, with every mistake at its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from matters.catalogue.consistency import problems_of
from matters.catalogue.definition import Definition

LONGEST = 200_000
# No key of a definition lies deeper; text that nests without end would only exhaust the reader.
DEEPEST = 12
# The C loader is some ten times faster; its wheels are there for every common machine.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CODE = re.compile(r"[a-z][a-z0-9_]+")


@dataclass(frozen=True)
class Trouble:
    """One mistake: on which line (None: none in particular), at which key, and why."""

    line: int | None
    key: str
    reason: str

    def __str__(self) -> str:
        place = f"第 {self.line} 行" if self.line else ""
        return "：".join(part for part in (f"{place} {self.key}".strip(), self.reason) if part)


class Unreadable(Exception):
    """The text is no definition that could be published. `troubles` says why, in the text's order."""

    def __init__(self, troubles: list[Trouble]) -> None:
        self.troubles = sorted(troubles, key=lambda trouble: trouble.line or 0)
        super().__init__("；".join(map(str, self.troubles)))


def text_of(definition: Definition) -> str:
    """The definition as text; what stands at its default is left out. `read_definition` gives it back."""
    plain = definition.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def read_definition(text: str, flow: str) -> Definition:
    """The definition that `text` says, whole and fitting its flow. Raises Unreadable."""
    root = _composed(text)
    definition = _validated(root)
    if wrong := problems_of(definition, flow):
        raise Unreadable([Trouble(_line_meant(root, each), "", each) for each in wrong])
    return definition


def _validated(root: yaml.Node) -> Definition:
    troubles = [*_twice(root), *_unwritable(root)]
    plain = _plain(root)
    if not isinstance(plain, dict):
        raise Unreadable([Trouble(1, "", "实施清单须写成“键: 值”，例如 promise: 10G")])
    try:
        definition = Definition.model_validate(plain)
    except ValidationError as error:
        troubles += [_trouble(root, dict(each)) for each in error.errors(include_url=False)]
        raise Unreadable(troubles) from None
    if troubles:
        raise Unreadable(troubles)
    return definition


def plain_of(text: str) -> Any:
    """The lists, keys and values that `text` (YAML) says, whatever they mean. Raises Unreadable."""
    root = _composed(text)
    if troubles := [*_twice(root), *_unwritable(root)]:
        raise Unreadable(troubles)
    return _plain(root)


def _composed(text: str) -> yaml.Node:
    """The text's nodes with their lines; checked before they are built, so that no text can hurt."""
    if len(text) > LONGEST:
        raise Unreadable([Trouble(None, "", f"内容超过 {LONGEST} 字，请删减")])
    depth = 0
    try:
        for event in yaml.parse(text, _Loader):
            line = event.start_mark.line + 1 if event.start_mark else None
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise Unreadable([Trouble(line, "", "这里不能用 & 和 * 引用，请直接写出内容")])
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise Unreadable([Trouble(line, "", "层次过深")])
        root = yaml.compose(text, _Loader)
    except yaml.YAMLError as error:
        raise Unreadable([_unparsed(error)]) from None
    if root is None:
        raise Unreadable([Trouble(1, "", "没有内容")])
    return root


def _unparsed(error: yaml.YAMLError) -> Trouble:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else None
    return Trouble(line, "", "这里不合 YAML 写法，请检查缩进、冒号后的空格、引号和括号")


def _plain(node: yaml.Node) -> Any:
    """Text, numbers and yes or no as YAML means them; a date stays the text that was written."""
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(key)): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each) for each in node.value]
    written = str(node.value)
    kind = node.tag.rsplit(":", 1)[-1]
    if kind == "int" and re.fullmatch(r"-?[0-9]{1,9}", written):
        return int(written)
    # YAML 1.1 also takes yes, no, on and off for these; as codes of choices they are words.
    if kind == "bool" and written.lower() in ("true", "false"):
        return written.lower() == "true"
    return None if kind == "null" else written


def _twice(node: yaml.Node, path: str = "") -> Iterator[Trouble]:
    """Keys written twice in one place: YAML itself would take the last without a word."""
    if isinstance(node, yaml.SequenceNode):
        for nth, each in enumerate(node.value, 1):
            yield from _twice(each, f"{path}第{nth}项 ")
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(getattr(key, "value", ""))
            if name in seen:
                yield Trouble(key.start_mark.line + 1, f"{path}{name}", "同一处写了两次")
            seen.add(name)
            yield from _twice(value, f"{path}{name} ")


def _unwritable(node: yaml.Node) -> Iterator[Trouble]:
    """Characters that an escape such as "\\0" makes and that no database keeps."""
    if isinstance(node, yaml.CollectionNode):
        pairs = isinstance(node, yaml.MappingNode)
        for each in (part for pair in node.value for part in pair) if pairs else node.value:
            yield from _unwritable(each)
    elif "\x00" in node.value or re.search("[\ud800-\udfff]", node.value):
        yield Trouble(node.start_mark.line + 1, "", "含有不能保存的字符（如 \\0），请删去")


def _trouble(root: yaml.Node, found: dict[str, Any]) -> Trouble:
    node, words = root, []
    for part in found["loc"]:
        words.append(f"第{part + 1}项" if isinstance(part, int) else str(part))
        below = _below(node, part)
        node = below if below is not None else node
    return Trouble(node.start_mark.line + 1, " ".join(words), reason_of(found))


def _below(node: yaml.Node, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return node.value[part] if part < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if getattr(key, "value", None) == part:
                # A list begins a line below its key; what is wrong with it is said at the key.
                return value if isinstance(value, yaml.CollectionNode) else key
    return None


REASONS = {
    "extra_forbidden": "没有这个键",
    "missing": "缺少这个键",
    "string_type": "须为文字",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "写法不对（代码须为小写字母开头的字母、数字和下划线）",
    "int_type": "须为整数",
    "int_parsing": "须为整数",
    "bool_type": "须为 true 或 false",
    "bool_parsing": "须为 true 或 false",
    "tuple_type": "须为列表，每项以“- ”开头",
    "list_type": "须为列表，每项以“- ”开头",
    "dict_type": "须写成“键: 值”",
    "model_type": "须写成“键: 值”",
    "model_attributes_type": "须写成“键: 值”",
}


def reason_of(found: dict[str, Any]) -> str:
    """What is wrong at one place, of one error of pydantic's, in Chinese."""
    kind, context, message = found["type"], found.get("ctx", {}), str(found["msg"])
    if kind == "literal_error":
        return f"须为其中之一：{str(context.get('expected', '')).replace(' or ', '、')}"
    if kind == "string_too_long":
        return f"最多 {context.get('max_length')} 字"
    if kind in ("greater_than_equal", "less_than_equal"):
        word = "不小于" if kind == "greater_than_equal" else "不大于"
        return f"须{word} {context.get('ge', context.get('le'))}"
    if "is no limit" in message:
        return "期限须写成 3G（工作日）、60Z（自然日）或 4H（小时）"
    said = message.removeprefix("Value error, ")
    return REASONS.get(kind) or (said if re.search(r"[一-鿿]", said) else "写法不对")


def _line_meant(root: yaml.Node, sentence: str) -> int | None:
    """The line of the first code that the sentence names, where it stands as somebody's own code."""
    lines = dict(_codes(root))
    return next((lines[code] for code in CODE.findall(sentence) if code in lines), None)


def _codes(node: yaml.Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _codes(each)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(getattr(key, "value", "")), key.start_mark.line + 1
            yield from _codes(value)
        # Last, so that it goes before a key of the same name.
        for key, value in node.value:
            if getattr(key, "value", "") in ("code", "seat") and isinstance(value, yaml.ScalarNode):
                yield value.value, value.start_mark.line + 1


class _Dumper(yaml.SafeDumper):
    """One line for what has only plain values, so that a field or a stage is one line."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        node = super().represent_mapping(tag, mapping, flow_style)
        nested = any(isinstance(value, yaml.CollectionNode) for _, value in node.value)
        node.flow_style = not nested and node is not None and bool(self.object_keeper)
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:
        node = super().represent_sequence(tag, sequence, flow_style)
        short = sum(len(str(getattr(each, "value", ""))) for each in node.value) <= 40
        plain = all(isinstance(each, yaml.ScalarNode) for each in node.value)
        node.flow_style = plain and short
        return node


def as_json(definition: Definition) -> dict[str, Any]:
    """As `MatterVersion.definition` keeps it."""
    kept: dict[str, Any] = json.loads(definition.model_dump_json())
    return kept
