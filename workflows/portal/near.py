"""Where the visitor is, county by county, and which offices are near."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from matters.catalogue.definition import Definition
from matters.catalogue.models import MatterVersion
from matters.catalogue.regions import Grouped, region_choices
from tongban.accounts.models import User
from tongban.offices.directory import nearest
from tongban.offices.models import Office
from workflows.cases.drafts import window_seat

from .place import province_of_visitor

SHOWN_OFFICES = 6
COLLECT = "collect"
COUNTY_DIGITS = 6


def counties(request: HttpRequest) -> Grouped:
    """Counties of both provinces, those of the visitor's province first. A statement a minute."""
    own = province_of_visitor(request)[:2]
    return sorted(region_choices(), key=lambda group: group[1][0][0][:2] != own if own else False)


def county_of_visitor(request: HttpRequest) -> str:
    """The county where the account lives, if it is one of the two provinces' and not chosen away."""
    code = request.user.region_code[:COUNTY_DIGITS] if isinstance(request.user, User) else ""
    known = {value for _, group in region_choices() for value, _ in group}
    return code if code in known and code[:2] == province_of_visitor(request)[:2] else ""


class CountyForm(forms.Form):
    """我在哪个区县: in a guide it only looks (GET), in an application it is saved."""

    def __init__(self, *args: Any, here: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"] = forms.ChoiceField(
            label="您所在的区县",
            choices=[("", "请选择"), *counties(here)],
            initial=county_of_visitor(here),
            widget=forms.Select(attrs={"autocomplete": "off"}),
            error_messages={
                "required": "请选择您所在的区县",
                "invalid_choice": "请从列表中选择区县",
            },
        )

    def chosen(self) -> str:
        """The county's code, '' while nothing right is chosen."""
        return str(self.cleaned_data["at"]) if self.is_bound and self.is_valid() else ""


def window_kinds(version: MatterVersion, definition: Definition) -> list[str]:
    """Kinds of offices that can be the window: the matter's own, and townships for a service centre."""
    seat = window_seat(version, definition)
    if seat is None:
        return []
    kind = definition.seat_rule(seat).office_kind
    return [kind, "township_center"] if kind == "service_center" else [kind]


def windows_near(
    region: str, version: MatterVersion, definition: Definition, *, limit: int
) -> list[Office]:
    """Windows that collect for this matter, the nearest first. One statement."""
    offices = nearest(region, window_kinds(version, definition), limit)
    return [office for office in offices if COLLECT in office.roles]


def offices_near(region: str, version: MatterVersion, definition: Definition) -> list[Office]:
    """Windows and deciding offices of this matter near a region, the nearest first. One statement."""
    kinds = [
        *window_kinds(version, definition),
        *(rule.office_kind for rule in definition.seats),
    ]
    return nearest(region, dict.fromkeys(kinds), SHOWN_OFFICES)
