"""From a bare Python to a running command: makes `.venv`, installs what is pinned, hands over.

    python3 bootstrap.py up|test|lint|types|bench|manage|psql|stop|reset|clean

Only the standard library, and nothing of the project: none of it can be imported yet. The marker
file is written when all is installed and names what was; anything else found is repaired.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import hashlib
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

OLDEST = (3, 11)
CHECKOUT = Path(__file__).resolve().parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
MARKER = VENV / "installed.json"
OURS = VENV / "made-by-bootstrap"
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
UV = "uv==0.13.9"
NEEDED_MEGABYTES = 600
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache")

PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}

# command → (what must be installed, what it becomes)
COMMANDS = {
    "up": (RUNTIME, ["manage.py", "up"]),
    "stop": (RUNTIME, ["manage.py", "down"]),
    "reset": (RUNTIME, ["manage.py", "down", "--delete"]),
    "manage": (RUNTIME, ["-m", "tongban.services.console", "manage"]),
    "psql": (RUNTIME, ["-m", "tongban.services.console", "psql"]),
    "test": (DEVELOPMENT, ["-m", "tongban.services.checks", "test"]),
    "lint": (DEVELOPMENT, ["-m", "tongban.services.checks", "lint"]),
    "types": (DEVELOPMENT, ["-m", "tongban.services.checks", "types"]),
    "bench": (DEVELOPMENT, ["-m", "tongban.services.checks", "bench"]),
}


class Trouble(Exception):
    """One clear sentence with the way out; shown without a traceback."""


def main(words: list[str]) -> int:
    """Prepares and hands over; returns only where there is nothing to hand over to."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    started = time.time()
    try:
        refuse_old_python(sys.version_info[:2])
        command = words[0] if words else ""
        os.chdir(CHECKOUT)
        if command == "clean":
            return clean()
        if command not in COMMANDS:
            raise Trouble("没有这个命令：make help 列出所有命令。")
        required, becomes = COMMANDS[command]
        ensure(required)
        environ = environment(os.environ, command=command, started=started)
        os.execve(PYTHON, [str(PYTHON), *becomes, *words[1:], *arguments_for(command)], environ)
    except Trouble as trouble:
        say(f"✗ {trouble}")
    except OSError as problem:
        place = problem.filename or CHECKOUT
        say(f"✗ 无法使用 {place}（{problem.strerror}）：请检查磁盘空间和权限。")
    except KeyboardInterrupt:
        say("\n已中断；再运行一次会从头修好。")
    return 1


def arguments_for(command: str) -> list[str]:
    """What the person gave as `make test ARGS="…"`."""
    takes_arguments = command in {"test", "bench", "manage", "psql"}
    return shlex.split(os.environ.get("ARGS", "")) if takes_arguments else []


def say(text: str) -> None:
    print(text)


def refuse_old_python(version: tuple[int, ...]) -> None:
    if version < OLDEST:
        raise Trouble(
            f"需要 Python 3.11 或更新的版本，这里是 {version[0]}.{version[1]}："
            "安装后用 PYTHON=python3.11 make up 指定它"
            "（Debian：sudo apt install python3.11-venv）。"
        )


