"""备案: where somebody may be treated away from home, and what for, as filed with the place of insurance."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .insured import Insured


class Filing(models.Model):
    """One filing 备案 to one destination: a 四川 city or 重庆 whole, never a hospital.

    `valid_to` is the last day, None while it is open-ended. An `emergency` one is deemed filed 视同备案
    for the one visit that names it. `case_key` names the case that decided it; a deemed one has none.
    `rules` keeps the rule rows that validity and lock rest on, as they were, with their certainty.
    """

    class Kind(models.TextChoices):
        RETIRED_SETTLED = "retired_settled", "异地安置退休"
        LONG_TERM = "long_term", "异地长期居住"
        POSTED = "posted", "常驻异地工作"
        REFERRAL = "referral", "异地转诊"
        EMERGENCY = "emergency", "异地急诊抢救"
        OTHER_TEMPORARY = "other_temporary", "其他临时外出"

    class State(models.TextChoices):
        ACTIVE = "active", "有效"
        EXPIRED = "expired", "已到期"
        CANCELLED = "cancelled", "已取消"
        SUPERSEDED = "superseded", "已被新备案取代"
        VOID = "void", "因参保关系变动失效"

    LONG_TERM_KINDS = frozenset({Kind.RETIRED_SETTLED, Kind.LONG_TERM, Kind.POSTED})

    insured = models.ForeignKey(Insured, models.PROTECT, related_name="filings")
    kind = models.CharField(max_length=16, choices=Kind)
    destination = models.ForeignKey("offices.Region", models.PROTECT, related_name="+")
    is_on_promise = models.BooleanField("承诺制", default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    # Filed on a promise: not changed or cancelled before this day.
    locked_until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    filed_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True, default="")
    visit_key = models.CharField(max_length=64, blank=True, default="")
    case_key = models.CharField(max_length=64, blank=True, default="")
    rules = models.JSONField(default=list, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="filing_span_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_on=None) | ~Q(state="active"),
                name="filing_active_has_no_end",
            ),
            models.CheckConstraint(
                condition=~Q(kind="emergency") | ~Q(visit_key=""),
                name="filing_deemed_names_its_visit",
            ),
            models.UniqueConstraint(
                fields=["case_key"], condition=~Q(case_key=""), name="filing_once_per_case"
            ),
            models.UniqueConstraint(
                fields=["insured", "destination"],
                condition=Q(state="active") & ~Q(kind="emergency"),
                name="filing_one_active_per_place",
            ),
            models.UniqueConstraint(
                fields=["insured", "visit_key"],
                condition=~Q(visit_key=""),
                name="filing_deemed_once_per_visit",
            ),
        ]
        indexes = [models.Index(fields=["insured", "state"], name="filing_insured_state")]

    def __str__(self) -> str:
        return f"{self.insured_id} {self.kind} → {self.destination_id}"
