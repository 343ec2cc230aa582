"""Starting the rival and talking with it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"


class NoRival(RuntimeError):
    """Its environment could not be made, or it did not answer; the text says why."""


class Rival:
    """A process that lives lives in viewflow when asked to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        if process.stdin is None or process.stdout is None:
            raise NoRival("no pipes")
        self._process, self._asked, self._answers = process, process.stdin, process.stdout

    def lives(self, number: int) -> dict[str, Any]:
        """`seconds` and `cpu` (client's, seconds) of `transitions`, and their `statements`."""
        self._asked.write(f"{number}\n")
        self._asked.flush()
        return self.heard()

    def heard(self) -> dict[str, Any]:
        line = self._answers.readline()
        if not line:
            raise NoRival(f"viewflow ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def rival(database: Mapping[str, str], folder: Path) -> Iterator[Rival]:
    """database: dbname, user and host of an empty database. folder: where its environment is kept."""
    python = _environment(folder)
    words = ";".join(f"{key}={value}" for key, value in database.items())
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    process = subprocess.Popen(  # noqa: S603 (our own script)
        [python, HERE / "viewflow_life.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**kept, "RIVAL_DATABASE": words},
    )
    try:
        found = Rival(process)
        found.heard()
        yield found
    finally:
        process.kill()
        process.wait()


def _environment(folder: Path) -> Path:
    """Its Python; made anew where the requirements are others than those it was made with."""
    python, marker = folder / "bin" / "python", folder / "made-with.txt"
    wanted = REQUIREMENTS.read_text("utf-8")
    if python.exists() and marker.exists() and marker.read_text("utf-8") == wanted:
        return python
    venv.create(folder, clear=True, with_pip=False)
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        raise NoRival(f"{uv} is not there to install {REQUIREMENTS.name} with")
    done = subprocess.run(  # noqa: S603 (our own requirements)
        [uv, "pip", "install", "--quiet", "--python", python, "--requirement", REQUIREMENTS],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise NoRival(done.stderr.strip())
    marker.write_text(wanted, "utf-8")
    return python
