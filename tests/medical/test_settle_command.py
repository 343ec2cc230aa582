"""`manage.py settle`: a file of bills in, an answer for each out, in codes or Chinese words."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from matters.medical.entries import FIELDS
from matters.medical.management.commands.settle import Command

STAY: dict[str, Any] = {
    "region": "重庆", "insured_type": "职工", "person_class": "退休", "hospital_level": "二级",
    "visit": "住院", "on": "2023-05-01", "admission_no": 1, "filing": "home",
    "medfee_sumamt": 10000, "fulamt_ownpay_amt": 0, "overlmt_selfpay": 0, "preselfpay_amt": 0, "ytd": {},
}  # fmt: skip


def run(folder: Path, entries: Any, *rules: Path) -> list[dict[str, Any]]:
    file = folder / "bills.json"
    file.write_text(json.dumps(entries, ensure_ascii=False), "utf-8")
    out = io.StringIO()
    call_command("settle", str(file), *(f"--rules={folder}" for folder in rules), stdout=out)
    answers: list[dict[str, Any]] = json.loads(out.getvalue())
    return answers


def one(folder: Path, **more: Any) -> dict[str, Any]:
    (made,) = run(folder, [STAY | more])
    return made


def test_a_bill_is_answered_by_the_national_names(tmp_path: Path) -> None:
    made = one(tmp_path, id="CQ-01")
    assert (made["index"], made["id"], made["ok"]) == (0, "CQ-01", True)
    assert (made["hifp_pay"], made["fund_pay_sumamt"], made["psn_cash_pay"]) == (
        "9082.00", "9082.00", "918.00",
    )  # fmt: skip
    assert [line["fund_pay_type"] for line in made["setldetail"]] == ["hifp_pay"]
    assert {rule["key"] for rule in made["rules"]} >= {"inpatient.deductible", "inpatient.ratio"}
    assert made["ytd"]["admissions"] == 1


@pytest.mark.parametrize(
    "more",
    [
        {"region": "500000", "insured_type": "employee", "person_class": "retired",
         "hospital_level": "tier_2", "visit": "inpatient"},
        {"region": "重庆市", "person_class": "退休人员，72岁", "hospital_level": "二级甲等"},
        {"person_class": "退休职工", "hospital_level": "二级医院", "filing": "本地就医"},
        {"filing": None, "age": 72, "medfee_sumamt": "10000.00"},
        {"hospital_level": "三级中医", "person_class": "退休"},
        {"hospital_level": "二级（综合）", "person_class": "退休职工"},
    ],
)  # fmt: skip
def test_codes_and_chinese_words_say_the_same(tmp_path: Path, more: dict[str, Any]) -> None:
    assert one(tmp_path, **more)["fund_pay_sumamt"] == "9082.00"


@pytest.mark.parametrize("words", ["一档未成年", "未成年人一档", "一档（未成年）", "一档，9岁"])
def test_a_child_of_tier_one_is_known_by_any_of_its_names(tmp_path: Path, words: str) -> None:
    made = one(tmp_path, insured_type="居民", person_class=words, hospital_level="三级")
    assert made["fund_pay_sumamt"] == "5060.00"  # (10000 − 800) × 55 %


def test_the_year_to_date_goes_in_and_the_year_after_comes_out(tmp_path: Path) -> None:
    first = one(tmp_path)
    second = {key: value for key, value in STAY.items() if key != "admission_no"}
    (made,) = run(tmp_path, [second | {"ytd": first["ytd"]}])
    assert made["act_pay_dedc"] == "396.00"  # 440 × 0.9: the year says that it is the second
    assert made["ytd"]["hifp_pay"] == str(Decimal("9082.00") + Decimal(made["hifp_pay"]))


def test_items_make_the_four_sums_line_by_line(tmp_path: Path) -> None:
    fees = {key: value for key, value in STAY.items() if not key.endswith(("amt", "selfpay"))}
    items = [
        {"name": "床位", "class": "甲", "amount": "1000.10"},
        {"name": "某药", "class": "乙", "amount": 555.55, "over_limit": 5, "preself_ratio": 0.1},
        {"name": "某材料", "class": "丙类", "amount": 3},
    ]
    (made,) = run(tmp_path, [fees | {"items": items}])
    assert [made[name] for name in ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay")] == [
        "1558.65", "3.00", "5.00",
    ]  # fmt: skip
    assert made["preselfpay_amt"] == "55.06"  # 550.55 × 10 % = 55.055
    assert made["inscp_scp_amt"] == "1495.59"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"region": "达州"}, "达州"),
        ({"region": "全国"}, "规则文件"),
        ({"region": ""}, "region"),
        ({"insured_type": "军人"}, "军人"),
        ({"person_class": "三档"}, "在职"),
        ({"hospital_level": "特级"}, "特级"),
        ({"visit": ["住院"]}, "visit"),
        ({"filing": "none"}, "none"),
        ({"on": "2023-02-30"}, "2023-02-30"),
        ({"on": None}, "on"),
        ({"admission_no": 0}, "从 1 开始"),
        ({"admission_no": 1.5}, "整数"),
        ({"medfee_sumamt": "一万"}, "一万"),
        ({"medfee_sumamt": -1}, "不小于零"),
        ({"medfee_sumamt": "NaN"}, "数字"),
        ({"medfee_sumamt": "1e999999"}, "金额"),
        ({"medfee_sumamt": True}, "数字"),
        ({"medfee_sumamt": 0.001}, "精确到分"),
        ({"preselfpay_amt": 10001}, "超过了医疗费总额"),
        ({"ytd": []}, "ytd"),
        ({"ytd": {"hifp": 1}}, "hifp"),
        ({"ytd": {"hifp_pay": -1}}, "不小于零"),
        ({"ytd": {"hifp_pay": "Infinity"}}, "数字"),
        ({"ytd": {"hifp_pay": "0.001"}}, "精确到分"),
        ({"ytd": {"admissions": 1.5}}, "整数"),
        ({"ytd": {"admissions": "一"}}, "数字"),
        ({"claims": [1]}, "claims"),
        ({"items": {}}, "items"),
        ({"items": [{"class": "乙", "amount": 10000}]}, "先行自付比例"),
        ({"items": [{"class": "甲", "amount": 9999}]}, "不一致"),
        ({"items": [{"class": "甲", "amount": 10000, "price": 1}]}, "只能有"),
        ({"items": [{"class": "甲", "amount": 10000, "over_limit": 20000}]}, "不对"),
        ({"items": [{"class": "乙", "amount": 10000, "preself_ratio": 0.1}]}, "明细合计"),
        ({"treated_at": "成都"}, "区划代码"),
        ({"treated_at": "510104", "filing": None}, "备案"),
        ({"is_tcm": "yes"}, "true"),
        ({"plans": "互助"}, "plans"),
        ({"plans": [7]}, "plans"),
        ({"total": 1}, "total"),
    ],
)
def test_bad_input_is_one_clear_chinese_sentence(
    tmp_path: Path, more: dict[str, Any], says: str
) -> None:
    wrong, right = run(tmp_path, [STAY | more, STAY])
    assert (wrong["ok"], right["ok"]) == (False, True)
    assert says in wrong["refused"]["text"]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in wrong["refused"]["text"])


def test_a_missing_rule_is_named_with_the_safe_act(tmp_path: Path) -> None:
    made = one(tmp_path, filing="未备案")
    (missing,) = made["missing"]
    assert (missing["key"], missing["pool"], missing["on"]) == (
        "inpatient.reduction", "500000", "2023-05-01",
    )  # fmt: skip
    assert len(made["doubts"]) == 2
    assert "12393" in made["safe_act"]


def test_a_sum_with_doubts_carries_the_safe_act_too(tmp_path: Path) -> None:
    assert "12393" in one(tmp_path, admission_no=3)["safe_act"]
    assert "safe_act" not in one(tmp_path)


def test_another_pool_comes_from_a_folder_of_rules(tmp_path: Path) -> None:
    """达州 has no file in the project; one in a folder is enough, without a line of code."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "达州.yaml").write_text(
        """
pool: "511700"
names: [达州, 达州市]
rules:
  - {key: inpatient.deductible, level: tier_3, value: 700, unit: 元/次, certainty: certain, source: 试}
  - {key: inpatient.ratio, level: tier_3, value: 0.85, certainty: certain, source: 试}
  - {key: fund.cap, value: none, certainty: certain, source: 试}
  - {key: layers, value: [], certainty: certain, source: 试}
""",
        "utf-8",
    )
    bill = STAY | {"region": "达州市", "hospital_level": "三级"}
    (made,) = run(tmp_path, [bill], rules)
    assert made["fund_pay_sumamt"] == "7905.00"
    assert {rule["pool"] for rule in made["rules"]} == {"511700", "000000"}


@pytest.mark.parametrize("text", ["", "[1", '"x"', "nul", "[" * 100_000])
def test_a_file_that_is_no_list_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bills.json"
    file.write_text(text, "utf-8")
    with pytest.raises(CommandError, match=r"JSON|列表"):
        call_command("settle", str(file))


def test_folders_that_are_none_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有规则目录"):
        run(tmp_path, [STAY], tmp_path / "nowhere")
    with pytest.raises(CommandError, match="打不开"):
        call_command("settle", str(tmp_path / "nothing.json"))


def test_the_help_names_every_field() -> None:
    told = Command().create_parser("manage.py", "settle").format_help()
    assert all(name in told for name in FIELDS)
