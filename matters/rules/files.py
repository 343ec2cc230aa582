"""Reading rule files: YAML in, rows out; a mistake is named with its file and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from .pool import Pool, RuleFile
from .rows import CERTAINTIES, Day, Row
from .vocabulary import Vocabulary
from .wrong import RuleFileWrong

FIELDS = {
    "key", "value", "unit", "from", "to", "certainty", "source", "note", "rivals", "label",
    "parameter", "rows",
}  # fmt: skip


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Numbers are Decimals and dates stay text."""


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:int", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)


def read_folder(folder: Path, layer: int, words: Vocabulary) -> Iterator[RuleFile]:
    """All `*.yaml` of a folder, by name. Raises RuleFileWrong, also where it is no folder."""
    if not folder.is_dir():
        raise RuleFileWrong(f"没有规则目录：{folder}")
    for path in sorted(folder.glob("*.yaml")):
        yield _read(path, layer, words)


def _read(path: Path, layer: int, words: Vocabulary) -> RuleFile:
    try:
        text = path.read_text("utf-8")
        read = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader with Decimals
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ArithmeticError) as error:
        raise RuleFileWrong(f"{path.name}：不是可读的 YAML：{error}") from None
    if not isinstance(read, dict) or not isinstance(read.get("rules", []), list):
        raise RuleFileWrong(f"{path.name}：应有 pool、names 和 rules")
    code, names = str(read.get("pool", "")), read.get("names")
    if len(code) != 6 or not code.isdigit() or not isinstance(names, list) or not names:
        raise RuleFileWrong(f"{path.name}：pool 应为六位区划代码，names 应为名称列表")
    pool = Pool(
        code,
        tuple(str(name) for name in names),
        read.get("classes") or {},
        read.get("levels") or {},
    )
    try:
        rows = tuple(_rows(pool, read.get("rules") or [], layer, words))
    except (ValueError, TypeError) as error:
        raise RuleFileWrong(f"{path.name}：{error}") from None
    return RuleFile(pool, rows)


def _rows(pool: Pool, entries: Iterable[Any], layer: int, words: Vocabulary) -> Iterator[Row]:
    """An entry is a row, or what its `rows` have in common."""
    for nth, entry in enumerate(entries, start=1):
        place = f"第{nth}条"
        if not isinstance(entry, dict):
            raise TypeError(f"{place}：应为键值")
        shared = {name: value for name, value in entry.items() if name != "rows"}
        for each in entry.get("rows", [{}]):
            if not isinstance(each, dict):
                raise TypeError(f"{place}：rows 里应为键值")
            yield _row(pool, shared | each, layer, place, words)


def _row(pool: Pool, read: Mapping[str, Any], layer: int, place: str, words: Vocabulary) -> Row:
    key = str(read.get("key", ""))
    place = f"{place}（{key}）"
    _refuse(key, read, place, words)
    begins, ends = str(read.get("from") or ""), str(read.get("to") or "")
    first, last = Day.read(begins), Day.read(ends)
    scope = _scope(read, place, words)
    span = f"{begins or '起始日未查到'}～{ends}"
    return words.row(
        id="/".join((pool.code, key, *(_part(scope[name]) for name in sorted(scope)), span)),
        key=key, pool=pool.code, pool_name=pool.names[0], value=read.get("value"),
        rivals=tuple(read.get("rivals") or ()),
        valid_from=first.first, valid_to=last.last,
        surely_from=first.last if first.last != first.first else None,
        certainty=read["certainty"], source=str(read.get("source") or ""),
        note=str(read.get("note") or ""), unit=str(read.get("unit") or ""),
        scope=scope, label=str(read.get("label") or ""), span=span, layer=layer,
        parameter=str(read.get("parameter") or ""),
    )  # fmt: skip


def _refuse(key: str, read: Mapping[str, Any], place: str, words: Vocabulary) -> None:
    strange = sorted(set(read) - FIELDS - set(words.row.SCOPES))
    if strange or not key:
        raise ValueError(f"{place}：不认识的字段 {strange}" if strange else f"{place}：缺少 key")
    if read.get("certainty") not in CERTAINTIES:
        raise ValueError(f"{place}：certainty 应为 {'、'.join(CERTAINTIES)} 之一")
    value = read.get("value")
    if value is None and read["certainty"] != "uncertain":
        raise ValueError(f"{place}：缺少 value；只有 uncertain 可以没有")
    for each in (value, *(read.get("rivals") or ())):
        if each is not None and (wrong := words.problem_with(key, each)):
            raise ValueError(f"{place}：{wrong}")
    units = words.units.get(key)
    if units and value is not None and read.get("unit") not in units:
        raise ValueError(f"{place}：unit 应为 {'、'.join(sorted(units))} 之一")


def _scope(read: Mapping[str, Any], place: str, words: Vocabulary) -> dict[str, Any]:
    found = {}
    for name, scope in words.row.SCOPES.items():
        if name in read:
            try:
                found[name] = scope.read(read[name])
            except (ValueError, TypeError) as error:
                raise ValueError(f"{place}：{name} {error}") from None
    return found


def _part(wanted: Any) -> str:
    if isinstance(wanted, frozenset):
        return ",".join(
            sorted(
                "+".join(sorted(each)) if isinstance(each, frozenset) else each for each in wanted
            )
        )
    return str(wanted)
