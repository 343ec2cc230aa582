"""What an applicant answered: into JSON with personal data sealed, back again, and onto a page."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from matters.catalogue.conditions import holds
from matters.catalogue.day_fields import Period
from matters.catalogue.definition import Definition, FormField
from matters.catalogue.form_fields import Answer
from matters.catalogue.people_field import LABELS, SEALED, Row
from matters.catalogue.regions import region_name
from tongban.accounts.personal import mask_card, mask_id_number, mask_phone, seal, unseal

MASKS = {"id_number": mask_id_number, "phone": mask_phone, "bank_card": mask_card}
NOT_ANSWERED = "未填写"


class MaskedRow(NamedTuple):
    """One question and its answer as a page may show it. Personal data is masked and marked.

    key: under which `answer_in_clear` gives the masked value; "" where nothing is masked. field: the
    question that the row belongs to; a list of people has several.
    """

    label: str
    shown: str
    is_personal: bool
    key: str = ""
    field: str = ""


def shown_fields(definition: Definition, data: Mapping[str, Any]) -> Iterator[FormField]:
    """The questions that apply to somebody who answered so; answers may be kept or cleaned ones."""
    answers: dict[str, Any] = {}
    for field in definition.fields:
        if holds(field.shown_when, answers):
            answers[field.code] = data.get(field.code)
            yield field


def sealed_data(definition: Definition, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-ready answers, ID numbers, phones and bank cards sealed.

    Only what is in `cleaned` is taken, so that half a form can be kept as a draft; what the
    definition does not ask for is left out. Days are ISO dates, periods ISO intervals, months
    2025-03, money is text, people are objects with their numbers sealed, empty is None.
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
    """A row for every question that applies, in its order, answered or not; people have more.

    Files are not among them: they are shown with the papers.
    """
    return [
        row
        for field in shown_fields(definition, data)
        if field.kind != "file"
        for row in _rows_of(field, data.get(field.code))
    ]


def answer_in_clear(definition: Definition, data: Mapping[str, Any], key: str) -> str:
    """One sealed answer in full, to hand to `accounts.looks.look`. Raises KeyError.

    key: the field's code, or `movers.0.id_number` for the first person of a list.
    """
    code, _, rest = key.partition(".")
    field, stored = definition.field(code), data[code]
    if not rest:
        return str(_opened(field, stored) or "")
    place, _, column = rest.partition(".")
    if column not in SEALED or not isinstance(stored, list) or not place.isdecimal():
        raise KeyError(key)
    try:
        sealed = stored[int(place)][column]
    except IndexError:
        raise KeyError(key) from None
    return unseal(sealed, _purpose(column)) if sealed else ""


def typed_again(definition: Definition, data: Mapping[str, Any]) -> dict[str, Any]:
    """The kept answers in clear, as the matter's form takes them from somebody who types."""
    return {
        code: typed
        for code, answer in opened_data(definition, data).items()
        if (typed := _as_typed(definition.field(code), answer)) is not None
    }


def purpose_of(field: FormField) -> str:
    """What a sealed answer is bound to: the same for every matter, so that a version may change."""
    return _purpose(field.kind)


def _purpose(kind: str) -> str:
    return f"catalogue.answer.{kind}"


def _stored(field: FormField, answer: Any) -> Any:
    if answer in (None, "", []):
        return None
    if field.kind in MASKS:
        return seal(str(answer), purpose_of(field))
    if field.kind == "people":
        return [_sealed_person(row) for row in answer]
    if field.kind == "month":
        return f"{answer:%Y-%m}"
    if isinstance(answer, dt.date):
        return answer.isoformat()
    return str(answer) if isinstance(answer, Decimal | Period) else answer


def _sealed_person(row: Row) -> Row:
    return {
        column: seal(text, _purpose(column)) if text and column in SEALED else text
        for column, text in row.items()
    }


def _opened(field: FormField, stored: Any) -> Answer:
    if stored is None:
        return None
    if field.kind in MASKS:
        return unseal(stored, purpose_of(field))
    if field.kind == "people":
        return [_opened_person(row) for row in stored]
    if field.kind in _READERS:
        return _READERS[field.kind](stored)
    return list(stored) if isinstance(stored, list) else str(stored)


def _opened_person(row: Row) -> Row:
    return {
        column: unseal(text, _purpose(column)) if text and column in SEALED else text
        for column, text in row.items()
    }


_READERS: dict[str, Callable[[Any], Answer]] = {
    "date": dt.date.fromisoformat,
    "month": lambda stored: dt.date.fromisoformat(f"{stored}-01"),
    "period": Period.parse,
    "money": Decimal,
    "number": int,
    "yes_no": lambda stored: "yes" if stored else "no",
}


def _as_typed(field: FormField, answer: Answer) -> Any:
    """None for what a form never sends: an answer that was left empty."""
    if field.kind == "month" and isinstance(answer, dt.date):
        return f"{answer:%Y-%m}"
    if isinstance(answer, list | str) or answer is None:
        return answer
    return answer.isoformat() if isinstance(answer, dt.date) else str(answer)


def _rows_of(field: FormField, stored: Any) -> Iterator[MaskedRow]:
    is_personal = field.kind in MASKS
    if field.kind != "people" or stored is None:
        key = field.code if is_personal and stored is not None else ""
        yield MaskedRow(field.label, _shown(field, stored), is_personal, key, field.code)
        return
    relations = dict(field.choices)
    for place, person in enumerate(stored):
        label = f"{field.label} {place + 1}"
        relation = relations.get(person.get("relation"), person.get("relation", ""))
        named = "，".join(filter(None, [person.get("name"), relation, person.get("account")]))
        yield MaskedRow(label, named, False, field=field.code)
        for column in (c for c in SEALED if person.get(c)):
            shown = SEALED[column](unseal(person[column], _purpose(column)))
            key = f"{field.code}.{place}.{column}"
            yield MaskedRow(f"{label} {LABELS[column]}", shown, True, key, field.code)  # type: ignore[index]


def _shown(field: FormField, stored: Any) -> str:
    if stored is None:
        return NOT_ANSWERED
    if field.kind in MASKS:
        return MASKS[field.kind](unseal(stored, purpose_of(field)))
    if field.kind == "region":
        return region_name(stored)
    if field.kind in ("choice", "several"):
        chosen, words = stored if isinstance(stored, list) else [stored], dict(field.choices)
        return "、".join(words.get(each, str(each)) for each in chosen)
    return _plainly(field, _opened(field, stored))


def _plainly(field: FormField, answer: Answer) -> str:
    if isinstance(answer, Period):
        return f"{_day(answer.start)}至{_day(answer.end)}"
    if isinstance(answer, dt.date):
        return f"{answer.year}年{answer.month}月" if field.kind == "month" else _day(answer)
    if isinstance(answer, Decimal):
        return f"{answer:,.2f}元"
    if field.kind == "yes_no":
        return "是" if answer == "yes" else "否"
    return str(answer)


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
