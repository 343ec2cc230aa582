"""The real PostgreSQL and the real Valkey, started and stopped in a folder of their own."""

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from tongban.services.leftovers import end_all
from tongban.services.places import CHECKOUT, Places, places_of
from tongban.services.postgres import FLEETING, Postgres
from tongban.services.processes import at_home_in, is_alive
from tongban.services.servers import own_servers, running
from tongban.services.trouble import Trouble
from tongban.services.valkey import Valkey


@pytest.fixture
def places() -> Iterator[Places]:
    """Not under pytest's own folder, which only its owner can enter: PostgreSQL refuses root."""
    state = Path(tempfile.mkdtemp(prefix="tongban-servers-", dir="/tmp"))
    state.chmod(0o711)
    yield places_of(CHECKOUT, uid=os.getuid(), environ={"TONGBAN_VAR": str(state)})
    shutil.rmtree(state)


def servers(places: Places, tuning: Mapping[str, str] = FLEETING) -> tuple[Postgres, Valkey]:
    postgres, valkey = own_servers(places, environ={}, tuning=tuning)
    assert isinstance(postgres, Postgres)
    assert isinstance(valkey, Valkey)
    return postgres, valkey


def connected(places: Places) -> psycopg.Connection:
    return psycopg.connect(places.database_url)


def ask_postgres(places: Places, question: LiteralString) -> object:
    with connected(places) as connection:
        answer = connection.execute(question).fetchone()
    assert answer is not None
    return answer[0]


def ask_valkey(places: Places) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(places.broker_socket))
        connection.sendall(b"PING\r\n")
        return connection.recv(16)


def test_both_serve_and_leave_nothing_behind_but_the_data(places: Places) -> None:
    with ExitStack() as stack:
        for server in servers(places):
            stack.enter_context(running(server))
        assert str(ask_postgres(places, "show server_version")).startswith("18")
        assert ask_postgres(places, "show listen_addresses") == ""
        assert ask_postgres(places, "select datcollate from pg_database limit 1") == "C"
        assert ask_valkey(places) == b"+PONG\r\n"
        assert places.sockets.stat().st_mode & 0o777 == 0o700
    assert at_home_in(places.database, "postgres") == []
    assert at_home_in(places.broker, "valkey-server") == []
    assert list(places.sockets.glob(".s.PGSQL*")) == []


def test_data_outlive_a_server_that_was_killed_and_its_stale_lock(places: Places) -> None:
    postgres, _ = servers(places, tuning={})
    postgres.start()
    with connected(places) as connection:
        connection.execute("create table kept as select 42 as answer")
    assert postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()
    lock = places.database / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getppid()), *lines[1:]]))  # a number that lives again
    again, _ = servers(places)
    with running(again):
        assert ask_postgres(places, "select answer from kept") == 42


def test_orphans_of_a_killed_run_are_ended(places: Places) -> None:
    postgres, valkey = servers(places)
    postgres.start()
    valkey.start()
    assert postgres.process
    assert valkey.process
    assert end_all(places) > 2
    assert postgres.process.wait(5) == 0
    assert valkey.process.wait(5) == 0
    assert not is_alive(postgres.process.pid)


def test_a_start_that_was_broken_off_is_done_again(places: Places) -> None:
    postgres, _ = servers(places)
    draft = places.database.with_suffix(".new")
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    with running(postgres):
        assert ask_postgres(places, "select 1") == 1
    assert not draft.exists()


def test_data_of_another_version_are_not_touched(places: Places) -> None:
    places.database.mkdir()
    (places.database / "PG_VERSION").write_text("17\n")
    with pytest.raises(Trouble, match=r"17.*make reset"), running(servers(places)[0]):
        pass


def test_named_servers_are_used_and_none_is_started(places: Places) -> None:
    named = {"DATABASE_URL": "postgres://x", "REDIS_URL": "redis://x"}
    assert own_servers(places, environ=named) == []
    only = own_servers(places, environ={"DATABASE_URL": "postgres://x"})
    assert [type(server) for server in only] == [Valkey]


def test_a_server_that_ends_by_itself_does_not_trouble_the_stop(places: Places) -> None:
    _, valkey = servers(places)
    with running(valkey):
        assert valkey.process
        valkey.process.send_signal(signal.SIGKILL)
        valkey.process.wait()
