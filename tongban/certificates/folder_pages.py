"""我的证照: a person's folder, one certificate, and fetching or refreshing from its issuer."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.accounts.looks import look
from tongban.accounts.models import User

from .fetching import AlreadyAsked, Asked, NoRegister, Outcome, Purpose, askable, fetch, kept
from .forms import AgreeForm
from .kinds import CERTAINTIES, PROVINCES, Kind, acceptance, kinds
from .models import Certificate, Inquiry, Use, Verification

MOST_LISTED = 20
OWN_LOOK = "本人查看自己的证照号码"


@require_safe
@never_cache
@login_required
def folder(request: HttpRequest) -> HttpResponse:
    """All of one's own certificates. One statement besides the frame's."""
    user, today = _person(request), timezone.localdate()
    cards = [{"certificate": each, "standing": each.standing(today)} for each in kept(user)]
    return render(request, "certificates/folder.html", {"cards": cards})


@require_safe
@never_cache
@login_required
def certificate(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _shown(request, _own(request, key))


@require_POST
@never_cache
@login_required
@sensitive_variables("number")
def number(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The full number, once it is written down that its holder looked."""
    found = _own(request, key)
    number = look(
        viewer=_person(request),
        subject_kind="certificate",
        subject_key=str(found.pk),
        field="number",
        reason=OWN_LOOK,
        value=lambda: found.number,
    )
    return _shown(request, found, number=number)


@require_POST
@never_cache
@login_required
def refresh(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask the issuer anew; pressing it is the consent, whose words stand beside the button."""
    found = _own(request, key)
    _fetch_and_say(request, found.about, found.province_id)
    return redirect("certificates:certificate", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def fetch_some(request: HttpRequest) -> HttpResponse:
    """`?province=`: whose registers. POST agrees and asks for those that are ticked."""
    user = _person(request)
    if user.is_staff_member:
        raise Http404
    province = _province(request, user)
    has = {each.kind for each in kept(user) if each.province_id == province}
    offered = [kind for kind in askable(province, timezone.localdate()) if kind.code not in has]
    form = AgreeForm(offered, province, request.POST if request.method == "POST" else None)
    if form.is_valid():
        for code in form.cleaned_data["agreed"]:
            _fetch_and_say(request, kinds()[code], province)
        return redirect("certificates:folder")
    context = {
        "form": form,
        "province": PROVINCES[province],
        "offered": offered,
        "has_number": bool(user.id_number),
        "switch": [
            {"href": f"?province={code}", "text": name, "current": code == province}
            for code, name in PROVINCES.items()
        ],
    }
    return render(request, "certificates/fetch.html", context)


@require_safe
def mapping(request: HttpRequest) -> HttpResponse:
    """证照种类对照表, for anybody."""
    rows = list(kinds().values())
    context = {
        "taken": [kind for kind in rows if kind.recognition != "none"],
        "not_taken": [kind for kind in rows if kind.recognition == "none"],
        "certainties": CERTAINTIES,
    }
    return render(request, "certificates/mapping.html", context)


def _shown(request: HttpRequest, found: Certificate, *, number: str = "") -> HttpResponse:
    """Four statements."""
    today = timezone.localdate()
    verified = Verification.objects.filter(certificate=found).select_related("office")
    used = Use.objects.filter(certificate=found).select_related("office").order_by("-id")
    asked = Inquiry.objects.filter(certificate=found).select_related("office")
    context = {
        "certificate": found,
        "standing": found.standing(today),
        "number": number,
        "elsewhere": _elsewhere(found),
        "wording": _wording(found.about, found.province_id),
        "verifications": verified.order_by("-id")[:MOST_LISTED],
        "uses": used[:MOST_LISTED],
        "inquiries": asked.order_by("-asked_at")[:MOST_LISTED],
    }
    return render(request, "certificates/certificate.html", context)


def _elsewhere(found: Certificate) -> str:
    """Whether the other province takes it, in a sentence."""
    other = next(code for code in PROVINCES if code != found.province_id)
    taken = acceptance(
        found.about, issued_in=found.province_id, used_in=other, on=timezone.localdate()
    )
    return f"在{PROVINCES[other]}也可以用：{taken.text}" if taken.is_accepted else taken.text


def _fetch_and_say(request: HttpRequest, kind: Kind, province: str) -> None:
    user, now, name = _person(request), timezone.now(), kind.name_in(province)
    asked = Asked(user, user, kind, province, Purpose.OWN, _wording(kind, province))
    try:
        inquiry = fetch(asked, now=now, today=timezone.localdate(now))
    except AlreadyAsked:
        messages.warning(request, f"{name}今天已经查询过，请明天再试。")
    except NoRegister:
        messages.warning(request, f"{PROVINCES[province]}的{kind.name}还没有接通，请使用原件。")
    else:
        _say(request, inquiry, name)


def _say(request: HttpRequest, inquiry: Inquiry, name: str) -> None:
    found = inquiry.certificate
    if found is not None:
        standing = found.standing(timezone.localdate())
        say: Any = messages.success if standing.is_good else messages.warning
        say(request, f"{name}已取得签发机关的最新信息：{standing.text}。")
    elif inquiry.outcome == Outcome.NOT_FOUND:
        messages.warning(
            request, f"{name}：签发机关没有查到您的证照。登记有误的，请向签发机关申请更正。"
        )
    elif inquiry.outcome == Outcome.FAILED:
        messages.warning(
            request, f"{name}现在查不了（{inquiry.reason}），请稍后再试，不计入每天次数。"
        )
    else:
        why = inquiry.reason or inquiry.get_outcome_display()
        messages.warning(request, f"{name}没有取得：{why}。")


def _wording(kind: Kind, province: str) -> str:
    name = kind.name_in(province)
    return (
        f"同意向{PROVINCES[province]}的签发机关查询本人的{name}，并把结果保存在本站“我的证照”里。"
    )


def _province(request: HttpRequest, user: User) -> str:
    asked = request.GET.get("province", "")
    home = f"{user.region_code[:2]}0000"
    return next((code for code in (asked, home) if code in PROVINCES), next(iter(PROVINCES)))


def _own(request: HttpRequest, key: uuid.UUID) -> Certificate:
    mine = Certificate.objects.filter(holder=_person(request)).select_related("holder")
    return get_object_or_404(mine, pk=key)


def _person(request: HttpRequest) -> User:
    """`login_required` stands before every caller."""
    return cast(User, request.user)
