"""异地贷款 among a desk's lists: who finds them, on which side, and from which they open."""

from __future__ import annotations

import pytest

from matters.housing_fund.models import Account, Loan
from tests.flows.loans import CHONGQING, CONTRACT, local_loan, people, released
from tests.portal.conftest import signed_in
from tests.world import World


@pytest.fixture
def centres(world: World) -> World:
    return people(world)


def page(world: World, who: str, address: str) -> str:
    return str(signed_in(world.people[who]).get(address).content.decode())


def test_only_the_people_of_a_fund_are_led_to_its_loans_and_of_an_agency_to_its_clearing(
    centres: World,
) -> None:
    centres.post("agency", "渝医保", CHONGQING, "medical_insurance", "clerk")
    shown = {who: page(centres, who, "/desk/") for who in ("keeper", "agency", "clerk_cq")}
    assert [("/desk/loans/" in text, "/desk/clearing/" in text) for text in shown.values()] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_each_side_has_its_living_loans_and_opens_those_that_it_has_a_part_in(
    centres: World,
) -> None:
    journey = released(centres)
    link = f'href="/desk/{journey.case.number}/"'
    assert link in page(centres, "lender", "/desk/loans/?view=lent")
    assert link in page(centres, "keeper", "/desk/loans/?view=secured")
    assert CONTRACT["number"] not in page(centres, "keeper", "/desk/loans/?view=lent")
    # Without a view: first what lacks its mark, as long as anything does.
    assert "账户却没有异地贷款标记" in page(centres, "keeper", "/desk/loans/")


def test_the_pages_of_a_long_list_follow_each_other_and_a_mangled_place_begins_anew(
    centres: World,
) -> None:
    journey = released(centres)
    own, lender = Account.objects.get(), centres.office(CHONGQING, "housing_fund")
    for nth in range(51):
        loan = local_loan(own, f"DZ-{nth:02d}")
        Loan.objects.filter(pk=loan.pk).update(centre=lender)
    first = page(centres, "lender", "/desk/loans/?view=lent")
    assert ("DZ-50" in first, "DZ-00" in first) == (True, False)
    after = first.split("after=")[1].split('"')[0]
    second = page(centres, "lender", f"/desk/loans/?view=lent&after={after}")
    assert ("DZ-00" in second, journey.case.number in second) == (True, True)
    assert "DZ-50" in page(centres, "lender", "/desk/loans/?view=lent&after=x")
    oldest = page(centres, "lender", "/desk/loans/?view=unmarked")
    later = oldest.split("after=")[1].split('"')[0]
    assert CONTRACT["number"] in page(
        centres, "lender", f"/desk/loans/?view=unmarked&after={later}"
    )
