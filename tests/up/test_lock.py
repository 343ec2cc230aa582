"""Two people, or two terminals, start the same site."""

import os
from pathlib import Path

import pytest

from tongban.services.lock import Holder, holder, sole_run
from tongban.services.trouble import Trouble

ADDRESS = "http://127.0.0.1:8000"


def test_the_second_start_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    lock = tmp_path / "up.lock"
    with sole_run(lock, address=ADDRESS):
        with pytest.raises(Trouble, match=f"{ADDRESS}，进程 {os.getpid()}.*make stop"):
            sole_run(lock, address="http://127.0.0.1:8001").__enter__()
        assert holder(lock) == Holder(os.getpid(), ADDRESS)


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    lock = tmp_path / "up.lock"
    assert holder(lock) is None
    with sole_run(lock, address=ADDRESS):
        pass
    assert holder(lock) is None
    with sole_run(lock, address=ADDRESS):
        pass
