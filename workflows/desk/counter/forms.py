"""The window's own questions. Their names begin with `c-`, which no matter's field can."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from matters.catalogue.definition import FieldKind, FormField, Material
from matters.catalogue.form_fields import form_field
from tongban.accounts.identity import compact, is_uscc, problem_with_resident_id
from tongban.forms import DayInput
from workflows.cases.parties import RIGHT_NAMES, SIGN, SUPPLEMENT, WITHDRAW

from .matter_form import SCANNED, holds_id_number
from .people import Person
from .visits import Role, Visit

PREFIX = "c"
LONGEST_TYPED = 60
LONGEST_AUTHORITY_YEARS = 3
RELATIONS = {
    Role.AGENT: ["子女", "配偶", "父母", "兄弟姐妹", "村（社区）帮办", "单位经办人", "律师"],
    Role.GUARDIAN: ["父亲", "母亲", "祖父母", "其他监护人"],
}
AUTHORITIES = {
    Role.AGENT: ["授权委托书", "户口簿（亲属关系）", "村（居）委会帮办登记", "单位介绍信"],
    Role.GUARDIAN: ["户口簿", "出生医学证明", "法院指定监护的文书"],
}
PAPER_FORMS = {"original": "原件", "copy": "复印件", "electronic": "电子件"}


class WordsField(forms.CharField):
    """Words that are stored as they are: an ID number does not belong in them."""

    def clean(self, value: Any) -> str:
        words = str(super().clean(value))
        if holds_id_number(words):
            raise forms.ValidationError(SCANNED, code="scanned")
        return words


def asked(code: str, label: str, kind: FieldKind, *, required: bool = True, hint: str = "") -> Any:
    """The same question as a matter's own form asks it: one rule for a name or phone everywhere."""
    return form_field(FormField(code=code, label=label, kind=kind, required=required, help=hint))


def identity_box(label: str, **attrs: Any) -> forms.CharField:
    """The box that a card reader types into: digits and Enter."""
    widget = forms.TextInput(
        {"autocomplete": "off", "spellcheck": "false", "class": "w-20", "autofocus": True, **attrs}
    )
    return forms.CharField(
        label=label,
        max_length=LONGEST_TYPED,
        widget=widget,
        error_messages={
            "required": "请刷身份证，或输入身份证号码",
            "max_length": "输入的内容过长，请重新刷卡",
        },
    )


class IdentifyForm(forms.Form):
    """Who is at the window."""

    id_number = identity_box("身份证号码")

    def clean_id_number(self) -> str:
        number = compact(self.cleaned_data["id_number"])
        if problem := problem_with_resident_id(number, timezone.localdate()):
            raise forms.ValidationError(problem, code="invalid")
        return number


