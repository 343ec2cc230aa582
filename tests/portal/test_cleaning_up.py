"""Drafts that nobody came back to go, with their files; what belongs to somebody stays."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.portal.applying import Applying, photo, sent
from tests.world import World
from workflows.cases.abandoned import KEPT_DAYS, Removed, clean_uploads
from workflows.cases.models import Draft, Upload
from workflows.cases.uploads import path_of


@pytest.fixture
def later() -> dt.datetime:
    """A day after the last one on which an untouched draft is kept."""
    return timezone.now() + dt.timedelta(days=KEPT_DAYS + 1)


def test_a_draft_of_three_months_ago_goes_with_its_files(
    applying: Applying, uploads: Path, later: dt.datetime
) -> None:
    applying.post("papers/identity/", sent=sent())
    assert clean_uploads(now=later) == Removed(drafts=1, uploads=1, strays=0)
    assert not [p for p in uploads.rglob("*") if p.is_file()]


def test_a_draft_of_last_month_stays(applying: Applying, uploads: Path) -> None:
    applying.post("papers/identity/", sent=sent())
    soon = timezone.now() + dt.timedelta(days=30)
    assert clean_uploads(now=soon) == Removed(0, 0, 0)
    assert path_of(Upload.objects.get().pk).exists()


def test_files_of_a_case_stay_for_ever(
    world: World, applying: Applying, later: dt.datetime
) -> None:
    applying.whole(world.office("500101", "service_center").pk)
    applying.post("papers/identity/", sent=sent())
    applying.hand_in()
    assert clean_uploads(now=later) == Removed(0, 0, 0)
    assert path_of(Upload.objects.get().pk).exists()


def test_a_draft_that_outlived_its_case_goes(world: World, applying: Applying) -> None:
    draft = applying.whole(world.office("500101", "service_center").pk).draft
    applying.hand_in()
    draft.save()
    assert clean_uploads(now=timezone.now()).drafts == 0
    assert clean_uploads(now=timezone.now() + dt.timedelta(days=2)).drafts == 1


def test_a_file_whose_draft_is_gone_goes_after_a_day(applying: Applying) -> None:
    applying.post("papers/identity/", sent=sent())
    Draft.objects.all().delete()
    assert clean_uploads(now=timezone.now()).uploads == 0
    assert clean_uploads(now=timezone.now() + dt.timedelta(days=2)).uploads == 1
    assert not Upload.objects.exists()


def test_a_file_that_a_crash_left_without_a_row_goes(applying: Applying, uploads: Path) -> None:
    applying.post("papers/identity/", sent=sent())
    stray = path_of(uuid.uuid4())
    unfinished = stray.with_suffix(".part")
    fresh = path_of(uuid.uuid4())
    foreign = stray.parent / "README"
    for path in (stray, unfinished, fresh, foreign):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo())
        old = (timezone.now() - dt.timedelta(days=2)).timestamp()
        if path != fresh:
            os.utime(path, (old, old))
    assert clean_uploads(now=timezone.now()) == Removed(0, 0, strays=1)
    left = {p for p in uploads.rglob("*") if p.is_file()}
    assert left == {fresh, foreign, path_of(Upload.objects.get().pk)}


def test_the_command_says_what_it_did(
    applying: Applying, capsys: pytest.CaptureFixture[str]
) -> None:
    Draft.objects.update(saved_at=timezone.now() - dt.timedelta(days=KEPT_DAYS + 1))
    call_command("clean_uploads")
    assert "已清理：草稿 1，文件 0，无记录的文件 0" in capsys.readouterr().out
