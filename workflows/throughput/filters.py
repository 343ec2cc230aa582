"""The filters above the figures; a wrong one says so and is left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict

from matters.catalogue.models import Matter
from tongban.forms import DayInput, LongSelect
from tongban.offices.codes import province_of
from tongban.offices.models import Department
from workflows.cases.places import office_cards

from .directions import DIRECTIONS, PROVINCES
from .flags import KINDS
from .measures import LISTED, STOCKS, figure
from .periods import CHOICES, CUSTOM, DEFAULT, LONGEST_DAYS, Period, period_of
from .scope import Scope
from .times import BUCKETS
from .viewers import Viewer
from .words import MODES

NO_SUCH = {"invalid_choice": "没有这个选项，已按“全部”显示"}
NO_OFFICE = "只能按本省市的机构查看，已按全部机构显示"
NO_DAY = {"invalid": "请按 2026-11-21 的样子填写日期"}


class ScopeForm(forms.Form):
    """Two statements, for the choices of departments and matters."""

    period = forms.ChoiceField(
        label="统计期间", choices=CHOICES, required=False, error_messages=NO_SUCH
    )
    since = forms.DateField(
        label="自选：从", widget=DayInput, required=False, error_messages=NO_DAY
    )
    until = forms.DateField(label="到", widget=DayInput, required=False, error_messages=NO_DAY)
    province = forms.ChoiceField(
        label="省市（收件或办理）",
        choices=[("", "全部"), *PROVINCES.items()],
        required=False,
        error_messages=NO_SUCH,
    )
    direction = forms.ChoiceField(
        label="方向",
        choices=[("", "全部"), *((d.code, d.label) for d in DIRECTIONS.values())],
        required=False,
        error_messages=NO_SUCH,
    )
    department = forms.ChoiceField(label="主管部门", required=False, error_messages=NO_SUCH)
    matter = forms.TypedChoiceField(
        label="事项",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages=NO_SUCH,
        widget=LongSelect,
    )
    mode = forms.ChoiceField(
        label="办理模式",
        choices=[("", "全部"), *MODES.items()],
        required=False,
        error_messages=NO_SUCH,
    )
    office = forms.IntegerField(
        required=False,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("invalid", "max_value"), NO_OFFICE),
    )

    def __init__(self, data: QueryDict, *, viewer: Viewer, today: dt.date) -> None:
        given = data.copy()
        if not given.get("period"):
            # Days alone mean these days; nothing at all means the last thirty.
            given["period"] = CUSTOM if given.get("since") or given.get("until") else DEFAULT
        # Days typed beside another period are not silently lost: the page says so.
        self.ignores_days = given["period"] != CUSTOM and bool(
            given.get("since") or given.get("until")
        )
        if self.ignores_days:
            given["since"] = given["until"] = ""
        super().__init__(given)
        self.viewer, self.today = viewer, today
        departments = _departments()
        chosen = given.get("department", "")
        self._offer("department", departments)
        self._offer("matter", _matters(chosen if chosen in dict(departments) else ""))

    def _offer(self, field: str, choices: list[tuple[Any, str]]) -> None:
        chosen = self.fields[field]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = [("", "全部"), *choices]

    def clean_office(self) -> int | None:
        office_id: int | None = self.cleaned_data["office"]
        if office_id is None:
            return None
        card = office_cards([office_id]).get(office_id)
        if card is None or province_of(card.region) not in self.viewer.detail:
            raise forms.ValidationError(NO_OFFICE)
        return office_id

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("period") != CUSTOM:
            return cleaned
        first, last = cleaned.get("since"), cleaned.get("until")
        if first is None and "since" not in self.errors:
            self.add_error("since", "请填写开始日期")
        if last is None and "until" not in self.errors:
            self.add_error("until", "请填写结束日期")
        if first and last and first > last:
            self.add_error("until", "结束日期不能早于开始日期")
        elif first and last and (last - first).days >= LONGEST_DAYS:
            self.add_error("until", f"一次最多查看 {LONGEST_DAYS} 天")
        return cleaned

    @property
    def scope(self) -> Scope:
        """What was asked for, with whatever is wrong left out."""
        # Reading `errors` validates: what is wrong is no longer in `cleaned_data`.
        wrong = self.errors
        given = {k: v for k, v in self.cleaned_data.items() if k not in wrong}
        return Scope(
            period=self._period(given),
            province=given.get("province", ""),
            direction=given.get("direction", ""),
            department=given.get("department", ""),
            matter_id=given.get("matter"),
            mode=given.get("mode", ""),
            office_id=given.get("office"),
        )

    def _period(self, given: dict[str, Any]) -> Period:
        code = given.get("period") or DEFAULT
        if code != CUSTOM:
            return period_of(code, self.today)
        if "since" in given and "until" in given:
            return Period(CUSTOM, given["since"], given["until"])
        return period_of(DEFAULT, self.today)


class ListForm(ScopeForm):
    """The filters of a list of cases: besides, which figure it is behind."""

    measure = forms.ChoiceField(
        label="指标",
        choices=[
            *((code, figure(code).label) for code in (*LISTED, *STOCKS)),
            *((kind.code, kind.label) for kind in KINDS.values()),
        ],
        error_messages={"required": "请选择指标", "invalid_choice": "没有这个指标，已按收件显示"},
    )
    flow = forms.SlugField(required=False, widget=forms.HiddenInput)
    state = forms.SlugField(required=False, widget=forms.HiddenInput)
    # A route that is none, and a bucket that is none, ask for nothing.
    route = forms.RegexField(r"^(\d{6})?-(\d{6})?$", required=False, widget=forms.HiddenInput)
    days = forms.ChoiceField(
        choices=[("", ""), *((b.code, b.label) for b in BUCKETS.values())],
        required=False,
        widget=forms.HiddenInput,
    )
    field_order = ["measure"]


def _departments() -> list[tuple[Any, str]]:
    found = Department.objects.filter(matters__isnull=False).distinct().order_by("name")
    return list(found.values_list("code", "name"))


def _matters(department: str) -> list[tuple[Any, str]]:
    found = Matter.objects.order_by("name", "pk")
    if department:
        found = found.filter(department_id=department)
    return list(found.values_list("pk", "name"))
