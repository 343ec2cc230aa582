"""The secrets of an installation: given, kept, or invented for a new local database only."""

import base64
import json
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tongban.keyring import fresh, keyring, parsed
from tongban.services.places import Places

ONE, OTHER = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(state=tmp_path / "state", sockets=tmp_path / "run")


def test_a_new_installation_invents_its_keys_once(places: Places) -> None:
    first = keyring({}, places)
    assert keyring({}, places) == first
    assert places.keys.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in places.state.iterdir()] == ["keys.json"]


def test_what_the_environment_gives_comes_first(places: Places) -> None:
    keyring({}, places)
    given = keyring({"PERSONAL_DATA_KEYS": f"2026:{ONE}"}, places)
    assert [key.id for key in given.personal_data_keys] == ["2026"]
    assert given.secret_key == keyring({}, places).secret_key


def test_a_database_of_ones_own_needs_keys_of_ones_own(places: Places) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"python -m tongban\.keyring"):
        keyring({"DATABASE_URL": "postgres://db.example/tongban"}, places)
    assert not places.state.exists()
    keyring({"DATABASE_URL": "postgres://db.example/tongban", **fresh()}, places)


def test_lost_keys_of_an_existing_database_are_not_replaced(places: Places) -> None:
    places.database.mkdir(parents=True)
    (places.database / "PG_VERSION").write_text("18\n")
    with pytest.raises(ImproperlyConfigured, match="不见了"):
        keyring({}, places)


def test_a_damaged_file_is_named(places: Places) -> None:
    places.state.mkdir()
    places.keys.write_text('{"SECRET_KEY": ')
    with pytest.raises(ImproperlyConfigured, match=r"keys\.json"):
        keyring({}, places)


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = Places(state=tmp_path / "file" / "state", sockets=tmp_path)
    with pytest.raises(ImproperlyConfigured, match="file"):
        keyring({}, blocked)


@pytest.mark.parametrize(
    "text",
    [f"a:{ONE},b:{OTHER}", json.dumps([f"a:{ONE}", f"b:{OTHER}"]), f" a:{ONE} , b:{OTHER},"],
)
def test_both_ways_of_writing_keys_keep_their_order(text: str) -> None:
    assert [key.id for key in parsed(text)] == ["a", "b"]
    assert parsed(text)[0].key == b"\x01" * 32


def test_a_bare_key_keeps_its_name_when_a_newer_one_comes() -> None:
    assert parsed(ONE)[0].id == parsed(f"{OTHER},{ONE}")[1].id


@pytest.mark.parametrize(
    "text", ["", "[]", "[1]", "a:not base64!", "a:c2hvcnQ=", f"a:{ONE},a:{OTHER}", "[broken"]
)
def test_malformed_keys_are_refused_with_the_variables_name(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PERSONAL_DATA_KEYS"):
        parsed(text)


def test_keys_do_not_show_when_printed() -> None:
    assert ONE not in repr(keyring({**fresh(), "PERSONAL_DATA_KEYS": ONE}, Places(Path(), Path())))
    assert "\\x01" not in repr(parsed(ONE))
