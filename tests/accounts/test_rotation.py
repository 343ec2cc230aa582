import json
import os
import threading
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from tongban.accounts.models import User
from tongban.accounts.personal import columns as columns_module
from tongban.accounts.personal import rotation, seal, sealed_columns, unseal
from tongban.accounts.personal.columns import Column, columns

OLD, NEW = ("2025", os.urandom(32)), ("2026_a-b", os.urandom(32))
FAMILY = 23


@pytest.fixture
def family(db: None, settings: Settings) -> list[User]:
    """Two dozen people sealed under last year's key; now there is a new one."""
    settings.PERSONAL_DATA_KEYS = [OLD]
    User.objects.bulk_create(
        User(username=f"person-{n}", name="刘", id_number=f"{n:018d}", phone=f"164{n:08d}")
        for n in range(FAMILY)
    )
    settings.PERSONAL_DATA_KEYS = [NEW, OLD]
    return list(User.objects.order_by("pk"))


def numbers() -> list[tuple[str | None, str | None]]:
    return list(User.objects.order_by("pk").values_list("id_number", "phone"))


def test_after_rotation_everything_reads_without_the_old_key(
    family: list[User], settings: Settings
) -> None:
    before = numbers()
    outcome = rotation.rotate(batch=5)
    assert (outcome.rotated, outcome.unreadable) == (2 * FAMILY, set())
    settings.PERSONAL_DATA_KEYS = [NEW]
    assert numbers() == before
    assert rotation.stale_rows() == 0


def test_an_interrupted_rotation_starts_again_where_it_stopped(family: list[User]) -> None:
    done: list[int] = []

    def power_cut(rows: int) -> None:
        done.append(rows)
        if sum(done) >= 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(batch=5, on_progress=power_cut)
    assert rotation.stale_rows() == 2 * FAMILY - 15
    assert rotation.rotate(batch=5).rotated == 2 * FAMILY - 15
    assert rotation.rotate().rotated == 0


def test_nothing_and_the_empty_text_are_left_alone(family: list[User]) -> None:
    User.objects.filter(pk=family[0].pk).update(phone=None, id_number="")
    assert rotation.rotate().rotated == 2 * FAMILY - 2


def test_one_unreadable_row_is_named_and_stops_no_other(
    family: list[User], settings: Settings
) -> None:
    settings.PERSONAL_DATA_KEYS = [("lost", os.urandom(32))]
    User.objects.filter(pk=family[3].pk).update(phone="16400000003")
    settings.PERSONAL_DATA_KEYS = [NEW, OLD]
    outcome = rotation.rotate(batch=5)
    assert outcome.rotated == 2 * FAMILY - 1
    assert outcome.unreadable == {f"accounts_user.phone {family[3].pk}"}


