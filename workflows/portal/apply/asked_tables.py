"""A table of people sent with the form: its rows take the place of those in the boxes, to be looked over."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import QueryDict

from matters.catalogue.definition import FormField
from matters.catalogue.forms import MatterForm
from matters.catalogue.people_field import IMPORT, TABLE, PeopleField
from matters.catalogue.people_table import NotReadable, header_of, people_in

from .work import CitizenRequest, Work


@dataclass(frozen=True)
class Imported:
    """posted: the form as if the rows had been typed. problems: sentences about the file."""

    code: str
    posted: QueryDict
    problems: list[str]

    def judge(self, form: MatterForm) -> None:
        """Name what is wrong in the rows now: nobody looks through sixty of them."""
        field = form.fields.get(self.code)
        if not isinstance(field, PeopleField):
            return
        for text in self.problems:
            form.add_error(self.code, text)
        typed = field.widget.value_from_datadict(self.posted, form.files, self.code)
        try:
            if not self.problems:
                field.clean(typed)
        except ValidationError as wrong:
            form.add_error(self.code, wrong)


def imported(request: CitizenRequest, work: Work) -> Imported | None:
    """What the button 导入 brings; None where it was not pressed."""
    for field in work.definition.fields:
        if field.kind == "people" and f"{field.code}{IMPORT}" in request.POST:
            return _of(request, field)
    return None


def _of(request: CitizenRequest, field: FormField) -> Imported:
    posted = request.POST.copy()
    sent = request.FILES.get(f"{field.code}{TABLE}")
    if sent is None:
        return Imported(field.code, posted, ["请先选择要导入的表格文件，文件不能过大"])
    try:
        table = people_in(sent.name or "", sent.read(), field)
    except NotReadable as problem:
        return Imported(field.code, posted, [str(problem)])
    posted[f"{field.code}-count"] = str(len(table.rows))
    for nth, row in enumerate(table.rows):
        for column, text in row.items():
            posted[f"{field.code}-{nth}-{column}"] = text
    return Imported(field.code, posted, table.problems)


def offer_tables(form: MatterForm, work: Work) -> None:
    """The box for a file beside each list of people."""
    for spec in work.definition.fields:
        field = form.fields.get(spec.code)
        if isinstance(field, PeopleField):
            field.widget.table_header = header_of(spec)
