"""The proof after the chaos sees what it is for: each kind of loss, planted, is a miss."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from benchmarks.chaos.ground import Ground
from benchmarks.chaos.load import Books
from benchmarks.chaos.proof import Proof, prove
from benchmarks.chaos.receivers import Hooks, MailServer
from tests.world import World
from tongban.notices.email import sender_domain
from tongban.notices.models import Channel, Notice
from workflows.cases.models import Case, Event


class Scene:
    """A case of two events, a letter that came, and books that say so."""

    def __init__(self, world: World, mail: MailServer, hooks: Hooks) -> None:
        self.mail, self.hooks, self.books = mail, hooks, Books()
        self.ground = Ground(world.matter("困难残疾人生活补贴"))
        self.case = world.open()
        self.books.done[self.case.pk, 1] = ("", world.citizen.pk)
        self.letter = Notice.objects.create(
            event_key="reminder:1",
            channel=Channel.EMAIL,
            recipient="user:1",
            template="accepted",
            state="delivered",
            delivered_at=timezone.now(),
        )
        self.message = f"<notice-{self.letter.pk}@{sender_domain()}>"
        mail.taken[self.message] = 1
        Notice.objects.exclude(pk=self.letter.pk).filter(channel=Channel.EMAIL).delete()

    def proof(self) -> Proof:
        return prove(self.ground, [self.books], self.mail, self.hooks)


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world, MailServer(), Hooks("secret"))


def test_nothing_lost_is_no_miss(scene: Scene) -> None:
    assert scene.proof().misses == []


def lost_letter(scene: Scene) -> None:
    scene.mail.taken.clear()


def letter_twice(scene: Scene) -> None:
    scene.mail.taken[scene.message] = 2


def letter_left_behind(scene: Scene) -> None:
    Notice.objects.filter(pk=scene.letter.pk).update(
        state="pending", delivered_at=None, next_attempt_at=timezone.now()
    )


def success_without_event(scene: Scene) -> None:
    scene.books.done[scene.case.pk, 9] = ("accept", 1)


def event_without_answer(scene: Scene) -> None:
    scene.books.done.clear()


def forged_hook(scene: Scene) -> None:
    scene.hooks.on_the_wire["99"] = 1


def case_ahead_of_its_ledger(scene: Scene) -> None:
    Case.objects.filter(pk=scene.case.pk).update(seq=7)


def alarm_left_behind(scene: Scene) -> None:
    Case.objects.filter(pk=scene.case.pk).update(next_alarm_at=timezone.now())


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lost_letter, "never came"),
        (letter_twice, "came 2 times"),
        (letter_left_behind, "is lost"),
        (success_without_event, "not in the ledger"),
        (event_without_answer, "never answered"),
        (forged_hook, "never owed"),
        (case_ahead_of_its_ledger, "not where its last event left it"),
        (alarm_left_behind, "not swept"),
    ],
)
def test_each_kind_of_loss_is_a_miss(
    scene: Scene, harm: Callable[[Scene], None], said: str
) -> None:
    harm(scene)
    assert any(said in miss for miss in scene.proof().misses)
    assert Event.objects.exists()
