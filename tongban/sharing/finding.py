"""Finding resources among thousands: words, province, line of work; page by page from a place in the order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django import forms
from django.db.models import Q, QuerySet

from tongban.offices.models import Department

from .models import Resource

PAGE_SIZE = 50
MOST_WORDS = 5
PLACE = re.compile(r"([01])~([0-9]{1,18})", re.ASCII)


class FindForm(forms.Form):
    """All boxes may stay empty; one with nonsense in it filters nothing and says so."""

    q = forms.CharField(
        label="名称或持有部门",
        required=False,
        max_length=60,
        error_messages={"max_length": "请控制在 60 个字以内"},
    )
    province = forms.ChoiceField(
        label="省市",
        required=False,
        choices=[("", "全部"), ("500000", "重庆市"), ("510000", "四川省")],
        error_messages={"invalid_choice": "请从列表中选择省市"},
    )
    department = forms.ChoiceField(
        label="条线", required=False, error_messages={"invalid_choice": "请从列表中选择条线"}
    )
    named = forms.ChoiceField(
        label="范围",
        required=False,
        choices=[("", "全部"), ("yes", "事项在用的"), ("no", "示范数据")],
        error_messages={"invalid_choice": "请从列表中选择范围"},
    )

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        lines = Department.objects.order_by("code").values_list("code", "name")
        self.fields["department"] = forms.ChoiceField(
            label="条线",
            required=False,
            choices=[("", "全部"), *lines],
            error_messages={"invalid_choice": "请从列表中选择条线"},
        )
        self.order_fields(["q", "province", "department", "named"])


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in the order: real ones before demonstration rows, then by id."""

    is_demonstration: bool
    id: int

    @classmethod
    def parse(cls, text: str) -> Place | None:
        found = PLACE.fullmatch(text)
        return cls(found[1] == "1", int(found[2])) if found else None

    @classmethod
    def of(cls, resource: Resource) -> Place:
        return cls(resource.is_demonstration, resource.pk)

    def __str__(self) -> str:
        return f"{int(self.is_demonstration)}~{self.id}"


def found_by(form: FindForm) -> QuerySet[Resource]:
    """The resources that a valid form asks for; all, by any other."""
    found = Resource.objects.all()
    if not form.is_valid():
        return found
    asked = form.cleaned_data
    for word in asked["q"].split()[:MOST_WORDS]:
        found = found.filter(Q(name__icontains=word) | Q(holder__name__icontains=word))
    if asked["province"]:
        found = found.filter(holder__province=asked["province"])
    if asked["department"]:
        found = found.filter(holder__department=asked["department"])
    if asked["named"]:
        found = found.filter(is_demonstration=asked["named"] == "no")
    return found


def page_of(found: QuerySet[Resource], after: Place | None) -> tuple[list[Resource], Place | None]:
    """One page behind a place, and the place behind which the next one begins. One statement."""
    if after is not None:
        behind = Q(is_demonstration=after.is_demonstration, pk__gt=after.id)
        if not after.is_demonstration:
            behind |= Q(is_demonstration=True)
        found = found.filter(behind)
    ordered = found.select_related("holder__department").order_by("is_demonstration", "id")
    rows = list(ordered[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    return rows[:PAGE_SIZE], Place.of(rows[PAGE_SIZE - 1]) if more else None
