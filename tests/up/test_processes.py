"""What a killed run has left is known by its mark, and nothing else is touched."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tongban.services import processes
from tongban.services.processes import MARK, at_home_in, end, is_alive, marked

SLEEP = "/bin/sleep"
STUBBORN = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
)


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([SLEEP, "60"], env={**os.environ, MARK: str(tmp_path)}) as process:
        yield process
        process.kill()


def test_only_children_of_this_folder_are_found(
    sleeper: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert processes.wait_until(lambda: marked(tmp_path) == [sleeper.pid], seconds=5)
    assert marked(tmp_path.parent) == []
    assert marked(Path(f"{tmp_path}0")) == []


def test_a_person_looking_into_the_data_folder_is_no_server(tmp_path: Path) -> None:
    with subprocess.Popen([SLEEP, "60"], cwd=tmp_path) as person:
        assert processes.wait_until(lambda: at_home_in(tmp_path, "sleep") != [], seconds=5)
        assert at_home_in(tmp_path, "postgres") == []
        person.kill()


def test_what_does_not_listen_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        end([process.pid], signal.SIGTERM, seconds=0.1)
        assert process.wait(5) == -signal.SIGKILL


def test_a_process_that_has_ended_is_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    assert is_alive(sleeper.pid)
    end([sleeper.pid], signal.SIGTERM, seconds=5)
    assert not is_alive(sleeper.pid)  # a zombie of ours by now, which is as good as gone
