"""Do the questions of a form, their conditions and the rules across them hold together?"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from matters.catalogue.conditions import NO, YES, Condition

if TYPE_CHECKING:
    from matters.catalogue.definition import Definition, FormField

# A condition may hang on these. Not on names and numbers of people: a page shows those masked and
# takes an empty box for what is known, so it cannot be seen from what was typed.
DECISIVE = frozenset(
    {"choice", "several", "yes_no", "region", "number", "money", "date", "month"}
    | {"text", "textarea", "email", "address"}
)
WITH_CHOICES = frozenset({"choice", "several"})
MAY_HAVE_CHOICES = frozenset({"people"})
WITH_BOUNDS = frozenset({"number", "money", "date", "month"})
WITH_LENGTH = frozenset({"text", "textarea", "name", "address"})
NUMBERS, DAYS = frozenset({"number", "money"}), frozenset({"date", "month"})
# Which kinds of questions a rule can compare.
COMPARED: Mapping[str, frozenset[str]] = {
    "order": NUMBERS | DAYS,
    "sum": NUMBERS,
    "same": frozenset({"name", "id_number", "uscc", "phone", "bank_card", "text", "region"}),
    "different": frozenset(
        {"name", "id_number", "uscc", "phone", "bank_card", "text", "region", "people"}
    ),
}


def problems_of_fields(definition: "Definition") -> Iterator[str]:
    """In sentences, for whoever keeps the data."""
    before: dict[str, FormField] = {}
    everything = {field.code: field for field in definition.fields}
    materials = {paper.code for paper in definition.materials}
    for field in definition.fields:
        where = f"字段 {field.code}"
        yield from _problems_of_kind(field, where)
        for key, conditions in (
            ("shown_when", field.shown_when),
            ("required_when", field.required_when),
        ):
            yield from _problems_of_conditions(conditions, before, everything, f"{where} 的 {key}")
        if field.kind == "file" and field.code in materials:
            yield f"{where} 是文件，与材料 {field.code} 同名"
        before[field.code] = field
    seats = {rule.region_field: rule.seat for rule in definition.seats if rule.region_field}
    for code, seat in seats.items():
        if code in everything and (everything[code].shown_when or everything[code].required_when):
            yield f"席位 {seat} 按字段 {code} 定地区，该字段不能有显示或必填条件"
    yield from _problems_of_rules(definition, everything)


def _problems_of_kind(field: "FormField", where: str) -> Iterator[str]:
    if field.kind in WITH_CHOICES and not field.choices:
        yield f"{where} 是选择题，但没有选项"
    if field.kind not in WITH_CHOICES | MAY_HAVE_CHOICES and field.choices:
        yield f"{where} 不是选择题，不能有选项"
    if field.region_level != "county" and field.kind != "region":
        yield f"{where} 不是 region，不能写 region_level"
    if field.max_length and field.kind not in WITH_LENGTH:
        yield f"{where} 的类型 {field.kind} 自有长度，不能写 max_length"
    if (field.at_least, field.at_most) != (None, None) and field.kind not in WITH_BOUNDS:
        yield f"{where} 的类型 {field.kind} 不能写 at_least、at_most"
    for bound in (field.at_least, field.at_most):
        is_day = bound == "today" or hasattr(bound, "year")
        if bound is not None and field.kind in WITH_BOUNDS and is_day != (field.kind in DAYS):
            yield f"{where} 的界限 {bound} 与类型 {field.kind} 不符"
    if field.kind == "people" and "name" not in field.columns:
        yield f"{where} 的 columns 须有 name"


def _problems_of_conditions(
    conditions: Iterable[Condition],
    before: Mapping[str, "FormField"],
    everything: Mapping[str, "FormField"],
    where: str,
) -> Iterator[str]:
    for condition in conditions:
        code = condition.field
        if code not in everything:
            yield f"{where} 提到字段 {code}，没有这个字段"
        elif code not in before:
            yield f"{where} 提到字段 {code}，它须排在前面"
        elif before[code].kind not in DECISIVE:
            yield f"{where} 不能取决于字段 {code}（{before[code].kind}）"
        else:
            yield from _problems_of_answers(condition, before[code], where)


def _problems_of_answers(condition: Condition, asked: "FormField", where: str) -> Iterator[str]:
    if asked.kind in WITH_CHOICES or asked.kind == "yes_no":
        known = {YES, NO} if asked.kind == "yes_no" else {code for code, _ in asked.choices}
        for answer in condition.one_of:
            if answer not in known:
                yield f"{where} 提到 {condition.field} 的答案 {answer}，没有这个选项"
    for bound in (condition.at_least, condition.at_most):
        fits = DAYS if hasattr(bound, "year") else NUMBERS
        if bound is not None and asked.kind not in fits:
            yield f"{where} 的界限 {bound} 与字段 {asked.code} 的类型 {asked.kind} 不符"


def _problems_of_rules(
    definition: "Definition", everything: Mapping[str, "FormField"]
) -> Iterator[str]:
    for place, rule in enumerate(definition.rules, 1):
        where = f"规则 {place}（{rule.kind}）"
        missing = [code for code in rule.codes if code not in everything]
        if missing:
            yield f"{where} 提到字段 {'、'.join(missing)}，没有这样的字段"
            continue
        yield from _problems_of_conditions(rule.when, everything, everything, where)
        kinds = {everything[code].kind for code in rule.codes}
        allowed = COMPARED.get(rule.kind)
        if allowed and not kinds <= allowed:
            yield f"{where} 不能比较 {'、'.join(sorted(kinds - allowed))}"
        if rule.kind == "order" and kinds & DAYS and kinds & NUMBERS:
            yield f"{where} 不能把日期和数字相比"
        if rule.kind == "sum" and (rule.at_most is None) == (rule.at_most_field is None):
            yield f"{where} 须写 at_most 或 at_most_field 其中一个"
        if rule.kind == "bookable":
            if everything[rule.field].kind != "date":
                yield f"{where} 的 field 须是日期"
            if rule.region_field and everything[rule.region_field].kind != "region":
                yield f"{where} 的 region_field 须是地区"
        if rule.kind == "age":
            if everything[rule.field].kind not in ("id_number", "date"):
                yield f"{where} 的 field 须是身份证号或出生日期"
            if rule.on_field and everything[rule.on_field].kind not in DAYS:
                yield f"{where} 的 on_field 须是日期"
            if rule.at_least is None and rule.at_most is None:
                yield f"{where} 须写 at_least 或 at_most"
