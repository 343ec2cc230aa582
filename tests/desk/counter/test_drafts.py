"""A sheet that is not finished is kept, for any colleague of the window."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import Settings

from tests import journeys
from tests.desk.conftest import text_of
from tests.desk.counter.conftest import (
    COUNTER,
    DAUGHTER_ID,
    scanned,
    sheet,
    value_of,
    visit_path,
)
from tests.world import LIN_ID, SUBSIDY, ZHOU_ID, World
from tongban.accounts.personal import is_sealed
from workflows.cases.models import Case, Draft, Upload

SignedIn = Callable[[str], Client]
CARD = "6222020000000000008"


def half(window: World, **more: Any) -> dict[str, Any]:
    """A sheet that lacks most of what it needs, to be kept."""
    nothing = dict.fromkeys(("disability_kind", "disability_level", "household_region"))
    return sheet(
        window.matter(SUBSIDY),
        **nothing | {"c_identity_checked": None, "do": "save", "bank_card": CARD} | more,
    )


def picture() -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (40, 30), "white").save(held, "JPEG")
    return SimpleUploadedFile("身份证.jpg", held.getvalue(), "image/jpeg")


def test_a_half_filled_sheet_is_kept_and_a_colleague_goes_on_with_it(
    clerk: Client, at: SignedIn, window: World
) -> None:
    key = scanned(clerk)
    assert clerk.post(visit_path(key), half(window))["Location"] == visit_path(key)
    colleague = at("clerk_cq_2")
    start = text_of(colleague.get(COUNTER))
    assert f"{SUBSIDY} ，接着办 林*梅" in start
    assert "万窗口" in start

    page = colleague.get(visit_path(key))
    assert value_of(page, "bank_name") == "示范"
    assert value_of(page, "c-name") == "林晓梅"
    finished = sheet(
        window.matter(SUBSIDY), bank_card="", beneficiary_id="", phone="", c_phone="",
        c_seen=value_of(page, "c-seen"),
    )  # fmt: skip
    answer = colleague.post(visit_path(key), finished)
    assert answer["Location"] == visit_path(key, "done/")
    case = Case.objects.get(draft_key=key)
    assert case.state == "collected"
    opened = case.events.get(seq=1)
    assert opened.actor == window.clerk_cq_2
    assert not Draft.objects.exists()


def test_personal_values_lie_sealed_and_are_shown_masked_to_the_colleague(
    clerk: Client, at: SignedIn, window: World
) -> None:
    key = scanned(clerk)
    clerk.post(visit_path(key), half(window, beneficiary_id=ZHOU_ID))
    draft = Draft.objects.get(pk=key)
    assert is_sealed(draft.data["bank_card"])
    assert is_sealed(draft.data["beneficiary_id"])
    assert is_sealed(draft.parties[0]["id_number"])
    page = at("clerk_cq_2").get(visit_path(key))
    for clear in (CARD, ZHOU_ID, LIN_ID, "13800000001", "13800000000"):
        assert clear not in page.content.decode()
    text = text_of(page)
    assert "留空即为已填 ***************0008" in text
    assert "留空即为已填 5117**********0025" in text
    assert "已有 138****0001，留空即用" in text


def test_what_is_wrong_stays_on_the_page_and_the_rest_is_kept(clerk: Client, window: World) -> None:
    key = scanned(clerk)
    page = clerk.post(visit_path(key), half(window, bank_card="12ab", bank_name="三峡银行"))
    text = text_of(page)
    assert "草稿已保存；下面标出的内容有误，没有存入。" in text
    assert "请选择残疾类别" not in text
    assert value_of(page, "bank_card") == "12ab"
    kept = Draft.objects.get(pk=key).data
    assert kept["bank_name"] == "三峡银行"
    assert "bank_card" not in kept


def test_a_draft_is_this_offices_alone(clerk: Client, at: SignedIn, window: World) -> None:
    key = scanned(clerk)
    clerk.post(visit_path(key), half(window))
    for name in ("clerk_sc", "police_cq"):
        stranger = at(name)
        assert "林*梅" not in text_of(stranger.get(COUNTER))
        assert stranger.get(visit_path(key))["Location"] == COUNTER
        stranger.post(visit_path(key, "throw-away/"))
        stranger.post(visit_path(key), sheet(window.matter(SUBSIDY)))
    assert Draft.objects.filter(pk=key).exists()
    assert not Case.objects.exists()


def test_a_citizens_own_draft_is_not_the_windows(clerk: Client, window: World) -> None:
    version = window.matter(SUBSIDY)
    mine = Draft.objects.create(user=window.citizen, matter=version.matter, version=version)
    assert clerk.get(visit_path(mine.pk))["Location"] == COUNTER


def test_the_draft_appears_when_the_person_comes_back(clerk: Client, window: World) -> None:
    key = scanned(clerk, DAUGHTER_ID)
    clerk.post(visit_path(key, "for/"), {"for_id": ZHOU_ID, "role": "auto"})
    clerk.post(visit_path(key), half(window, c_for_name="周德福", c_relation="子女"))
    for number in (DAUGHTER_ID, ZHOU_ID):
        page = text_of(clerk.get(visit_path(scanned(clerk, number))))
        assert "没办完的草稿" in page
        assert "周*福" in page
    assert "没办完的草稿" not in text_of(clerk.get(visit_path(scanned(clerk, LIN_ID))))


def test_somebody_who_saved_it_meanwhile_is_named_and_nothing_is_overwritten(
    clerk: Client, at: SignedIn, window: World
) -> None:
    key = scanned(clerk)
    clerk.post(visit_path(key), half(window))
    mine = value_of(clerk.get(visit_path(key)), "c-seen")
    colleague = at("clerk_cq_2")
    theirs = value_of(colleague.get(visit_path(key)), "c-seen")
    colleague.post(visit_path(key), half(window, bank_name="重庆银行", c_seen=theirs))

    page = clerk.post(visit_path(key), half(window, bank_name="三峡银行", c_seen=mine))
    assert "万同事刚刚保存过这份草稿，您的内容没有存入。" in text_of(page)
    assert value_of(page, "bank_name") == "三峡银行"
    assert Draft.objects.get(pk=key).data["bank_name"] == "重庆银行"
    again = half(window, bank_name="三峡银行", c_seen=value_of(page, "c-seen"))
    assert clerk.post(visit_path(key), again).status_code == 302
    assert Draft.objects.get(pk=key).data["bank_name"] == "三峡银行"


def test_what_was_typed_survives_the_turn_to_somebody_else(clerk: Client, window: World) -> None:
    """The person says halfway that it is for their father; the region goes with the number."""
    key = scanned(clerk)
    answer = clerk.post(visit_path(key), half(window, do="for", household_region="500101",
                                              beneficiary_id="", beneficiary_name=""))  # fmt: skip
    assert answer["Location"].startswith(visit_path(key, "for/"))
    back = clerk.post(answer["Location"], {"for_id": ZHOU_ID, "role": "auto"})
    page = clerk.get(back["Location"])
    assert value_of(page, "bank_name") == "示范"
    assert value_of(page, "c-name") == "林晓梅"
    assert '<option value="511702" selected>' in page.content.decode()
    text = text_of(page)
    assert "留空即为申请人 5117**********0025" in text
    assert LIN_ID not in page.content.decode()


def test_turning_somebody_away_keeps_what_was_typed_for_when_they_come_back(
    clerk: Client, window: World
) -> None:
    key = scanned(clerk)
    slug = window.matter(SUBSIDY).matter.slug
    answer = clerk.post(visit_path(key), half(window, do="away"))
    assert answer["Location"] == f"{COUNTER}turn-away/?visit={key}&matter={slug}"
    assert Draft.objects.filter(pk=key).exists()


def test_an_untouched_sheet_leaves_no_draft_behind(clerk: Client, window: World) -> None:
    key = scanned(clerk)
    version = window.matter(SUBSIDY)
    untouched = {"c-matter": version.matter.slug, "c-version": version.pk, "do": "away",
                 "household_region": "500101"}  # fmt: skip
    assert clerk.post(visit_path(key), untouched)["Location"].startswith(f"{COUNTER}turn-away/")
    assert not Draft.objects.exists()


def test_the_start_page_takes_as_many_statements_for_twenty_drafts_as_for_one(
    clerk: Client, window: World
) -> None:
    clerk.post(visit_path(scanned(clerk)), half(window))
    clerk.get(COUNTER)
    with CaptureQueriesContext(connection) as one:
        clerk.get(COUNTER)
    for _ in range(19):
        clerk.post(visit_path(scanned(clerk)), half(window))
    clerk.get(COUNTER)
    with CaptureQueriesContext(connection) as twenty:
        page = clerk.get(COUNTER)
    assert text_of(page).count("接着办") == 20
    assert len(one) == len(twenty) <= 7


def test_the_sheet_takes_as_many_statements_with_many_cases_and_drafts_as_with_few(
    clerk: Client, window: World
) -> None:
    key = scanned(clerk)
    address = visit_path(key, f"?matter={window.matter(SUBSIDY).matter.slug}")
    journeys.collected(window)
    clerk.post(visit_path(scanned(clerk)), half(window))
    clerk.get(address)
    with CaptureQueriesContext(connection) as few:
        clerk.get(address)
    for _ in range(19):
        journeys.collected(window)
        clerk.post(visit_path(scanned(clerk)), half(window))
    clerk.get(address)
    with CaptureQueriesContext(connection) as many:
        clerk.get(address)
    assert len(few) == len(many) <= 14


def test_a_draft_can_be_thrown_away(clerk: Client, window: World) -> None:
    key = scanned(clerk)
    clerk.post(visit_path(key), half(window))
    page = clerk.post(visit_path(key, "throw-away/"), follow=True)
    assert "草稿已删除" in text_of(page)
    assert not Draft.objects.exists()


def test_a_draft_that_became_a_case_leads_to_it(clerk: Client, at: SignedIn, window: World) -> None:
    key = scanned(clerk)
    clerk.post(visit_path(key), half(window))
    colleague = at("clerk_cq_2")
    seen = value_of(colleague.get(visit_path(key)), "c-seen")
    colleague.post(visit_path(key), sheet(window.matter(SUBSIDY), c_seen=seen))
    late = clerk.post(visit_path(key), half(window))
    assert late["Location"] == visit_path(key, "done/")
    assert Case.objects.filter(draft_key=key).count() == 1


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.UPLOAD_DIR = tmp_path
    return tmp_path


def test_a_scan_is_kept_although_the_sheet_has_errors_and_goes_into_the_case(
    clerk: Client, window: World, files: Path
) -> None:
    key = scanned(clerk)
    wrong = sheet(window.matter(SUBSIDY), bank_card="12ab", **{"c-scan-identity": picture()})
    page = clerk.post(visit_path(key), wrong)
    assert "身份证.jpg" in text_of(page)
    right = sheet(window.matter(SUBSIDY), c_seen=value_of(page, "c-seen"))
    assert clerk.post(visit_path(key), right)["Location"] == visit_path(key, "done/")
    upload = Upload.objects.get()
    assert upload.case is not None
    assert upload.case.draft_key == key
    assert [m.code for m in upload.materials.all()] == ["identity"]


def test_a_file_that_is_none_is_refused_in_words_and_the_rest_stays(
    clerk: Client, window: World, files: Path
) -> None:
    key = scanned(clerk)
    fake = SimpleUploadedFile("身份证.jpg", b"<script>alert(1)</script>", "image/jpeg")
    page = clerk.post(visit_path(key), sheet(window.matter(SUBSIDY), **{"c-scan-identity": fake}))
    assert "身份证.jpg：只能上传 JPG、PNG 图片或 PDF 文件" in text_of(page)
    assert value_of(page, "bank_name") == "示范"
    assert not Upload.objects.exists()
    assert not Case.objects.exists()


def test_a_scan_can_be_taken_out_again(clerk: Client, window: World, files: Path) -> None:
    key = scanned(clerk)
    clerk.post(visit_path(key), half(window, **{"c-scan-identity": picture()}))
    upload = Upload.objects.get()
    clerk.post(visit_path(key), half(window, **{"c-drop": str(upload.pk)}))
    assert not Upload.objects.exists()
