"""Forms of the steps that every flow has. A step's form sees the situation it is asked in."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django import forms
from django.core.signing import BadSignature, dumps, loads
from django.db.models import QuerySet

from tongban.accounts.models import Posting, User
from tongban.offices.models import Office

from .act import Situation
from .declarations import Step
from .feeding_back import elsewhere_for, questions
from .models import Enquiry, Rating

PROPOSER = "cases.more_time"


class StepForm(forms.Form):
    """Base of all step forms: validates what somebody gives to a step, whoever and however."""

    # The step that a form is asked by: set on a class of its own by `of_step`.
    step: ClassVar[Step | None] = None

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.situation = situation
        elsewhere = elsewhere_for(situation, self.step) if self.step is not None else None
        if elsewhere is not None:
            self.fields |= questions(situation, elsewhere)

    @classmethod
    def of_step(cls, step: Step) -> type[Self]:
        """The same form, knowing its step: one that is taken in another system asks for more."""
        return type(cls.__name__, (cls,), {"step": step, "__module__": cls.__module__})


def choices_of(field: forms.Field) -> QuerySet[Any]:
    """The rows that a model choice offers; none for any other field."""
    offered = field.queryset if isinstance(field, forms.ModelChoiceField) else None
    return Enquiry.objects.none() if offered is None else offered


class ReasonForm(StepForm):
    """A step that needs a written reason."""

    reason = forms.CharField(
        label="理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由"},
    )


class OpinionForm(StepForm):
    """A step with an opinion that may be left out."""

    opinion = forms.CharField(
        label="办理意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RemarkForm(StepForm):
    text = forms.CharField(
        label="备注",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明备注内容"},
    )


class AskForm(StepForm):
    kind = forms.ChoiceField(
        label="您想",
        choices=[(k.value, k.label) for k in Enquiry.Kind if k != Enquiry.Kind.SUPERVISION],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择咨询、催办或投诉"},
    )
    text = forms.CharField(
        label="内容",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明要说的内容"},
    )


class UrgeForm(StepForm):
    text = forms.CharField(
        label="督办要求",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明督办要求"},
    )


class EnquiryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_kind_display()}：{obj.text[:40]}"


class ColleagueChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody of an office; cases that go together at one office look them up once."""

    situation: Situation | None = None

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)

    def to_python(self, value: Any) -> Any:
        chosen = super().to_python
        if self.situation is None:
            return chosen(value)
        about = ("colleague", self.situation.case.holder_office_id, self.situation.today, value)
        return self.situation.once(about, lambda: chosen(value))


class AnswerForm(StepForm):
    """Answer one enquiry of this case. One statement for the choice of enquiries."""

    enquiry = EnquiryChoice(
        label="答复哪一条",
        queryset=Enquiry.objects.none(),
        error_messages={"required": "请选择要答复的事项", "invalid_choice": "该事项已答复或不存在"},
    )
    text = forms.CharField(
        label="答复内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明答复内容"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        choice = self.fields["enquiry"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Enquiry.objects.filter(case_id=situation.case.pk, answered_at=None)


class ReassignForm(StepForm):
    """Pass the case to a colleague of the office that holds it."""

    to = ColleagueChoice(
        label="改派给",
        queryset=User.objects.none(),
        error_messages={"required": "请选择同事", "invalid_choice": "此人不在本单位任职"},
    )
    reason = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        choice = self.fields["to"]
        if isinstance(choice, forms.ModelChoiceField):
            about = ("colleagues", situation.case.holder_office_id, situation.today)
            choice.queryset = situation.once(about, lambda: colleagues_in(situation))
        if isinstance(choice, ColleagueChoice):
            choice.situation = situation


def colleagues_in(situation: Situation) -> QuerySet[User]:
    """Clerks and heads of the office that holds the case, as of today."""
    here = Posting.objects.in_force(situation.today).filter(
        office_id=situation.case.holder_office_id or 0, role__in=("clerk", "head")
    )
    found = User.objects.filter(pk__in=here.values("user_id"), is_active=True)
    return found.order_by("username")


class PassOnForm(StepForm):
    """Pass the holder's seat to another office 转办."""

    office = forms.ModelChoiceField(
        label="转到哪个机构",
        queryset=Office.objects.none(),
        error_messages={
            "required": "请选择机构",
            "invalid_choice": "没有这个机构，或它不能接收办件",
        },
    )
    reason = forms.CharField(
        label="转办理由", max_length=500, error_messages={"required": "请写明转办理由"}
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        choice = self.fields["office"]
        if isinstance(choice, forms.ModelChoiceField):
            # Offices of the same county, its townships and its city: wrong routing is local.
            region = situation.case.region_of(situation.case.holder)
            choice.queryset = (
                Office.objects.filter(region__code__startswith=region[:4], valid_to=None)
                .exclude(pk=situation.case.holder_office_id or 0)
                .order_by("region_id", "name")
            )


class RatingForm(StepForm):
    level = forms.TypedChoiceField(
        label="您对这次办理是否满意",
        choices=[(str(v), label) for v, label in Rating.Level.choices],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一项评价"},
    )
    comment = forms.CharField(
        label="意见和建议",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ServiceForm(StepForm):
    """How a document reached the person, told by a clerk."""

    way = forms.ChoiceField(
        label="送达方式",
        choices=[("phone", "电话告知"), ("counter", "窗口领取"), ("post", "邮寄签收")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择送达方式"},
    )
    succeeded = forms.TypedChoiceField(
        label="是否送达",
        choices=[("yes", "已送达"), ("no", "未送达（无人接听、拒收等）")],
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否送达"},
    )
    receiver = forms.CharField(
        label="受送达人", max_length=100, error_messages={"required": "请写明受送达人"}
    )
    note = forms.CharField(label="备注", max_length=200, required=False)


def sealed(proposer: str) -> str:
    """A proposer's name as `MoreTimeForm` believes it."""
    return dumps(proposer, salt=PROPOSER)


class MoreTimeForm(StepForm):
    """More time for the applicant, in days of the unit in which their limit is counted."""

    days = forms.IntegerField(
        label="延长几天",
        min_value=1,
        max_value=60,
        help_text="原期限按工作日算的，延长也按工作日",
        error_messages={
            "required": "请填写天数",
            "min_value": "至少一天",
            "max_value": "一次至多 60 天",
        },
    )
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明理由"},
    )
    # Who asked for it, where somebody else approves; under our seal, or anybody could be named.
    asked_by = forms.CharField(required=False, max_length=1200, widget=forms.HiddenInput)

    def clean_asked_by(self) -> str:
        given: str = self.cleaned_data["asked_by"]
        try:
            return str(loads(given, salt=PROPOSER)) if given else ""
        except BadSignature:
            raise forms.ValidationError("提出人只能由批量延长的审批写入") from None


class ArrivalForm(StepForm):
    """Which electronic way a document took to its person, and when it was there."""

    way = forms.ChoiceField(choices=[("inbox", "站内信阅读"), ("email", "电子邮件到达")])
    # One of those that wait, by its id; the oldest if none is named.
    document = forms.IntegerField(required=False)
    arrived_at = forms.DateTimeField(required=False)

    def clean_document(self) -> int | None:
        document: int | None = self.cleaned_data["document"]
        if document is not None and document not in self.situation.case.facts.get("unserved", []):
            raise forms.ValidationError("这份文书已送达，或不属于本件")
        return document
