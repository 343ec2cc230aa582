"""Forms about the people of an application."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from matters.catalogue.definition import FieldKind, FormField
from matters.catalogue.form_fields import form_field
from tongban.accounts.personal import mask_id_number, mask_phone
from tongban.forms import DatePartsField
from workflows.cases.opening import PartyInput
from workflows.cases.parties import RIGHT_NAMES, SIGN, SUPPLEMENT, WITHDRAW

from .people import OnBehalf, Role

LONGEST_AUTHORITY_YEARS = 3
LONGEST_AUTHORITY = 200


def asked(code: str, label: str, kind: FieldKind, *, required: bool = True, hint: str = "") -> Any:
    """The same question as a matter's own form asks it: one rule for an ID number everywhere."""
    return form_field(FormField(code=code, label=label, kind=kind, required=required, help=hint))


class WhoForm(forms.Form):
    """为谁办."""

    def __init__(self, *args: Any, kinds: list[OnBehalf], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on_behalf"] = forms.ChoiceField(
            label="这次是为谁办？",
            choices=[
                (kind.code, f"{kind.label}（{kind.hint}）" if kind.hint else kind.label)
                for kind in kinds
            ],
            widget=forms.RadioSelect,
            error_messages={
                "required": "请选择为谁办理",
                "invalid_choice": "请从给出的选项中选择",
            },
        )


class MeForm(forms.Form):
    """What the account lacks of the person at the keyboard; what is known stays if left empty."""

    def __init__(self, *args: Any, me: PartyInput, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known_id, known_phone = mask_id_number(me.id_number), mask_phone(me.phone)
        self.fields["id_number"] = asked(
            "id_number",
            "身份证号",
            "id_number",
            required=not known_id,
            hint=f"已有：{known_id}。不更改就不用填。" if known_id else "18 位，最后一位可能是 X",
        )
        self.fields["phone"] = asked(
            "phone",
            "手机号",
            "phone",
            required=not known_phone,
            hint=f"已有：{known_phone}。不更改就不用填。" if known_phone else "办件进展会发到这里",
        )


class PersonForm(forms.Form):
    """Somebody else, for whom the person at the keyboard applies, and by what right."""

    def __init__(
        self,
        *args: Any,
        kind: OnBehalf,
        me: PartyInput,
        known: PartyInput | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.me, self.known = me, known
        self._ask_who(kind)
        self.fields["relation"] = forms.ChoiceField(
            label="您是申请人的" if not kind.of_enterprise else "您在企业（单位）的身份",
            choices=[(relation, relation) for relation in kind.relations],
            widget=forms.RadioSelect,
            error_messages={"required": "请选择您的身份", "invalid_choice": "请从选项中选择"},
        )
        self.fields["authority"] = forms.CharField(
            label="监护依据" if kind.my_role == Role.GUARDIAN else "授权依据",
            max_length=LONGEST_AUTHORITY,
            help_text=(
                "例如：户口簿、出生医学证明、法院指定监护的文书"
                if kind.my_role == Role.GUARDIAN
                else "例如：2026年3月1日的授权委托书、村民委员会的帮办登记"
            ),
            error_messages={
                "required": "请写明依据的文书",
                "max_length": f"最多{LONGEST_AUTHORITY}个字符",
            },
        )
        if kind.my_role == Role.AGENT:
            self._ask_authority()

    def _ask_who(self, kind: OnBehalf) -> None:
        """A number that is known already is shown masked and stays if left empty."""
        hint = (
            f"已有：{mask_id_number(self.known.id_number)}。不更改就不用填。" if self.known else ""
        )
        must = self.known is None
        if kind.of_enterprise:
            self.fields["name"] = asked("name", "企业或单位名称", "text")
            number = asked("id_number", "统一社会信用代码", "uscc", required=must, hint=hint)
        else:
            self.fields["name"] = asked("name", "申请人姓名", "name")
            number = asked("id_number", "申请人身份证号", "id_number", required=must, hint=hint)
        self.fields["id_number"] = number
        phone = mask_phone(self.known.phone) if self.known else ""
        hint = f"已有：{phone}。不更改就不用填。" if phone else "没有可以不填，进展会通知您。"
        self.fields["phone"] = asked("phone", "申请人联系电话", "phone", required=False, hint=hint)

    def _ask_authority(self) -> None:
        self.fields["scope"] = forms.MultipleChoiceField(
            label="申请人授权您办理",
            choices=[(right, RIGHT_NAMES[right]) for right in (SIGN, SUPPLEMENT, WITHDRAW)],
            initial=[SIGN, SUPPLEMENT, WITHDRAW],
            widget=forms.CheckboxSelectMultiple,
            help_text="您总可以查看办件进展。",
            error_messages={
                "required": "请勾选授权事项",
                "invalid_choice": "请从给出的选项中选择",
            },
        )
        self.fields["expires_on"] = DatePartsField(
            label="授权到哪一天", help_text=f"最长 {LONGEST_AUTHORITY_YEARS} 年"
        )

    def clean_id_number(self) -> str:
        number = str(self.cleaned_data["id_number"])
        if number and number == self.me.id_number:
            raise forms.ValidationError("这是您本人的证件号码；为本人办理，请返回选“为我自己办”")
        return number

    def clean(self) -> dict[str, Any]:
        """What was left empty stays as it was, but only for the same person."""
        data: dict[str, Any] = super().clean() or {}
        known = self.known
        if known is not None and data.get("name") == known.name:
            data |= {
                name: data.get(name) or getattr(known, name) for name in ("id_number", "phone")
            }
        elif not data.get("id_number") and "id_number" not in self.errors:
            self.add_error("id_number", "姓名已更改，请重新填写证件号码")
        return data

    def clean_scope(self) -> list[str]:
        scope = list(self.cleaned_data["scope"])
        if SIGN not in scope:
            raise forms.ValidationError(f"没有“{RIGHT_NAMES[SIGN]}”的授权，您不能提交申请")
        return scope

    def clean_expires_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if day is not None and day < today:
            raise forms.ValidationError("授权截止日不能早于今天")
        if day is not None and day.year > today.year + LONGEST_AUTHORITY_YEARS:
            raise forms.ValidationError(f"授权期限最长 {LONGEST_AUTHORITY_YEARS} 年")
        return day


class OtherForm(forms.Form):
    """A beneficiary, guardian, co-applicant or contact, where the application has one."""

    role = forms.ChoiceField(
        label="身份",
        choices=[
            (Role.BENEFICIARY, "受益人（补贴、待遇归谁）"),
            (Role.GUARDIAN, "监护人（申请人未满 18 周岁等）"),
            (Role.CO_APPLICANT, "共同申请人（夫妻、共有人等）"),
            (Role.CONTACT, "联系人（找不到您时联系谁）"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择身份", "invalid_choice": "请从给出的选项中选择"},
    )
    relation = forms.CharField(
        label="与申请人的关系",
        max_length=40,
        required=False,
        error_messages={"max_length": "最多40个字符"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = asked("name", "姓名", "name")
        self.fields["id_number"] = asked(
            "id_number", "身份证号", "id_number", required=False, hint="联系人可以不填。"
        )
        self.fields["phone"] = asked("phone", "联系电话", "phone", required=False)
        self.order_fields(["role", "name", "id_number", "phone", "relation"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        contact = data.get("role") == Role.CONTACT
        if data.get("role") and not contact and not data.get("id_number"):
            self._ask_for("id_number", "请填写身份证号")
        if contact and not data.get("phone"):
            self._ask_for("phone", "请填写联系人的电话")
        return data

    def _ask_for(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)
