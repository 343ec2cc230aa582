"""Loading: whole or not at all, the same again changes nothing, new data is a new version."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from matters.catalogue.loading import Loaded, NotLoaded, load_catalogue
from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.plan import make_plan
from matters.catalogue.search import in_force
from tongban.offices.models import Department

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 2)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def snapshot() -> list[tuple[object, ...]]:
    versions = MatterVersion.objects.values_list("matter__slug", "number", "valid_to", "definition")
    return sorted(versions, key=str)


def test_loading_again_changes_nothing(catalogue: Loaded) -> None:
    before = snapshot()
    again = load_catalogue()
    assert (again.created, again.described, again.republished) == (0, 0, 0)
    assert again.unchanged == catalogue.created == len(before)
    assert snapshot() == before


def test_addresses_do_not_depend_on_the_order_of_loading(
    catalogue: Loaded, data_folder: Path
) -> None:
    before = set(Matter.objects.values_list("slug", flat=True))
    path = data_folder / "police/matters.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([rows[0], *reversed(rows[1:])]), encoding="utf-8")
    assert load_catalogue(folder=data_folder).created == 0
    assert set(Matter.objects.values_list("slug", flat=True)) == before


def test_a_changed_definition_becomes_the_next_version(
    catalogue: Loaded, data_folder: Path
) -> None:
    replace(data_folder / "civil_affairs/definitions.yaml", "limit: 10G", "limit: 8G")
    loaded = load_catalogue(folder=data_folder, on=MARCH)
    assert loaded.republished == 2
    old, new = MatterVersion.objects.filter(
        matter__name="困难残疾人生活补贴", matter__source_batch="全国跨省通办(民政)"
    )
    assert (old.number, old.valid_to, old.definition["stages"][0]["limit"]) == (1, MARCH, "10G")
    assert (new.number, new.valid_from, new.definition["stages"][0]["limit"]) == (2, MARCH, "8G")


def test_each_day_has_exactly_one_version_in_force(catalogue: Loaded, data_folder: Path) -> None:
    replace(data_folder / "civil_affairs/definitions.yaml", "limit: 10G", "limit: 8G")
    load_catalogue(folder=data_folder, on=MARCH)
    load_catalogue(on=MARCH)
    subsidy = "重度残疾人护理补贴"
    for day, number in [(dt.date(2026, 3, 1), 1), (MARCH, 3), (dt.date(2027, 1, 1), 3)]:
        mine = in_force(day).filter(matter__name=subsidy, matter__theme="养老助残")
        assert [v.number for v in mine.filter(flow="collect_forward")] == [number]
    assert not in_force(dt.date(2025, 12, 31)).exists()


def test_a_changed_note_describes_the_matter_anew_without_a_new_version(
    catalogue: Loaded, data_folder: Path
) -> None:
    replace(data_folder / "health/matters.csv", "2021年前10月近30万件", "已核对")
    loaded = load_catalogue(folder=data_folder, on=MARCH)
    assert (loaded.described, loaded.republished) == (1, 0)
    assert Matter.objects.get(name="生育服务证").note == "已核对"


def test_a_row_that_disappears_is_named_and_left(catalogue: Loaded, data_folder: Path) -> None:
    path = data_folder / "health/matters.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    kept = [row for row in rows if not row.startswith("生育服务证,")]
    path.write_text("\n".join(kept), encoding="utf-8")
    assert load_catalogue(folder=data_folder).missing == ("生育服务证",)
    assert in_force(MARCH).filter(matter__name="生育服务证").exists()


BROKEN = {
    "mode": ("电子监控违法处理", "网上办", "没有这种办理模式"),
    "promised_days": ("临时身份证明", "三天", "须为正整数或留空"),
    "department": ("普通护照签发", "外星事务", "不能放外星事务的事项"),
    "source_url": ("居住证办理", "", "source_url 不能为空"),
}


def test_every_broken_row_is_named_and_nothing_is_changed(
    departments: None, data_folder: Path
) -> None:
    path = data_folder / "police/matters.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for column, (name, value, _) in BROKEN.items():
        next(row for row in rows if row["name"] == name)[column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(NotLoaded) as refused:
        load_catalogue(folder=data_folder)
    named = {problem.name: str(problem) for problem in refused.value.problems}
    for name, _, words in BROKEN.values():
        assert words in named[name]
        assert "matters.csv 第" in named[name]
    assert not Matter.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("limit: 10G", "limit: 10天", "stages.0.limit"),
        ("seat: township, limit: 15G", "seat: village, limit: 15G", "village"),
        ("hops: {collected: 3G", "hops: {sent_off: 3G", "没有这个状态"),
        ("flow: collect_forward", "flow: by_pigeon", "没有流程 by_pigeon"),
        ("effective_month: application", "efective_month: application", "没有这个键"),
        ("promise: 16G", "promise: 20G", "清单写明承诺时限 16 天"),
        ("name: 孤儿救助资格认定", "name: 孤儿救助", "清单里没有这一行"),
        ("matters:", "matters: [", "读不懂"),
    ],
)
def test_a_broken_definition_is_named_and_nothing_is_changed(
    departments: None, data_folder: Path, old: str, new: str, words: str
) -> None:
    replace(data_folder / "civil_affairs/definitions.yaml", old, new)
    with pytest.raises(NotLoaded, match=words):
        load_catalogue(folder=data_folder)
    assert not Matter.objects.exists()


def test_a_row_with_days_needs_a_definition_that_says_their_unit(
    departments: None, data_folder: Path
) -> None:
    (data_folder / "natural_resources/definitions.yaml").unlink()
    with pytest.raises(NotLoaded, match=r"不动产抵押登记.*须在定义中写明单位"):
        load_catalogue(folder=data_folder)


def test_a_department_that_the_offices_lack_is_named(departments: None) -> None:
    Department.objects.filter(name="医保").delete()
    with pytest.raises(NotLoaded, match="机构库没有主管部门 医保"):
        load_catalogue()


def test_the_command_says_what_it_did(
    departments: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_catalogue")
    assert f"新增 {len(make_plan().matters)}" in capsys.readouterr().out
    call_command("check_catalogue")
    assert "均无问题" in capsys.readouterr().out


def test_the_command_refuses_with_every_problem(departments: None, data_folder: Path) -> None:
    replace(data_folder / "civil_affairs/definitions.yaml", "limit: 10G", "limit: 10天")
    with pytest.raises(CommandError, match=r"共 2 处问题，事项目录未作任何改动"):
        call_command("load_catalogue", folder=data_folder)
