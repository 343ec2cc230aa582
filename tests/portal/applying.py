"""Somebody who applies through the pages, as a browser without script would."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from matters.catalogue.models import MatterVersion
from tests.world import answers_for, situation_for
from workflows.cases.models import Draft


def photo(colour: str = "white", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, colour).save(drawn, "JPEG", **more)
    return drawn.getvalue()


def sent(content: bytes | None = None, name: str = "残疾人证.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo() if content is None else content, "image/jpeg")


class Applying:
    """One application, begun when it is made. Every method posts one page and gives the answer."""

    def __init__(self, client: Client, version: MatterVersion, **situation: str) -> None:
        self.client, self.version = client, version
        said = situation_for(version) | situation
        self.path = f"/matters/{version.matter.slug}/apply/" + (
            f"?{urlencode(said)}" if said else ""
        )
        page = client.get(self.path).content.decode()
        found = re.search(r'name="key" value="([^"]+)"', page)
        assert found, "the page carries the id of what it begins"
        self.key = uuid.UUID(found[1])
        self.answer = self.begin()

    def begin(self) -> HttpResponse:
        return self.client.post(self.path, {"key": str(self.key)})  # type: ignore[return-value]

    @property
    def draft(self) -> Draft:
        return Draft.objects.get(pk=self.key)

    def get(self, page: str = "") -> HttpResponse:
        return self.client.get(f"/apply/{self.key}/{page}")  # type: ignore[return-value]

    def post(self, page: str, **data: Any) -> HttpResponse:
        return self.client.post(f"/apply/{self.key}/{page}", data)  # type: ignore[return-value]

    def for_myself(self) -> HttpResponse:
        return self.post("who/", on_behalf="self")

    def at_window(self, office: int, county: str = "500101") -> HttpResponse:
        self.post("where/", at=county)
        return self.post("window/", window=str(office))

    def with_answers(self, **changes: Any) -> HttpResponse:
        return self.post("form/", **answers_for(self.version) | changes)

    def whole(self, office: int) -> Applying:
        """Everything filled in, all papers to be brought to the window."""
        self.for_myself()
        self.at_window(office)
        self.with_answers()
        self.post("papers/", way="window")
        return self

    def hand_in(self) -> HttpResponse:
        return self.post("check/", promise="on")


def shown(answer: object) -> str:
    """The page as text."""
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def publish_next(version: MatterVersion, **changes: Any) -> MatterVersion:
    """The next version of a matter, in force from today, with changes to its definition."""
    today = timezone.localdate()
    MatterVersion.objects.filter(pk=version.pk).update(valid_to=today)
    return MatterVersion.objects.create(
        matter=version.matter,
        number=version.number + 1,
        status="published",
        valid_from=today,
        mode=version.mode,
        mode_certainty=version.mode_certainty,
        flow=version.flow,
        definition=version.definition | changes,
        published_at=timezone.now(),
    )
