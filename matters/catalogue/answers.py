"""What an applicant answered: into JSON with personal data sealed, back again, and onto a page."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from matters.catalogue.definition import Definition, FormField
from matters.catalogue.form_fields import Answer
from matters.catalogue.regions import region_name
from tongban.accounts.personal import mask_card, mask_id_number, mask_phone, seal, unseal

MASKS = {"id_number": mask_id_number, "phone": mask_phone, "bank_card": mask_card}
NOT_ANSWERED = "未填写"


class MaskedRow(NamedTuple):
    """One question and its answer as a page may show it. Personal data is masked and marked."""

    label: str
    shown: str
    is_personal: bool


def sealed_data(definition: Definition, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-ready answers, ID numbers, phones and bank cards sealed.

    Only what is in `cleaned` is taken, so that half a form can be kept as a draft; what the
    definition does not ask for is left out. Days are ISO dates, money is text, empty is None.
    """
    return {
        field.code: _stored(field, cleaned[field.code])
        for field in definition.fields
        if field.code in cleaned
    }


def opened_data(definition: Definition, data: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers again in clear, as `form_for` takes them as `initial`.

    For the applicant's own form only; a clerk sees `masked_rows`. Answers to questions that this
    definition does not ask are left out. Raises UnreadablePersonalData.
    """
    return {
        field.code: _opened(field, data[field.code])
        for field in definition.fields
        if field.code in data
    }


def masked_rows(definition: Definition, data: Mapping[str, Any]) -> list[MaskedRow]:
    """One row for every field of the definition, in its order, answered or not."""
    return [
        MaskedRow(field.label, _shown(field, data.get(field.code)), field.kind in MASKS)
        for field in definition.fields
    ]


def answer_in_clear(definition: Definition, data: Mapping[str, Any], code: str) -> str:
    """One sealed answer in full, to hand to `accounts.looks.look`. Raises KeyError."""
    return str(_opened(definition.field(code), data[code]) or "")


def purpose_of(field: FormField) -> str:
    """What a sealed answer is bound to: the same for every matter, so that a version may change."""
    return f"catalogue.answer.{field.kind}"


def _stored(field: FormField, answer: Any) -> Any:
    if answer in (None, ""):
        return None
    if field.kind in MASKS:
        return seal(str(answer), purpose_of(field))
    if isinstance(answer, dt.date):
        return answer.isoformat()
    return str(answer) if isinstance(answer, Decimal) else answer


def _opened(field: FormField, stored: Any) -> Answer:
    if stored is None:
        return None
    if field.kind in MASKS:
        return unseal(stored, purpose_of(field))
    if field.kind == "date":
        return dt.date.fromisoformat(stored)
    if field.kind == "money":
        return Decimal(stored)
    if field.kind == "yes_no":
        return "yes" if stored else "no"
    return str(stored)


def _shown(field: FormField, stored: Any) -> str:
    if stored is None:
        return NOT_ANSWERED
    if field.kind in MASKS:
        return MASKS[field.kind](unseal(stored, purpose_of(field)))
    if field.kind == "region":
        return region_name(stored)
    if field.kind == "choice":
        return dict(field.choices).get(stored, str(stored))
    return _plainly(field, _opened(field, stored))


def _plainly(field: FormField, answer: Answer) -> str:
    if isinstance(answer, dt.date):
        return f"{answer.year}年{answer.month}月{answer.day}日"
    if isinstance(answer, Decimal):
        return f"{answer:,.2f}元"
    if field.kind == "yes_no":
        return "是" if answer == "yes" else "否"
    return str(answer)
