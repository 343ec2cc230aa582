"""Imports run one way: workflows → matters → tongban, and in workflows everything → cases."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

LINTER = str(Path(sys.executable).with_name("lint-imports"))


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [LINTER, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_no_import_runs_upwards() -> None:
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def little_house(tmp_path: Path) -> Path:
    """A tree of the same shape, under the same contracts."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    (tmp_path / "pyproject.toml").write_text(text[text.index("[tool.importlinter]") :], "utf-8")
    for package in ("tongban", "matters", "workflows", "workflows/cases", "workflows/flows"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for module in ("portal", "desk", "throughput", "exchange", "flows/models", "operator"):
        (tmp_path / "workflows" / f"{module}.py").touch()
    (tmp_path / "matters" / "catalogue.py").touch()
    return tmp_path


def test_a_house_without_a_fault_passes(little_house: Path) -> None:
    assert linted(little_house).returncode == 0


@pytest.mark.parametrize(
    ("path", "statement"),
    [
        ("tongban/offices.py", "import matters.catalogue"),
        ("matters/catalogue.py", "from workflows import cases"),
        ("workflows/cases/late.py", "def late():\n    from workflows.flows import models"),
    ],
)
def test_a_planted_import_is_found(little_house: Path, path: str, statement: str) -> None:
    (little_house / path).write_text(statement + "\n", "utf-8")
    done = linted(little_house)
    assert done.returncode == 1, done.stdout + done.stderr
