"""`make test`, `make lint`, `make types`, `make bench`: their commands, run on throw-away servers.

python -m tongban.services.checks test|lint|types|bench [arguments for the command]
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tongban.services.narration import say
from tongban.services.rehearsal import rehearsal
from tongban.services.trouble import Trouble, told

PYTHON = sys.executable
CODE = ("tongban", "matters", "workflows", "tests", "manage.py", "bootstrap.py")
CHECKS: dict[str, list[list[str]]] = {
    "test": [
        [PYTHON, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-rs"]
    ],  # a skipped test says why
    "lint": [
        [PYTHON, "-m", "ruff", "check", "."],
        [PYTHON, "-m", "ruff", "format", "--check", "."],
        [PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"],
        [str(Path(PYTHON).with_name("lint-imports"))],
        [PYTHON, "manage.py", "check"],
        [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    ],
    "types": [[PYTHON, "-m", "mypy", *CODE]],
    "bench": [[PYTHON, "-m", "benchmarks"]],
}


class Runner:
    """Runs commands one after the other, all of them, until it is asked to stop."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.stopped = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, commands: Sequence[Sequence[str]], environ: Mapping[str, str]) -> None:
        for command in commands:
            if self.stopped:
                return
            self._process = subprocess.Popen(command, env=dict(environ))
            if self._process.wait() != 0:
                self.failed.append(" ".join(command))

    def listen(self) -> None:
        """A Ctrl-C reaches the command itself, a SIGTERM is handed on; the servers stop last."""
        signal.signal(signal.SIGINT, lambda *_: self._stop())
        signal.signal(signal.SIGTERM, lambda *_: self._stop(hand_on=True))

    def _stop(self, *, hand_on: bool = False) -> None:
        self.stopped = True
        if hand_on and self._process and self._process.poll() is None:
            self._process.terminate()


def main(check: str, arguments: Sequence[str]) -> int:
    commands = [[*command, *arguments] for command in CHECKS[check]]
    runner = Runner()
    runner.listen()
    try:
        with rehearsal(os.environ) as environ:
            runner.run(commands, environ)
    except (Trouble, OSError) as problem:
        say(f"✗ {told(problem) if isinstance(problem, OSError) else problem}")
        return 1
    for command in runner.failed:
        say(f"✗ 没有通过：{command}")
    if runner.stopped:
        say("已中断。")
        return 130
    if not runner.failed:
        say(f"✓ make {check} 全部通过")
    return min(len(runner.failed), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
