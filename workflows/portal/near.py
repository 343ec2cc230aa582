"""Where the visitor is, county by county, and which offices are near."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from matters.catalogue.claims import claims_of
from matters.catalogue.definition import Definition
from matters.catalogue.models import MatterVersion
from matters.catalogue.pauses import paused_offices
from tongban.offices.directory import nearest
from tongban.offices.models import Office
from workflows.cases.drafts import window_seat

from .place import COUNTY_DIGITS as COUNTY_DIGITS
from .place import counties
from .place import county_of_visitor as county_of_visitor

SHOWN_OFFICES = 6
# Looked at for each one shown: some may not have claimed the matter.
MORE = 4
COLLECT = "collect"


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
    """Windows that have claimed this matter and collect, the nearest first. Two statements."""
    offices = nearest(region, window_kinds(version, definition), limit * MORE)
    collecting = [office for office in offices if COLLECT in office.roles]
    return claimed_of(collecting, version.matter_id)[:limit]


def offices_near(region: str, version: MatterVersion, definition: Definition) -> list[Office]:
    """Windows and deciding offices that have claimed this matter, the nearest first.

    Three statements; each office carries what it said when it claimed, and its pause.
    """
    kinds = [
        *window_kinds(version, definition),
        *(rule.office_kind for rule in definition.seats),
    ]
    near = nearest(region, dict.fromkeys(kinds), SHOWN_OFFICES * MORE)
    shown = claimed_of(near, version.matter_id)[:SHOWN_OFFICES]
    paused = paused_offices([o.pk for o in shown], version.matter_id, timezone.now())
    for office in shown:
        office.pause = paused.get(office.pk)  # type: ignore[attr-defined]
    return shown


def claimed_of(offices: list[Office], matter_id: int) -> list[Office]:
    """Those that offer the matter, each with the phone, place and hours it gave. One statement."""
    claims = claims_of([office.pk for office in offices], matter_id)
    shown = [office for office in offices if office.pk in claims]
    for office in shown:
        said = claims[office.pk]
        office.phone = said.phone or office.phone
        office.address = said.place or office.address
        office.hours = said.hours or office.hours
        office.claim = said  # type: ignore[attr-defined]
    return shown


def offices_of_kind(region: str, kind: str) -> list[Office]:
    """The nearest offices of one kind, whatever they offer. One statement."""
    return nearest(region, [kind], SHOWN_OFFICES)
