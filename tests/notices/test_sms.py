"""Text messages: by one gateway, once, whatever the gateways and the workers do."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from urllib3.exceptions import SSLError

from tongban.accounts.models import User
from tongban.notices.dispatch import Delivered, deliver_due
from tongban.notices.models import Notice, SmsHandover
from tongban.notices.outbox import channels_for
from tongban.notices.sms import acs
from tongban.notices.sms.carrier import SmsSession
from tongban.notices.sms.demonstration.gateway import Refused
from tongban.notices.sms.gateway_settings import gateways_from
from tongban.notices.sms.receipts import fetch_receipts

from .conftest import SmsGateway, closed_port, owed_email, owed_sms, written

# By day: at night nobody gets a text message.
NOON = datetime.now(ZoneInfo("Asia/Shanghai")).replace(hour=12, minute=0, second=0, microsecond=0)
TWO_MINUTES = timedelta(minutes=2)


def owed_at_eleven(user: User, **changes: Any) -> Notice:
    return written(owed_sms(user), next_attempt_at=NOON - timedelta(hours=1), **changes)


def refuses(code: str) -> Callable[[str], object]:
    def refuse(_: str) -> None:
        raise Refused(code)

    return refuse


def too_late(_: str) -> None:
    time.sleep(0.4)


def out_of_order(gateway: SmsGateway, settings: Any) -> None:
    """Nobody listens at its address any more."""
    settings.SMS_GATEWAYS = [
        {**entry, "url": f"http://127.0.0.1:{closed_port()}"}
        if entry["code"] == gateway.code
        else entry
        for entry in settings.SMS_GATEWAYS
    ]


def test_requests_are_signed_as_alibaba_cloud_documents_it() -> None:
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": acs.sha256(b""),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"

    _, mark = acs.signature(
        "YourAccessKeySecret", method="POST", path="/", query=query, headers=headers, body=b""
    )

    assert mark == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_a_text_message_arrives_by_code_and_sign_and_its_phone_is_sealed(
    caller: User, first_gateway: SmsGateway
) -> None:
    notice = owed_at_eleven(caller)

    assert deliver_due(now=NOON) == Delivered(sent=1)

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("delivered", 1)
    assert first_gateway.took == [str(notice.pk)]
    assert first_gateway.texts()[0].startswith("【川渝通办】您申请的残疾人两项补贴")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM notices_smshandover")
        assert "13800001234" not in cursor.fetchone()[0]
    assert deliver_due(now=NOON + timedelta(hours=1)) == Delivered()


def test_sms_is_owed_only_where_phone_gateway_and_an_approved_text_are(
    caller: User, citizen: User, first_gateway: SmsGateway, settings: Any
) -> None:
    assert channels_for(caller, "accepted") == ("inbox", "sms")
    assert channels_for(caller, "received") == ("inbox",)
    assert "sms" not in channels_for(citizen, "accepted")
    settings.SMS_GATEWAYS = []
    assert channels_for(caller, "accepted") == ("inbox",)


def test_with_the_first_gateway_down_the_second_has_it_and_then_is_asked_at_once(
    caller: User, first_gateway: SmsGateway, second_gateway: SmsGateway, settings: Any
) -> None:
    notices = [owed_at_eleven(caller) for _ in range(5)]
    out_of_order(first_gateway, settings)

    assert deliver_due(now=NOON) == Delivered(sent=5)

    assert sorted(second_gateway.took) == sorted(str(notice.pk) for notice in notices)
    assert first_gateway.took == []
    assert set(SmsHandover.objects.values_list("gateway", flat=True)) == {"second"}


def test_with_every_gateway_down_no_try_is_used_up_and_then_all_arrive_once(
    caller: User, first_gateway: SmsGateway, settings: Any
) -> None:
    before = settings.SMS_GATEWAYS
    for _ in range(3):
        owed_at_eleven(caller)
    out_of_order(first_gateway, settings)
    for minutes in range(6):
        assert deliver_due(now=NOON + timedelta(minutes=minutes)) == Delivered(postponed=1)
    assert set(Notice.objects.values_list("state", "attempts")) == {("pending", 0)}

    settings.SMS_GATEWAYS = before
    assert deliver_due(now=NOON + timedelta(minutes=9)) == Delivered(sent=3)
    assert len(first_gateway.took) == 3


def test_an_answer_that_did_not_come_is_asked_for_and_the_second_gateway_left_alone(
    caller: User, first_gateway: SmsGateway, second_gateway: SmsGateway
) -> None:
    first_gateway.after = lambda action: too_late(action) if action == "SendSms" else None
    owed_at_eleven(caller)

    assert deliver_due(now=NOON) == Delivered(postponed=1)
    assert deliver_due(now=NOON + timedelta(seconds=30)) == Delivered()
    assert deliver_due(now=NOON + TWO_MINUTES) == Delivered(sent=1)

    assert (len(first_gateway.took), second_gateway.took) == (1, [])
    assert first_gateway.asked == ["SendSms", "QuerySendDetails"]


def test_twin_without_the_question_it_would_be_sent_twice(
    caller: User,
    first_gateway: SmsGateway,
    second_gateway: SmsGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SmsSession, "was_taken", lambda *_: False)
    first_gateway.after = too_late
    owed_at_eleven(caller)

    deliver_due(now=NOON)
    first_gateway.after = lambda _: None
    deliver_due(now=NOON + TWO_MINUTES)

    assert len(first_gateway.took) + len(second_gateway.took) == 2


def test_what_the_gateway_never_had_goes_out_again_once(
    caller: User, first_gateway: SmsGateway
) -> None:
    def hang_and_forget(_: str) -> None:
        too_late("")
        raise Refused("isp.SYSTEM_ERROR")

    first_gateway.before = hang_and_forget
    owed_at_eleven(caller)
    assert deliver_due(now=NOON) == Delivered(postponed=1)
    first_gateway.before = lambda _: None

    assert deliver_due(now=NOON + TWO_MINUTES) == Delivered(sent=1)
    assert len(first_gateway.took) == 1


def test_while_the_gateway_that_may_have_it_is_down_nobody_else_gets_it(
    caller: User, first_gateway: SmsGateway, second_gateway: SmsGateway, settings: Any
) -> None:
    before = settings.SMS_GATEWAYS
    first_gateway.after = too_late
    notice = owed_at_eleven(caller)
    deliver_due(now=NOON)
    first_gateway.after = lambda _: None
    out_of_order(first_gateway, settings)
    for hours in range(1, 4):
        assert deliver_due(now=NOON + timedelta(hours=hours)) == Delivered(postponed=1)
    assert second_gateway.took == []

    settings.SMS_GATEWAYS = before
    assert deliver_due(now=NOON + timedelta(hours=5)) == Delivered(sent=1)
    notice.refresh_from_db()
    assert (notice.state, len(first_gateway.took)) == ("delivered", 1)


def test_after_a_day_without_an_answer_a_person_decides(
    caller: User, first_gateway: SmsGateway, second_gateway: SmsGateway, settings: Any
) -> None:
    first_gateway.after = too_late
    notice = owed_at_eleven(caller)
    deliver_due(now=NOON)
    out_of_order(first_gateway, settings)

    assert deliver_due(now=NOON + timedelta(days=1)) == Delivered(unsure=1)

    Notice.objects.filter(pk=notice.pk).update(
        state="pending", attempts=0, next_attempt_at=NOON, claimed_until=None
    )
    assert deliver_due(now=NOON + timedelta(days=1, hours=1)) == Delivered(sent=1)
    assert second_gateway.took == [str(notice.pk)]


def test_tls_that_breaks_in_the_answer_is_no_connection_that_never_came_about(
    caller: User,
    first_gateway: SmsGateway,
    second_gateway: SmsGateway,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = settings.SMS_GATEWAYS
    # A handshake with one who speaks no TLS: nothing was sent, the second may have it.
    secured = {**plain[0], "url": plain[0]["url"].replace("http://", "https://")}
    settings.SMS_GATEWAYS = [secured, plain[1]]
    owed_at_eleven(caller)
    assert deliver_due(now=NOON) == Delivered(sent=1)
    assert (len(first_gateway.took), len(second_gateway.took)) == (0, 1)

    def breaks(*_: object, **__: object) -> None:
        raise SSLError("bad record mac")

    settings.SMS_GATEWAYS = plain
    monkeypatch.setattr("urllib3.PoolManager.request", breaks)
    owed_at_eleven(caller)
    assert deliver_due(now=NOON) == Delivered(postponed=1)
    assert SmsHandover.objects.get(accepted_at=None).gateway == "first"


def test_a_gateway_whose_midnight_comes_later_has_it_on_the_day_before(
    caller: User, first_gateway: SmsGateway
) -> None:
    """Taken, by the gateway's clock, a second before midnight, and by ours a second after."""
    first_gateway.after = lambda action: too_late(action) if action == "SendSms" else None
    owed_at_eleven(caller)
    deliver_due(now=NOON)
    SmsHandover.objects.update(handed_over_at=NOON + timedelta(days=1))

    assert deliver_due(now=NOON + timedelta(days=1, minutes=2)) == Delivered(sent=1)
    assert len(first_gateway.took) == 1


