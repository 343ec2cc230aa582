"""The invented insured people and hospitals: plausible to every rule, the same everywhere, and nobody's."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from matters.medical.demonstration import load_medical
from matters.medical.demonstration.hospitals import TOWNS, institutions
from matters.medical.demonstration.people import HOMES, OTHERS
from matters.medical.filing import benefit_standing
from matters.medical.models import (
    AccountEntry,
    Chronic,
    FamilyAccount,
    Freeze,
    Institution,
    Insured,
    VisitKind,
)
from matters.medical.rules import rule_book
from tests.world import at
from tongban.accounts.demonstration import invented
from tongban.accounts.identity import problem_with_resident_id
from tongban.accounts.models import User
from tongban.accounts.personal import is_sealed
from tongban.offices.models import Province, Region
from tongban.services.phases import PHASES

pytestmark = pytest.mark.django_db
NOW = at("2026-11-21 10:00")
CITIZENS = {"cq-citizen-02": "500103", "cq-citizen-11": "500116", "sc-citizen-04": "511602"}


@pytest.fixture(autouse=True)
def _ground(db: None) -> None:
    """Both provinces' places, and three of the citizens who sign in."""
    for code, short in (("500000", "渝"), ("510000", "川")):
        Province.objects.create(code=code, name=short, short=short, platform="")
    counties = {code for code, _ in TOWNS} | set(HOMES)
    pools = {"500000"} | {f"{code[:4]}00" for code in counties if code.startswith("51")}
    Region.objects.bulk_create(
        Region(code=code, name=code, full_name=code, level="county", province_id=f"{code[:2]}0000")
        for code in counties | pools
    )
    for username, home in CITIZENS.items():
        person = invented(username, home)
        User.objects.create(
            username=username,
            name=person.name,
            kind="citizen",
            id_number=person.id_number,
            region_code=home,
            is_demonstration=True,
        )


def rows() -> list[tuple[object, ...]]:
    people = Insured.objects.order_by("psn_no").values_list("psn_no", "name", "account_balance")
    clinics = Institution.objects.order_by("code").values_list("code", "name", "level")
    return [*people, *clinics]


def test_again_changes_nothing() -> None:
    first = load_medical(at=NOW)
    assert (first.people, first.institutions) == (first.new_people, first.new_institutions)
    before = rows()
    again = load_medical(at=NOW)
    assert (again.new_people, again.new_institutions) == (0, 0)
    assert rows() == before
    assert [t.objects.count() for t in (Freeze, FamilyAccount)] == [
        4,
        FamilyAccount.objects.count(),
    ]


def test_the_citizens_who_sign_in_are_insured_at_home_and_a_late_one_too() -> None:
    load_medical(at=NOW)
    covered = Insured.objects.exclude(id_number_index=None)
    for user in User.objects.all():
        pool = covered.get(id_number_index=user.id_number_index).pool_id
        assert pool[:2] == user.region_code[:2]
    person = invented("sc-citizen-09", "511602")
    User.objects.create(
        username="sc-citizen-09",
        name=person.name,
        kind="citizen",
        id_number=person.id_number,
        region_code="511602",
        is_demonstration=True,
    )
    assert load_medical(at=NOW).new_people in (1, 3)  # alone, or with parent and child


def test_every_class_is_one_that_the_pools_rules_know() -> None:
    load_medical(at=NOW)
    book = rule_book()
    checked = 0
    for person in Insured.objects.all():
        pool = book.pools.get(person.pool_id)
        if pool and (classes := pool.classes.get(person.insured_type)):
            assert person.person_class in classes, person.psn_no
            checked += 1
    assert checked > len(OTHERS)


def test_all_walks_of_life_in_both_provinces() -> None:
    load_medical(at=NOW)
    kinds = set(Insured.objects.values_list("pool__province_id", "insured_type"))
    assert len(kinds) == 4
    classes = set(Insured.objects.values_list("person_class", flat=True))
    assert {"active", "retired", "student", "tier_1+minor"} <= classes
    assert Chronic.objects.exists()
    assert Insured.objects.filter(insured_type="resident").exclude(account_balance=0).count() == 0


def test_numbers_are_well_formed_and_lie_sealed() -> None:
    load_medical(at=NOW)
    for person in Insured.objects.all():
        assert problem_with_resident_id(person.id_number or "", NOW.date()) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM medical_insured")
        assert all(is_sealed(text) for (text,) in cursor.fetchall())


def test_an_account_begins_with_an_entry() -> None:
    load_medical(at=NOW)
    for entry in AccountEntry.objects.select_related("insured"):
        assert entry.after == entry.amount == entry.insured.account_balance


def test_benefits_of_some_stand_still() -> None:
    load_medical(at=NOW)
    frozen = Freeze.objects.filter(to_on=None)
    assert frozen.count() == 2
    for freeze in frozen:
        assert not benefit_standing(insured=freeze.insured, on=NOW.date()).is_ok


def test_only_guangans_families_pay_across_the_border() -> None:
    load_medical(at=NOW)
    links = FamilyAccount.objects.select_related("payer")
    assert links.exists()
    assert all(link.is_open_across_provinces == (link.payer.pool_id == "511600") for link in links)


def test_hospitals_of_both_provinces_say_that_they_are_invented() -> None:
    load_medical(at=NOW)
    clinics = list(Institution.objects.all())
    assert all("示范" in clinic.name and clinic.is_demonstration for clinic in clinics)
    for province in ("50", "51"):
        here = [clinic for clinic in clinics if clinic.region_id.startswith(province)]
        assert {kind for clinic in here for kind in clinic.open_visits} == set(VisitKind)
        assert {"tier_3", "tier_2", "tier_1", "community", "pharmacy"} <= {c.level for c in here}
        assert any(clinic.is_tcm for clinic in here)
        assert any(not clinic.open_visits for clinic in here)


def test_the_same_seed_invents_the_same_hospitals() -> None:
    assert [c.name for c in institutions(1)] == [c.name for c in institutions(1)]
    assert [c.name for c in institutions(1)] != [c.name for c in institutions(2)]


def test_only_a_demonstration_is_filled(settings: Settings) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError):
        call_command("load_medical")
    settings.DEMONSTRATION = True
    call_command("load_medical", stdout=(said := StringIO()))
    assert "定点医药机构" in said.getvalue()
    (phase,) = [phase for phase in PHASES if phase.command == "load_medical"]
    assert phase.demonstration
