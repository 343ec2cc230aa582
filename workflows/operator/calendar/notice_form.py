"""The form that takes a published arrangement: a file, or its text."""

from __future__ import annotations

from typing import Any

from django import forms

LONGEST = 60_000
MISSING = "请选择文件，或者把内容粘贴在下面"


class NoticeForm(forms.Form):
    """After `is_valid`, `cleaned_data["text"]` is the notice, whichever way it came."""

    file = forms.FileField(
        label="文件",
        required=False,
        help_text="CSV 文件，UTF-8 编码。",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={"empty": "文件是空的，请另选一个"},
    )
    text = forms.CharField(
        label="或者粘贴内容",
        required=False,
        strip=False,
        max_length=LONGEST,
        help_text="写法见上面的例子：首行是来源，地方的安排再写一行地区；然后一天一行。",
        widget=forms.Textarea(attrs={"rows": 12, "class": "code", "spellcheck": "false"}),
        error_messages={"max_length": "内容太长，一个文件只写一年的安排"},
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if given := data.get("file"):
            if given.size > LONGEST:
                self.add_error("file", "文件太大，一个文件只写一年的安排")
                return data
            try:
                data["text"] = given.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", "文件不是 UTF-8 编码，请另存为 UTF-8")
        elif not self.errors and not data.get("text", "").strip():
            self.add_error("text", MISSING)
        return data