@pytest.mark.parametrize(
    ("code", "done", "state"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", Delivered(failed=1), "failed"),
        ("isv.BUSINESS_LIMIT_CONTROL", Delivered(postponed=1), "pending"),
        ("isv.AMOUNT_NOT_ENOUGH", Delivered(sent=1), "delivered"),
    ],
)
def test_each_kind_of_no_has_its_meaning(
    code: str, done: Delivered, state: str,
    caller: User, first_gateway: SmsGateway, second_gateway: SmsGateway,
) -> None:  # fmt: skip
    first_gateway.before = refuses(code)
    notice = owed_at_eleven(caller)

    assert deliver_due(now=NOON) == done

    notice.refresh_from_db()
    assert notice.state == state
    assert len(second_gateway.took) == (state == "delivered")


def test_a_wrong_signature_a_stranger_and_a_request_of_yesterday_are_refused(
    caller: User, first_gateway: SmsGateway, settings: Any
) -> None:
    settings.SMS_GATEWAYS = [{**first_gateway.entry, "secret": "x" * 40}]
    notice = owed_at_eleven(caller)

    assert deliver_due(now=NOON) == Delivered(postponed=1)
    notice.refresh_from_db()
    assert (first_gateway.took, notice.attempts) == ([], 0)


def test_a_dead_mail_server_does_not_hold_up_text_messages(
    caller: User, citizen: User, first_gateway: SmsGateway, settings: Any
) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port()
    written(owed_email(citizen), next_attempt_at=NOON - timedelta(hours=1))
    owed_at_eleven(caller)

    assert deliver_due(now=NOON) == Delivered(sent=1, postponed=1)


