"""Forms of 虚拟综窗: the slot, the look at each paper, the one list."""

from __future__ import annotations

from typing import Any

from django import forms

from tongban.templatetags.formats import zh_date
from workflows.cases.act import Situation
from workflows.cases.forms import StepForm, choices_of
from workflows.cases.models import Material

from .joint_slots import Slot, free_slots
from .review_forms import LONGEST_ITEM, MOST_ITEMS, SupplementDemandForm

WHAT_HAPPENS = "对方在视频里当场核验材料，请申请人届时到窗口"
NO_SLOT = "对方单位还没有安排核验时间，或已约满；可照常转递属地"
HERE = (Material.Status.HANDED_IN, Material.Status.SHARED)
TAKEN = "这个时段刚刚被约走，请另选一个"


def receiving_seat(situation: Situation) -> str:
    """The seat that the papers go to, and whose clerk looks at them: that of the first stage."""
    return situation.definition.stage(situation.case.stage).seat


class BookTogetherForm(StepForm):
    """A free slot of the office that the papers will go to. Two statements."""

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        case, seat = situation.case, receiving_seat(situation)
        regions = {case.region_of(seat), case.region_of("collector")}
        slots = free_slots(case.office_of(seat) or 0, sorted(regions), situation.at)
        self.slots = {slot.code: slot for slot in slots}
        days: dict[str, list[tuple[str, str]]] = {}
        for slot in slots:
            day = zh_date(slot.starts_at.date())
            days.setdefault(day, []).append((slot.code, slot.text))
        self.fields["slot"] = forms.ChoiceField(
            label="约哪个时段",
            choices=[("", "请选择"), *days.items()] if slots else [("", "近期没有可约的时段")],
            help_text=WHAT_HAPPENS if slots else NO_SLOT,
            error_messages={"required": "请选择时段", "invalid_choice": TAKEN},
        )

    def clean_slot(self) -> Slot:
        return self.slots[self.cleaned_data["slot"]]


class CheckTogetherForm(StepForm):
    """Every paper at the window seen, one by one. Two statements."""

    note = forms.CharField(label="核验备注", max_length=500, required=False)

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.fields["seen"] = _papers("逐份看清（在视频里看过、内容清楚、符合要求）", situation)
        # A matter without papers has nothing to look at; any other has something to tick.
        seen = self.fields["seen"]
        seen.required = seen.widget.is_required = bool(situation.definition.materials)
        seen.error_messages["required"] = "请在视频里逐份看清后勾选"
        self.order_fields(["seen", "note"])

    def clean_seen(self) -> Any:
        chosen = self.cleaned_data["seen"]
        seen = {paper.pk for paper in chosen}
        left = [p.name for p in choices_of(self.fields["seen"]) if p.pk not in seen]
        if left:
            raise forms.ValidationError(
                f"还没有看清：{'、'.join(left)}；有缺漏的，请用“联席核验，一次告知”"
            )
        return chosen


class ListTogetherForm(SupplementDemandForm):
    """Papers that are missing or can't be read, and whatever else is: one complete list. One statement."""

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.fields["lacking"] = _papers("缺少或看不清、须重交的材料", situation, only_here=False)
        self.fields["items"].required = False
        self.fields["items"].widget.is_required = False
        self.fields["items"].label = "其他需要补正的内容（每行一项，一次列全）"
        self.order_fields(["lacking", "items", "reason"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        named = [paper.name[:LONGEST_ITEM] for paper in data.get("lacking", ())]
        data["items"] = list(dict.fromkeys([*named, *data.get("items", ())]))
        if not data["items"] and not self.errors:
            self.add_error("lacking", "请勾选材料或逐行写明需要补正的内容，至少一项")
        elif len(data["items"]) > MOST_ITEMS:
            self.add_error("items", f"合计最多列 {MOST_ITEMS} 项，请合并")
        return data


class SupplementOnceMoreForm(SupplementDemandForm):
    """要求补正. After a joint session the list has been given once: who asks again says that they know."""

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        if "joint_check" not in situation.case.facts:
            return
        self.fields["again"] = forms.BooleanField(
            label="仍须补正：是联席核验时无法发现的问题，理由里已写明",
            help_text="这个办件已经联席核验，补正内容应当当时一次告知，不得重复要求",
            error_messages={"required": "已经联席核验过，请确认仍须补正"},
        )
        self.order_fields(["items", "reason", "again"])


def _papers(
    label: str, situation: Situation, *, only_here: bool = True
) -> forms.ModelMultipleChoiceField[Material]:
    papers = Material.objects.filter(case_id=situation.case.pk)
    if only_here:
        papers = papers.filter(status__in=HERE)
    return forms.ModelMultipleChoiceField(
        label=label,
        queryset=papers.order_by("id"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "所选材料不在本件清单内"},
    )
