"""A published version is final: in the ORM and in PostgreSQL itself."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matters.catalogue.models import Matter, MatterVersion, PublishedIsFinal
from matters.catalogue.pinned import definition_of, forget_definitions
from tongban.offices.models import Department

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(departments: None) -> MatterVersion:
    matter = Matter.objects.create(
        slug="hukouqianyi",
        name="川渝两地户口迁移",
        department=Department.objects.get(name="公安"),
        theme="户籍",
        source_url="https://example.com/",
        source_batch="川渝通办第一批",
        certainty="stated",
    )
    return MatterVersion.objects.create(
        matter=matter,
        number=1,
        status="published",
        valid_from=dt.date(2026, 1, 1),
        mode="joint",
        mode_certainty="inferred",
        flow="household_move",
        definition={"seats": [], "result": {"kind": "registration", "name": "户口登记"}},
        published_at=timezone.now(),
    )


def draft_of(published: MatterVersion) -> MatterVersion:
    return MatterVersion.objects.create(
        matter=published.matter,
        number=2,
        valid_from=dt.date(2026, 6, 1),
        mode=published.mode,
        mode_certainty=published.mode_certainty,
        flow=published.flow,
        definition=published.definition,
    )


def test_it_refuses_to_be_saved(published: MatterVersion) -> None:
    published.flow = "collect_forward"
    with pytest.raises(PublishedIsFinal):
        published.save()


def test_it_refuses_to_be_deleted(published: MatterVersion) -> None:
    with pytest.raises(PublishedIsFinal):
        published.delete()
    with pytest.raises(PublishedIsFinal):
        MatterVersion.objects.all().delete()


def test_it_refuses_a_bulk_update(published: MatterVersion) -> None:
    with pytest.raises(PublishedIsFinal):
        MatterVersion.objects.filter(pk=published.pk).update(flow="collect_forward")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_matterversion SET definition = '{}' WHERE id = %s",
        "UPDATE catalogue_matterversion SET status = 'draft' WHERE id = %s",
        "UPDATE catalogue_matterversion SET valid_from = '2020-01-01' WHERE id = %s",
        "DELETE FROM catalogue_matterversion WHERE id = %s",
    ],
)
def test_postgresql_refuses_too(published: MatterVersion, statement: str) -> None:
    with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
        connection.cursor().execute(statement, [published.pk])


def test_its_last_day_may_be_set(published: MatterVersion) -> None:
    published.valid_to = dt.date(2026, 6, 1)
    published.save(update_fields=["valid_to"])
    published.refresh_from_db()
    assert published.valid_to == dt.date(2026, 6, 1)


def test_a_draft_may_change_until_it_is_published(published: MatterVersion) -> None:
    draft = draft_of(published)
    draft.flow = "online_approval"
    draft.save()
    draft.delete()
    assert MatterVersion.objects.filter(matter=published.matter).count() == 1


def test_a_pinned_definition_is_read_once(published: MatterVersion) -> None:
    forget_definitions()
    first = definition_of(published.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert definition_of(published.pk) is first
    assert len(queries) == 0


def test_a_draft_is_read_afresh_every_time(published: MatterVersion) -> None:
    draft = draft_of(published)
    assert definition_of(draft.pk).fee is None
    draft.definition = {**draft.definition, "fee": "不收费"}
    draft.save()
    assert definition_of(draft.pk).fee == "不收费"
