"""A system of its own that knows this site only by its API, over HTTP: what the demonstration's have in common."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SECONDS = 20
PAGE = 50


class Refused(Exception):
    """The API said no: `problem` is what it answered, problem+json."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')} {problem.get('detail', '')}")
        self.status = status
        self.problem = problem


@dataclass(frozen=True)
class Caller:
    """site: where the API is; key: its own; office: the code of its office."""

    site: str
    key: str
    office: str

    def waiting(self) -> Iterator[dict[str, Any]]:
        """The office's work, page by page."""
        after = 0
        while True:
            query = urllib.parse.urlencode({"office": self.office, "after": after, "limit": PAGE})
            page = self.call("GET", f"/cases?{query}")
            yield from page["cases"]
            if page["next"] is None:
                return
            after = page["next"]

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        """Raises Refused, and OSError where the site is down."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the site's own address
            f"{self.site}/api{path}", data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, _problem(error.read())) from None


def _problem(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
