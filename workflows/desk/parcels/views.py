"""The pages of parcels."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.accounts.actors import Actor
from workflows.cases.models import Parcel
from workflows.cases.places import office_cards

from ..door import for_staff
from ..queue.batch import Result, picks_of
from .loads import loads_of, waiting
from .seen import bundles_of, coming, lines_of, parcels_seen, sent, settled
from .sending import SendForm, compact_waybill, send
from .signing import sign, signed_meanwhile, slips_of

RESULTS = "parcel_results"


@for_staff
@require_safe
def to_send(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits to be sent, by receiver. Nine statements."""
    return _to_send(request, actor, SendForm())


@for_staff
@require_POST
def send_load(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Send the cases that were ticked with one waybill; what was typed stays on an error."""
    form = SendForm(request.POST)
    picks = picks_of(request.POST.getlist("case"))
    if form.is_valid() and not picks:
        form.add_error(None, "请先勾选要寄出的办件")
    if not form.is_valid():
        return _to_send(request, actor, form, [pick.number for pick in picks])
    data = form.cleaned_data
    results = send(picks, data["step"], data["waybill"], actor=actor)
    _remember(request, results)
    parcel = parcels_seen(actor).filter(
        waybill=data["waybill"], sender=data["sender"], receiver=data["receiver"]
    )
    found = parcel.first()
    return redirect("desk:parcel", found.number) if found else redirect("desk:parcels")


@for_staff
@require_safe
def on_road(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Sent from here and not signed for yet. Seven statements."""
    return _list(request, actor, "road", sent(actor), oldest_first=True)


@for_staff
@require_safe
def to_come(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Addressed to us and not signed for yet; `?waybill=` as a scanner types it opens one."""
    waybill = compact_waybill(request.GET.get("waybill", ""))[:40]
    if waybill:
        found = parcels_seen(actor).filter(waybill=waybill).first()
        if found is not None:
            is_ours = coming(actor).filter(pk=found.pk).exists()
            return redirect("desk:sign_parcel" if is_ours else "desk:parcel", found.number)
        messages.warning(request, f"没有寄给或寄自本单位的邮件 {waybill}，请核对运单号。")
        return redirect("desk:parcels_coming")
    return _list(request, actor, "coming", coming(actor), oldest_first=True)


@for_staff
@require_safe
def done(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Wholly signed for, the last first."""
    return _list(request, actor, "done", settled(actor), oldest_first=False)


@for_staff
@require_safe
def parcel(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The hand-over sheet 交接单. 404 for offices that neither sent it nor get it. Six statements."""
    found = _seen(actor, number)
    bundles = bundles_of(found, actor)
    context = _about(found, actor) | {
        "bundles": bundles,
        "papers": sum(len(bundle.items) for bundle in bundles),
        "can_sign": found.receiver_id in actor.desks and any(b.step for b in bundles),
        **_told(_results(request)),
    }
    return render(request, "desk/parcels/parcel.html", context)


@for_staff
@require_http_methods(["GET", "POST"])
def sign_parcel(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Tick every paper of every case. For the receiver only; 404 for others."""
    found = _seen(actor, number)
    if found.receiver_id not in actor.desks:
        raise Http404
    bundles = bundles_of(found, actor)
    slips = slips_of(bundles, request.POST if request.method == "POST" else None)
    results: list[Result] = []
    if request.method == "POST":
        results = signed_meanwhile(bundles, request.POST) + sign(slips, actor=actor)
        if not results and slips:
            messages.warning(request, "没有勾选任何材料，什么也没有签收。")
        if results and not any(slip.error for slip in slips):
            _remember(request, results)
            left = any(bundle.step for bundle in bundles_of(found, actor))
            return redirect("desk:sign_parcel" if left else "desk:parcel", found.number)
        signed = {result.number for result in results if result.done}
        slips = [slip for slip in slips if slip.number not in signed]
    context = _about(found, actor) | {"slips": slips} | _told(results or _results(request))
    return render(request, "desk/parcels/sign.html", context)


def _to_send(
    request: HttpRequest, actor: Actor, form: SendForm, picked: list[str] | None = None
) -> HttpResponse:
    loads = loads_of(actor)
    sent_from = "-".join(str(form.data.get(name, "")) for name in ("step", "sender", "receiver"))
    context = {
        "loads": [
            {
                "load": load,
                "form": form
                if form.is_bound and load.key == sent_from
                else SendForm(initial=_road(load)),
                "waybill_id": f"waybill-{place}",
            }
            for place, load in enumerate(loads, 1)
        ],
        "form": form,
        "picked": picked or [],
        "tabs": _tabs(actor, "send"),
        **_told(_results(request)),
    }
    return render(request, "desk/parcels/to_send.html", context)


def _road(load: Any) -> dict[str, Any]:
    return {"step": load.step, "sender": load.sender_id, "receiver": load.receiver_id}


def _list(
    request: HttpRequest, actor: Actor, tab: str, parcels: QuerySet[Parcel], *, oldest_first: bool
) -> HttpResponse:
    context = {
        "tab": tab,
        "tabs": _tabs(actor, tab),
        "lines": lines_of(parcels, oldest_first=oldest_first),
    }
    return render(request, "desk/parcels/list.html", context)


def _tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """Three statements, for the counts."""
    return [
        _tab("send", "待寄出", reverse("desk:parcels"), waiting(actor).count(), current),
        _tab("road", "在途", reverse("desk:parcels_on_road"), sent(actor).count(), current),
        _tab("coming", "待签收", reverse("desk:parcels_coming"), coming(actor).count(), current),
        _tab("done", "已签收", reverse("desk:parcels_done"), None, current),
    ]


def _tab(code: str, text: str, href: str, count: int | None, current: str) -> dict[str, Any]:
    return {"text": text, "href": href, "count": count, "current": code == current}


def _seen(actor: Actor, number: str) -> Parcel:
    found = parcels_seen(actor).select_related("sent_by").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _about(found: Parcel, actor: Actor) -> dict[str, Any]:
    cards = office_cards([found.sender_id, found.receiver_id])
    return {
        "parcel": found,
        "sender": cards[found.sender_id],
        "receiver": cards[found.receiver_id],
        "is_ours": found.sender_id in actor.desks | actor.heads,
    }


def _remember(request: HttpRequest, results: list[Result]) -> None:
    """Shown once, on the page that follows."""
    request.session[RESULTS] = [[r.number, r.done, r.text] for r in results]


def _told(results: list[Result]) -> dict[str, Any]:
    """The results for the page, those that failed first, and how many there are of each."""
    done = sum(result.done for result in results)
    failed = len(results) - done
    title = f"{done} 件办好" + (f"，{failed} 件没有办" if failed else "")
    return {
        "results": sorted(results, key=lambda result: result.done),
        "summary": {"title": title, "failed": failed},
    }


def _results(request: HttpRequest) -> list[Result]:
    return [Result(*kept) for kept in request.session.pop(RESULTS, [])]
