"""查询进度: where a case stands, for somebody who has its number and has not signed in."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from math import ceil
from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from stdnum import luhn

from matters.catalogue.pinned import definition_of
from tongban.accounts.lockout import client_address
from tongban.notices.sms.gateways import sms_is_configured
from workflows.cases.flow import Flow
from workflows.cases.models import Case
from workflows.cases.numbers import LONGEST_NUMBER, plain_number
from workflows.cases.places import OfficeCard, office_cards

from .own.progress_door import (
    SeveralCases,
    TooMany,
    ask_for_code,
    may_see_progress,
    seen_by_code,
)
from .own.standing import tag_of
from .own.time_kept import promise_light, promised_until

NOT_FOUND = "没有查到。请核对办件编号和证件号码后六位；也可以登录后在“我的办件”里查看。"

WRONG_CODE = "验证码不对或已失效。试错五次后须重新获取。"

# What numbers of ours and of others are written with, 渝社险〔2026〕12号 among them.
NUMBER = re.compile(r"[0-9A-Z一-鿿〔〕\[\]()/_.-]{4,60}")
OUR_DIGITS = 20


class NumberForm(forms.Form):
    """A case by the number on its receipt."""

    number = forms.CharField(
        label="办件编号",
        help_text="在申请回执或收件凭证上；业务协同编号、运单号、业务系统编号也可以",
        max_length=LONGEST_NUMBER,
        widget=forms.TextInput(attrs={"class": "w-20", "autocomplete": "off"}),
        error_messages={"required": "请填写办件编号", "max_length": "办件编号过长，请核对"},
    )

    def clean_number(self) -> str:
        number = plain_number(self.cleaned_data["number"])
        is_ours = len(number) == OUR_DIGITS and number.isdigit()
        if not NUMBER.fullmatch(number) or (is_ours and not luhn.is_valid(number)):
            raise forms.ValidationError("办件编号有误，请对照回执核对")
        return number


class ProgressForm(NumberForm):
    """Number and the last six of the applicant's ID number: where no text messages go out."""

    proof = forms.RegexField(
        r"^[0-9A-Za-z]{6}$",
        strip=True,
        label="申请人证件号码后六位",
        help_text="身份证最后一位是 X 的，照填 X；企业填统一社会信用代码后六位",
        widget=forms.TextInput(attrs={"class": "w-8", "autocomplete": "off"}),
        error_messages={
            "required": "请填写申请人证件号码后六位",
            "invalid": "请填写证件号码的最后六位数字或字母",
        },
    )


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^[0-9]{6}$",
        strip=True,
        label="短信验证码",
        help_text="6 位数字，5 分钟内有效",
        widget=forms.TextInput(
            attrs={"class": "w-8", "autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
        error_messages={"required": "请填写短信验证码", "invalid": "请填写 6 位数字"},
    )


@dataclass(frozen=True)
class Progress:
    """All that a passer-by may know."""

    number: str
    tag: str
    kind: str
    office: OfficeCard | None
    at_applicant: bool
    until: dt.date | None
    light: str
    as_of: dt.datetime


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def progress(request: HttpRequest) -> HttpResponse:
    """`?number=` fills the number in. The answer is the same whether or not there is such a case."""
    kind = NumberForm if sms_is_configured() else ProgressForm
    if request.method == "GET":
        form = kind(initial={"number": request.GET.get("number", "")[:32]})
        return _page(request, form)
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, form)
    return _by_proof(request, form) if isinstance(form, ProgressForm) else _send(request, form)


def _send(request: HttpRequest, form: NumberForm) -> HttpResponse:
    """The next page asks for the code, whether one was sent or not."""
    try:
        key = ask_for_code(
            number=form.cleaned_data["number"],
            address=client_address(request),
            now=timezone.now(),
        )
    except TooMany as too_many:
        return _wait(request, form, too_many)
    return redirect("portal:progress_code", key)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def progress_code(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The code typed back. Any key has this page: it tells nothing of whether it was sent."""
    if not sms_is_configured():
        raise Http404
    form = CodeForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()
        case = seen_by_code(key=key, code=form.cleaned_data["code"], now=now)
        if case is not None:
            found = {"progress": progress_of(case, now)}
            return render(request, "portal/my/progress_found.html", found)
        form.add_error("code", WRONG_CODE)
    return render(request, "portal/my/progress_code.html", {"form": form})


def _by_proof(request: HttpRequest, form: ProgressForm) -> HttpResponse:
    now = timezone.now()
    try:
        case = may_see_progress(
            number=form.cleaned_data["number"],
            proof=form.cleaned_data["proof"],
            address=client_address(request),
            now=now,
        )
    except TooMany as too_many:
        return _wait(request, form, too_many)
    except SeveralCases:
        form.add_error("number", "这个编号下有您的几个办件，请填写其中一个的办件编号")
        return _page(request, form)
    if case is None:
        form.add_error(None, NOT_FOUND)
        return _page(request, form)
    return render(request, "portal/my/progress_found.html", {"progress": progress_of(case, now)})


def progress_of(found: Case, now: dt.datetime) -> Progress:
    """State, holder and due date: no name, no matter, no number but the case's own."""
    case = cast(Flow, found)
    tag, kind = tag_of(case, case.state_label(definition_of(case.version_id)))
    office_id = case.holder_office_id if case.is_open else None
    return Progress(
        number=case.number,
        tag=tag,
        kind=kind,
        office=office_cards([office_id]).get(office_id) if office_id else None,
        at_applicant=case.is_open and office_id is None,
        until=promised_until(case) if case.is_open else None,
        light=promise_light(case, now),
        as_of=now,
    )


def _wait(request: HttpRequest, form: NumberForm, too_many: TooMany) -> HttpResponse:
    seconds = max(1, ceil(too_many.wait.total_seconds()))
    minutes = ceil(seconds / 60)
    form.add_error(None, f"试的次数太多，请 {minutes} 分钟后再试；也可以登录后在“我的办件”里查看。")
    page = _page(request, form, status=429)
    page["Retry-After"] = str(seconds)
    return page


def _page(request: HttpRequest, form: NumberForm, **more: Any) -> HttpResponse:
    submit = "查询" if isinstance(form, ProgressForm) else "发送验证码"
    context = {"form": form, "submit": submit, "by_code": not isinstance(form, ProgressForm)}
    return render(request, "portal/my/progress.html", context, **more)
