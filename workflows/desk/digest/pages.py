"""每日摘要: a clerk switches it on or off, and sees what it would say now."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tongban.accounts.actors import Actor
from tongban.accounts.models import User
from tongban.notices.models import Preference
from tongban.notices.outbox import email_is_configured
from tongban.notices.preferences import preference_of

from ..door import for_staff
from .contents import digest_of


@for_staff
@require_http_methods(["GET", "POST"])
def digest(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One's own: POST `wanted=1` switches it on, anything else off."""
    user = cast(User, request.user)
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "1"
        Preference.objects.update_or_create(
            pk=user.pk, defaults={"digest": wanted, "changed_at": Now()}
        )
        messages.success(request, "已开通每日摘要" if wanted else "已关闭每日摘要")
        return redirect("desk:digest")
    now = timezone.now()
    return render(
        request,
        "desk/digest/digest.html",
        {
            "is_on": preference_of(user.pk).digest,
            "address": user.email,
            "is_set_up": email_is_configured(),
            "has_desk": bool(actor.desks),
            "groups": digest_of(actor, now),
            "as_of": now,
        },
    )
