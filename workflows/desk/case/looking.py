"""The reason without which nothing masked is shown."""

from __future__ import annotations

from django import forms

from tongban.accounts.looks import LONGEST_REASON, ReasonMissing, checked_reason


class LookForm(forms.Form):
    reason = forms.CharField(
        label="查看原因",
        max_length=LONGEST_REASON,
        help_text="会记入查看记录，本人和监督部门可以查到",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明查看原因"},
    )

    def clean_reason(self) -> str:
        try:
            return checked_reason(self.cleaned_data["reason"])
        except ReasonMissing as missing:
            raise forms.ValidationError(str(missing)) from None
