"""The way from a bare Python to an installed environment, and what may have gone wrong on it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
from bootstrap import DEVELOPMENT, RUNTIME, Trouble


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with requirements and a finished environment of one package."""
    (tmp_path / RUNTIME).write_text("Django==5.2.19\n")
    (tmp_path / DEVELOPMENT).write_text(f"# tools\n-r {RUNTIME}\npytest==9.2.0\n")
    venv = tmp_path / ".venv"
    for name, path in {
        "CHECKOUT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "MARKER": venv / "installed.json",
        "OURS": venv / "made-by-bootstrap",
    }.items():
        monkeypatch.setattr(bootstrap, name, path)
    (venv / "lib" / "python3.11" / "site-packages" / "django").mkdir(parents=True)
    (venv / "bin").mkdir()
    bootstrap.PYTHON.symlink_to(sys.executable)
    bootstrap.OURS.touch()
    bootstrap.mark(RUNTIME)
    return tmp_path


def test_a_finished_environment_is_left_alone(checkout: Path) -> None:
    assert bootstrap.is_complete(RUNTIME)
    bootstrap.remove_broken()
    assert bootstrap.PYTHON.exists()


def test_the_tools_for_tests_count_as_more(checkout: Path) -> None:
    assert not bootstrap.is_complete(DEVELOPMENT)
    bootstrap.mark(DEVELOPMENT)
    assert bootstrap.is_complete(DEVELOPMENT)
    assert bootstrap.is_complete(RUNTIME)


@pytest.mark.parametrize("required", [RUNTIME, DEVELOPMENT])
def test_a_changed_pin_asks_for_an_install(checkout: Path, required: str) -> None:
    bootstrap.mark(DEVELOPMENT)
    (checkout / RUNTIME).write_text("Django==5.2.20\n")
    assert not bootstrap.is_complete(required)
    bootstrap.remove_broken()
    assert bootstrap.VENV.exists(), "a newer version is installed over the older one"


def test_an_install_that_was_broken_off_starts_afresh(checkout: Path) -> None:
    bootstrap.MARKER.unlink()
    bootstrap.remove_broken()
    assert not bootstrap.VENV.exists()


def test_an_environment_made_by_hand_is_not_deleted(checkout: Path) -> None:
    bootstrap.MARKER.unlink()
    bootstrap.OURS.unlink()
    bootstrap.remove_broken()
    assert bootstrap.VENV.exists()


def test_a_package_that_has_gone_is_noticed(checkout: Path) -> None:
    next(bootstrap.VENV.glob("lib/*/site-packages/django")).rmdir()
    assert not bootstrap.is_complete(RUNTIME)
    bootstrap.remove_broken()
    assert not bootstrap.VENV.exists()


def test_a_python_that_has_gone_is_noticed(checkout: Path) -> None:
    bootstrap.PYTHON.unlink()
    bootstrap.PYTHON.symlink_to("/nowhere/python3")
    assert not bootstrap.is_complete(RUNTIME)
    bootstrap.remove_broken()
    assert not bootstrap.VENV.exists()


def test_a_moved_checkout_gets_its_environment_anew(checkout: Path) -> None:
    marker = json.loads(bootstrap.MARKER.read_text())
    bootstrap.MARKER.write_text(json.dumps({**marker, "place": "/elsewhere/.venv"}))
    assert not bootstrap.is_complete(RUNTIME)
    bootstrap.remove_broken()
    assert not bootstrap.VENV.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"place": 1}'])
def test_a_damaged_marker_counts_for_nothing(checkout: Path, text: str) -> None:
    bootstrap.MARKER.write_text(text)
    assert not bootstrap.is_complete(RUNTIME)


def test_an_old_python_is_told_what_to_do() -> None:
    with pytest.raises(Trouble, match=r"这里是 3\.9.*PYTHON=python3\.11 make up"):
        bootstrap.refuse_old_python((3, 9))
    bootstrap.refuse_old_python((3, 11))


def test_a_missing_venv_module_names_the_package(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.MARKER.unlink()
    bootstrap.remove_broken()
    monkeypatch.setattr(bootstrap, "quiet", lambda _command: False)
    with pytest.raises(Trouble, match=r"apt install python3\.\d+-venv"):
        bootstrap.make_venv()
    assert not bootstrap.VENV.exists()


def test_a_full_disk_is_told_in_advance(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "NEEDED_MEGABYTES", 10**9)
    with pytest.raises(Trouble, match="只剩"):
        bootstrap.refuse_full_disk()


def test_nothing_that_steers_python_or_postgresql_is_inherited() -> None:
    given = {"PYTHONPATH": "/x", "PGHOST": "db", "MAKEFLAGS": "-j", "LC_ALL": "zh_CN", "HOME": "/h"}
    environ = bootstrap.environment(given, command="test", started=0)
    assert environ.keys() & given.keys() == {"HOME", "LC_ALL"}
    assert environ["LC_ALL"] == "C.UTF-8"
    assert "DEBUG" not in environ


def test_only_make_up_is_a_demonstration_unless_told_otherwise() -> None:
    assert bootstrap.environment({}, command="up", started=0)["DEBUG"] == "1"
    assert bootstrap.environment({"DEBUG": "0"}, command="up", started=0)["DEBUG"] == "0"


def test_arguments_reach_only_the_commands_that_take_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGS", 'tests/up -k "port or lock"')
    assert bootstrap.arguments_for("test") == ["tests/up", "-k", "port or lock"]
    assert bootstrap.arguments_for("up") == []


def test_a_company_mirror_in_pips_configuration_is_handed_to_uv(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = "global.index-url='https://pypi.example.cn/simple'\nglobal.extra-index-url='a\\nb'\n"

    class Done:
        stdout = listed

    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: Done)
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("UV_INDEX", "chosen by hand")
    settings = bootstrap.uv_settings()
    assert settings["UV_DEFAULT_INDEX"] == "https://pypi.example.cn/simple"
    assert "UV_INDEX" not in settings