class BehalfForm(forms.Form):
    """For whom, where it is somebody else: a person's ID number or an enterprise's code."""

    AUTO = "auto"
    for_id = identity_box("申请人身份证号，或统一社会信用代码")
    role = forms.ChoiceField(
        label="到场人是申请人的",
        choices=[
            (AUTO, "按年龄：未满18周岁为监护人，其他为代理人"),
            (Role.AGENT.value, "代理人"),
            (Role.GUARDIAN.value, "监护人"),
        ],
        initial=AUTO,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择到场人的身份", "invalid_choice": "请从选项中选择"},
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present

    def clean_for_id(self) -> str:
        number = compact(self.cleaned_data["for_id"])
        if is_uscc(number):
            return number
        if problem := problem_with_resident_id(number, timezone.localdate()):
            raise forms.ValidationError(problem, code="invalid")
        if number == self.present:
            raise forms.ValidationError("这是到场人本人的身份证；本人办理不用填写")
        return number

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        number = data.get("for_id")
        if number and data.get("role") == self.AUTO:
            minor = Person(number, None).is_minor
            data["role"] = Role.GUARDIAN.value if minor else Role.AGENT.value
        if number and is_uscc(number):
            data["role"] = Role.AGENT.value
        return data


class PeopleForm(forms.Form):
    """The people of the visit: names and phone, and by what right somebody acts for another.

    A name or phone that an account or a draft has may stay empty; `phone_known` is it, masked.
    """

    prefix = PREFIX

    def __init__(
        self, *args: Any, visit: Visit, present: Person, applicant: Person, phone_known: str,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.visit = visit
        if not visit.is_in_person:
            self._ask("for_name", applicant, "申请人姓名" if applicant.is_natural else "单位名称")
        self._ask("name", present, "到场人姓名" if visit.for_id else "姓名")
        self.fields["phone"] = asked(
            "phone",
            "联系电话",
            "phone",
            required=False,
            hint=_hint(phone_known),
        )
        self.fields["phone"].widget.attrs["autocomplete"] = "off"
        if not visit.is_in_person:
            self._ask_right()

    def _ask(self, name: str, person: Person, label: str) -> None:
        kind: FieldKind = "name" if person.is_natural else "text"
        known = person.account_name
        self.fields[name] = asked(name, label, kind, required=not known, hint=_hint(known))

    def _ask_right(self) -> None:
        role = Role(self.visit.role)
        self.fields["relation"] = WordsField(
            label="与申请人的关系",
            max_length=40,
            widget=forms.TextInput({"list": "relations", "autocomplete": "off"}),
            error_messages={"required": "请填写与申请人的关系", "max_length": "最多40个字符"},
        )
        self.fields["authority"] = WordsField(
            label="监护依据" if role == Role.GUARDIAN else "授权依据",
            max_length=200,
            initial=AUTHORITIES[role][0],
            widget=forms.TextInput({"list": "authorities", "autocomplete": "off"}),
            error_messages={"required": "请写明依据的文书", "max_length": "最多200个字符"},
        )
        if role == Role.GUARDIAN:
            return
        self.fields["scope"] = forms.MultipleChoiceField(
            label="授权事项",
            choices=[(right, RIGHT_NAMES[right]) for right in (SIGN, SUPPLEMENT, WITHDRAW)],
            initial=[SIGN, SUPPLEMENT, WITHDRAW],
            widget=forms.CheckboxSelectMultiple({"class": "choices-inline"}),
            error_messages={"required": "请勾选授权事项", "invalid_choice": "请从选项中选择"},
        )
        self.fields["expires_on"] = forms.DateField(
            label="授权到哪一天",
            required=False,
            widget=DayInput,
            help_text="不填即到办结为止",
            error_messages={"invalid": "请填写日期，例如 2026-12-31"},
        )

    def clean_scope(self) -> list[str]:
        scope = list(self.cleaned_data["scope"])
        if SIGN not in scope:
            raise forms.ValidationError(f"没有“{RIGHT_NAMES[SIGN]}”的授权，不能代为申请")
        return scope

    def clean_expires_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if day is not None and day < today:
            raise forms.ValidationError("授权已经过期，不能代为申请")
        if day is not None and day.year > today.year + LONGEST_AUTHORITY_YEARS:
            raise forms.ValidationError(f"授权期限最长 {LONGEST_AUTHORITY_YEARS} 年")
        return day


class PapersForm(forms.Form):
    """What was handed over, seen against the list, and that the person is who the card says."""

    prefix = PREFIX
    identity_checked = forms.BooleanField(
        label="已核验到场人身份证原件，人证一致",
        error_messages={"required": "须先核验身份，再勾选此项"},
    )
    remark = WordsField(
        label="收件备注",
        max_length=500,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"max_length": "最多500个字符"},
    )

    def __init__(
        self, *args: Any, asked: Sequence[Material], collects: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.collects = asked, collects
        self.fields["papers"] = forms.MultipleChoiceField(
            label="收到的材料（逐份核对）",
            choices=[(paper.code, paper.name) for paper in asked],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "所选材料不在本事项的清单内"},
        )
        self.order_fields(["identity_checked", "papers", "remark"])

    @property
    def ticked(self) -> list[str]:
        """Codes of the papers that were ticked, whether they are enough or not."""
        sent = set(self["papers"].data or [])
        return [paper.code for paper in self.asked if paper.code in sent]

    def clean_papers(self) -> list[str]:
        """A window that collects takes in no case without the papers that have to be there now."""
        here = list(self.cleaned_data["papers"])
        lacking = [
            paper.name for paper in self.asked if not may_follow(paper) and paper.code not in here
        ]
        if self.collects and lacking:
            raise forms.ValidationError(
                f"缺少必要材料：{'、'.join(lacking)}。可先存草稿，或登记不予收件。"
            )
        return here


def may_follow(paper: Material) -> bool:
    """Not needed at all, to be handed in later (容缺), or looked up by the owner instead (免证办)."""
    return not paper.required or paper.missing_ok or bool(paper.shared)


def _hint(known: str) -> str:
    return f"已有 {known}，留空即用" if known else ""
