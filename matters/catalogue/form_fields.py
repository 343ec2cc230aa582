"""One django form field for each kind of question that a matter may ask."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from matters.catalogue.day_fields import DayWidget, MonthField, Period, PeriodField
from matters.catalogue.definition import FormField
from matters.catalogue.file_field import FilesField
from matters.catalogue.people_field import people_field
from matters.catalogue.regions import region_choices
from tongban.accounts.identity import compact, is_uscc, problem_with_resident_id
from tongban.forms import DatePartsField

LONGEST_TEXT = 200
LONGEST_TEXTAREA = 2000
LONGEST_NAME = 50
LONGEST_TYPED = 40
SHORTEST_ADDRESS = 5
RADIOS_UP_TO = 7
# 手机号; 固定电话 with area code; nothing else rings in the two provinces.
PHONE = re.compile(r"1[3-9][0-9]{9}|0[1-9][0-9]{1,2}-?[2-9][0-9]{6,7}")
BANK_CARD = re.compile(r"[0-9]{12,19}")
# Chinese characters with their rare extensions, Latin letters, · of the minorities' names, space.
NAME = re.compile(r"[A-Za-z·.'\- \u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
VERBS = {
    "region": "选择",
    "choice": "选择",
    "yes_no": "选择",
    "several": "选择",
    "file": "上传",
}
YES_NO = (("yes", "是"), ("no", "否"))


def form_field(spec: FormField) -> forms.Field:
    """The question as a form field: label, help, server-side rule, Chinese errors."""
    field = _MAKERS[spec.kind](spec)
    field.label = spec.label
    field.required = spec.required
    field.widget.is_required = spec.required
    field.help_text = "".join([spec.help, f"例如：{spec.example}" if spec.example else ""])
    verb = VERBS.get(spec.kind, "填写")
    field.error_messages["required"] = f"请{verb}{spec.label}"
    return field


class CompactField(forms.CharField):
    """A number as people type it, with spaces or full-width digits; cleaned to bare capitals."""

    def __init__(self, problem: Callable[[str], str | None], **kwargs: Any) -> None:
        self.problem = problem
        # Room for what compacting takes away; what stays is measured by `problem`.
        super().__init__(max_length=LONGEST_TYPED, **kwargs)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return compact(typed) if typed and len(typed) <= LONGEST_TYPED else typed or ""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if not value or len(value) > LONGEST_TYPED:
            return
        if problem := self.problem(value):
            raise ValidationError(problem, code="invalid")


class NumberField(forms.IntegerField):
    """A whole number as people type it: 1,200 and full-width digits are read."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"[,\s]", "", unicodedata.normalize("NFKC", value))
            if value and not re.fullmatch(r"-?[0-9]{1,9}", value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        elif value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class MoneyField(forms.DecimalField):
    """Yuan with at most two decimals; 1,200 and ¥1200 are read as 1200."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"[,¥元\s]", "", unicodedata.normalize("NFKC", value))
            if value and not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def _text(spec: FormField) -> forms.Field:
    longest = spec.max_length or LONGEST_TEXT
    return forms.CharField(
        max_length=longest, validators=[_is_storable], error_messages=_too_long(longest)
    )


def _textarea(spec: FormField) -> forms.Field:
    longest = spec.max_length or LONGEST_TEXTAREA
    widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(
        max_length=longest,
        widget=widget,
        validators=[_is_storable],
        error_messages=_too_long(longest),
    )


def _name(spec: FormField) -> forms.Field:
    longest = spec.max_length or LONGEST_NAME
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(
        max_length=longest,
        widget=widget,
        validators=[_is_name],
        error_messages=_too_long(longest),
    )


def _is_name(value: str) -> None:
    if not NAME.fullmatch(value):
        raise ValidationError("姓名只能有汉字、字母和间隔号“·”", code="invalid")


def _id_number(_spec: FormField) -> forms.Field:
    return CompactField(
        lambda typed: problem_with_resident_id(typed, timezone.localdate()),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages=_too_long(18),
    )


def _uscc(_spec: FormField) -> forms.Field:
    return CompactField(
        lambda typed: None if is_uscc(typed) else "统一社会信用代码应为18位，请对照营业执照填写",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages=_too_long(18),
    )


def _phone(_spec: FormField) -> forms.Field:
    return CompactField(
        lambda typed: None if PHONE.fullmatch(typed) else "请填写11位手机号，或带区号的固定电话",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages=_too_long(13),
    )


def _bank_card(_spec: FormField) -> forms.Field:
    return CompactField(
        lambda typed: None if BANK_CARD.fullmatch(typed) else "银行卡号应为12至19位数字",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=_too_long(19),
    )


def _date(spec: FormField) -> forms.Field:
    return DatePartsField(widget=DayWidget, validators=[_within(spec)])


def _month(spec: FormField) -> forms.Field:
    return MonthField(validators=[_within(spec)])


def _period(_spec: FormField) -> forms.Field:
    return PeriodField()


def _number(spec: FormField) -> forms.Field:
    return NumberField(
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-8"}
        ),
        validators=[_within(spec)],
        error_messages={"invalid": "请填写整数，例如 3"},
    )


def _email(_spec: FormField) -> forms.Field:
    widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})
    messages = {"invalid": "电子邮箱的格式不对，例如 name@example.com", **_too_long(LONGEST_TEXT)}
    return forms.EmailField(max_length=LONGEST_TEXT, widget=widget, error_messages=messages)


def _address(spec: FormField) -> forms.Field:
    longest = spec.max_length or LONGEST_TEXT
    return forms.CharField(
        max_length=longest,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        validators=[_is_storable, _is_address],
        error_messages=_too_long(longest),
    )


def _is_address(value: str) -> None:
    if len(value) < SHORTEST_ADDRESS:
        raise ValidationError("请填写完整的地址，写到门牌号或村、组", code="short")


def _money(spec: FormField) -> forms.Field:
    return MoneyField(
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
        validators=[_within(spec)],
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "请填写金额，例如 1200.50",
            "min_value": "金额不能小于0",
            "max_digits": "金额过大",
            "max_whole_digits": "金额过大",
            "max_decimal_places": "金额最多两位小数",
        },
    )


def _region(spec: FormField) -> forms.Field:
    return forms.ChoiceField(
        choices=lambda: [("", "请选择"), *region_choices(spec.region_level)],
        error_messages={"invalid_choice": "请从列表中选择"},
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )


def _choice(spec: FormField) -> forms.Field:
    few = len(spec.choices) <= RADIOS_UP_TO
    choices = list(spec.choices) if few and spec.required else [("", "请选择"), *spec.choices]
    return forms.ChoiceField(
        choices=choices,
        widget=forms.RadioSelect if few and spec.required else forms.Select,
        error_messages={"invalid_choice": "请从给出的选项中选择"},
    )


def _several(spec: FormField) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=list(spec.choices),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "请从给出的选项中选择",
            "invalid_list": "请从给出的选项中选择",
        },
    )


def _people(spec: FormField) -> forms.Field:
    return people_field(spec, form_field)


def _file(_spec: FormField) -> forms.Field:
    return FilesField()


def _yes_no(_spec: FormField) -> forms.Field:
    return forms.TypedChoiceField(
        choices=YES_NO,
        coerce=lambda typed: typed == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请选择“是”或“否”"},
    )


def _within(spec: FormField) -> Callable[[Any], None]:
    """Judges a number, a sum or a day by the bounds of the question."""

    def judge(value: Any) -> None:
        today = timezone.localdate()
        for bound, sign in ((spec.at_least, 1), (spec.at_most, -1)):
            limit = today if bound == "today" else bound
            if limit is None or isinstance(limit, dt.date) != isinstance(value, dt.date):
                continue
            if (value < limit) if sign > 0 else (value > limit):
                raise ValidationError(_out_of_bounds(spec, bound, sign), code="bounds")

    return judge


def _out_of_bounds(spec: FormField, bound: Any, sign: int) -> str:
    if bound == "today":
        word = "今天"
    elif isinstance(bound, dt.date):
        word = f"{bound.year}年{bound.month}月" + (f"{bound.day}日" if spec.kind == "date" else "")
    else:
        word = f"{bound:f}" + ("元" if spec.kind == "money" else "")
        return f"不能{'小' if sign > 0 else '大'}于{word}"
    return f"不能{'早' if sign > 0 else '晚'}于{word}"


def _is_storable(value: str) -> None:
    """Half a sign (a lone surrogate) can come in JSON, and no database keeps it."""
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        raise ValidationError("含有无法保存的字符，请重新输入", code="unstorable")


def _too_long(longest: int) -> dict[str, str]:
    return {"max_length": f"最多{longest}个字符"}


_MAKERS: dict[str, Callable[[FormField], forms.Field]] = {
    "text": _text,
    "textarea": _textarea,
    "name": _name,
    "id_number": _id_number,
    "uscc": _uscc,
    "phone": _phone,
    "date": _date,
    "money": _money,
    "region": _region,
    "choice": _choice,
    "yes_no": _yes_no,
    "bank_card": _bank_card,
    "number": _number,
    "email": _email,
    "address": _address,
    "period": _period,
    "month": _month,
    "several": _several,
    "people": _people,
    "file": _file,
}

Answer = str | bool | int | Decimal | dt.date | Period | list[Any] | None
