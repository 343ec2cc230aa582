"""The parts of the site in one terminal."""

import sys

import pytest

from tongban.services.children import Children, Ended
from tongban.services.processes import is_alive, wait_until

# One write each: with an unbuffered `print` the two would mix within a line.
FAMILY = "import os, time; os.fork(); os.write(1, b'%d\\n' % os.getpid()); time.sleep(60)"


def test_every_line_bears_its_parts_name(capsys: pytest.CaptureFixture[str]) -> None:
    children = Children()
    children.start("网站", [sys.executable, "-c", "print('第一行'); print('第二行')"])
    assert children.first_end(seconds=10) == Ended("网站", 0)
    children.stop()
    assert capsys.readouterr().out == "网站 │ 第一行\n网站 │ 第二行\n"


def test_the_end_of_one_part_is_told_with_its_code() -> None:
    children = Children()
    children.start("定时", [sys.executable, "-c", "import time; time.sleep(60)"])
    children.start("任务", [sys.executable, "-c", "raise SystemExit(3)"])
    assert children.first_end(seconds=10) == Ended("任务", 3)
    children.stop()


def test_stopping_ends_the_children_of_the_parts_too(capsys: pytest.CaptureFixture[str]) -> None:
    children = Children()
    children.start("任务", [sys.executable, "-c", FAMILY])
    said: list[str] = []

    def both_have_spoken() -> bool:
        said.append(capsys.readouterr().out)
        return "".join(said).count("\n") == 2

    assert wait_until(both_have_spoken, seconds=10)
    children.stop()
    pids = [int(line.split("│")[1]) for line in "".join(said).splitlines()]
    assert wait_until(lambda: not any(map(is_alive, pids)), seconds=5)
