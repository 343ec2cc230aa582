"""A province's platform over real HTTPS: what is believed, and what is not."""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sharing.province import KEY, Province, running
from tongban.sharing.connector_settings import connectors_from
from tongban.sharing.connectors import Question, Refusal, Unreachable
from tongban.sharing.province import PATH, Platform, PlatformSettings
from tongban.sharing.signing import Algorithm, BadSignature, Key, sign, verify


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    with running(tmp_path_factory.mktemp("province")) as province:
        yield province


@pytest.fixture
def province(server: Province) -> Province:
    server.behaviour, server.is_known, server.old_headers = "right", True, {}
    server.answers = {"matches": True, "alive": False}
    server.heard.clear()
    server.refused.clear()
    return server


def platform(province: Province, **changes: object) -> Platform:
    given = PlatformSettings(
        url=province.url, key=KEY, ca=province.ca, connect_seconds=1, read_seconds=0.2, tries=2
    )
    return Platform(dataclasses.replace(given, **changes), pause=lambda _seconds: None)  # type: ignore[arg-type]


def question() -> Question:
    return Question(
        id=uuid.uuid4(),
        resource="510000-resident-identity",
        person_name="林晓梅",
        id_number="500101198001010013",
        questions=("matches", "alive"),
        fields=("plate",),
        office="通川区民政局",
        item="困难残疾人生活补贴",
        ground="示范",
    )


def test_a_right_answer_is_taken_and_no_more_of_it_than_was_asked(province: Province) -> None:
    asked = question()
    answer = platform(province).ask(asked)
    assert (answer.found, answer.questions) == (True, {"matches": True, "alive": False})
    assert answer.fields == {"plate": "渝A"}
    assert province.heard == [
        {
            "id": str(asked.id),
            "resource": asked.resource,
            "person": {"name": "林晓梅", "id_number": asked.id_number},
            "questions": ["matches", "alive"],
            "fields": ["plate"],
            "office": asked.office,
            "item": asked.item,
            "ground": asked.ground,
        }
    ]
    assert asked.id_number not in repr(asked)


def test_nobody_of_that_number_is_an_answer_too(province: Province) -> None:
    province.is_known = False
    assert platform(province).ask(question()).found is False


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("slow", "没有答复"),
        ("error", "返回 500"),
        ("garbage", "无法识别"),
        ("huge", "过大"),
        ("unsigned", "签名不正确"),
        ("forged", "签名不正确"),
        ("other", "不是这次查询"),
    ],
)
def test_what_is_no_answer_is_asked_once_more_and_then_left(
    province: Province, behaviour: str, why: str
) -> None:
    province.behaviour = behaviour
    with pytest.raises(Unreachable, match=why):
        platform(province).ask(question())
    assert len(province.heard) == 2, "a look-up may be repeated: its id says that it is the same"
    assert len({asked["id"] for asked in province.heard}) == 1
    assert province.refused == [], "and each try has a nonce of its own"


def test_the_answer_to_an_earlier_question_is_not_believed(province: Province) -> None:
    platform(province).ask(question())
    province.behaviour = "replayed"
    with pytest.raises(Unreachable, match="签名不正确"):
        platform(province).ask(question())


def test_a_question_unanswered_is_no_answer(province: Province) -> None:
    province.answers = {"matches": True}
    with pytest.raises(Unreachable, match="没有回答 1 个问题"):
        platform(province).ask(question())


def test_a_refusal_is_final_and_says_why(province: Province) -> None:
    province.behaviour = "refusing"
    with pytest.raises(Refusal, match="不在共享范围"):
        platform(province).ask(question())
    assert len(province.heard) == 1


def test_a_platform_refuses_whom_it_does_not_know(province: Province) -> None:
    with pytest.raises(Unreachable, match="返回 401"):
        platform(province, key=Key("tongban", b"guessed", "HMAC-SM3"), tries=1).ask(question())
    assert province.refused == ["the signature does not fit"]
    assert province.heard == []


def test_only_the_certificate_that_was_agreed_on_is_believed(province: Province) -> None:
    assert platform(province, pin=province.pin).ask(question()).found
    for distrusted in (platform(province, ca=None), platform(province, pin="00" * 32)):
        with pytest.raises(Unreachable, match="证书不可信"):
            distrusted.ask(question())
    assert len(province.heard) == 1, "nothing was said to a stranger"


def test_where_nobody_listens_is_known_at_once(tmp_path: Path) -> None:
    with running(tmp_path) as gone:
        pass
    began = time.monotonic()
    with pytest.raises(Unreachable, match="无法连接"):
        platform(gone).ask(question())
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("algorithm", ["HMAC-SHA256", "HMAC-SM3"])
def test_a_signature_fits_one_message_in_its_time_and_once(algorithm: Algorithm) -> None:
    key = Key("k", b"s", algorithm)
    signed = sign(key, act="POST", path=PATH, body=b"{}", timestamp=1000, nonce="n")

    def check(
        body: bytes = b"{}", now: float = 1000, path: str = PATH, is_new: bool = True
    ) -> None:
        verify(key, signed, act="POST", path=path, body=body, now=now, is_new=lambda _nonce: is_new)

    check(now=1299)
    wrongs: list[dict[str, Any]] = [
        {"body": b"{ }"}, {"path": "/other"}, {"now": 1301}, {"now": 699}, {"is_new": False}
    ]  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(BadSignature):
            check(**wrong)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"510000": {"url": "http://x", "key_id": "k", "secret": "s"}}', "https"),
        ('{"510000": {"url": "https://x", "key_id": "k"}}', "lacks secret"),
        ('{"510000": {"url": "https://x", "key_id": "k", "secret": "s", "sm": 1}}', "unknown sm"),
        (
            '{"510000": {"url": "https://x", "key_id": "k", "secret": "s", "algorithm": "MD5"}}',
            "SM3",
        ),
        ("[]", "object"),
    ],
)
def test_settings_that_cannot_work_stop_the_site_at_its_start(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        connectors_from({"SHARING_CONNECTORS": text})
    assert connectors_from({}) == {}
