"""How much may be sent: counted while it arrives, before any of it is kept in memory or on disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from .uploads import MOST_BYTES

MOST_BYTES_AT_ONCE = 6 * MOST_BYTES


class LimitedUpload(FileUploadHandler):
    """Stands before the handlers that keep files; drops a file once it is too large.

    The rest of the form is read as always. The view finds the names of the dropped files in
    `refused_files(request)`.
    """

    def handle_raw_input(self, *_args: Any, **_kwargs: Any) -> None:
        self.arrived = self.in_all = 0
        self.refused: list[tuple[str, str]] = []
        if self.request is not None:
            self.request._refused_files = self.refused  # type: ignore[attr-defined]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.arrived = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        self.arrived += len(raw_data)
        self.in_all += len(raw_data)
        if self.arrived > MOST_BYTES or self.in_all > MOST_BYTES_AT_ONCE:
            self.refused.append((str(self.field_name), str(self.file_name)))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:  # noqa: ARG002
        return None


def refused_files(request: HttpRequest, field: str) -> list[str]:
    """Names of files that were dropped on arrival because they are too large."""
    request.FILES  # noqa: B018  (reading the form is what fills the list)
    refused: list[tuple[str, str]] = getattr(request, "_refused_files", [])
    return [name for refused_field, name in refused if refused_field == field]