def environment(given: Mapping[str, str], *, command: str, started: float) -> dict[str, str]:
    """What the site's own commands inherit: nothing that steers Python, PostgreSQL or make."""
    foreign = (
        "PYTHON",
        "PG",
        "LC_",
        "MAKE",
        "MFLAGS",
        "GNUMAKEFLAGS",
        "VIRTUAL_ENV",
        "DJANGO_",
        "ARGS",
    )
    kept = {name: value for name, value in given.items() if not name.startswith(foreign)}
    kept |= {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    kept["PATH"] = f"{VENV / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
    if command == "up":
        kept.setdefault("DEBUG", "1")
        kept["TONGBAN_STARTED_AT"] = f"{started:.1f}"
    return kept


def ensure(required: str) -> None:
    """Leaves `.venv` with exactly what is pinned; a no-op of some milliseconds when it is there."""
    with only_one():
        if is_complete(required):
            return
        began = time.monotonic()
        refuse_full_disk()
        remove_broken()
        if not PYTHON.exists():
            say(f"▸ 建立 Python 环境 {VENV.name}…")
            make_venv()
        MARKER.unlink(missing_ok=True)
        say(f"▸ 安装 {required}…")
        install(required)
        mark(required)
        say(f"  完成，{time.monotonic() - began:.1f} 秒")


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Two commands do not install at once; the kernel drops the lock of a dead one."""
    lock = os.open(CHECKOUT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("▸ 另一个命令正在准备 .venv，等它完成…")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def digest(required: str) -> str:
    """Of a requirements file and of those that it includes."""
    text = (CHECKOUT / required).read_text("utf-8")
    included = (line.split()[1] for line in text.splitlines() if line.startswith("-r "))
    return hashlib.sha256("\n".join([text, *map(digest, included)]).encode()).hexdigest()


def is_complete(required: str) -> bool:
    """Whether all that is pinned was installed here, and nothing has gone since."""
    return is_whole() and marker().get("installed", {}).get(required) == digest(required)


def is_whole() -> bool:
    """Whether an install was finished here with this Python, and nothing has gone since."""
    found = marker()
    return (
        PYTHON.exists()
        and found.get("place") == str(VENV)
        and found.get("python") == os.path.realpath(PYTHON)
        and set(found.get("packages", [""])) <= set(packages())
    )


def marker() -> dict[str, Any]:
    """What the marker says; nothing where it is missing or damaged."""
    try:
        found = json.loads(MARKER.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def mark(required: str) -> None:
    draft = MARKER.with_suffix(".new")
    content = {
        "place": str(VENV),
        "python": os.path.realpath(PYTHON),
        "installed": {name: digest(name) for name in {RUNTIME, required}},
        "packages": packages(),
    }
    draft.write_text(json.dumps(content), "utf-8")
    draft.replace(MARKER)


def packages() -> list[str]:
    return sorted(
        entry.name
        for folder in VENV.glob("lib/python3*/site-packages")
        for entry in folder.iterdir()
    )


def remove_broken() -> None:
    """An environment of ours that was never finished, or has lost a part of it, is made anew.

    Installing over it would not do: what was broken off may look installed.
    """
    if VENV.exists() and not is_whole() and (OURS.exists() or not PYTHON.exists()):
        say("▸ .venv 不完整（上次安装中断或文件缺失），重新建立…")
        shutil.rmtree(VENV)


def refuse_full_disk() -> None:
    free = shutil.disk_usage(CHECKOUT).free // 2**20
    if free < NEEDED_MEGABYTES:
        raise Trouble(
            f"{CHECKOUT} 所在磁盘只剩 {free} MB，安装至少要 {NEEDED_MEGABYTES} MB：请腾出空间。"
        )


def make_venv() -> None:
    VENV.mkdir()
    OURS.touch()
    uv = shutil.which("uv")
    options = ["--quiet", "--allow-existing", "--python", sys.executable]
    if uv and quiet([uv, "venv", *options, str(VENV)]):
        return
    if quiet([sys.executable, "-m", "venv", str(VENV)]):
        return
    shutil.rmtree(VENV)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise Trouble(
        f"这个 Python（{sys.executable}）缺少 venv 模块："
        f"Debian/Ubuntu 请运行 sudo apt install python{version}-venv，然后再运行一次。"
    )


def install(required: str) -> None:
    """By uv where it can be had (ten times as fast), by pip otherwise."""
    uv = shutil.which("uv") or own_uv()
    if uv:
        command = [uv, "pip", "install", "--python", str(PYTHON), "-r", required]
        if not sys.stderr.isatty():  # in a log its progress bars are sixty lines of names
            command.append("--quiet")
        environ = {**os.environ, **uv_settings()}
        if subprocess.run(command, env=environ, check=False).returncode == 0:
            return
        say("▸ uv 没有成功，改用 pip…")
    if not quiet([str(PYTHON), "-m", "pip", "--version"]):
        quiet([str(PYTHON), "-m", "ensurepip"])
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-q", "-r", required]
    if subprocess.run(pip, check=False).returncode:
        raise Trouble(
            "安装没有成功，原因见上面几行：请检查网络，"
            "或换一个镜像（PIP_INDEX_URL=镜像地址 make up），然后再运行一次，会从头修好。"
        )


def own_uv() -> str | None:
    uv = VENV / "bin" / "uv"
    if uv.exists():
        return str(uv)
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    return str(uv) if quiet([*pip, UV]) and uv.exists() else None


def uv_settings() -> dict[str, str]:
    """The person's sources and certificates as pip knows them: uv does not read its files."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        if (uv_name := PIP_TO_UV.get(name.rpartition(".")[2])) and uv_name not in os.environ:
            settings[uv_name] = " ".join(ast.literal_eval(value).split())
    return settings


def quiet(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def clean() -> int:
    if PYTHON.exists():  # the running site would lose its own files
        quiet([str(PYTHON), "manage.py", "down"])
    for name in (".venv", *CACHES):
        shutil.rmtree(CHECKOUT / name, ignore_errors=True)
    for folder in CHECKOUT.rglob("__pycache__"):
        shutil.rmtree(folder, ignore_errors=True)
    say("已删除 .venv 和各种缓存；数据没有动（要清空数据：make reset）。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
