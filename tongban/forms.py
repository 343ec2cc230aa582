"""How the site's forms look: one renderer, and a date asked for as 年 / 月 / 日."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer, TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


class PageRenderer(TemplatesSetting):
    """Renders every form with ``templates/django/forms``: label, hint, error, then the control."""


class DayInput(forms.DateInput):
    """The browser's own calendar: quick for days near today, at a desk or in a filter."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class LongSelect(forms.Select):
    """A select of thousands: Django renders a template for each choice, a quarter of a page's time."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002
    ) -> SafeString:
        chosen = set(self.format_value(value))
        own = f' name="{escape(name)}"{flatatt(self.build_attrs(self.attrs, attrs))}'
        options = "".join(
            f'<option value="{escape(key)}"{" selected" if str(key) in chosen else ""}>'
            f"{escape(label)}</option>"
            for key, label in self.choices
        )
        return mark_safe(f"<select{own}>{options}</select>")  # noqa: S308  # escaped above


class DatePartsWidget(forms.MultiWidget):
    """Three short boxes, 年 / 月 / 日: for a date known by heart, such as a birthday."""

    template_name = "django/forms/widgets/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off"}
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "year": forms.TextInput({**box, "maxlength": 4, "class": "w-4"}),
            "month": forms.TextInput({**box, "maxlength": 2, "class": "w-2"}),
            "day": forms.TextInput({**box, "maxlength": 2, "class": "w-2"}),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, str):
            value = dt.date.fromisoformat(value)
        return [value.year, value.month, value.day] if value else [None, None, None]

    def id_for_label(self, id_: str, index: str | None = None) -> str:  # noqa: ARG002
        return f"{id_}_0" if id_ else id_


class DatePartsField(forms.MultiValueField):
    """A day typed as three numbers; cleans to ``datetime.date`` or None."""

    widget = DatePartsWidget

    def __init__(self, **kwargs: Any) -> None:
        numbers = [
            forms.IntegerField(min_value=1900, max_value=2200),
            forms.IntegerField(min_value=1, max_value=12),
            forms.IntegerField(min_value=1, max_value=31),
        ]
        super().__init__(numbers, **kwargs)

    def clean(self, value: Any) -> dt.date | None:
        parts = [str(part or "").strip() for part in (value or [])]
        if not any(parts):
            if self.required:
                raise ValidationError("请填写年、月、日", code="required")
            return None
        missing = [name for name, part in zip("年月日", parts, strict=True) if not part]
        if missing:
            raise ValidationError(f"请补填{'、'.join(missing)}", code="incomplete")
        try:
            year, month, day = (int(part) for part in parts)
            found = dt.date(year, month, day)
        except (ValueError, OverflowError):
            raise ValidationError("没有这一天，请检查年、月、日", code="invalid") from None
        if not 1900 <= found.year <= 2200:
            raise ValidationError("年份请填 4 位数字，例如 1985", code="invalid")
        self.run_validators(found)
        return found
