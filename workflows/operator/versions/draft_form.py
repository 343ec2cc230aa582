"""The form in which a draft is edited: its dates and kinds, and its definition as text."""

from __future__ import annotations

from typing import Any

from django import forms

from matters.catalogue.definition_text import LONGEST, Trouble, Unreadable, read_definition, text_of
from matters.catalogue.models import MatterVersion, Mode, ModeCertainty
from matters.catalogue.pinned import definition_of
from matters.catalogue.publishing import Content
from tongban.forms import DayInput
from workflows.cases.registry import flows

# 委托受理: how pages call what the code calls 异地授权.
MODE_WORDS = [(m.value, "委托受理" if m == Mode.DELEGATED else m.label) for m in Mode]


class DraftForm(forms.Form):
    """What a draft says. After `is_valid`, `content` is it; `troubles` are the text's mistakes."""

    valid_from = forms.DateField(
        label="生效日期",
        help_text="今天或以后；发布后，上一版到这一天为止。",
        widget=DayInput,
        error_messages={"required": "请填写生效日期", "invalid": "请填写日期，例如 2027-01-01"},
    )
    mode = forms.ChoiceField(
        label="办理模式", choices=MODE_WORDS,
        error_messages={"required": "请选择办理模式", "invalid_choice": "请从列表中选择办理模式"},
    )  # fmt: skip
    mode_certainty = forms.ChoiceField(
        label="办理模式的依据", choices=ModeCertainty.choices,
        error_messages={"required": "请选择依据", "invalid_choice": "请从列表中选择依据"},
    )  # fmt: skip
    flow = forms.ChoiceField(
        label="办理流程",
        help_text="换了流程，在办的办件要另行搬迁。",
        error_messages={"required": "请选择办理流程", "invalid_choice": "请从列表中选择办理流程"},
    )
    text = forms.CharField(
        label="实施清单",
        help_text="按 YAML 书写。各键的含义见项目文档 docs/adding-a-matter.md；没写的键按缺省。",
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 30, "class": "code", "spellcheck": "false"}),
        error_messages={"required": "请写明实施清单"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.troubles: list[Trouble] = []
        choice = self.fields["flow"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(flow.CODE, flow.LABEL) for flow in flows()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "text" in data and "flow" in data:
            try:
                data["definition"] = read_definition(data["text"], data["flow"])
            except Unreadable as error:
                self.troubles = error.troubles
                for trouble in error.troubles:
                    self.add_error("text", str(trouble))
        return data

    @property
    def content(self) -> Content:
        data = self.cleaned_data
        return Content(
            definition=data["definition"],
            flow=data["flow"],
            mode=data["mode"],
            mode_certainty=data["mode_certainty"],
            valid_from=data["valid_from"],
        )


def form_of(version: MatterVersion, data: Any = None) -> DraftForm:
    """The form with what the version says, or with what was typed."""
    return DraftForm(
        data,
        initial={
            "valid_from": version.valid_from,
            "mode": version.mode,
            "mode_certainty": version.mode_certainty,
            "flow": version.flow,
            "text": text_of(definition_of(version.pk)),
        },
    )
