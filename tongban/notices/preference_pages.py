"""通知方式: how a person wants to be told besides the inbox, and when their phone stays silent."""

from __future__ import annotations

from datetime import time
from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.accounts.models import User
from tongban.accounts.personal import mask_phone

from .models import Preference
from .outbox import email_is_configured
from .preferences import preference_of
from .sms.gateways import sms_is_configured

HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]


class PreferenceForm(forms.Form):
    by_email = forms.BooleanField(label="电子邮件", required=False)
    by_sms = forms.BooleanField(label="短信", required=False)
    quiet_from = forms.TypedChoiceField(
        label="免打扰从",
        help_text="免打扰时段内不发短信，结束后再发；从和到选同一时刻，表示不设免打扰",
        choices=[(f"{at:%H:%M}", f"{at:%H:%M}") for at in HALF_HOURS],
        coerce=time.fromisoformat,
    )
    quiet_until = forms.TypedChoiceField(
        label="免打扰到",
        choices=[(f"{at:%H:%M}", f"{at:%H:%M}") for at in HALF_HOURS],
        coerce=time.fromisoformat,
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as a form is made
        self.fields["by_email"].help_text = (
            f"发到 {user.email}" if user.email else "您还没有登记电子邮箱，登记后才会发送"
        )
        phone = mask_phone(user.phone) if user.phone else ""
        self.fields["by_sms"].help_text = (
            f"发到 {phone}，只发受理、补正、不予受理、办结等重要进展"
            if phone
            else "您还没有登记手机号码，登记后才会发送"
        )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """One's own choice; a POST keeps it. The inbox can't be chosen: it is always on."""
    user = cast(User, request.user)
    chosen = preference_of(user.pk)
    form = PreferenceForm(
        request.POST if request.method == "POST" else None,
        user=user,
        initial={
            "by_email": chosen.by_email,
            "by_sms": chosen.by_sms,
            "quiet_from": f"{chosen.quiet_from:%H:%M}",
            "quiet_until": f"{chosen.quiet_until:%H:%M}",
        },
    )
    if form.is_valid():
        Preference.objects.update_or_create(
            pk=user.pk, defaults={**form.cleaned_data, "changed_at": Now()}
        )
        messages.success(request, "通知方式已保存")
        return redirect("notices:preferences")
    return render(
        request,
        "notices/preferences.html",
        {
            "form": form,
            "email_is_set_up": email_is_configured(),
            "sms_is_set_up": sms_is_configured(),
        },
    )
