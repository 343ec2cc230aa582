"""Logs carry no personal data, whoever writes them and however it got there."""

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from django.conf import settings as site

from tongban.logs import MASK, logging_config, scrub

ID_NUMBER = "51010419900307123X"
PHONE = "13812345678"
CARD = "6222021234567890123"


@pytest.mark.parametrize(
    "said",
    [
        ID_NUMBER,
        ID_NUMBER.lower(),
        f"身份证号{ID_NUMBER}不符",
        "510104900307123x".replace("x", ""),
        PHONE,
        f"+86{PHONE}",
        f"+86 {PHONE}",
        "138 1234 5678",
        "138-1234-5678",
        f"tel:{PHONE},",
        f"phone={PHONE}&next=/",
        CARD,
        "6222 0212 3456 7890 123",
        "6222-0212-3456-7890",
        "zhang@example.com",
        "<zhang.xm+1@mail.example.com.cn>",
        "１３８１２３４５６７８",
    ],
)
def test_what_looks_like_personal_data_is_masked(said: str) -> None:
    written = scrub(f"before {said} after")

    assert MASK in written
    digits = [part for part in written.split() if sum(c.isdigit() for c in part) > 6]
    assert digits == []
    assert "@" not in written
    assert written.startswith("before ")
    assert written.endswith(" after")


@pytest.mark.parametrize(
    "said",
    [
        "CY512026112100001",
        "2026-11-21T09:30:00.123456Z",
        "case 1234567 took 0.0123 s",
        "12345678901",
        "/my/cases/381234567/",
        "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b",
        "023-63151234",
    ],
)
def test_what_a_log_is_for_stays_readable(said: str) -> None:
    assert scrub(said) == said


def test_it_is_masked_at_any_depth_and_in_any_kind_of_value() -> None:
    class Person:
        def __str__(self) -> str:
            return f"Person({PHONE})"

    given = {
        "form": {"phone": [PHONE, (CARD, {ID_NUMBER})], PHONE: 1},
        "number": int(PHONE),
        "person": Person(),
        "fine": [1, 2.5, None, True],
    }

    written = scrub(given)

    text = repr(written)
    for secret in (PHONE, CARD, ID_NUMBER):
        assert secret not in text
    assert written["fine"] == [1, 2.5, None, True]


@pytest.fixture
def lines() -> Iterator[Any]:
    """The production log, line by line, as one would read it from the disk."""
    stream = StringIO()
    config = logging_config(debug=False)
    config["handlers"]["console"]["stream"] = stream
    config["loggers"] = {"somebody.else": {"level": "INFO"}}
    before = logging.getLogger().handlers[:]
    logging.config.dictConfig(config)
    try:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        logging.config.dictConfig(site.LOGGING)
        logging.getLogger().handlers[:] = before


def test_our_own_events_are_lines_of_json(lines: Any) -> None:
    structlog.get_logger("tongban.test").info("notice failed", notice=7, phone=PHONE)

    [line] = lines()
    assert line["event"] == "notice failed"
    assert (line["notice"], line["level"], line["logger"]) == (7, "info", "tongban.test")
    assert line["timestamp"].endswith("Z")
    assert PHONE not in str(line)


def test_what_other_libraries_log_is_scrubbed_too(lines: Any) -> None:
    logging.getLogger("somebody.else").warning("no user %s", ID_NUMBER, extra={"phone": PHONE})

    [line] = lines()
    assert ID_NUMBER not in str(line)
    assert PHONE not in str(line)
    assert line["event"].startswith("no user ")


def test_an_exceptions_text_and_traceback_are_scrubbed_too(lines: Any) -> None:
    try:
        raise ValueError(f"duplicate key (phone)=({PHONE})")
    except ValueError:
        logging.getLogger("somebody.else").exception("it failed")

    [line] = lines()
    assert "ValueError: duplicate key" in line["exception"]
    assert PHONE not in line["exception"]


def test_in_development_the_same_is_readable_and_scrubbed() -> None:
    stream = StringIO()
    formatter = logging_config(debug=True)["formatters"]["structured"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter.pop("()")(**formatter))
    try:
        raise ValueError(PHONE)
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x",
            logging.ERROR,
            __file__,
            1,
            "no user %s",
            (ID_NUMBER,),
            __import__("sys").exc_info(),
        )
    handler.handle(record)

    assert "ValueError" in stream.getvalue()
    assert PHONE not in stream.getvalue()
    assert ID_NUMBER not in stream.getvalue()
