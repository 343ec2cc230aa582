"""Citizens at their pages; files go to a folder of the test's own."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.portal.applying import Applying
from tests.world import LIN_ID, SUBSIDY, World
from workflows.portal.popular import forget_popular


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> Path:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def lin(world: World) -> Client:
    """林晓梅 of 万州, signed in; her account knows her ID number and phone."""
    forget_popular()
    user = world.people["citizen"]
    user.id_number, user.phone = LIN_ID, "13900000001"
    user.save()
    return signed_in(user)


@pytest.fixture
def outsider(world: World) -> Client:
    return signed_in(world.people["outsider"])


@pytest.fixture
def applying(world: World, lin: Client) -> Applying:
    """林晓梅 at a new application for the living subsidy that 达州 decides."""
    return Applying(lin, world.matter(SUBSIDY))


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="tongban.accounts.backends.NamePhoneOrIdBackend")  # type: ignore[arg-type]
    return client
