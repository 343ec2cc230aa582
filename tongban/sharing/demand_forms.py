"""What an office writes when it asks for data, and what the holder answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from tongban.offices.models import Office

from .models import Demand, Holder, Resource


def _text(label: str, limit: int, say: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        error_messages={"required": say, "max_length": f"请控制在 {limit} 个字以内"},
        **more,
    )


class DemandForm(forms.Form):
    title = _text(
        "需要什么数据", 80, "请写明需要什么数据", help_text="一句话，例如：灵活就业人员参保状态"
    )
    need = _text(
        "用来做什么",
        500,
        "请写明用来做什么",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="办理哪个事项、核对什么、大约多少件",
    )
    fields_wanted = _text(
        "需要的内容",
        500,
        "请写明需要哪些内容",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="能用“是或否”回答的，请写成问题，不要具体数据",
    )
    ground = _text("依据", 300, "请写明法律法规依据", help_text="法律、法规、规章的名称和条款")
    item_key = forms.SlugField(
        label="用于哪个事项",
        required=False,
        max_length=80,
        help_text="办事指南网址里事项的那一段；填写后，对方同意时自动列入责任清单",
        error_messages={"invalid": "请填写办事指南网址里事项的那一段，只含字母、数字和短横线"},
    )

    def __init__(self, offices: Iterable[Office], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {str(office.pk): office for office in offices}
        self.fields["office"] = forms.ChoiceField(
            label="需求机构",
            choices=[(key, office.name) for key, office in self.offices.items()],
            error_messages={"required": "请选择需求机构", "invalid_choice": "请选择自己所在的机构"},
        )
        # Only who works on this site can answer here.
        self.fields["holder"] = forms.ModelChoiceField(
            label="向谁提出",
            queryset=Holder.objects.exclude(office=None).order_by("is_demonstration", "code"),
            empty_label="请选择",
            error_messages={
                "required": "请选择数据持有部门",
                "invalid_choice": "请从列表中选择数据持有部门",
            },
        )
        self.order_fields(
            ["office", "holder", "title", "need", "fields_wanted", "ground", "item_key"]
        )


class AcceptForm(forms.Form):
    """A resource that the holder keeps already, or a new one by its name."""

    new_name = forms.CharField(
        label="或者新建资源，名称为",
        max_length=120,
        required=False,
        error_messages={"max_length": "请控制在 120 个字以内"},
    )
    text = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        error_messages={"max_length": "请控制在 300 个字以内"},
    )

    def __init__(self, demand: Demand, data: Any = None) -> None:
        super().__init__(data, auto_id="accept-%s")
        kept = Resource.objects.filter(holder=demand.holder).order_by("is_demonstration", "id")
        self.fields["resource"] = forms.ModelChoiceField(
            label="用已有的资源提供",
            queryset=kept,
            required=False,
            empty_label="不用已有的",
            error_messages={"invalid_choice": "请从列表中选择资源"},
        )
        self.order_fields(["resource", "new_name", "text"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(data.get("resource")) == bool(data.get("new_name")):
            self.add_error("resource", "请选择一个已有的资源，或填写新资源的名称，二者选一")
        return data


class RefuseForm(forms.Form):
    text = _text("不予提供的理由", 300, "请写明理由", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, _demand: Demand, data: Any = None) -> None:
        super().__init__(data, auto_id="refuse-%s")


class AskBackForm(forms.Form):
    text = _text(
        "需要对方说明什么", 300, "请写明要对方说明什么", widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, _demand: Demand, data: Any = None) -> None:
        super().__init__(data, auto_id="ask-%s")


class ExplainForm(forms.Form):
    text = _text("补充说明", 500, "请填写补充说明", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, _demand: Demand, data: Any = None) -> None:
        super().__init__(data, auto_id="explain-%s")