def test_the_command_reports_and_checks(
    family: list[User], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("rotate_personal_keys", "--check")
    assert f"密钥 2025：{FAMILY}" in capsys.readouterr().out
    call_command("rotate_personal_keys", "--batch=7")
    assert f"重新加密 {2 * FAMILY} 行" in capsys.readouterr().out
    call_command("rotate_personal_keys", "--check")
    shown = capsys.readouterr().out
    assert f"accounts_user.phone  密钥 2026_a-b：{FAMILY}" in shown
    assert "2025" not in shown
    with pytest.raises(CommandError):
        call_command("rotate_personal_keys", "--batch=0")


def test_the_command_fails_loudly_over_an_unreadable_row(
    family: list[User], settings: Settings
) -> None:
    settings.PERSONAL_DATA_KEYS = [NEW]
    with pytest.raises(CommandError, match=f"{2 * FAMILY} 处无法解密"):
        call_command("rotate_personal_keys")


@pytest.fixture
def drafts(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Column:
    """A table with sealed values inside JSON, known to the rotation as an app would register it."""
    column = Column("drafts", "id", "data", is_json=True, purposes=of_the_last_key)
    monkeypatch.setattr(rotation, "columns", lambda: [column])
    settings.PERSONAL_DATA_KEYS = [OLD]
    typed = seal("typed by a joker", "somewhere else")
    data = {
        "people": [{"phone": seal("16400000001", "form.phone")}, {"phone": ""}],
        "card": seal("6222", "form.card"),
        "remark": typed,
        "sum": 0,
    }
    # A float could not hold this sum.
    text = json.dumps(data, ensure_ascii=False).replace('"sum": 0', '"sum": 12345678901234567.10')
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE drafts (id text PRIMARY KEY, data jsonb)")
        cursor.execute("INSERT INTO drafts VALUES ('a', %s), ('b', '{}'), ('c', NULL)", [text])
    settings.PERSONAL_DATA_KEYS = [NEW, OLD]
    return column


def of_the_last_key(path: sealed_columns.JsonPath) -> list[str]:
    return [] if path[-1] == "remark" else ["form.phone", "form.card"]


def test_sealed_values_inside_json_are_rotated_and_nothing_beside_them_changes(
    drafts: Column, settings: Settings
) -> None:
    assert rotation.rotate().rotated == 1
    settings.PERSONAL_DATA_KEYS = [NEW]
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM drafts WHERE id = 'a'")
        data = json.loads(cursor.fetchone()[0], parse_float=Decimal)
    assert unseal(data["people"][0]["phone"], "form.phone") == "16400000001"
    assert unseal(data["card"], "form.card") == "6222"
    assert data["remark"].startswith("k2025.")
    assert data["sum"] == Decimal("12345678901234567.10")
    assert rotation.values_by_key()["drafts.data"] == {"2026_a-b": 2, "2025": 1}


def test_what_somebody_typed_like_a_token_is_nobodys_complaint(drafts: Column) -> None:
    assert rotation.rotate().unreadable == set()


def test_every_sealed_field_and_registered_column_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealed_columns, "_registered", {})
    sealed_columns.register("accounts.Look", "reason", purposes=of_the_last_key)
    known = {str(column): column for column in columns()}
    assert {"accounts_user.id_number", "accounts_user.phone"} <= set(known)
    assert known["accounts_user.phone"].purposes(()) == ["accounts.user.phone"]
    assert known["accounts_look.reason"].is_json


def lost_write(monkeypatch: pytest.MonkeyPatch, person: User) -> str | None:
    """The phone after somebody else changed it while the rotation had its row in hand."""
    writers: list[threading.Thread] = []

    def change_phone() -> None:
        User.objects.filter(pk=person.pk).update(phone="16499999999")
        connection.close()

    def unseal_slowly(token: str, purpose: str) -> str:
        if purpose.endswith("phone") and not writers:
            writers.append(threading.Thread(target=change_phone))
            writers[0].start()
            # Without the lock the other one is through by now; with it they wait for us.
            writers[0].join(timeout=0.5)
        return unseal(token, purpose)

    monkeypatch.setattr(columns_module, "unseal", unseal_slowly)
    rotation.rotate()
    writers[0].join()
    phone: str | None = User.objects.get(pk=person.pk).phone
    return phone


@pytest.mark.django_db(transaction=True)
def test_a_phone_changed_during_the_rotation_is_not_lost(
    family: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lost_write(monkeypatch, family[0]) == "16499999999"


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_lost(
    family: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "LOCK", "")
    monkeypatch.setattr(rotation, "SKIP", "")
    assert lost_write(monkeypatch, family[0]) == "16400000000"


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_passed_by_and_done_in_the_end(
    family: list[User], settings: Settings
) -> None:
    holds, others_done = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM accounts_user WHERE id = %s FOR UPDATE", [family[0].pk])
            holds.set()
            others_done.wait(timeout=10)
            cursor.execute("COMMIT")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert holds.wait(timeout=10)
    done: list[int] = []

    def watch(rows: int) -> None:
        done.append(rows)
        others_done.set()

    outcome = rotation.rotate(on_progress=watch)
    holder.join()
    assert done[0] == FAMILY - 1  # all but the one that was held
    assert outcome.rotated == 2 * FAMILY
    settings.PERSONAL_DATA_KEYS = [NEW]
    assert len(numbers()) == FAMILY
