"""Registers in place; 林晓梅 at an application of six papers."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.portal.applying import Applying
from tests.portal.conftest import signed_in
from tests.sharing.registers import load_registers, six_paper_matter
from tests.world import LIN_ID, World
from workflows.portal.popular import forget_popular


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def registers(world: World) -> World:
    load_registers()
    return world


@pytest.fixture
def six(registers: World) -> Applying:
    """Everything filled in but the papers; she applies for herself and her own card."""
    forget_popular()
    user = registers.citizen
    user.id_number, user.phone = LIN_ID, "13900000001"
    user.save()
    applying = Applying(signed_in(user), six_paper_matter(registers))
    applying.for_myself()
    applying.at_window(registers.office("500101", "service_center").pk)
    applying.with_answers()
    return applying
