"""Case 办件: one application, one state, one holder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Self, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django_fsm import FSMField

from .. import registry

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from .event import Event
    from .material import Material
    from .party import Party

APPLICANT = "applicant"


class Place(TypedDict):
    """Who fills a seat: an office's id and its region's code."""

    office: int
    region: str


class Case(models.Model):
    """One application from the day it is handed in until it is closed.

    Only `open_case`, `perform` and `moving` write a row; `sweep` moves `next_alarm_at` besides.
    A loaded row is an instance of its flow's proxy class, so its steps are methods on it.
    """

    number = models.CharField("办件编号", max_length=32, unique=True)
    draft_key = models.UUIDField("草稿标识", unique=True)
    flow = models.CharField("流程", max_length=40)
    # No `choices`: the states belong to the flow, not to the table.
    state = FSMField("状态", max_length=40, protected=True)
    stage = models.CharField("环节", max_length=40, blank=True, default="")
    seq = models.PositiveIntegerField("流转序号", default=0)
    head = models.BinaryField("链头", default=b"")

    # The indexes in Meta begin with these; a second one each would be written at every step.
    matter = models.ForeignKey("catalogue.Matter", models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("catalogue.MatterVersion", models.PROTECT, related_name="+")
    mode = models.CharField("办理模式", max_length=12)

    holder = models.CharField("持有方", max_length=40, blank=True, default="")
    holder_office = models.ForeignKey(
        "offices.Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_cases",
        db_index=False,
    )
    claimed_by = models.ForeignKey(
        "accounts.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="claimed_cases",
        db_index=False,
    )
    seats = models.JSONField("席位", default=dict)
    office_ids = ArrayField(models.BigIntegerField(), default=list)
    is_unplaced = models.BooleanField("待分办", default=False)
    deciders = ArrayField(models.BigIntegerField(), default=list)

    # Nothing looks for cases by it, and a region never goes.
    origin_region = models.ForeignKey(
        "offices.Region", models.PROTECT, related_name="+", db_index=False
    )
    origin_province = models.CharField("收件省市", max_length=6)
    owner_province = models.CharField("属地省市", max_length=6)
    channel = models.CharField("申请渠道", max_length=8, default="online")

    applicant_name = models.CharField("申请人", max_length=100)
    data = models.JSONField("申请内容", default=dict)
    facts = models.JSONField("办理中形成的信息", default=dict)

    handed_in_on = models.DateField("申请日")
    received_on = models.DateField("收到日", null=True, blank=True)
    accepted_on = models.DateField("受理日", null=True, blank=True)
    effective_month = models.DateField("计发月", null=True, blank=True)

    clocks = models.JSONField("时限", default=dict)
    hop_due_at = models.DateTimeField("环节到期", null=True, blank=True)
    promise_due_at = models.DateTimeField("承诺到期", null=True, blank=True)
    statutory_due_at = models.DateTimeField("法定到期", null=True, blank=True)
    yellow_at = models.DateTimeField("黄灯时刻", null=True, blank=True)
    due_at = models.DateTimeField("红灯时刻", null=True, blank=True)
    next_alarm_at = models.DateTimeField("下次提醒", null=True, blank=True)
    suspended_as = models.CharField("中止种类", max_length=20, blank=True, default="")

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        db_index=False,  # case_part serves
    )
    relation = models.CharField("与上级办件的关系", max_length=20, blank=True, default="")
    awaited_as = models.CharField("联办种类", max_length=40, blank=True, default="")

    entered_at = models.DateTimeField("进入当前状态")
    opened_at = models.DateTimeField("提交时刻")
    concluded_at = models.DateTimeField("办结时刻", null=True, blank=True)
    closed_at = models.DateTimeField("结束时刻", null=True, blank=True)
    outcome = models.CharField("结果", max_length=20, blank=True, default="")

    if TYPE_CHECKING:
        events: RelatedManager[Event]
        parties: RelatedManager[Party]
        materials: RelatedManager[Material]
        id: int
        matter_id: int
        version_id: int
        holder_office_id: int | None
        claimed_by_id: int | None
        origin_region_id: str
        parent_id: int | None

    class Meta:
        default_permissions = ()
        indexes = [
            # The queue of an office: its open cases, the one due first on top, keyset by (due_at, id).
            models.Index(
                fields=["holder_office", "due_at", "id"],
                name="case_queue",
                condition=Q(closed_at=None),
                # Who has how much of it, and which light, is read without touching the cases.
                include=["claimed_by", "yellow_at"],
            ),
            models.Index(
                fields=["claimed_by", "due_at", "id"], name="case_mine", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["holder_office", "matter", "due_at", "id"],
                name="case_queue_matter",
                condition=Q(closed_at=None),
            ),
            models.Index(
                fields=["holder_office", "due_at", "id"],
                name="case_unplaced",
                condition=Q(closed_at=None, is_unplaced=True),
            ),
            # What the sweep walks: with the id, it is answered by the index alone.
            models.Index(
                fields=["next_alarm_at", "id"], name="case_alarm", condition=~Q(next_alarm_at=None)
            ),
            # The open ones in an order that no step disturbs, for runs over all of them.
            models.Index(fields=["id"], name="case_open", condition=Q(closed_at=None)),
            models.Index(fields=["due_at", "id"], name="case_due", condition=Q(closed_at=None)),
            models.Index(fields=["parent"], name="case_part", condition=~Q(parent=None)),
            models.Index(fields=["matter", "-opened_at"], name="case_matter"),
            models.Index(fields=["-opened_at", "-id"], name="case_opened"),
            # Where an office has a part without holding the case: what it waits for.
            GinIndex(fields=["office_ids"], name="case_open_offices", condition=Q(closed_at=None)),
            # The few in which somebody was asked for an opinion, and those that were supplemented.
            models.Index(
                fields=["holder_office", "due_at", "id"],
                name="case_asked",
                condition=Q(closed_at=None, facts__has_key="opinions"),
            ),
            models.Index(
                fields=["holder_office", "due_at", "id"],
                name="case_supplemented",
                condition=Q(closed_at=None, facts__has_key="supplements"),
            ),
            # The few whose documents have not reached their people; looked for every half minute.
            models.Index(
                fields=["id"], name="case_unserved", condition=Q(facts__unserved__0__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return f"/cases/{self.number}/"

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any) -> Self:  # type: ignore[override]
        """Load a row as an instance of its flow's class. Costs no SQL."""
        case = super().from_db(db, field_names, values)
        flow = case.__dict__.get("flow")
        if flow is not None:
            case.__class__ = registry.flow_class(flow)  # type: ignore[assignment]
        return case

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_suspended(self) -> bool:
        return bool(self.suspended_as)

    @property
    def crosses_border(self) -> bool:
        return self.origin_province != self.owner_province

    def office_of(self, seat: str) -> int | None:
        """The id of the office that fills `seat`, None where the case has no such seat."""
        place: Place | None = self.seats.get(seat)
        return place["office"] if place else None

    def region_of(self, seat: str) -> str:
        """The region of the office that fills `seat`; the place of handing in where there is none."""
        place: Place | None = self.seats.get(seat)
        return place["region"] if place else self.origin_region_id

    def seats_of(self, office_ids: Collection[int]) -> Sequence[str]:
        return [seat for seat, place in self.seats.items() if place["office"] in office_ids]

    @property
    def deadline_at(self) -> dt.datetime | None:
        """When the first of its clocks is due; `due_at` is when the first turns red."""
        clocks = (self.hop_due_at, self.promise_due_at, self.statutory_due_at)
        return min((moment for moment in clocks if moment), default=self.due_at)

    def light(self, now: dt.datetime) -> str:
        """'green', 'yellow', 'red', or 'none' while no clock runs. Derived, never stored."""
        if self.due_at is None:
            return "none"
        if now >= self.due_at:
            return "red"
        if self.yellow_at is not None and now >= self.yellow_at:
            return "yellow"
        return "green"
