"""Money is conserved under any order of sends, refusals, mismatches, returns and crashes."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matters.housing_fund import ledger
from matters.housing_fund.models import Account
from tests.housing_fund.conftest import NOON, opened
from tests.world import World

ACTS = (
    "freeze",
    "send",
    "refuse",
    "arrive",
    "arrive short",
    "arrive else",
    "arrive more",
    "match",
    "back",
    "surplus back",
    "thaw",
)
cents = st.integers(min_value=1, max_value=9_999_999).map(lambda fen: Decimal(fen) / 100)


class Crash(Exception):
    """The process dies before its transaction is committed."""


def act(name: str, letter: str, old: Account, new: Account) -> None:
    sent = ledger.remittance_of(letter)
    amount = sent.amount if sent else Decimal(1)
    if name == "freeze":
        ledger.freeze(account_id=old.pk)
    elif name == "thaw":
        ledger.unfreeze(account_id=old.pk)
    elif name == "send":
        ledger.remit(
            letter=letter,
            sender_id=old.pk,
            receiver_id=new.pk,
            interest=Decimal("0.37"),
            at=NOON,
        )
    elif name == "refuse":
        ledger.come_back_refused(letter=letter, at=NOON, reason="")
    elif name.startswith("arrive"):
        besides = {"arrive short": "-0.01", "arrive more": "0.05"}.get(name, "0")
        ledger.book_arrival(
            letter=letter,
            amount=amount + Decimal(besides),
            agrees=not name.endswith("else"),
            at=NOON,
        )
    elif name == "match":
        ledger.book_matched(letter=letter, at=NOON, reason="")
    elif name == "surplus back":
        ledger.give_back_surplus(letter=letter, at=NOON, reason="")
    else:
        ledger.give_back(letter=letter, at=NOON, reason="")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cents, st.lists(st.tuples(st.sampled_from(ACTS), st.booleans()), max_size=14))
def test_whatever_happens_to_a_transfer_no_fen_is_made_or_lost(
    world: World, opening: Decimal, happenings: list[tuple[str, bool]]
) -> None:
    with transaction.atomic():
        old = opened(world.office("500000", "housing_fund"), str(opening))
        new = opened(world.office("511700", "housing_fund"))
        letter = f"LXH{old.number}"
        for name, crashes in happenings:
            happen(name, letter, old, new, crashes=crashes)
            stands_right(letter, old, new, opening)
        transaction.set_rollback(True)


def happen(name: str, letter: str, old: Account, new: Account, *, crashes: bool) -> None:
    try:
        with transaction.atomic():
            act(name, letter, old, new)
            if crashes:
                raise Crash
    except (ledger.LedgerRefused, Crash):
        pass


def stands_right(letter: str, old: Account, new: Account, opening: Decimal) -> None:
    """What was there and the interest is in one account, the other, under way or in suspense; in suspense
    lies besides what arrived above what was sent."""
    sent = ledger.remittance_of(letter)
    interest = Decimal("0.37") if sent else Decimal(0)
    books = ledger.totals()
    somewhere = sum(Account.objects.get(pk=each.pk).balance for each in (old, new))
    somewhere += books.get("transit", Decimal(0)) + books.get("suspense", Decimal(0))
    besides = sent.surplus if sent else Decimal(0)
    if sent is not None and sent.state == "suspense":
        besides += max((sent.arrived or Decimal(0)) - sent.amount, Decimal(0))
    assert somewhere == opening + interest + besides
    assert sum(books.values()) == 0
    # Only money that arrived short of what was sent is a difference, and it is named by its letter.
    named = {difference.what for difference in ledger.differences()}
    is_short = (
        sent is not None and sent.state == "suspense" and (sent.arrived or Decimal(0)) < sent.amount
    )
    assert named == ({letter} if is_short else set())
