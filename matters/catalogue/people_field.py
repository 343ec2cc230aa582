"""A list of people: each with a name and, as the matter asks, ID number, relation and phone.

Rows are added and removed by buttons that send the form (`<code>-add`, `<code>-remove`), so that it
works without script. A number that is known already never goes into the page: the row says masked
what it is, and an empty box beside the same name keeps it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import get_default_renderer

from matters.catalogue.definition import Column, FieldKind, FormField
from tongban.accounts.personal import mask_id_number, mask_phone

Row = dict[str, str]
LABELS: dict[Column, str] = {
    "name": "姓名",
    "id_number": "身份证号",
    "relation": "与申请人的关系",
    "phone": "联系电话",
    "account": "个人公积金账号",
}
SEALED: dict[str, Callable[[str], str]] = {
    "id_number": mask_id_number,
    "phone": mask_phone,
}
# What is asked as something else than plain text.
_KINDS: dict[Column, FieldKind] = {"name": "name", "id_number": "id_number", "phone": "phone"}
# Of the box for a table, and of the button that takes its rows over.
TABLE, IMPORT = "-table", "-import"
LONGEST_BOX = 200
MOST_DIGITS = 2


class PeopleWidget(forms.Widget):
    """One group of boxes a person; a button to add one, and one to remove each."""

    template_name = "django/forms/widgets/people.html"
    use_fieldset = True

    def __init__(self, boxes: Mapping[str, forms.Field], most: int) -> None:
        super().__init__()
        self.boxes, self.most = boxes, most
        self.known: Sequence[Row] = ()
        self.ask_again: dict[str, str] = {}  # attributes that let htmx ask the form again
        self.focus_last = False
        self.table_header = ""  # the columns of a table that may be sent instead; "" for none

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        """The rows as they were typed; a list of objects where they come from another system."""
        del files
        whole = data.get(name)
        if isinstance(whole, list | tuple):
            people = [row for row in whole if isinstance(row, Mapping)]
            return [self._row(person) for person in people[: self.most + 1]]
        count = _number(data.get(f"{name}-count")) or 0
        rows = [
            self._row({column: data.get(f"{name}-{n}-{column}") for column in self.boxes})
            for n in range(min(count, self.most))
        ]
        gone = _number(data.get(f"{name}-remove"))
        if gone is not None and gone < len(rows):
            del rows[gone]
        if data.get(f"{name}-add") and len(rows) < self.most:
            rows.append(dict.fromkeys(self.boxes, ""))
            self.focus_last = True
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        del files
        return name not in data and f"{name}-count" not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:  # noqa: ARG002
        return f"{id_}-0-name" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = list(value or []) or [dict.fromkeys(self.boxes, "")]
        context["widget"] |= {
            "rows": [
                {"boxes": self._boxes(name, n, row, attrs or {}), "index": n}
                for n, row in enumerate(rows)
            ],
            "count": len(rows),
            "can_add": len(rows) < self.most,
            "most": self.most,
            "again": self.ask_again,
            "table_header": self.table_header,
        }
        return context

    def _row(self, typed: Mapping[str, Any]) -> Row:
        found = {column: typed.get(column) for column in self.boxes}
        return {
            column: text.strip()[:LONGEST_BOX] if isinstance(text, str) else ""
            for column, text in found.items()
        }

    def _boxes(
        self, name: str, index: int, row: Row, attrs: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        known = same_person(row, self.known)
        boxes = []
        for column, field in self.boxes.items():
            box_id = f"id_{name}-{index}-{column}"
            shown = {
                "id": box_id,
                **({"aria-invalid": "true"} if attrs.get("aria-invalid") else {}),
            }
            if self.focus_last and index and column == "name" and not any(row.values()):
                shown["data-focus"] = ""
            is_kept = column in SEALED and not row.get(column) and bool(known.get(column))
            hint = f"已填：{SEALED[column](known[column])}，不更改就不用填" if is_kept else ""
            if hint:
                shown["aria-describedby"] = f"{box_id}_hint"
            control = field.widget.render(
                f"{name}-{index}-{column}", row.get(column), shown, get_default_renderer()
            )
            boxes.append({"label": field.label, "id": box_id, "hint": hint, "control": control})
        return boxes


class PeopleField(forms.Field):
    """Cleans to a list of rows, each {column: text}; a row in which nothing stands is no person."""

    widget: PeopleWidget

    def __init__(self, boxes: Mapping[str, forms.Field], most: int) -> None:
        self.boxes, self.most = dict(boxes), most
        super().__init__(widget=PeopleWidget(self.boxes, most))

    def keep(self, rows: Sequence[Row]) -> None:
        """The people as they are known, in clear: their numbers stand for boxes left empty."""
        self.widget.known = rows

    def clean(self, value: Any) -> list[Row]:
        rows = [row for row in value or [] if any(row.values())]
        if not rows and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(rows) > self.most:
            raise ValidationError(f"最多填写 {self.most} 人", code="invalid")
        problems: list[ValidationError] = []
        cleaned = [self._person(n, row, problems) for n, row in enumerate(rows, start=1)]
        numbers = [row["id_number"] for row in cleaned if row.get("id_number")]
        if len(set(numbers)) < len(numbers):
            problems.append(ValidationError("有两人的身份证号相同，请核对", code="invalid"))
        if problems:
            raise ValidationError(problems)
        return cleaned

    def _person(self, number: int, row: Row, problems: list[ValidationError]) -> Row:
        known, person = same_person(row, self.widget.known), dict[str, str]()
        for column, field in self.boxes.items():
            typed = row.get(column) or (known.get(column, "") if column in SEALED else "")
            try:
                person[column] = field.clean(typed)
            except ValidationError as wrong:
                code = wrong.error_list[0].code
                text = f"第 {number} 人：{wrong.messages[0]}"
                problems.append(ValidationError(text, code=code))
        return person


def people_field(spec: FormField, box: Callable[[FormField], forms.Field]) -> PeopleField:
    """box: makes the form field of a simple question, as for any other."""
    boxes: dict[str, forms.Field] = {}
    for column in spec.columns:
        kind = _KINDS.get(column, "text")
        if column == "relation" and spec.choices:
            kind = "choice"
        asked = FormField(
            code=column,
            label=LABELS[column],
            kind=kind,
            choices=spec.choices if kind == "choice" else (),
        )
        boxes[column] = box(asked)
        boxes[column].label = asked.label
        if isinstance(boxes[column].widget, forms.RadioSelect):
            choices = [("", "请选择"), *spec.choices]
            boxes[column] = forms.ChoiceField(
                choices=choices, label=asked.label, error_messages=boxes[column].error_messages
            )
    return PeopleField(boxes, spec.most)


def same_person(row: Row, known: Sequence[Row]) -> Row:
    """The known row with the name of this one; empty if there is none, or more than one."""
    name = row.get("name", "")
    found = [each for each in known if name and each.get("name") == name]
    return found[0] if len(found) == 1 else {}


def without_numbers(rows: Sequence[Row]) -> list[Row]:
    """The rows as a page may have them."""
    return [{c: "" if c in SEALED else text for c, text in row.items()} for row in rows]


def _number(text: Any) -> int | None:
    is_one = isinstance(text, str) and text.isascii() and text.isdigit()
    return int(text) if is_one and len(text) <= MOST_DIGITS else None
