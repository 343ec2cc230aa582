"""一件事: a matter that is made of others. One form, one submission, a case for each part that applies.

Every part names a matter of the catalogue and says, in data, which question of the bundle answers
which question of the part, and which paper serves which. A question or a paper of the same code on
both sides needs no line. What a part asks and the bundle doesn't is added to the bundle's form when
the files are read (`with_parts`), so that the form is always the union of the parts' forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from matters.catalogue.conditions import Condition, holds
from matters.catalogue.part import Code, Part, Text

if TYPE_CHECKING:
    from matters.catalogue.definition import Definition, FormField, Material

LONGEST_CODE = 40
# An answer of the bundle within fixed words; of those kinds that are kept as they are read.
NAMED = re.compile(r"\{([a-z][a-z0-9_]*)\}")
READABLE = frozenset({"name", "text", "uscc", "date"})


class PartMatter(Part):
    """A matter by what names a row of the list."""

    name: Text
    batch: Text


class BundlePart(Part):
    """One part. when: it applies if all of these hold for the answers; none: always.

    fields: question of the part ← question of the bundle. given: question of the part ← words, in
    which `{employee_name}` stands for an answer of the bundle.
    materials: paper of the part ← paper of the bundle. region: the bundle's question whose answer is
    the place of handing in of the part, where it is not that of the whole.
    """

    code: Code
    name: Text
    matter: PartMatter
    when: tuple[Condition, ...] = ()
    fields: dict[Code, Code] = Field(default_factory=dict)
    given: dict[Code, Text] = Field(default_factory=dict)
    materials: dict[Code, Code] = Field(default_factory=dict)
    region: Code | None = None

    def applies(self, answers: Mapping[str, Any]) -> bool:
        return holds(self.when, answers)

    def source_of(self, field: str) -> str:
        """The bundle's question that answers the part's question `field`."""
        return self.fields.get(field, field)

    def paper_for(self, material: str) -> str:
        """The bundle's paper that serves as the part's paper `material`."""
        return self.materials.get(material, material)

    def answers(self, of_part: Definition, given: Mapping[str, Any]) -> dict[str, Any]:
        """The part's answers out of the bundle's; what nobody answered is left out."""
        found = {f.code: given.get(self.source_of(f.code)) for f in of_part.fields}
        found |= {code: _filled_in(words, given) for code, words in self.given.items()}
        return {code: answer for code, answer in found.items() if answer not in (None, "")}


def _filled_in(words: str, answers: Mapping[str, Any]) -> str:
    return NAMED.sub(lambda match: str(answers.get(match[1]) or ""), words)


def applying(definition: Definition, answers: Mapping[str, Any]) -> tuple[BundlePart, ...]:
    """The parts that these answers ask for, in the order of the data."""
    return tuple(part for part in definition.parts if part.applies(answers))


def with_parts(bundle: Definition, matters: Mapping[str, Definition]) -> Definition:
    """The bundle with all that its parts ask for and it doesn't yet. matters: by the part's code.

    An added question goes by "<part>_<question>" and is asked if the part applies.
    """
    fields = {field.code: field for field in bundle.fields}
    papers = {paper.code: paper for paper in bundle.materials}
    parts = []
    for part in bundle.parts:
        matter = matters[part.code]
        asked = [f for f in matter.fields if f.code not in part.given]
        own = {f.code: part.source_of(f.code) for f in asked if part.source_of(f.code) in fields}
        own |= {f.code: _code(part, f.code) for f in asked if f.code not in own}
        for field in asked:
            fields.setdefault(own[field.code], _asked_for(part, field, own))
        serving = {p.code: part.paper_for(p.code) for p in matter.materials}
        serving = {code: to if to in papers else _code(part, code) for code, to in serving.items()}
        for paper in matter.materials:
            papers.setdefault(
                serving[paper.code], _wanted_for(part, paper, serving[paper.code], own)
            )
        parts.append(part.model_copy(update={"fields": own, "materials": serving}))
    whole = {"fields": (*fields.values(),), "materials": (*papers.values(),), "parts": (*parts,)}
    return bundle.model_copy(update=whole)


def _code(part: BundlePart, code: str) -> str:
    return f"{part.code}_{code}"[:LONGEST_CODE].rstrip("_")


def _asked_for(part: BundlePart, field: FormField, own: Mapping[str, str]) -> FormField:
    """The part's question among the bundle's: under the part's name, and only if the part applies."""
    return field.model_copy(
        update={
            "code": own[field.code],
            "label": f"{part.name}：{field.label}",
            "shown_when": (*part.when, *_moved(field.shown_when, own)),
            "required_when": _moved(field.required_when, own),
        }
    )


