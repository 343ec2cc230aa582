"""A file is taken back in the moment in which its paper is handed in: one of the two, never half."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from pytest_django import Settings

from tests import journeys
from tests.world import World, build_world
from workflows.cases import uploads
from workflows.cases.act import Act
from workflows.cases.models import Material, Upload
from workflows.cases.uploads import Paper, keep, path_of, take_back

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(
    transactional_db: None, settings: Settings, tmp_path: Path
) -> tuple[World, journeys.Journey, Upload]:
    """林晓梅 has sent the file that was asked for, and not handed it in yet."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    world = build_world()
    journey = journeys.supplementing(world)
    paper = Material.objects.get(case_id=journey.id, asked_by_supplement=True)
    file = Paper("证.jpg", "image/jpeg", b"x")
    owner = world.citizen.pk
    (upload,) = keep([file], owner_id=owner, material_code=paper.code, case_id=journey.id)
    return world, journey, upload


def take_back_meanwhile(
    journey: journeys.Journey, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> list[Any]:
    """Hand the paper in; before that is committed, somebody else presses 删除. What they got."""
    got: list[Any] = []

    def press() -> None:
        try:
            got.append(uploads.take_back(upload))
        except IntegrityError as error:
            got.append(error)
        finally:
            connection.close()

    other, resume = threading.Thread(target=press), Act.resume

    def slowly(act: Act) -> None:
        # The files have been attached by now; the other's statement waits for this transaction.
        other.start()
        other.join(timeout=0.5)
        resume(act)

    monkeypatch.setattr(Act, "resume", slowly)
    journey.take("supplement", "citizen", items=journeys.owed_papers(journey.case))
    other.join(timeout=10)
    return got


def test_what_is_handed_in_meanwhile_stays(
    sent: tuple[World, journeys.Journey, Upload], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, journey, upload = sent
    assert take_back_meanwhile(journey, upload, monkeypatch) == [False]
    paper = Material.objects.get(case_id=journey.id, asked_by_supplement=True)
    assert [file.pk for file in paper.uploads.all()] == [upload.pk]
    assert path_of(upload.pk).exists()


def test_without_the_lock_it_would_break(
    sent: tuple[World, journeys.Journey, Upload], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, journey, upload = sent

    def unguarded(file: Upload) -> bool:
        return bool(Upload.objects.filter(pk=file.pk, materials=None).delete()[0])

    monkeypatch.setattr(uploads, "take_back", unguarded)
    (got,) = take_back_meanwhile(journey, upload, monkeypatch)
    assert got is not False


def test_before_that_it_goes_with_its_file(
    sent: tuple[World, journeys.Journey, Upload],
) -> None:
    _, journey, upload = sent
    assert take_back(upload)
    assert not take_back(upload)
    assert not path_of(upload.pk).exists()
    journey.take("supplement", "citizen", items=journeys.owed_papers(journey.case))
    assert not Material.objects.get(case_id=journey.id, asked_by_supplement=True).uploads.exists()
