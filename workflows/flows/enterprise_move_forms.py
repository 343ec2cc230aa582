"""Forms of 企业跨省市迁移: may it leave, what travels, where it stands now."""

from __future__ import annotations

from django import forms

from workflows.cases.forms import StepForm


class StandingForm(StepForm):
    """What the 迁出地 must see before it lets an enterprise go."""

    clear = forms.BooleanField(
        label="未列入经营异常名录，无查封，无股权冻结或出质",
        error_messages={"required": "有上述情形的，请选择“不能迁出”并说明"},
    )
    remark = forms.CharField(label="备注", max_length=500, required=False)


class ArchiveSentForm(StepForm):
    way = forms.ChoiceField(
        label="移送方式",
        choices=[("cloud", "电子档案，云端移送"), ("parcel", "纸质档案，机要或专人移送")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择移送方式"},
    )
    number = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="移送编号",
        error_messages={
            "required": "请填写移送编号",
            "invalid": "编号应为 4 至 40 位字母、数字或短横线",
        },
    )
    pages = forms.IntegerField(
        label="档案页数",
        min_value=1,
        max_value=100000,
        error_messages={"required": "请填写档案页数", "min_value": "至少一页"},
    )


class RegisteredForm(StepForm):
    receiver = forms.CharField(
        label="执照领取人", max_length=100, error_messages={"required": "请填写领取人姓名"}
    )
    way = forms.ChoiceField(
        label="执照",
        choices=[("counter", "窗口领取"), ("post", "邮寄"), ("electronic", "只领电子营业执照")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择执照领取方式"},
    )
