"""Writers: cases of both provinces, opened and carried through the engine and the API.

Each writer keeps books of what it was told: "done" must stand in the ledger, "refused" must not.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import urllib3
from django.db import connection
from django.utils import timezone

from tongban.accounts.actors import actor_of
from tongban.accounts.models import User
from workflows.cases.models import Case, Material
from workflows.cases.opening import Application, PartyInput, open_case
from workflows.cases.perform import NotAllowed, Stale, perform

from .ground import COUNTIES, Ground

OPINION = {"opinion": "材料齐全，同意。"}
# Step, seat, what the form says; the first two at the collecting county, the rest at the owner's.
WAY: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("collect", "window", {"identity_checked": "on"}),
    ("forward", "window", {"way": "electronic"}),
    ("accept", "township", {}),
    ("approve", "township", OPINION),
    ("approve", "county", OPINION),
    ("feed_back", "county", {"way": "electronic"}),
)
AT_WINDOW = 2
# As long as a client asks again with the same key after an answer that did not come.
PATIENCE = 90.0


@dataclass
class Books:
    """done: (case, seq) → (step, user). doubtful: keys that were never answered."""

    done: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)
    refused: list[tuple[int, str, int]] = field(default_factory=list)
    doubtful: list[tuple[int, str, int]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stories: Counter[str] = field(default_factory=Counter)
    again: int = 0


@dataclass(frozen=True)
class Life:
    """A case, its citizen, and which of the two counties collects."""

    pk: int
    number: str
    citizen: int
    here: int


@dataclass
class Writer:
    ground: Ground
    site: str
    luck: Random
    pause: float
    stop: threading.Event
    books: Books = field(default_factory=Books)
    pool: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(retries=False, timeout=10)
    )

    def work(self) -> None:
        """Story after story until it is stopped; what nobody expects is a miss of the run."""
        stories: tuple[Callable[[], None], ...] = (
            self.whole, self.by_api, self.by_api, self.silent, self.late, self.supplemented,
            self.withdrawn,
        )  # fmt: skip
        while not self.stop.is_set():
            story = self.luck.choice(stories)
            try:
                story()
                self.books.stories[story.__name__] += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, the proof has to know
                self.books.failures.append(f"{story.__name__}: {error!r}")
            self.stop.wait(self.luck.uniform(0, 2 * self.pause))
        connection.close()

    # Stories

    def whole(self) -> None:
        self._carry(self._opened(), WAY)

    def by_api(self) -> None:
        case = self._opened()
        for number, (step, seat, data) in enumerate(WAY):
            if not self._asked(case, step, self._at(case, seat, number < AT_WINDOW), data):
                return

    def silent(self) -> None:
        """Received a fortnight ago, and nobody said a word: the law says it is accepted."""
        ago = timezone.now() - dt.timedelta(days=20)
        self._carry(self._opened(at=ago), WAY[:AT_WINDOW], at=ago)

    def late(self) -> None:
        self._opened(at=timezone.now() - dt.timedelta(days=self.luck.randint(8, 90)))

    def supplemented(self) -> None:
        """What is missing is asked for; the person's time begins when the letter has reached them."""
        case = self._opened()
        self._carry(case, WAY[:3])
        asked = {"items": "户口簿复印件\n监护人声明", "reason": "材料不齐"}
        self._take(case, "require_supplement", self._at(case, "township", False), asked)
        if self.luck.random() < 0.5:
            owed = Material.objects.filter(case_id=case.pk, asked_by_supplement=True, status="owed")
            items = list(owed.values_list("pk", flat=True))
            self._take(case, "supplement", case.citizen, {"items": items})

    def withdrawn(self) -> None:
        case = self._opened()
        self._refused(case)
        self._take(case, "withdraw", case.citizen, {"reason": "不办了"})

    # Acts

    def _opened(self, at: dt.datetime | None = None) -> Life:
        here = self.luck.randrange(2)
        user = User.objects.get(pk=self.luck.choice(self.ground.citizens))
        application = Application(
            draft_key=uuid.uuid4(),
            version=self.ground.version,
            origin_region=COUNTIES[here],
            parties=[PartyInput(role="applicant", name=user.name, user=user)],
            data={"home": f"{COUNTIES[1 - here]}901"},
        )
        case = open_case(application, actor=actor_of(user.pk), at=at).case
        self.books.done[case.pk, case.seq] = ("", user.pk)
        return Life(case.pk, case.number, user.pk, here)

    def _at(self, case: Life, seat: str, is_collecting: bool) -> tuple[str, str]:
        return COUNTIES[case.here if is_collecting else 1 - case.here], seat

    def _carry(self, case: Life, way: Any, at: dt.datetime | None = None) -> None:
        for number, (step, seat, data) in enumerate(way):
            self._take(case, step, self._at(case, seat, number < AT_WINDOW), data, at)

    def _take(
        self,
        case: Life,
        step: str,
        who: tuple[str, str] | int,
        data: Mapping[str, Any],
        at: dt.datetime | None = None,
    ) -> None:
        user_id = who if isinstance(who, int) else self.ground.clerks[who]
        while True:
            token = Case.objects.values_list("seq", flat=True).get(pk=case.pk)
            try:
                done = perform(
                    case.pk, step, actor=actor_of(user_id), data=data, token=token, at=at
                )
            except Stale:  # the sweep was quicker
                continue
            self.books.done[case.pk, done.event.seq] = (step, user_id)
            return

    def _refused(self, case: Life) -> None:
        """Nobody decides what has not been accepted: nothing of it may stay."""
        who = self._at(case, "county", False)
        try:
            perform(case.pk, "approve", actor=actor_of(self.ground.clerks[who]), data=OPINION,
                    token=1)  # fmt: skip
        except NotAllowed:
            self.books.refused.append((case.pk, "approve", 1))

    def _asked(self, case: Life, step: str, who: tuple[str, str], data: Mapping[str, Any]) -> bool:
        """One step by the API, asked again with its key until an answer comes. False: it did not."""
        address = f"{self.site}/api/cases/{case.number}/steps/{step}"
        while True:
            token = Case.objects.values_list("seq", flat=True).get(pk=case.pk)
            headers = {
                "Authorization": f"Bearer {self.ground.keys[who]}",
                "Idempotency-Key": uuid.uuid4().hex,
                "Content-Type": "application/json",
            }
            body = json.dumps({"token": token, "data": dict(data)})
            answer = self._answer(address, body, headers)
            if answer is None:
                self.books.doubtful.append((case.pk, step, token))
                return False
            status, told = answer
            if status == 200:
                self.books.done[case.pk, told["seq"]] = (step, self.ground.systems[who])
                return True
            self.books.refused.append((case.pk, step, token))
            if status != 409:
                raise RuntimeError(f"{step}: {status} {told}")

    def _answer(
        self, address: str, body: str, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]] | None:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            try:
                answer = self.pool.request("POST", address, body=body, headers=headers)
            except urllib3.exceptions.HTTPError:
                self.books.again += 1
                time.sleep(0.3)
                continue
            if answer.status < 500:
                return answer.status, json.loads(answer.data)
            self.books.again += 1
            time.sleep(0.3)
        return None
