"""流动人员人事档案转递: somebody always has the file, and it is written down who."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for, at
from workflows.cases.models import Document, Parcel
from workflows.cases.perform import InvalidData, NotAllowed

BY_MAIL = {"way": "confidential", "waybill": "JY20260511", "sheets": "42"}


@pytest.fixture
def file(world: World) -> journeys.Journey:
    """林晓梅's file lies in 通川 (四川); she works in 万州 (重庆) now."""
    world.post("talent_cq", "万人才", "500101", "talent_service", "clerk")
    world.post("talent_sc", "通人才", "511702", "talent_service", "clerk")
    version = world.matter("档案接收")
    data = answers_for(version, receiving_region="500101", keeping_region="511702")
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


def on_the_way(file: journeys.Journey) -> journeys.Journey:
    file.take("accept", "talent_cq", "2026-05-11 10:00")
    return file.take("send_archive", "talent_sc", "2026-05-15 10:00", **BY_MAIL)


def signed(file: journeys.Journey) -> journeys.Journey:
    return file.take("sign", "talent_cq", arrived=journeys.on_the_road(file.case))


def test_letter_file_receipt(file: journeys.Journey) -> None:
    file.take("accept", "talent_cq", "2026-05-11 10:00")
    assert file.case.facts["letter"].startswith("DDH")
    # The keeper has fifteen days, the road thirty working days.
    assert (file.case.holder, file.case.hop_due_at) == ("keeping", at("2026-05-27 00:00"))
    file.take("send_archive", "talent_sc", "2026-05-15 10:00", **BY_MAIL)
    assert (file.case.holder, file.case.hop_due_at) == ("keeping", at("2026-06-27 00:00"))
    assert Parcel.objects.get().waybill == "JY20260511"
    case = signed(file).take("confirm_receipt", "talent_cq").case
    assert (case.state, case.outcome) == ("completed", "done")
    (journey,) = case.facts["custody"]
    assert (journey["sender"], journey["receiver"], journey["sheets"]) == (
        "keeping", "receiving", 42,
    )  # fmt: skip
    assert journey["signed_by"] == file.world.people["talent_cq"].pk
    assert Document.objects.get(kind="conclusion").content["letter"] == case.facts["letter"]


def test_no_courier_and_not_the_person(file: journeys.Journey) -> None:
    file.take("accept", "talent_cq")
    for way in ("post", "self"):
        with pytest.raises(InvalidData) as refused:
            file.take("send_archive", "talent_sc", **(BY_MAIL | {"way": way}))
        assert "way" in refused.value.form.errors


def test_what_the_file_lacks_is_sent_after_it(file: journeys.Journey) -> None:
    signed(on_the_way(file)).take(
        "require_missing", "talent_cq", items="学籍材料\n转正表", reason="目录有，袋内无"
    )
    assert (file.case.state, file.case.holder) == ("incomplete", "keeping")
    file.take("send_archive", "talent_sc", **(BY_MAIL | {"waybill": "JY20260601", "sheets": "2"}))
    assert Parcel.objects.latest("id").items.get().name == "人事档案补充材料"
    case = signed(file).take("confirm_receipt", "talent_cq").case
    assert [leg["sheets"] for leg in case.facts["custody"]] == [42, 2]


def test_a_wrong_file_goes_back_and_is_signed_for_there(file: journeys.Journey) -> None:
    back = {"way": "officer", "waybill": "JY-BACK-1", "sheets": "42", "reason": "不是本人档案"}
    signed(on_the_way(file)).take("send_back", "talent_cq", **back)
    assert (file.case.state, file.case.holder) == ("returning", "receiving")
    with pytest.raises(NotAllowed):
        file.take("sign_result", "talent_cq", arrived=journeys.on_the_road(file.case))
    file.take("sign_result", "talent_sc", arrived=journeys.on_the_road(file.case))
    assert (file.case.state, file.case.holder) == ("sent_back", "keeping")
    file.take("object_to_transfer", "talent_sc", reason="查无此人档案")
    case = file.take("disapprove", "talent_cq", reason="原机构查无档案").case
    assert (case.state, case.outcome) == ("disapproved", "disapproved")


def test_a_file_that_does_not_arrive_is_the_senders_to_find(file: journeys.Journey) -> None:
    on_the_way(file)
    with pytest.raises(NotAllowed):
        file.take("withdraw", "citizen", reason="不转了")
    with pytest.raises(InvalidData):
        file.take("sign", "talent_cq", arrived=[])
    file.take("sign", "talent_cq", arrived=[], missing_note="机要袋内没有")
    assert (file.case.state, file.case.holder) == ("lost", "keeping")
    file.take("send_archive", "talent_sc", **(BY_MAIL | {"waybill": "JY20260620"}))
    assert signed(file).case.state == "arrived"
    assert [bool(leg["missing"]) for leg in file.case.facts["custody"]] == [True, False]
