"""A matter's own form as the window shows it: what is known already may be left empty.

A number or name that the visit knows is never put into the page; the field says masked what an empty
box stands for, and the sheet puts it in on the server.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from matters.catalogue.answers import MASKS, purpose_of
from matters.catalogue.definition import Definition, FormField
from matters.catalogue.form_fields import CompactField
from matters.catalogue.forms import MatterForm, form_for, opened_data
from matters.catalogue.regions import POOL, region_choices
from tongban.accounts.identity import is_resident_id
from tongban.accounts.personal import unseal
from tongban.offices.codes import PROVINCES, pool_of
from workflows.cases.registry import flow_class

# Questions about the applicant, whatever part the matter gives them; others are always typed.
OF_APPLICANT = frozenset(
    f"{who}_{what}"
    for who in ("applicant", "beneficiary", "holder", "child", "mover")
    for what in ("id", "name")
) | {"id_number"}
OF_GUARDIAN = frozenset({"guardian_id", "guardian_name"})
CARD = re.compile(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9])")
SCANNED = "这里像是误扫了身份证，请改正"


@dataclass(frozen=True)
class Known:
    """What an empty box stands for: the words on the page, and the value, kept off it.

    was_typed: somebody typed it before, into the draft; otherwise it is what the visit knows.
    """

    shown: str
    value: str
    was_typed: bool = False


@dataclass(frozen=True)
class Names:
    """What the visit knows: names may be '' until they are typed; phone is the one to call."""

    applicant: str
    applicant_id: str
    guardian: str = ""
    guardian_id: str = ""
    phone: str = ""


def known_answers(
    definition: Definition, names: Names, kept: Mapping[str, Any]
) -> dict[str, Known]:
    """By field code what need not be typed: what a draft keeps sealed goes before what the visit knows."""
    found: dict[str, Known] = {}
    for field in definition.fields:
        if field.kind in MASKS and kept.get(field.code):
            value = unseal(kept[field.code], purpose_of(field))
            found[field.code] = Known(f"已填 {MASKS[field.kind](value)}", value, was_typed=True)
        elif (known := _of_visit(field, names)) is not None:
            found[field.code] = known
    return found


def _of_visit(field: FormField, names: Names) -> Known | None:
    whose = "申请人" if field.code in OF_APPLICANT else ""
    number, name = names.applicant_id, names.applicant
    if field.code in OF_GUARDIAN and names.guardian_id:
        whose, number, name = "监护人", names.guardian_id, names.guardian
    if field.kind == "phone":
        return Known("上面的联系电话", names.phone)
    if whose and field.kind == "name":
        return Known(f"{whose}姓名", name)
    if whose and field.kind == "id_number" and is_resident_id(number):
        return Known(f"{whose} {MASKS['id_number'](number)}", number)
    return None


def shown_form(
    definition: Definition,
    known: Mapping[str, Known],
    data: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
) -> MatterForm:
    """The form for the page, dense, with what an empty box stands for beside the question."""
    form = form_for(definition, data, initial)
    for code, field in form.fields.items():
        if isinstance(field.widget, forms.RadioSelect):
            field.widget.attrs["class"] = "choices-inline"
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 2
        if isinstance(field, CompactField):
            # A card reader ends with Enter: it leads on to the next box and hands nothing in.
            field.widget.attrs["data-next"] = ""
        if code in known:
            field.required = field.widget.is_required = False
            field.help_text = f"{field.help_text} 留空即为{known[code].shown}".strip()
    return form


def left_empty(known: Mapping[str, Known], typed: Mapping[str, Any]) -> dict[str, Known]:
    """What stands for the boxes that were left empty, by field code."""
    return {code: k for code, k in known.items() if not str(typed.get(code) or "").strip()}


def strict_form(
    definition: Definition, data: Mapping[str, Any], initial: Mapping[str, Any] | None = None
) -> MatterForm:
    """The matter's rules over `data`, and one of the window's: no ID number in a box for words.

    initial: what is known; numbers of people in it stand for boxes left empty.
    """
    form = form_for(definition, data, initial)
    for field in definition.fields:
        typed = "" if field.code in form.errors else str(form.cleaned_data.get(field.code) or "")
        if field.kind in ("text", "textarea", "address") and holds_id_number(typed):
            form.add_error(field.code, SCANNED)
    return form


def holds_id_number(text: str) -> bool:
    """Whether somebody's ID number stands in `text`, as when a card was read into the wrong box."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    return any(is_resident_id(number) for number in CARD.findall(plain))


def initial_answers(
    definition: Definition, *, flow: str, applicant_id: str, here: str, kept: Mapping[str, Any]
) -> dict[str, Any]:
    """What stands in the boxes at first: the draft's answers but for personal ones, and the regions.

    A region is where the applicant's ID number begins, if that county exists; the one that names the
    place of handing in (迁入地, 转入地) is the window's own county `here`.
    """
    personal = {field.code for field in definition.fields if field.kind in MASKS}
    clear = {code: value for code, value in kept.items() if code not in personal}
    home = _region_of(applicant_id)
    return _regions(definition, flow, home, here[:6]) | opened_data(definition, clear)


def _regions(definition: Definition, flow: str, home: str, here: str) -> dict[str, str]:
    origin = flow_class(flow).ORIGIN_SEAT
    at_window = {rule.region_field for rule in definition.seats if rule.seat == origin}
    asked = {
        field.code: here if field.code in at_window else home
        for field in definition.fields
        if field.kind == "region"
    }
    levels = {field.code: field.region_level for field in definition.fields}
    placed = {code: _at(region, levels[code]) for code, region in asked.items()}
    return {code: region for code, region in placed.items() if _exists(region, levels[code])}


def _at(region: str, level: str) -> str:
    """The county itself, or the pool that it lies in: 重庆 whole, in 四川 the city."""
    return pool_of(region) if level == POOL and region[:2] in PROVINCES else region


def _exists(region: str, level: str) -> bool:
    return any(region == code for _, places in region_choices(level) for code, _ in places)


def _region_of(number: str) -> str:
    """The county that a number was issued in: of a person digits 1–6, of an enterprise 3–8."""
    return number[:6] if is_resident_id(number) else number[2:8]