def _wanted_for(part: BundlePart, paper: Material, code: str, own: Mapping[str, str]) -> Material:
    """The part's paper among the bundle's, wanted only if the part applies."""
    when = (*part.when, *_moved(paper.when, own))
    return paper.model_copy(update={"code": code, "when": when})


def _moved(conditions: Iterable[Condition], own: Mapping[str, str]) -> tuple[Condition, ...]:
    """The same conditions, of the bundle's questions."""
    return tuple(
        each.model_copy(update={"field": own.get(each.field, each.field)}) for each in conditions
    )


def problems_of_bundle(bundle: Definition) -> Iterator[str]:
    """What is wrong with the parts as far as the bundle alone tells."""
    fields = {field.code: field.kind for field in bundle.fields}
    papers = {paper.code for paper in bundle.materials}
    for part in bundle.parts:
        for condition in part.when:
            if condition.field not in fields:
                yield f"分项 {part.code} 的条件写了 {condition.field}，没有这个字段"
        for code in part.fields.values():
            if code not in fields:
                yield f"分项 {part.code} 取字段 {code}，没有这个字段"
        for code in (name for words in part.given.values() for name in NAMED.findall(words)):
            if code not in fields or fields[code] not in READABLE:
                yield f"分项 {part.code} 的文字里写了 {{{code}}}，没有这个可以直接读出的字段"
        for code in part.materials.values():
            if code not in papers:
                yield f"分项 {part.code} 取材料 {code}，没有这份材料"
        if part.region is not None and part.region not in fields:
            yield f"分项 {part.code} 的地区取字段 {part.region}，没有这个字段"


def problems_of_part(bundle: Definition, part: BundlePart, matter: Definition) -> Iterator[str]:
    """Whether what the bundle asks is enough for the part's own form and papers."""
    asked = {field.code: field for field in bundle.fields}
    known = {field.code for field in matter.fields}
    for code in [*part.fields, *part.given]:
        if code not in known:
            yield f"分项 {part.code} 写了字段 {code}，事项《{part.matter.name}》没有这个字段"
    papers = {paper.code for paper in matter.materials}
    for code in part.materials:
        if code not in papers:
            yield f"分项 {part.code} 写了材料 {code}，事项《{part.matter.name}》没有这份材料"
    for field in matter.fields:
        if field.code not in part.given:
            yield from _problems_of_answer(part, field, asked.get(part.source_of(field.code)))


def _problems_of_answer(
    part: BundlePart, field: FormField, source: FormField | None
) -> Iterator[str]:
    where = f"分项 {part.code} 的字段 {field.code}（{field.label}）"
    if source is None:
        yield f"{where}，一件事没有问"
    elif source.kind != field.kind:
        yield f"{where}是 {field.kind}，取自 {source.code} 却是 {source.kind}"
    elif field.kind == "choice" and not dict(source.choices).keys() <= dict(field.choices).keys():
        yield f"{where}没有 {source.code} 的全部选项"
    elif field.kind == "region" and source.region_level != field.region_level:
        yield f"{where}的地区层级与 {source.code} 不同"