def test_a_receipt_that_it_did_not_arrive_calls_for_a_person(
    caller: User, first_gateway: SmsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices = [owed_at_eleven(caller) for _ in range(2)]
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    Notice.objects.update(next_attempt_at=now - timedelta(hours=1), template="progress_code")
    Notice.objects.update(template="accepted")
    deliver_due(now=NOON)
    SmsHandover.objects.update(handed_over_at=now)
    lost = str(notices[0].pk)

    def details(given: dict[str, str]) -> dict[str, Any]:
        rows = [
            {"OutId": str(n.pk), "SendStatus": 2 if str(n.pk) == lost else 3, "ErrCode": "X"}
            for n in notices
        ]
        return {"TotalCount": 2, "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}

    monkeypatch.setattr(first_gateway, "details", details)
    assert fetch_receipts(now=NOON + timedelta(minutes=1)) == 0
    assert fetch_receipts(now=NOON + timedelta(minutes=3)) == 2

    states = dict(Notice.objects.values_list("pk", "state"))
    assert states == {notices[0].pk: "failed", notices[1].pk: "delivered"}
    assert set(SmsHandover.objects.values_list("look_at", flat=True)) == {None}
    assert {row.phone for row in SmsHandover.objects.all()} == {""}


@pytest.mark.parametrize(
    "text",
    [
        '{"code": "a"}',
        '[{"code": "a", "url": "https://sms.example", "key_id": "k"}]',
        '[{"code": "a", "url": "http://sms.example", "key_id": "k", "secret": "hush"}]',
        '[{"code": "a", "url": "https://x.example", "key_id": "k", "secret": "hush", "kind": "x"}]',
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start_without_the_secret(text: str) -> None:
    with pytest.raises(ValueError, match="SMS_GATEWAYS") as refused:
        gateways_from({"SMS_GATEWAYS": text}, demonstration=True)
    assert "hush" not in str(refused.value)
