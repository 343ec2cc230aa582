"""The issuers' registers of the small world, and the certificate that she has."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.certificates.stating import fetched, state
from tests.sharing.registers import load_registers
from tests.world import LIN_ID, World
from tongban.certificates import demonstration
from tongban.certificates.models import Certificate


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def registers(world: World) -> World:
    load_registers()
    demonstration.load_registers()
    world.citizen.id_number, world.citizen.phone = LIN_ID, "13900000001"
    world.citizen.save()
    return world


@pytest.fixture
def certificate(registers: World) -> Certificate:
    """Her 残疾人证, fetched the day before yesterday."""
    state()
    return fetched(registers, now=timezone.now() - dt.timedelta(days=2))
