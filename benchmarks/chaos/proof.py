"""What must hold afterwards. Each check gives what it counted and every miss in a sentence."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.utils import timezone

from tongban.notices.judging import HELD_BACK
from tongban.notices.models import Channel, Notice, NoticeState
from workflows.cases.ledger import first_break
from workflows.cases.models import Case, Document, Event, Wake
from workflows.cases.recounting import rederive_open
from workflows.exchange.models import KeptAnswer

from .ground import Ground
from .load import Books
from .receivers import Hooks, MailServer

SHOWN = 20


@dataclass
class Proof:
    counted: dict[str, Any] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def blame(self, found: Iterable[str]) -> None:
        self.misses += found


def is_drained(now: dt.datetime) -> bool:
    """Is nothing left that is due and that no rule holds back? A few statements."""
    open_rows = Notice.objects.filter(state__in=(NoticeState.PENDING, NoticeState.SENDING))
    return not (
        open_rows.exclude(last_error__in=HELD_BACK).exists()
        or Case.objects.filter(next_alarm_at__lte=now).exists()
        or Wake.objects.filter(taken_at=None).exists()
    )


def prove(ground: Ground, books: Sequence[Books], mail: MailServer, hooks: Hooks) -> Proof:
    proof = Proof()
    _letters(proof, mail)
    _hooks(proof, hooks, ground)
    _owed_alike(proof)
    _ledger(proof)
    _books(proof, books)
    _clocks(proof)
    return proof


def _letters(proof: Proof, mail: MailServer) -> None:
    """Each e-mail once; what is not delivered has its reason."""
    states = Counter[str]()
    unsure, dropped = Counter[str](), Counter[str]()
    rows = Notice.objects.filter(channel=Channel.EMAIL)
    for pk, state, reason, error in rows.values_list("pk", "state", "skip_reason", "last_error"):
        states[state] += 1
        times = mail.taken[f"<notice-{pk}@{_domain()}>"]
        if times > 1:
            proof.misses.append(f"e-mail {pk} came {times} times")
        if state == NoticeState.UNSURE:
            unsure["had arrived" if times else "had not arrived"] += 1
        elif state == NoticeState.DELIVERED:
            proof.blame([f"e-mail {pk} is said to be delivered and never came"] * (not times))
        elif state == NoticeState.SKIPPED:
            dropped[reason] += 1
            proof.blame([f"e-mail {pk} was dropped and came"] * bool(times))
            proof.blame([f"e-mail {pk} was dropped without a reason"] * (not reason))
        elif state == NoticeState.PENDING and error in HELD_BACK:
            states["held back for the morning"] += 1
        else:
            proof.misses.append(f"e-mail {pk} is lost: {state}, {error}")
    known = {f"<notice-{pk}@{_domain()}>" for pk in rows.values_list("pk", flat=True)}
    proof.blame(f"{letter} was never owed" for letter in mail.taken if letter not in known)
    proof.counted["e-mail"] = {
        "rows": dict(states),
        "taken by the mail server": mail.taken.total(),
        "dropped, by reason": dict(dropped),
        "unsure, killed between the text and the answer": dict(unsure),
    }
    twice = (
        Notice.objects.values("event_key", "channel", "recipient")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
    )
    proof.blame(f"owed twice: {row}" for row in twice)


def _hooks(proof: Proof, hooks: Hooks, ground: Ground) -> None:
    """Each event once to each system that has a part in it, by delivery id."""
    rows = Notice.objects.filter(channel=Channel.WEBHOOK)
    delivered = set(rows.filter(state=NoticeState.DELIVERED).values_list("pk", flat=True))
    taken = {int(delivery) for delivery in hooks.on_the_wire}
    for state, count in rows.values_list("state").annotate(Count("pk")):
        if state != NoticeState.DELIVERED:
            proof.misses.append(f"{count} webhooks are {state}")
    proof.blame(f"webhook {pk} is said to be delivered and never came" for pk in delivered - taken)
    proof.blame(
        f"webhook {pk} came and was never owed"
        for pk in taken - set(rows.values_list("pk", flat=True))
    )
    proof.blame([f"{hooks.forged} webhooks with a wrong signature"] * bool(hooks.forged))
    told = Counter(rows.values_list("event_key", flat=True))
    # Both counties have a part in every case.
    expected = len(ground.endpoints)
    for case_id, seq in Event.objects.values_list("case_id", "seq"):
        if told[f"case:{case_id}:{seq}"] != expected:
            proof.misses.append(
                f"event {case_id}#{seq} told to {told[f'case:{case_id}:{seq}']} systems"
            )
    proof.counted["webhooks"] = {
        "rows": rows.count(),
        "taken by delivery id": len(taken),
        "on the wire": hooks.on_the_wire.total(),
    }


def _owed_alike(proof: Proof) -> None:
    """Two events of one step, in one state, owe the same: none has lost a notice on its way."""
    owed: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rows = Notice.objects.exclude(channel=Channel.WEBHOOK).values_list("event_key", "channel")
    for key, channel in rows:
        owed[key][channel] += 1
    kinds: defaultdict[tuple[str, str, str], Counter[Any]] = defaultdict(Counter)
    events = Event.objects.values_list("case_id", "seq", "step", "from_state", "to_state")
    for case_id, seq, step, before, after in events:
        kinds[step, before, after][tuple(sorted(owed[f"case:{case_id}:{seq}"].items()))] += 1
    for kind, found in sorted(kinds.items()):
        proof.blame([f"{kind} owed differently: {dict(found)}"] * (len(found) > 1))
    proof.counted["notices"] = sum(sum(each.values()) for each in owed.values())


def _ledger(proof: Proof) -> None:
    """Every chain whole, every case where its last event left it, every paper in both."""
    cases = {case.pk: case for case in Case.objects.only("pk", "seq", "state", "number")}
    events = Event.objects.order_by("case_id", "seq").iterator(chunk_size=500)
    count, papers = 0, set[str]()
    for case_id, chain in groupby(events, key=lambda event: event.case_id):
        whole, case = list(chain), cases.pop(case_id)
        count += len(whole)
        broken = first_break(whole)
        proof.blame([f"the chain of {case.number} breaks at {broken}"] * (broken is not None))
        if (case.seq, case.state) != (whole[-1].seq, whole[-1].to_state):
            proof.misses.append(f"{case.number} is not where its last event left it")
        papers |= {paper for event in whole for paper in event.data.get("documents", [])}
    proof.blame(f"{case.number} has no event" for case in cases.values())
    issued = set(Document.objects.values_list("number", flat=True))
    proof.blame(f"paper {number} and the ledger differ" for number in issued ^ papers)
    proof.counted["ledger"] = {"cases": Case.objects.count(), "events": count}


def _books(proof: Proof, books: Sequence[Books]) -> None:
    """What was answered with success is there; what was refused is not; and nothing else is."""
    done = {at: what for each in books for at, what in each.done.items()}
    doubtful = {(pk, step, token) for each in books for pk, step, token in each.doubtful}
    refused = [entry for each in books for entry in each.refused]
    found = {
        (case_id, seq): (step, actor_id)
        for case_id, seq, step, actor_id in Event.objects.values_list(
            "case_id", "seq", "step", "actor_id"
        )
    }
    for at, (step, user_id) in done.items():
        there = found.get(at)
        if there is None or there[1] != user_id or (step and there[0] != step):
            proof.misses.append(f"answered with success and not in the ledger: {at} {step}")
    for pk, step, token in refused:
        if found.get((pk, token + 1), ("", 0))[0] == step and (pk, token + 1) not in done:
            proof.misses.append(f"refused and in the ledger: {pk} {step} {token}")
    for (pk, seq), (step, actor_id) in found.items():
        is_known = (pk, seq) in done or (pk, step, seq - 1) in doubtful
        if actor_id is not None and not is_known:
            proof.misses.append(f"in the ledger and never answered: {pk}#{seq} {step}")
    proof.blame(failure for each in books for failure in each.failures)
    proof.counted["requests"] = {
        "answered with success": len(done),
        "refused": len(refused),
        "asked again": sum(each.again for each in books),
        "never answered": len(doubtful),
        "kept answers": KeptAnswer.objects.count(),
        "stories": dict(sum((each.stories for each in books), Counter[str]())),
    }


def _clocks(proof: Proof) -> None:
    """Every running clock comes out the same again; no timer and no alarm is left behind."""
    now = timezone.now()
    proof.blame(
        f"clocks of {each.number} differ: {each.moved}" for each in rederive_open(write=False)
    )
    left = Case.objects.filter(next_alarm_at__lte=now).values_list("number", flat=True)
    proof.blame(f"alarm of {number} not swept" for number in left)
    proof.blame(_untaken(now))
    proof.counted["clocks"] = {
        "open cases": Case.objects.filter(closed_at=None).count(),
        "timers taken": Event.objects.filter(step="deem_accepted").count(),
        "colours told": Notice.objects.filter(template__startswith="deadline_").count(),
        "papers served": Event.objects.filter(step="serve").count(),
    }


def _untaken(now: dt.datetime) -> Iterator[str]:
    for case in Case.objects.filter(closed_at=None, state="received").only("number", "clocks"):
        timer = case.clocks.get("timer")
        if timer and dt.datetime.fromisoformat(timer["due_at"]) <= now:
            yield f"timer of {case.number} not taken"


def _domain() -> str:
    from tongban.notices.email import sender_domain

    return sender_domain()
