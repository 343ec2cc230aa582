"""Filing for somebody who stands at a window: settled while they stand there."""

from __future__ import annotations

from django.test import Client

from matters.medical.models import Filing
from tests.desk.conftest import text_of
from tests.desk.counter.conftest import scanned, sheet, visit_path
from tests.medical.cover import CHONGQING, DAZHOU, insure
from tests.world import LIN_ID, World
from workflows.cases.models import Case


def test_who_stands_at_the_window_is_filed_before_they_leave(window: World, clerk: Client) -> None:
    insure(CHONGQING, id_number=LIN_ID, name="林晓梅")
    version = window.matter("其他临时外出就医人员备案")
    key = scanned(clerk)
    page = clerk.get(visit_path(key, f"?matter={version.matter.slug}"))
    assert page.status_code == 200
    typed = sheet(
        version,
        insured_region=CHONGQING,
        destination=DAZHOU,
        filing_kind="other_temporary",
        agrees_to_replace="yes",
    )
    answer = clerk.post(visit_path(key), typed)
    assert answer.status_code == 302, text_of(answer)
    assert clerk.get(answer["Location"]).status_code == 200
    case = Case.objects.get()
    assert (case.state, Filing.objects.get().destination_id) == ("active", DAZHOU)
