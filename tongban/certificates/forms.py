"""What is asked on the pages of certificates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from .kinds import Kind
from .showing import written_token

# More than so many offices are a list to choose from.
MOST_RADIOS = 4


class AgreeForm(forms.Form):
    """One tick a certificate: what isn't ticked isn't asked."""

    agreed = forms.MultipleChoiceField(
        label="我同意向签发机关查询并领取以下本人证照",
        help_text="只查询勾选的。每种证照每天可以查询一次；查询和以后每次核验都有记录，您可以随时查看。",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请勾选要领取的证照",
            "invalid_choice": "请勾选上面列出的证照",
        },
    )

    def __init__(self, offered: Iterable[Kind], province: str, data: Any) -> None:
        super().__init__(data)
        field = self.fields["agreed"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # declared above
        field.choices = [(kind.code, kind.name_in(province)) for kind in offered]


class CodeForm(forms.Form):
    """A code that was read by a scanner or typed."""

    code = forms.CharField(
        label="亮证码",
        help_text="把光标放在这里扫码，或输入二维码下面的 20 位字符",
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "w-20", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "请扫码或输入亮证码", "max_length": "亮证码过长，请重新扫码"},
    )

    def clean_code(self) -> str:
        token = written_token(self.cleaned_data["code"])
        if not token:
            raise forms.ValidationError("亮证码是 20 位数字和大写字母，请重新扫码或核对后输入")
        return token


class OfficeForm(forms.Form):
    """For which of one's offices a code is verified."""

    office = forms.TypedChoiceField(
        label="以哪个单位核验",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择以哪个单位核验",
            "invalid_choice": "请选择您所在的单位",
        },
    )

    def __init__(self, offices: list[tuple[int, str]], data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["office"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  # declared above
        field.choices = offices
        if len(offices) > MOST_RADIOS:
            field.widget = forms.Select(choices=[("", "请选择"), *offices])
        if len(offices) == 1:
            # The one there is: nothing to choose.
            field.widget = forms.HiddenInput()
            field.initial = offices[0][0]
