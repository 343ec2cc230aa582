"""Invented content of the pattern book: long names, errors, and lists with nothing in them."""

import datetime as dt
from typing import Any

from django import forms

from tongban.forms import DatePartsField, DayInput
from tongban.templatetags.formats import SHANGHAI

LONG_NAME = "阿卜杜热西提·买买提依明·阿布都克里木江·吐尔逊"
LONG_OFFICE = (
    "四川省凉山彝族自治州木里藏族自治县残疾人联合会暨跨省通办异地代收代办联络服务窗口（示范）"
)


class SampleForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=50, help_text="与身份证上的姓名一致")
    id_number = forms.CharField(
        label="身份证号码",
        help_text="18 位，最后一位可能是 X",
        error_messages={"required": "请填写身份证号码"},
        widget=forms.TextInput(attrs={"class": "w-20", "autocomplete": "off"}),
    )
    born_on = DatePartsField(label="出生日期", help_text="例如 1968 年 3 月 12 日")
    visit_on = forms.DateField(label="来窗口的日期", widget=DayInput, required=False)
    kind = forms.ChoiceField(
        label="补贴类型",
        widget=forms.RadioSelect,
        choices=[("life", "困难残疾人生活补贴"), ("care", "重度残疾人护理补贴")],
        error_messages={"required": "请选择补贴类型"},
    )
    ways = forms.MultipleChoiceField(
        label="怎样通知您",
        widget=forms.CheckboxSelectMultiple,
        choices=[("inbox", "站内收件箱"), ("sms", "短信"), ("mail", "电子邮件")],
        required=False,
    )
    region = forms.ChoiceField(
        label="户籍所在区县",
        choices=[("", "请选择"), ("511702", "四川省达州市通川区"), ("500101", "重庆市万州区")],
        error_messages={"required": "请选择户籍所在区县"},
    )
    reason = forms.CharField(
        label="情况说明", required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=200
    )
    paper = forms.FileField(label="残疾人证", required=False, help_text="照片或 PDF，不超过 10 MB")
    agree = forms.BooleanField(
        label="我同意收件地窗口查询我的残疾人证信息，只用于办理这件事",
        error_messages={"required": "不同意查询的，请上传残疾人证"},
    )


class SampleFilters(forms.Form):
    q = forms.CharField(label="办件编号或申请人", required=False)
    light = forms.ChoiceField(
        label="灯色", required=False, choices=[("", "全部"), ("red", "红灯"), ("yellow", "黄灯")]
    )
    matter = forms.ChoiceField(
        label="事项", required=False, choices=[("", "全部事项"), ("a", "残疾人两项补贴申请")]
    )
    since = forms.DateField(label="收到日起", required=False, widget=DayInput)


def _bad_form() -> SampleForm:
    typed = {"name": LONG_NAME, "born_on_year": "1968", "born_on_month": "2", "born_on_day": "30"}
    return SampleForm(typed, auto_id="bad_%s")


def _at(month: int, day: int, hour: int = 9, minute: int = 30) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def _rows() -> list[dict[str, Any]]:
    titles = ["残疾人两项补贴申请", "孤儿认定", "住房公积金异地转移接续", "户口迁移（跨省）"]
    shown = zip(["red", "yellow", "green", "paused", "none"], [*titles, LONG_OFFICE], strict=True)
    return [
        {
            "number": f"CY51202611210000{n}",
            "matter": matter,
            "applicant": "张*明" if n else "阿*" + "*" * 20,
            "office": LONG_OFFICE if n == 1 else "达州市通川区残疾人联合会",
            "light": light,
            "due_at": _at(11, 20 + n) if light != "none" else None,
        }
        for n, (light, matter) in enumerate(shown)
    ]


def _timeline() -> list[dict[str, Any]]:
    window = "重庆市万州区政务服务中心 李*"
    return [
        {
            "title": "窗口收件",
            "at": _at(11, 16),
            "who": window,
            "text": "收到 3 份材料，出具收件凭证。",
        },
        {
            "title": "寄往四川",
            "at": _at(11, 17),
            "who": window,
            "text": "邮政快递 EMS 1234567890123",
        },
        {"title": "材料不齐，退回补正", "at": _at(11, 18), "who": LONG_OFFICE, "state": "bad"},
        {"title": "审核材料", "at": _at(11, 19), "who": LONG_OFFICE, "state": "now"},
        {"title": "作出决定", "at": dt.date(2026, 12, 3), "who": "预计", "state": "next"},
    ]


def _stats() -> list[dict[str, Any]]:
    return [
        {
            "label": "今日收件",
            "value": "1,286",
            "unit": "件",
            "href": "#stats",
            "note": "较昨日 +42",
        },
        {"label": "今日办结", "value": "1,174", "unit": "件", "href": "#stats", "kind": "good"},
        {"label": "临近时限", "value": "63", "unit": "件", "href": "#stats", "kind": "warn"},
        {"label": "已超时限", "value": "7", "unit": "件", "href": "#stats", "kind": "bad"},
        {"label": "按时办结率", "value": "99.2%", "note": "近 30 天"},
        {"label": "平均用时", "value": "4.6", "unit": "个工作日"},
    ]


def samples() -> dict[str, Any]:
    """Context of the pattern book."""
    return {
        "crumbs": [("/", "首页"), ("/style/", "医保"), ("/style/", "异地就医备案")],
        "plain_form": SampleForm(),
        "bad_form": _bad_form(),
        "filters": SampleFilters(),
        "rows": _rows(),
        "entries": _timeline(),
        "steps": [
            {"text": "申请人", "state": "done"},
            {"text": "填写信息", "state": "done"},
            {"text": "提交材料", "state": "now"},
            {"text": "核对", "state": "next"},
        ],
        "tasks": [
            {"text": "申请人信息", "href": "#tasks", "status": "已完成", "kind": "done"},
            {"text": "申请内容", "href": "#tasks", "status": "进行中", "kind": "info"},
            {
                "text": "提交材料",
                "href": "#tasks",
                "status": "未开始",
                "hint": "残疾人证可以免交：两地数据已共享",
            },
            {"text": "核对并提交", "status": "暂不能开始"},
        ],
        "answers": [
            {"key": "姓名", "value": LONG_NAME, "href": "#summary"},
            {"key": "身份证号码", "value": "5101**********123X", "hint": "来自实名认证"},
            {"key": "受理机构", "value": LONG_OFFICE},
            {"key": "情况说明", "value": "", "href": "#summary"},
        ],
        "tabs": [
            {"href": "#tabs", "text": "我的", "count": 12, "current": True},
            {"href": "#tabs", "text": "本单位", "count": 148},
            {"href": "#tabs", "text": "等待对方省市", "count": 1036},
        ],
        "places": [
            {"href": "#top", "text": "重庆", "current": True},
            {"href": "#top", "text": "四川"},
        ],
        "stats": _stats(),
        "themes": [
            "医保",
            "公积金",
            "户籍",
            "社保",
            "婚育",
            "企业",
            "车驾",
            "教育",
            "养老",
            "就业",
        ],
        "now": _at(11, 21),
        "long_name": LONG_NAME,
        "long_office": LONG_OFFICE,
    }
