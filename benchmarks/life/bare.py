"""Bare django-fsm with one audit row a step: what a project has before it has an engine.

A protected state, a lock on the row, the transition, a save and a line of history. No rights, clocks,
notices, versions or chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django_fsm import FSMField, transition


class BareCase(models.Model):
    """As many columns as a small project's case has."""

    number = models.CharField(max_length=32, unique=True)
    state = FSMField(max_length=40, default="submitted", protected=True)
    holder_office = models.BigIntegerField(null=True, db_index=True)
    office_ids = ArrayField(models.BigIntegerField(), default=list)
    data = models.JSONField(default=dict)
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "cases"
        db_table = "bench_bare_case"

    def __str__(self) -> str:
        return self.number

    @transition(state, source="submitted", target="collected")
    def collect(self) -> None: ...

    @transition(state, source="collected", target="received")
    def forward(self) -> None: ...

    @transition(state, source="received", target="reviewing")
    def accept(self) -> None: ...

    @transition(state, source="reviewing", target="approving")
    def review(self) -> None: ...

    @transition(state, source="approving", target="decided")
    def approve(self) -> None: ...

    @transition(state, source="decided", target="completed")
    def conclude(self) -> None: ...


class BareAudit(models.Model):
    """One line a step."""

    case = models.ForeignKey(BareCase, models.PROTECT)
    step = models.CharField(max_length=40)
    by = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "cases"
        db_table = "bench_bare_audit"

    def __str__(self) -> str:
        return self.step


STEPS = ("collect", "forward", "accept", "review", "approve", "conclude")


def make_tables() -> None:
    with connection.schema_editor() as editor:
        for model in (BareCase, BareAudit):
            editor.create_model(model)


def life(number: int) -> Iterator[Callable[[], object]]:
    case = BareCase.objects.create(number=str(number), holder_office=1, office_ids=[1, 2], data={})
    for step in STEPS:
        yield lambda s=step: _step(case.pk, s)  # type: ignore[misc]


def _step(case_id: int, step: str) -> None:
    with transaction.atomic():
        case = BareCase.objects.select_for_update().get(pk=case_id)
        getattr(case, step)()
        case.save()
        BareAudit.objects.create(case=case, step=step, by=1)
