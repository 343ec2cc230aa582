"""Days, months and periods as people type them, in boxes of their own."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from tongban.forms import DatePartsField, DatePartsWidget

EARLIEST, LATEST = 1900, 2200
BOX = {"inputmode": "numeric", "autocomplete": "off"}


class Period(NamedTuple):
    """起止日期, both days included. As text it is an ISO 8601 interval."""

    start: dt.date
    end: dt.date

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Raises ValueError."""
        start, _, end = text.partition("/")
        return cls(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


class DayWidget(DatePartsWidget):
    """年 / 月 / 日 in three boxes; what comes from another system may be one ISO date."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        whole = data.get(name)
        if isinstance(whole, str):
            return [*whole.split("-", 2), "", ""][:3]
        return super().value_from_datadict(data, files, name)


class MonthWidget(forms.MultiWidget):
    """年 / 月; from another system 2025-03."""

    template_name = "django/forms/widgets/month_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            "year": forms.TextInput({**BOX, "maxlength": 4, "class": "w-4"}),
            "month": forms.TextInput({**BOX, "maxlength": 2, "class": "w-2"}),
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [value.year, value.month] if isinstance(value, dt.date) else [None, None]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        whole = data.get(name)
        if isinstance(whole, str):
            return [*whole.split("-", 1), "", ""][:2]
        return super().value_from_datadict(data, files, name)

    def id_for_label(self, id_: str, index: str | None = None) -> str:  # noqa: ARG002
        return f"{id_}_0" if id_ else id_


class MonthField(forms.Field):
    """Cleans to the first day of the month."""

    widget = MonthWidget

    def clean(self, value: Any) -> dt.date | None:
        year, month = _texts(value, 2)
        if not year and not month:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if not year or not month:
            raise ValidationError("请把年和月都填上", code="incomplete")
        try:
            found = dt.date(int(year), int(month), 1)
        except (ValueError, OverflowError):
            raise ValidationError("没有这个月份，请检查年和月", code="invalid") from None
        if not EARLIEST <= found.year <= LATEST:
            raise ValidationError("年份请填 4 位数字，例如 1985", code="invalid")
        self.run_validators(found)
        return found


class PeriodWidget(forms.MultiWidget):
    """Two days; from another system 2025-01-01/2025-12-31."""

    template_name = "django/forms/widgets/period.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"from": DayWidget(), "to": DayWidget()}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if isinstance(value, Period) else [None, None]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        whole = data.get(name)
        if isinstance(whole, str):
            days = [*whole.split("/", 1), ""][:2]
            return [[*day.split("-", 2), "", ""][:3] for day in days]
        return super().value_from_datadict(data, files, name)

    def id_for_label(self, id_: str, index: str | None = None) -> str:  # noqa: ARG002
        return f"{id_}_0_0" if id_ else id_


class PeriodField(forms.Field):
    """Cleans to a Period that does not end before it starts."""

    widget = PeriodWidget

    def clean(self, value: Any) -> Period | None:
        days = value if isinstance(value, list | tuple) and len(value) == 2 else [None, None]
        start, end = self._day(days[0], "起始日期"), self._day(days[1], "截止日期")
        if start is None and end is None:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if start is None or end is None:
            missing = "起始日期" if start is None else "截止日期"
            raise ValidationError(f"请填写{missing}", code="incomplete")
        if end < start:
            raise ValidationError("截止日期不能早于起始日期", code="invalid")
        return Period(start, end)

    def _day(self, parts: Any, word: str) -> dt.date | None:
        try:
            return DatePartsField(required=False).clean(_texts(parts, 3))
        except ValidationError as wrong:
            raise ValidationError(f"{word}：{wrong.messages[0]}", code="invalid") from None


def _texts(value: Any, count: int) -> list[str]:
    """What stands in the boxes; for anything that never came out of them, nothing."""
    if not isinstance(value, list | tuple) or len(value) != count:
        return [""] * count
    return [str("" if part is None else part).strip() for part in value]
