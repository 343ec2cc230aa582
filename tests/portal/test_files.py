"""A file is opened by who handed it in, and later by who may see its case; to others it is not there."""

from __future__ import annotations

import pytest
from django.http import FileResponse
from django.test import Client

from tests.portal.applying import Applying, sent
from tests.portal.conftest import signed_in
from tests.portal.test_uploads import pdf
from tests.world import World
from workflows.cases.models import Draft, Upload
from workflows.cases.uploads import path_of

PEOPLE = ["daughter", "outsider", "clerk_cq", "clerk_sc", "clerk_elsewhere", "supervisor_cq"]


def asked(client: Client, upload: Upload, query: str = "") -> FileResponse:
    """The answer, read to its end, which closes the file."""
    answer = client.get(f"/files/{upload.pk}/{query}")
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return answer  # type: ignore[return-value]


@pytest.fixture
def upload(applying: Applying) -> Upload:
    applying.post("papers/disability_card/", sent=sent(name='"残疾人证\r\nX: 1".jpg'))
    return Upload.objects.get()


def test_of_a_draft_its_owner_only(world: World, lin: Client, upload: Upload) -> None:
    assert asked(lin, upload).status_code == 200
    for who in PEOPLE:
        assert asked(signed_in(world.people[who]), upload).status_code == 404, who
    assert asked(Client(), upload).status_code == 404


def test_of_a_case_whoever_may_see_it(
    world: World, lin: Client, applying: Applying, upload: Upload
) -> None:
    applying.whole(world.office("500101", "service_center").pk).hand_in()
    seen = {who: asked(signed_in(world.people[who]), upload).status_code for who in PEOPLE}
    assert seen == {
        "daughter": 404,
        "outsider": 404,
        "clerk_cq": 200,
        "clerk_sc": 200,
        "clerk_elsewhere": 404,
        "supervisor_cq": 200,
    }
    assert asked(lin, upload).status_code == 200
    assert asked(Client(), upload).status_code == 404


def test_of_a_draft_begun_at_a_window_its_colleagues(world: World, upload: Upload) -> None:
    Draft.objects.update(office=world.office("500101", "service_center"))
    assert asked(signed_in(world.people["clerk_cq_2"]), upload).status_code == 200
    assert asked(signed_in(world.people["clerk_sc"]), upload).status_code == 404


def test_it_can_be_looked_at_and_nothing_else(lin: Client, upload: Upload) -> None:
    answer = asked(lin, upload)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert "\n" not in answer["Content-Disposition"]
    saved = asked(lin, upload, "?save=1")
    assert saved["Content-Disposition"].startswith("attachment;")


def test_a_pdf_is_downloaded(lin: Client, applying: Applying) -> None:
    applying.post("papers/disability_card/", sent=sent(pdf(), "证明.pdf"))
    answer = asked(lin, Upload.objects.get())
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "application/pdf"


def test_a_file_that_has_been_lost_is_not_found(lin: Client, upload: Upload) -> None:
    path_of(upload.pk).unlink()
    assert asked(lin, upload).status_code == 404


def test_it_is_for_reading(lin: Client, upload: Upload) -> None:
    assert lin.post(f"/files/{upload.pk}/").status_code == 405
    assert lin.get("/files/not-an-id/").status_code == 404


def test_a_file_costs_four_statements(
    lin: Client, upload: Upload, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(4):  # type: ignore[operator]  # session, user, actor, file
        asked(lin, upload)
