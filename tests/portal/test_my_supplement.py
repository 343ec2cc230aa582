"""补正: exactly the missing list, each item with its files or a word, handed in at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests import journeys
from tests.portal.applying import photo, sent, shown
from tests.portal.conftest import signed_in
from tests.portal.mine import Mine, on, words
from tests.world import World
from workflows.cases import uploads as store
from workflows.cases.models import Event, Material, Upload
from workflows.cases.uploads import MOST_BYTES, path_of

ITEMS = "残疾人证复印件\n户口簿首页"


class Supplementing(Mine):
    """林晓梅, of whom two papers are asked."""

    def __init__(self, world: World, **more: Any) -> None:
        self.journey = journeys.reviewing(world, **more)
        self.journey.take("require_supplement", "clerk_sc", items=ITEMS, reason="看不清")
        super().__init__(world, "citizen", self.journey.case)

    @property
    def owed(self) -> list[Material]:
        return list(Material.objects.filter(case_id=self.id, asked_by_supplement=True))

    def send(self, *files: Any, button: str = "submit", **more: Any) -> HttpResponse:
        """files: for the first item, the second…; a list is several."""
        named = {
            f"files_{paper.pk}": file
            for paper, file in zip(self.owed, files, strict=False)
            if file is not None
        }
        return self.post("supplement/", **{button: "yes"}, **named, **more)


@pytest.fixture
def lin_at_it(world: World) -> Supplementing:
    return Supplementing(world)


def test_it_asks_for_exactly_the_list_with_reason_and_where_else_to_bring_it(
    lin_at_it: Supplementing,
) -> None:
    page = lin_at_it.page("supplement/")
    assert "需要补正的一共 2 项" in page
    assert "1. 残疾人证复印件" in page
    assert "2. 户口簿首页" in page
    assert "理由和要求：看不清" in page
    assert "也可以到窗口补交" in page
    assert "万州区政务服务中心" in page
    for paper in Material.objects.filter(case_id=lin_at_it.id, asked_by_supplement=False):
        assert f"files_{paper.pk}" not in shown(lin_at_it.get("supplement/"))


def test_both_with_files_the_case_goes_on_and_the_files_are_at_their_papers(
    lin_at_it: Supplementing, world: World
) -> None:
    both = [sent(name="正面.jpg"), sent(photo("red"), "反面.jpg")]
    answer = lin_at_it.send(both, sent(photo("blue"), "户口簿.jpg"), note="已补齐")
    assert answer["Location"] == f"/my/{lin_at_it.number}/"
    assert lin_at_it.case.state == "reviewing"
    first, second = lin_at_it.owed
    assert {file.name for file in first.uploads.all()} == {"正面.jpg", "反面.jpg"}
    assert [file.name for file in second.uploads.all()] == ["户口簿.jpg"]
    assert {first.status, second.status} == {"handed_in"}
    event = Event.objects.get(case_id=lin_at_it.id, step="supplement")
    assert len(event.data["files"]) == 3
    assert event.data["note"] == "已补齐"
    page = lin_at_it.page()
    assert "残疾人证复印件 已交 补正要求" in page
    assert "正面.jpg" in page
    file = first.uploads.all()[0]
    opened = signed_in(world.clerk_sc).get(f"/files/{file.pk}/")
    assert opened.status_code == 200
    opened.close()


def test_a_word_can_take_the_place_of_a_file_but_must_be_written(
    lin_at_it: Supplementing,
) -> None:
    second = lin_at_it.owed[1]
    ticked = {f"otherwise_{second.pk}": "on"}
    answer = lin_at_it.send(sent(), **ticked, note="")
    assert "请写清楚“户口簿首页”的情况" in words(answer)
    assert lin_at_it.case.state == "supplementing"
    answer = lin_at_it.send(**ticked, note="户口簿在补办，附派出所证明编号 1234")
    assert answer.status_code == 302
    assert lin_at_it.case.state == "reviewing"
    assert lin_at_it.owed[0].uploads.count() == 1, "the file of the first try was kept"


def test_one_missing_gets_its_own_error_and_nothing_is_lost(lin_at_it: Supplementing) -> None:
    answer = lin_at_it.send(sent(), note="还差一份")
    page = shown(answer)
    assert "请上传“户口簿首页”" in words(answer)
    assert f'href="#id_files_{lin_at_it.owed[1].pk}"' in page, "the summary leads to the field"
    assert "还差一份</textarea>" in page
    assert "已上传" in words(answer)
    assert "残疾人证.jpg" in words(answer)
    assert lin_at_it.case.state == "supplementing"


def test_files_can_be_sent_first_and_handed_in_later(lin_at_it: Supplementing) -> None:
    answer = lin_at_it.send(sent(), sent(photo("red")), button="save", note="先传着")
    assert answer.status_code == 200
    assert "先传着</textarea>" in shown(answer)
    assert lin_at_it.case.state == "supplementing"
    assert words(lin_at_it.get("supplement/")).count("已上传") == 2
    assert lin_at_it.send().status_code == 302
    assert [paper.uploads.count() for paper in lin_at_it.owed] == [1, 1]


def test_a_file_can_be_taken_back_before_but_not_after(lin_at_it: Supplementing) -> None:
    lin_at_it.send(sent(), button="save")
    upload = Upload.objects.get()
    answer = lin_at_it.post("supplement/", remove=str(upload.pk))
    assert "已删除“残疾人证.jpg”" in words(answer)
    assert not Upload.objects.exists()
    assert not path_of(upload.pk).exists()
    lin_at_it.send(sent(), sent(photo("red")))
    kept = Upload.objects.first()
    assert kept is not None
    assert not store.take_back(kept)
    assert path_of(kept.pk).exists()


def test_nobody_elses_file_is_taken_back(lin_at_it: Supplementing, world: World) -> None:
    lin_at_it.send(sent(), button="save")
    other = Supplementing(world, waybill="EMS0000000077")
    upload = Upload.objects.get()
    other.post("supplement/", remove=str(upload.pk))
    for mangled in ("", "x", "0" * 32, "../../etc/passwd"):
        other.post("supplement/", remove=mangled)
    assert Upload.objects.filter(pk=upload.pk).exists()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("a.exe", b"MZ evil"), "只能上传 JPG、PNG 图片或 PDF 文件"),
        (SimpleUploadedFile("空.jpg", b""), "文件是空的"),
        (SimpleUploadedFile("大.jpg", b"x" * (MOST_BYTES + 1)), "文件超过 10 MB"),
        (SimpleUploadedFile("<script>alert(1)</script>.jpg", b"GIF89a"), "只能上传"),
    ],
)
def test_an_unfit_file_gets_the_items_error_and_the_fit_one_is_kept(
    lin_at_it: Supplementing, file: SimpleUploadedFile, said: str
) -> None:
    answer = lin_at_it.send(file, sent(photo("red")))
    assert said in words(answer)
    assert "<script>alert" not in shown(answer)
    assert lin_at_it.case.state == "supplementing"
    assert [upload.material_code for upload in Upload.objects.all()] == [lin_at_it.owed[1].code]


def test_too_many_at_once_are_refused_with_the_reason(lin_at_it: Supplementing) -> None:
    several = [sent(photo(size=(40, 30 + n))) for n in range(7)]
    assert "一次最多传 6 个文件" in words(lin_at_it.send(several))
    assert not Upload.objects.exists()


def test_what_the_application_brought_does_not_stand_in_the_way(
    lin_at_it: Supplementing, world: World
) -> None:
    Upload.objects.bulk_create(
        Upload(owner=world.citizen, case_id=lin_at_it.id, material_code="old", name=f"{n}.jpg",
               content_type="image/jpeg", size=1, sha256=f"{n:064d}")
        for n in range(store.MOST_FILES)
    )  # fmt: skip
    assert lin_at_it.send(sent(), sent(photo("red"))).status_code == 302


def test_files_beyond_the_limit_of_one_item_are_refused(
    lin_at_it: Supplementing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_FILES", 1)
    answer = lin_at_it.send([sent(), sent(photo("red"))])
    assert "每项材料最多 1 个文件" in words(answer)


def test_a_page_of_an_earlier_moment_keeps_the_files_and_the_words(
    lin_at_it: Supplementing, world: World
) -> None:
    token = lin_at_it.case.seq
    world.take(lin_at_it.case, "remark", "clerk_sc", {"text": "x"})
    answer = lin_at_it.send(sent(), sent(photo("red")), token=token, note="补好了")
    assert answer.status_code == 409
    assert "没有生效" in words(answer)
    assert "补好了</textarea>" in shown(answer)
    assert words(answer).count("已上传") == 2
    assert lin_at_it.case.state == "supplementing"
    assert lin_at_it.send(note="补好了").status_code == 302


def test_once_handed_in_at_the_window_the_page_says_so_and_keeps_no_file(
    lin_at_it: Supplementing, world: World
) -> None:
    token = lin_at_it.case.seq
    owed = [paper.pk for paper in lin_at_it.owed]
    world.take(lin_at_it.case, "supplement", "clerk_cq", {"items": owed})
    answer = lin_at_it.post("supplement/", token, submit="yes", **{f"files_{owed[0]}": sent()})
    assert answer.status_code == 403
    assert "不能提交补正" in words(answer)
    assert not Upload.objects.exists()


def test_a_double_click_hands_in_once(lin_at_it: Supplementing) -> None:
    token = lin_at_it.case.seq
    first = lin_at_it.send(sent(), sent(photo("red")), token=token)
    second = lin_at_it.send(token=token)
    assert (first.status_code, second.status_code) == (302, 302)
    assert "已经提交过了" in lin_at_it.page()
    assert Event.objects.filter(case_id=lin_at_it.id, step="supplement").count() == 1


def test_the_time_left_stands_on_the_page_once_the_notice_has_reached_the_person(
    world: World,
) -> None:
    with on("2026-04-01 10:00"):
        matter = world.matter("困难残疾人生活补贴", supplement="10G")
        mine = Supplementing(world, matter=matter)
        assert "从文书送达" in mine.page("supplement/")
        document = mine.case.documents.get(kind="supplement")
        data = {"document": document.pk, "way": "phone", "succeeded": "yes", "receiver": "林晓梅"}
        world.take(mine.case, "record_service", "clerk_sc", data)
        page = mine.page("supplement/")
    assert "期限：最迟 2026年4月15日" in page
    assert "还剩 10 个工作日" in page


def test_without_a_published_limit_it_says_so(world: World) -> None:
    mine = Supplementing(world, matter=world.matter("困难残疾人生活补贴", supplement=None))
    assert "补正期限未公布，请尽快补齐" in mine.page("supplement/")


def test_the_second_round_asks_only_for_what_is_still_missing(lin_at_it: Supplementing) -> None:
    lin_at_it.send(sent(), sent(photo("red")))
    lin_at_it.journey.take("require_supplement", "clerk_sc", items="收入证明", reason="缺")
    page = lin_at_it.page("supplement/")
    assert "需要补正的一共 1 项" in page
    assert "1. 收入证明" in page
    assert "户口簿首页" not in page


@pytest.mark.parametrize("items", [1, 20])
def test_as_many_statements_for_twenty_items_as_for_one(
    world: World, items: int, django_assert_num_queries: object
) -> None:
    journey = journeys.reviewing(world)
    asked = "\n".join(f"第{n}项" for n in range(items))
    journey.take("require_supplement", "clerk_sc", items=asked, reason="缺")
    mine = Mine(world, "citizen", journey.case)
    mine.get("supplement/")
    # session, account, actor; case, parties; owed papers, sent files, notice, its reading, pauses;
    # unread messages in the frame.
    with django_assert_num_queries(11):  # type: ignore[operator]
        mine.get("supplement/")
