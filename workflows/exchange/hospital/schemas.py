"""The messages of a hospital, field by field, by their national names.

Field names were read in public code (newtouch-cloud/openhis, WinServiceAPI/YiBaoInterface; openhis-itaii)
unless a description says 本站: those are this site's own. Code lists (med_type, clr_type) are recalled.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema

FLAG = "0 否，1 是"
ID = "就诊ID：1101 登记时给出"
# Amounts that a bill has, and sums that a reversal makes negative.
Money = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=14, decimal_places=2)]
Sum = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]


class Input(Schema):
    """What a message is about."""


class OfVisit(Input):
    mdtrt_id: str = Field(max_length=64, description=ID)
    psn_no: str = Field("", max_length=30, description="人员编号；给出时须与就诊一致")


class In1101(Input):
    mdtrt_cert_type: str = Field(
        "02", max_length=3, description="就诊凭证类型；本站只认 02 居民身份证"
    )
    mdtrt_cert_no: str = Field(max_length=50, description="就诊凭证编号：身份证号")
    insuplc_admdvs: str = Field(
        "", max_length=6, description="参保地医保区划；一人在两地参保时须给出"
    )
    med_type: str = Field(
        "",
        max_length=6,
        description="医疗类别（凭记忆）：11 普通门诊，13 急诊，14 门诊慢特病，21 普通住院，24 急诊转住院，41 药店购药。"
        "给出时登记就诊，只查人员信息时留空（本站）",
    )
    begntime: dt.date | None = Field(
        None, description="就诊（入院）日期，默认今天；补登在院患者时填入院日期"
    )
    dise_codg: str = Field("", max_length=40, description="门诊慢特病病种（med_type 14 必填）")
    er_flag: str = Field("0", max_length=1, description=f"急诊标志：{FLAG}；急诊抢救视同备案")


class InEncounter(OfVisit):
    dise_name: str = Field("", max_length=200, description="主要诊断")
    trum_flag: str = Field("", max_length=1, description=f"外伤标志：{FLAG}")
    rel_ttp_flag: str = Field("", max_length=1, description=f"涉及第三方标志：{FLAG}")
    ttp_pmis_flag: str = Field(
        "", max_length=1, description=f"患者已签无第三方责任承诺书（本站）：{FLAG}"
    )


class FeeIn(Schema):
    """feedetl，一条费用明细。金额拆分执行就医地目录，由医院（就医地）给出等级、比例和超限价。"""

    feedetl_sn: str = Field(max_length=30, description="费用明细流水号，一次就诊内不重复")
    fee_ocur_time: dt.datetime | dt.date = Field(description="费用发生时间")
    med_list_codg: str = Field(max_length=50, description="医疗目录编码")
    name: str = Field(max_length=100, description="项目名称（本站）")
    med_chrgitm_type: str = Field(
        max_length=6, description="医疗收费项目类别：01 床位费 … 09 西药费 … 14 其他费"
    )
    chrgitm_lv: str = Field(max_length=3, description="收费项目等级：01 甲类，02 乙类，03 自费")
    cnt: Decimal = Field(Decimal(1), ge=0, description="数量")
    pric: Decimal = Field(Decimal(0), ge=0, description="单价")
    det_item_fee_sumamt: Money = Field(description="明细项目费用总额")
    selfpay_prop: Decimal = Field(Decimal(0), ge=0, le=1, description="先行自付比例")
    overlmt_amt: Money = Field(Decimal(0), description="超限价金额")


class InFees(OfVisit):
    feedetl: list[FeeIn] = Field(min_length=1, max_length=1000, description="费用明细")


class InCancelFees(OfVisit):
    feedetl_sn: list[str] = Field(
        min_length=1, max_length=1000, description='要撤销的费用明细流水号；["0000"] 为全部'
    )


class InDischarge(OfVisit):
    endtime: dt.date = Field(description="出院日期")
    medfee_sumamt: Money = Field(description="医院的费用总额，须与已上传明细合计一致（本站）")
    dscg_maindiag_name: str = Field("", max_length=200, description="出院主要诊断")


class InPresettle(OfVisit):
    medfee_sumamt: Money = Field(description="医疗费总额，须与已上传明细合计一致")
    acct_used_flag: str = Field("1", max_length=1, description=f"个人账户使用标志：{FLAG}")


class InSettle(OfVisit):
    medfee_sumamt: Money = Field(description="医疗费总额")
    fund_pay_sumamt: Money = Field(description="基金支付总额，照预结算（本站）")
    acct_pay: Money = Field(description="个人账户支出，照预结算（本站）")
    psn_cash_pay: Money = Field(description="个人现金支出，照预结算（本站）")


class InReverse(OfVisit):
    setl_id: str = Field(max_length=30, description="结算ID")
    memo: str = Field("", max_length=200, description="撤销原因")
    auto_flag: str = Field("0", max_length=1, description=f"医院写入失败自动撤销（本站）：{FLAG}")


class In2601(Input):
    psn_no: str = Field(max_length=30, description="人员编号")
    omsgid: str = Field(max_length=80, description="原发送方报文ID")
    oinfno: str = Field(max_length=4, description="原交易编号：2401、2207、2304 可以冲正")


class TotalIn(Schema):
    """对总账的一行：一个清算类别。"""

    clr_type: str = Field(
        max_length=6, description="清算类别（凭记忆）：11 门诊，14 门诊慢特病，21 住院，41 药店"
    )
    fixmedins_setl_cnt: int = Field(ge=0, le=10**6, description="结算笔数，撤销也算一笔")
    medfee_sumamt: Sum = Field(description="医疗费总额")
    fund_pay_sumamt: Sum = Field(description="基金支付总额")
    acct_pay: Sum = Field(description="个人账户支付总额（含共济）")


class In3201(Input):
    stmt_begndate: dt.date = Field(description="对账日期；本站按天对账")
    details: list[TotalIn] = Field(
        default=[], max_length=10, description="各清算类别；缺的算作没有"
    )


class LineIn(Schema):
    """明细对账的一行。"""

    setl_id: str = Field(max_length=30, description="结算ID；撤销写被撤销的那一笔")
    refd_setl_flag: str = Field(
        "0", max_length=1, description=f"退费结算标志：{FLAG}；退费的金额为负"
    )
    clr_type: str = Field(max_length=6, description="清算类别，同 3201")
    insuplc_admdvs: str = Field(max_length=6, description="参保地医保区划")
    medfee_sumamt: Sum = Field(description="医疗费总额")
    fund_pay_sumamt: Sum = Field(description="基金支付总额")
    acct_pay: Sum = Field(description="个人账户支付总额（含共济）")


class In3202(Input):
    stmt_begndate: dt.date = Field(description="对账日期")
    lines: list[LineIn] = Field(
        default=[], max_length=5000, description="当天的全部结算行（本站不传文件）"
    )


class AnswerOut(Schema):
    """对报文的答复。没有办成的，以 application/problem+json 说明中文理由。"""

    infcode: int = Field(0, description="0 成功")
    msgid: str = Field(description="所答复的报文号")
    output: dict[str, Any] = Field(description="答复内容，见各交易的说明")
