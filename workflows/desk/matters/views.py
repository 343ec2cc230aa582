"""本单位事项 (/desk/matters/): what an office offers, claimed and withdrawn many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from matters.catalogue import claims
from matters.catalogue.models import MatterClaim, MatterVersion
from matters.catalogue.search import in_force
from tongban.accounts.actors import Actor
from tongban.offices.models import Office
from workflows.cases.places import office_cards

from ..door import for_staff
from .forms import ClaimForm, OfficeForm, WithdrawForm
from .meant import (
    matters_meant_for,
    offices_that_have_not_claimed,
    offices_without_any_claim,
)

TICKED, ALL = "ticked", "all"
MOST_SHOWN = 100
PROVINCES = {"": "两省市", "500000": "重庆", "510000": "四川"}


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def matters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """POST `do`: claim or withdraw. Nine statements at most, whatever the rows."""
    mine = actor.desks | actor.heads
    if not mine:
        return redirect("desk:unclaimed")
    office = _office(request, mine)
    versions = matters_meant_for(office, timezone.localdate())
    offered = claims.offered_by(office.pk)
    is_claim = request.POST.get("do") != "withdraw"
    posted = request.POST if request.method == "POST" else None
    claim_form = ClaimForm(posted if is_claim else None, initial=_said_before(office, offered))
    withdraw_form = WithdrawForm(None if is_claim else posted)
    if posted is not None and _done(request, actor, office, versions, claim_form, withdraw_form):
        return HttpResponseRedirect(_address(office))
    ticked = set(request.POST.getlist("matter"))
    context = {
        "office": office,
        "office_form": _switch(mine, office),
        "rows": [_row(version, offered, ticked) for version in versions],
        "claimed": sum(offered.get(version.matter_id) is not None for version in versions),
        "claims_all": dict.get(offered, None) is not None,
        "claim_form": claim_form,
        "withdraw_form": withdraw_form,
        "form": claim_form if is_claim else withdraw_form,
        "action": _address(office),
    }
    return render(request, "desk/matters/list.html", context)


@for_staff
@require_safe
def unclaimed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """谁还没有认领: of one matter (`?matter=`), or those that have claimed nothing."""
    today = timezone.localdate()
    province = request.GET.get("province", "")
    if province not in PROVINCES:
        raise Http404
    slug = request.GET.get("matter", "")[:80]
    version = get_object_or_404(in_force(today), matter__slug=slug) if slug else None
    if version is None:
        found = list(offices_without_any_claim(today, province)[: MOST_SHOWN + 1])
    else:
        found = offices_that_have_not_claimed(version, today, province)
    context = {
        "version": version,
        "rows": found[:MOST_SHOWN],
        "has_more": len(found) > MOST_SHOWN,
        "most": MOST_SHOWN,
        "provinces": [
            {
                "href": f"?{urlencode({'province': code, **({'matter': slug} if slug else {})})}",
                "text": name,
                "current": code == province,
            }
            for code, name in PROVINCES.items()
        ],
        "has_desk": bool(actor.desks | actor.heads),
    }
    return render(request, "desk/matters/unclaimed.html", context)


def _done(
    request: HttpRequest,
    actor: Actor,
    office: Office,
    versions: list[MatterVersion],
    claim_form: ClaimForm,
    withdraw_form: WithdrawForm,
) -> bool:
    """Whether what was sent was right and has been written."""
    meant = {str(version.matter_id) for version in versions}
    ticked = [int(key) for key in request.POST.getlist("matter") if key in meant]
    by_id = actor.user_id or 0
    form: ClaimForm | WithdrawForm = withdraw_form
    if claim_form.is_bound:
        form = claim_form
    if not form.is_valid():
        return False
    if isinstance(form, ClaimForm):
        wants_all = form.cleaned_data["scope"] == ALL
        if not wants_all and not ticked:
            form.add_error("scope", "请先在清单里勾选事项")
            return False
        counter = form.counter()
        count = claims.take_on(
            office_id=office.pk,
            matter_ids=None if wants_all else ticked,
            counter=counter,
            by_id=by_id,
        )
        said = "已整体认领本单位全部事项。" if wants_all else f"已认领 {count} 个事项。"
        messages.success(request, said)
        return True
    if not ticked:
        form.add_error("why", "请先在清单里勾选要退出的事项")
        return False
    why = form.cleaned_data["why"]
    count = claims.lay_down(office_id=office.pk, matter_ids=ticked, why=why, by_id=by_id)
    messages.success(
        request, f"已退出 {count} 个事项，以后的申请不再分到本单位；在办的件不受影响。"
    )
    return True


def _row(version: MatterVersion, offered: claims.Offered, ticked: set[str]) -> dict[str, Any]:
    claim = offered.get(version.matter_id)
    return {
        "id": version.matter_id,
        "slug": version.matter.slug,
        "name": version.matter.name,
        "department": version.matter.department.name,
        "claim": claim,
        "is_whole": claim is not None and claim.matter_id is None,
        "is_ticked": str(version.matter_id) in ticked,
    }


def _said_before(office: Office, offered: claims.Offered) -> dict[str, Any]:
    """What stands in the form at first: what the office said last, or what is known of it."""
    last: MatterClaim | None = dict.get(offered, None) or next(iter(offered.values()), None)
    if last is None:
        return {"phone": office.phone, "place": office.address, "hours": office.hours}
    names = ("phone", "complaint_phone", "place", "hours")
    said = {name: getattr(last, name) for name in names}
    return {**said, "checklist": "\n".join(last.checklist)}


def _office(request: HttpRequest, mine: frozenset[int]) -> Office:
    """`?office=`, else the first. Http404 for somebody else's."""
    asked = request.GET.get("office")
    wanted = str(min(mine)) if asked is None else asked
    key = next((key for key in mine if str(key) == wanted), None)
    if key is None:
        raise Http404
    return Office.objects.select_related("region").get(pk=key)


def _switch(mine: frozenset[int], chosen: Office) -> OfficeForm | None:
    """Which office, for somebody with more than one."""
    if len(mine) < 2:
        return None
    cards = office_cards(mine)
    offices = [(str(key), cards[key].name) for key in sorted(mine)]
    return OfficeForm(offices=offices, initial={"office": str(chosen.pk)})


def _address(office: Office) -> str:
    return f"{reverse('desk:matters')}?office={office.pk}"
