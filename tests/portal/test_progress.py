"""查询进度: state, holder and date for whoever has the number and the proof; nothing else, to nobody."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from stdnum import luhn

from tests import journeys
from tests.portal.applying import shown
from tests.portal.mine import on, words
from tests.world import LIN_ID, World, build_world
from workflows.cases.models import Case, Party
from workflows.portal.models import ProgressAttempt
from workflows.portal.own.progress_door import PER_NUMBER, TooMany, may_see_progress

PROOF = LIN_ID[-6:]
# A number as the site gives them, which it has not given.
NOBODYS = "5001012603318888888" + luhn.calc_check_digit("5001012603318888888")
NOT_FOUND = "没有查到"


@pytest.fixture
def case(world: World) -> Case:
    return journeys.arrived(world).case


def ask(case: Case | str, proof: str = PROOF, **more: Any) -> Any:
    number = case if isinstance(case, str) else case.number
    return Client().post("/progress/", {"number": number, "proof": proof}, **more)


def test_it_shows_state_holder_and_date_and_names_nobody(world: World) -> None:
    with on("2026-04-02 10:00"):
        case = journeys.arrived(world).case
        page = words(ask(case))
    assert "属地已签收，待受理" in page
    assert "通川区民政局" in page
    assert "最迟 2026年4月22日" in page
    for hidden in ("林晓梅", "林*", "周德福", LIN_ID, PROOF, "困难残疾人生活补贴", "万州区"):
        assert hidden not in page, hidden


def test_the_receipts_code_fills_the_number_in(case: Case) -> None:
    page = Client().get("/progress/", {"number": case.number})
    assert f'value="{case.number}"' in shown(page)
    hostile = Client().get("/progress/", {"number": '"><script>alert(1)</script>' * 9})
    assert "<script>alert" not in shown(hostile)


def test_a_wrong_proof_and_no_such_case_are_answered_alike(case: Case) -> None:
    wrong, none, unknown = ask(case, "000000"), ask(NOBODYS), ask("1" + NOBODYS[1:])
    assert words(wrong).replace(case.number, "") == words(none).replace(NOBODYS, "")
    assert NOT_FOUND in words(wrong)
    assert NOT_FOUND not in words(unknown), "a slip of the finger is said as such"
    assert wrong.status_code == none.status_code == 200


def test_the_same_statements_are_asked_whether_there_is_such_a_case_or_not(
    case: Case, django_assert_num_queries: Any
) -> None:
    for number, proof in ((case.number, "000000"), (NOBODYS, "000000")):
        # forget old tries, claim, count twice, look.
        with django_assert_num_queries(5):
            assert (
                may_see_progress(
                    number=number, proof=proof, address="192.0.2.1", now=timezone.now()
                )
                is None
            )


@pytest.mark.parametrize("proof", [PROOF, f" {PROOF} ", PROOF.lower()])
def test_the_proof_may_be_spelt_as_people_do(case: Case, proof: str) -> None:
    assert "办件进度" in words(ask(case, proof))


@pytest.mark.parametrize(
    ("number", "proof", "said"),
    [
        ("", PROOF, "请填写办件编号"),
        ("50010126033100000618", PROOF, "办件编号有误"),
        ("٣" * 20, PROOF, "办件编号有误"),
        ("5" * 400, PROOF, "办件编号过长"),
        ("'; DROP TABLE", PROOF, "办件编号有误"),
        ("\x00", PROOF, "null"),
        ("0", "", "请填写申请人证件号码后六位"),
        ("0", "12345", "最后六位"),
        ("0", "1234567", "最后六位"),
        ("0", "１２３４５６", "最后六位"),
        ("0", "<b>xx</b>", "最后六位"),
    ],
)
def test_bad_input_gets_the_fields_error_and_counts_as_no_try(
    db: None, number: str, proof: str, said: str
) -> None:
    answer = ask(number, proof)
    assert answer.status_code == 200
    assert said in shown(answer) or said == "null"
    assert "error-summary" in shown(answer)
    assert not ProgressAttempt.objects.exists()


def test_without_an_id_number_on_record_no_proof_fits(case: Case) -> None:
    Party.objects.filter(case=case).update(user=None)
    party = Party.objects.get(case=case, role="applicant")
    party.id_number = ""
    party.save()
    for proof in ("000000", PROOF):
        assert NOT_FOUND in words(ask(case, proof))


def test_after_five_wrong_tries_even_the_right_one_waits(world: World) -> None:
    with on("2026-04-02 10:00"):
        case = journeys.arrived(world).case
        for n in range(5):
            assert NOT_FOUND in words(ask(case, f"{n:06d}"))
        refused = ask(case)
        assert refused.status_code == 429
        assert refused["Retry-After"] == "900"
        assert "试的次数太多，请 15 分钟后再试" in words(refused)
    with on("2026-04-02 10:16"):
        assert "办件进度" in words(ask(case))


def test_pressing_again_while_one_waits_does_not_make_it_longer(world: World) -> None:
    with on("2026-04-02 10:00"):
        case = journeys.arrived(world).case
        for n in range(5):
            ask(case, f"{n:06d}")
    with on("2026-04-02 10:10"):
        assert ask(case)["Retry-After"] == "300"
        assert ask(case)["Retry-After"] == "300"


def test_numbers_that_do_not_exist_are_locked_alike(world: World) -> None:
    for _ in range(5):
        ask(NOBODYS, "000000")
    assert ask(NOBODYS, "000000").status_code == 429


def test_one_address_cannot_try_number_after_number(world: World) -> None:
    with on("2026-04-02 10:00"):
        case = journeys.arrived(world).case
        for n in range(30):
            may_see_progress(number=f"{n}", proof="1", address="192.0.2.7", now=timezone.now())
        assert ask(case, REMOTE_ADDR="192.0.2.7").status_code == 429
        assert "办件进度" in words(ask(case, REMOTE_ADDR="192.0.2.8"))


def test_right_answers_are_not_counted(case: Case) -> None:
    for _ in range(12):
        assert "办件进度" in words(ask(case))
    assert not ProgressAttempt.objects.exists()


def test_neither_number_nor_address_is_kept_and_tries_are_forgotten(world: World) -> None:
    with on("2026-04-02 10:00"):
        case = journeys.arrived(world).case
        ask(case, "000000", REMOTE_ADDR="192.0.2.7")
        kept = list(ProgressAttempt.objects.values_list("key", flat=True))
        assert len(kept) == 2
        assert not any(case.number in key or "192" in key[:7] for key in kept)
    with on("2026-04-03 10:01"):
        ask(case)
        assert not ProgressAttempt.objects.exists()


def test_at_the_applicants_it_says_where_to_go_on(world: World) -> None:
    page = words(ask(journeys.supplementing(world).case))
    assert "待补正" in page
    assert "现在由谁办理 申请人" in page
    assert "中止" in page


def test_a_case_that_is_over_says_so(world: World) -> None:
    page = words(ask(journeys.completed(world).case))
    assert "已办结" in page
    assert "现在由谁办理" not in page


def test_nothing_of_it_is_kept_by_browsers_or_shared_caches(case: Case) -> None:
    for answer in (ask(case), Client().get("/progress/")):
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_many_tries(transactional_db: None) -> None:
    case = journeys.arrived(build_world()).case
    allowed = PER_NUMBER[0][1]

    def one_try(n: int) -> bool:
        try:
            now = timezone.now()
            may_see_progress(number=case.number, proof=f"{n:06d}", address=f"{n}", now=now)
        except TooMany:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        compared = sum(pool.map(one_try, range(24)))
    assert compared <= allowed
    assert ProgressAttempt.objects.filter(at__gt=timezone.now() - dt.timedelta(hours=1)).exists()
