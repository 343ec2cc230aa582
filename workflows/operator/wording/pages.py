"""通知文字: every template by channel, its text edited with a preview, and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tongban.accounts.models import User
from tongban.notices.models import TextVersion
from tongban.notices.rendering import CannotRender, edited_texts, render_email_of, rendered
from tongban.notices.sms.templates import edited, parts, registered
from tongban.notices.wording import editing, offers
from tongban.notices.wording.editing import ChangedMeanwhile, SmsPreview, Unfit

from ..door import for_operators

Kind = TextVersion.Kind
OVERTAKEN = "这个模板刚被别人改过，请看过新的内容再改"


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    template: str
    title: str
    subject: str
    changed: TextVersion | None
    code: str = ""
    parts: int = 0


class EditForm(forms.Form):
    text = forms.CharField(
        label="内容",
        widget=forms.Textarea(attrs={"rows": 16, "class": "code"}),
        strip=False,
        error_messages={"required": "请填写内容"},
    )
    reason = forms.CharField(
        label="修改原因",
        help_text="记入修改记录；只预览可以不填",
        max_length=200,
        required=False,
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip() + "\n"


class SmsEditForm(EditForm):
    field_order = ("sign", "code", "text", "reason", "based_on")
    text = forms.CharField(
        label="内容",
        help_text="变量写成 ${名称}，与报备的模板一字不差",
        widget=forms.Textarea(attrs={"rows": 4, "class": "code"}),
        error_messages={"required": "请填写内容"},
    )
    sign = forms.CharField(label="签名", max_length=12, widget=forms.TextInput({"class": "w-20"}))
    code = forms.CharField(
        label="模板编号",
        help_text="内容或签名改动后须重新报备，填新编号",
        max_length=40,
        widget=forms.TextInput({"class": "w-20"}),
    )

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).strip()


@require_safe
@for_operators
def texts(request: HttpRequest) -> HttpResponse:
    """Every template, those of messages first. Two statements."""
    context = {"messages_rows": _message_rows(), "sms_rows": _sms_rows()}
    return render(request, "operator/wording/list.html", context)


def _message_rows() -> list[Row]:
    edits = edited_texts(Kind.MESSAGE)
    rows = []
    for name in offers.templates():
        version = edits.get(name)
        try:
            sample = offers.sample_of(offers.offered(name))
            subject = rendered(name, sample, version.text if version else None).subject
        except CannotRender as error:
            subject = f"无法显示：{error}"
        rows.append(Row(name, offers.title(name), subject, version))
    return rows


def _sms_rows() -> list[Row]:
    edits = edited_texts(Kind.SMS)
    rows = []
    for name, template in registered().items():
        version = edits.get(name)
        now = (
            edited(template, text=version.text, code=version.code, sign=version.sign)
            if version
            else template
        )
        most = parts(now.filled(offers.longest(now)))
        text = f"【{now.sign}】{now.text}"
        rows.append(Row(name, offers.title(name), text, version, now.code, most))
    return rows


@require_http_methods(["GET", "POST"])
@for_operators
def text(request: HttpRequest, kind: str, template: str) -> HttpResponse:
    """One template: POST `do=preview` shows, `do=keep` keeps, `do=file` goes back to the file."""
    if template not in (registered() if kind == Kind.SMS else offers.templates()):
        raise Http404
    if kind not in Kind.values:
        raise Http404
    if request.method == "POST" and request.POST.get("do") == "file":
        return _go_back(request, kind, template)
    form = _form(request, kind, template)
    preview: dict[str, Any] = {}
    if request.method == "GET" or form.is_valid():
        given = form.cleaned_data if form.is_bound else form.initial
        try:
            preview = _preview(kind, template, given)
            if request.POST.get("do") == "keep":
                return _keep(request, kind, template, form.cleaned_data)
        except Unfit as unfit:
            _say(form, unfit)
        except ChangedMeanwhile:
            form.add_error(None, OVERTAKEN)
    return render(
        request,
        "operator/wording/text.html",
        {
            "form": form,
            "kind": kind,
            "template": template,
            "title": offers.title(template),
            "kind_label": Kind(kind).label,
            "names": _names(kind, template),
            "versions": editing.versions_of(kind, template),
            "file_text": _of_file(kind, template),
            **preview,
        },
    )


def _say(form: forms.Form, unfit: Unfit) -> None:
    if not form.is_bound:
        return
    for reason in unfit.reasons:
        form.add_error("reason" if "修改原因" in reason else "text", reason)


def _form(request: HttpRequest, kind: str, template: str) -> forms.Form:
    version = edited_texts(kind, template).get(template)
    initial: dict[str, Any] = {
        "text": version.text if version else _of_file(kind, template),
        "based_on": editing.last_id(kind, template),
    }
    bound = request.POST if request.method == "POST" else None
    if kind == Kind.MESSAGE:
        return EditForm(bound, initial=initial)
    now = editing.sms_in_force(template)
    return SmsEditForm(bound, initial={**initial, "sign": now.sign, "code": now.code})


def _preview(kind: str, template: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Unfit."""
    if kind == Kind.MESSAGE:
        words = editing.checked_message(template, given["text"])
        return {"words": words, "email": render_email_of(words, "/my/")}
    preview: SmsPreview = editing.checked_sms(
        template, text=given["text"], code=given["code"], sign=given["sign"]
    )
    return {"sms": preview}


def _keep(request: HttpRequest, kind: str, template: str, given: dict[str, Any]) -> HttpResponse:
    editing.keep(kind=kind, template=template, by=cast(User, request.user), **given)
    messages.success(request, "已保存，从现在起发出的通知用新的文字")
    return redirect("operator:text", kind, template)


def _go_back(request: HttpRequest, kind: str, template: str) -> HttpResponse:
    based_on = request.POST.get("based_on", "")
    try:
        editing.keep(
            kind=kind, template=template, text="", reason="恢复为系统自带的文字",
            by=cast(User, request.user), based_on=int(based_on) if based_on.isdecimal() else -1,
        )  # fmt: skip
        messages.success(request, "已恢复为系统自带的文字")
    except ChangedMeanwhile:
        messages.error(request, OVERTAKEN)
    return redirect("operator:text", kind, template)


def _of_file(kind: str, template: str) -> str:
    return offers.file_text(template) if kind == Kind.MESSAGE else registered()[template].text


def _names(kind: str, template: str) -> list[dict[str, Any]]:
    """What the text may use, with a sample, and which of it it must use."""
    if kind == Kind.SMS:
        found = registered()[template]
        must = offers.sms_required(found)
        return [
            {"name": f"${{{name}}}", "must": name in must, "sample": f"最多 {variable.most} 字"}
            for name, variable in found.variables.items()
        ]
    must = offers.required(template)
    sample = offers.readable(offers.sample_of(offers.offered(template)))
    return [
        {"name": name, "must": name in must, "sample": _shown(sample.get(name, ""))}
        for name in sorted(offers.offered(template))
    ]


def _shown(value: object) -> str:
    """A sample in a table's cell: a list's items in a row."""
    if isinstance(value, list):
        return "；".join(each if isinstance(each, str) else "……" for each in value)
    return str(value)
