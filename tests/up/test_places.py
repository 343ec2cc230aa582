"""Where data and sockets lie, for checkouts in every kind of folder."""

from pathlib import Path

import pytest

from tongban.services.places import LONGEST_SOCKET_NAME, fits, places_of

SHORT = Path("/home/li/tongban")
LONG = Path("/home/li") / ("很长的目录名" * 12) / "tongban"


def test_an_ordinary_person_has_everything_in_the_checkout() -> None:
    places = places_of(SHORT, uid=1000, environ={})
    assert places.state == SHORT / "var"
    assert places.sockets == SHORT / "var" / "run"


def test_root_has_a_folder_of_its_own_for_each_checkout() -> None:
    one, other = (places_of(Path(path), uid=0, environ={}) for path in ("/root/a", "/root/b"))
    assert one.state.parent == Path("/var/lib")
    assert one.state != other.state


@pytest.mark.parametrize("uid", [0, 1000, 2**31])
@pytest.mark.parametrize("checkout", [SHORT, LONG])
def test_a_socket_always_fits_into_107_bytes(checkout: Path, uid: int) -> None:
    places = places_of(checkout, uid=uid, environ={})
    assert len(bytes(places.sockets / LONGEST_SOCKET_NAME)) <= 107
    assert fits(places.sockets)


def test_bytes_are_counted_and_not_characters() -> None:
    folder = Path("/") / ("渝" * 31)  # 1 + 93 bytes, and 14 for the socket's own name
    assert not fits(folder)
    assert fits(Path("/") / ("y" * 31))


def test_two_people_on_a_long_path_do_not_share_sockets() -> None:
    one, other = (places_of(LONG, uid=uid, environ={}).sockets for uid in (1000, 1001))
    assert one != other


def test_a_chosen_folder_holds_database_keys_and_sockets(tmp_path: Path) -> None:
    places = places_of(SHORT, uid=1000, environ={"TONGBAN_VAR": str(tmp_path)})
    assert {places.database.parent, places.keys.parent, places.logs.parent} == {tmp_path}


def test_an_address_survives_commas_spaces_and_chinese() -> None:
    places = places_of(Path("/home/李/a, b@c"), uid=1000, environ={})
    assert places.database_url == (
        "postgres://tongban@%2Fhome%2F%E6%9D%8E%2Fa%2C%20b%40c%2Fvar%2Frun/tongban"
    )
