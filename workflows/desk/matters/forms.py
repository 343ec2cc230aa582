"""Forms of 本单位事项: what an office says when it claims, and a pause."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from matters.catalogue.claims import Counter
from matters.catalogue.models import Matter
from tongban.offices.models import Office

MOST_POINTS, LONGEST_POINT = 20, 200
PHONE = r"^[0-9][0-9 转-]{2,38}$"
WHEN = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


def _phone(label: str, **more: Any) -> forms.RegexField:
    return forms.RegexField(
        PHONE,
        label=label,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        error_messages={
            "required": f"请填写{label}",
            "invalid": "请填写电话号码，例如 023-12345678",
        },
        **more,
    )


class OfficeForm(forms.Form):
    """GET: which of the offices at which one works."""

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"] = forms.ChoiceField(label="哪个单位", choices=offices)


class ClaimForm(forms.Form):
    """For the ticked matters, or for all: phone, place, hours and what is looked at on receipt."""

    scope = forms.ChoiceField(
        label="认领哪些事项",
        choices=[("ticked", "只认领勾选的"), ("all", "整体认领本单位全部事项，含以后新增的")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择认领哪些事项"},
    )
    phone = _phone("咨询电话")
    complaint_phone = _phone("投诉电话", required=False)
    place = forms.CharField(label="办理地点", max_length=200, required=False)
    hours = forms.CharField(label="办理时间", max_length=200, required=False)
    checklist = forms.CharField(
        label="收件要点",
        help_text=f"每行一条，最多 {MOST_POINTS} 条；窗口收件时逐条显示",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明收件要点，至少一条"},
    )

    def clean_checklist(self) -> tuple[str, ...]:
        lines = [line.strip() for line in self.cleaned_data["checklist"].splitlines()]
        points = tuple(dict.fromkeys(line for line in lines if line))
        if len(points) > MOST_POINTS:
            raise forms.ValidationError(f"最多写 {MOST_POINTS} 条")
        if any(len(point) > LONGEST_POINT for point in points):
            raise forms.ValidationError(f"每条最多 {LONGEST_POINT} 字")
        return points

    def counter(self) -> Counter:
        """Of a valid form."""
        data = self.cleaned_data
        return Counter(
            **{
                key: data[key]
                for key in ("phone", "complaint_phone", "place", "hours", "checklist")
            }
        )


class WithdrawForm(forms.Form):
    why = forms.CharField(
        label="退出原因",
        max_length=200,
        error_messages={"required": "请写明退出原因"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MatterField(forms.CharField):
    """A matter by its name or by the last part of its page's address; cleans to the matter or None."""

    def clean(self, value: Any) -> Matter | None:
        typed = super().clean(value)
        if not typed:
            return None
        found = list(Matter.objects.filter(slug=typed)[:1]) or list(
            Matter.objects.filter(name=typed).order_by("id")[:2]
        )
        if not found:
            raise forms.ValidationError("没有这个事项，请填写完整名称", code="unknown")
        if len(found) > 1:
            raise forms.ValidationError(
                "有几个同名的事项，请填写办事指南网址的最后一段", code="several"
            )
        return found[0]


class PauseForm(forms.Form):
    """暂停办理. offices: those that the person may pause; an operator may leave the office out."""

    office = forms.ModelChoiceField(
        label="哪个单位",
        queryset=Office.objects.none(),
        required=False,
        error_messages={"required": "请选择单位", "invalid_choice": "您不负责这个单位"},
    )
    office_code = forms.CharField(
        label="单位名称", max_length=128, required=False, help_text="不填：所有单位"
    )
    province = forms.ChoiceField(
        label="哪个省市",
        choices=[("", "两省市"), ("500000", "重庆"), ("510000", "四川")],
        required=False,
        error_messages={"invalid_choice": "没有这个选项"},
    )
    matter = MatterField(
        label="哪个事项", max_length=120, required=False, help_text="填写完整名称；不填：全部事项"
    )
    sentence = forms.CharField(
        label="说明",
        max_length=200,
        help_text="给群众看的一句话，例如：年度结息，系统停机",
        error_messages={"required": "请写明为什么暂停"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    begins_at = forms.DateTimeField(
        label="从什么时候",
        input_formats=WHEN,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN[0]),
        error_messages={
            "required": "请填写开始时间",
            "invalid": "请填写日期和时间，例如 2026-12-31 08:00",
        },
    )
    ends_at = forms.DateTimeField(
        label="到什么时候",
        required=False,
        help_text="不填：到有人结束为止",
        input_formats=WHEN,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN[0]),
        error_messages={"invalid": "请填写日期和时间，例如 2026-12-31 18:00"},
    )

    def __init__(self, *args: Any, offices: set[int], is_operator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_operator = is_operator
        if is_operator:
            del self.fields["office"]
            return
        del self.fields["province"], self.fields["office_code"]
        field = self.fields["office"]
        field.required = field.widget.is_required = True
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Office.objects.filter(pk__in=offices).order_by("name")
            if len(offices) == 1:
                field.initial = next(iter(offices))

    def clean_office_code(self) -> Office | None:
        name = self.cleaned_data["office_code"]
        if not name:
            return None
        office = Office.objects.filter(name=name, valid_to=None).first()
        if office is None:
            raise forms.ValidationError("没有这个单位，请填写完整名称")
        return office

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["office"] = data.get("office") or data.pop("office_code", None)
        data.setdefault("province", "")
        begins, ends = data.get("begins_at"), data.get("ends_at")
        if isinstance(begins, dt.datetime) and isinstance(ends, dt.datetime) and ends <= begins:
            self.add_error("ends_at", "结束时间须晚于开始时间")
        of_something = data.get("office") or data.get("matter") or data["province"]
        if not self.errors and not of_something:
            self.add_error(None, "请至少写明哪个事项、哪个单位或哪个省市")
        return data
