"""What a clerk calls the keys and values of a definition; `differences` reads it.

A key that is missing here is shown by its code: nothing of a difference is ever left out.
"""

from __future__ import annotations

from functools import cache

from matters.catalogue.guide_facts import CHOICES, Guide, title_of
from tongban.offices.tables import DATA, rows

KEYS = {
    "seats": "办理机构",
    "stages": "审查环节",
    "hops": "各环节时限",
    "promise": "承诺时限",
    "statutory": "法定时限",
    "supplement": "补正期限",
    "deemed_acceptance": "视为受理",
    "extension": "延长期限",
    "special_procedures": "特别程序",
    "fields": "申请表字段",
    "rules": "申请表校验规则",
    "materials": "申请材料",
    "result": "办理结果",
    "legal_basis": "设定依据",
    "conditions": "申请条件",
    "precheck": "申请前的情形提问",
    "elsewhere": "在其他系统办理",
    "fee": "收费",
    "effective_month": "计发月",
    "checklist": "收件要点",
    "remedies": "救济途径",
    "yellow_percent": "黄灯比例（%）",
    "red_percent": "红灯比例（%）",
    "certainty": "确定程度",
    "parts": "一件事的分项",
    "reminders": "督办提醒",
    "sources": "资料来源",
    # Of the parts.
    "seat": "岗位",
    "office_kind": "机构类别",
    "level": "层级",
    "region": "地区",
    "code": "代码",
    "name": "名称",
    "limit": "时限",
    "basis": "依据",
    "label": "名称",
    "kind": "类型",
    "required": "必填（必交）",
    "help": "填写说明",
    "example": "示例",
    "choices": "选项",
    "max_length": "最多字数",
    "region_level": "地区选到",
    "at_least": "不小于",
    "at_most": "不大于",
    "at_most_field": "不大于字段",
    "columns": "每人填写",
    "most": "最多几项",
    "shown_when": "显示条件",
    "required_when": "必填条件",
    "copies": "份数",
    "form": "形式",
    "source": "由谁出具",
    "missing_ok": "可容缺",
    "shared": "可由共享数据替代",
    "certificate": "可用的电子证照",
    "when": "适用条件",
    "field": "字段",
    "one_of": "为其中之一",
    "review_office": "复议机关",
    "review_days": "复议期限（日）",
    "lawsuit_months": "诉讼期限（月）",
    "system": "系统",
    "number": "对方编号名称",
    "sheet": "录入单字段",
    "matter": "事项",
    "batch": "清单",
    "given": "固定内容",
    "after": "多久以后",
    "to": "提醒谁",
    "questions": "问题",
    "outcomes": "结论",
    "text": "内容",
    "before": "在此日之前",
    "since": "自此日起",
    "phone": "电话",
    "months": "月数",
    "days": "天数",
    "message": "提示语",
    "on_field": "以哪天计",
    "zones": "只在这些毗邻地区",
    "guide": "办事指南",
    "lasts": "持续多久",
    "region_field": "地区字段",
    "within": "几天以内",
}
# A guide's fields carry their own words.
KEYS |= {key: title_of(key) for key in Guide.model_fields if key not in KEYS}

# By key and value; a value that is nowhere here is words of the data itself.
VALUES: dict[str, dict[str, str]] = {
    "level": {"province": "省级", "city": "市级", "county": "区县级", "township": "乡镇街道"},
    "region_level": {"county": "区县", "township": "乡镇街道", "pool": "统筹区"},
    "region": {"origin": "收件地", "applicant": "申请人居住地"},
    "form": {"original": "原件", "copy": "复印件", "electronic": "电子件"},
    "source": {"self": "申请人自备", "government": "政府部门核发", "other": "其他机构出具"},
    "effective_month": {"application": "申请当月", "approval": "审批当月"},
    "to": {"handler": "承办人", "head": "负责人", "supervisor": "督办人员"},
    "certainty": {"stated": "来源载明", "inferred": "推断", "from_memory": "凭记忆，待核实"},
    "mode": {
        "online": "全程网办", "collect": "异地代收代办", "joint": "多地联办", "delegated": "委托受理",
    },
    "mode_certainty": {"stated": "来源载明", "inferred": "推断", "presumed": "推定"},
    "kind": {
        "text": "单行文字", "textarea": "多行文字", "name": "姓名", "id_number": "居民身份证号",
        "uscc": "统一社会信用代码", "phone": "电话", "date": "日期", "money": "金额",
        "region": "地区", "choice": "单选", "yes_no": "是或否", "bank_card": "银行卡号",
        "number": "数字", "email": "电子邮箱", "address": "地址", "period": "起止日期",
        "month": "月份", "several": "多选", "people": "人员名单", "file": "文件",
        "certificate": "证照", "notice": "通知", "registration": "登记", "none": "无",
        "can": "可以办", "later": "以后可以办", "other": "另有办法",
        "order": "先后", "sum": "合计", "same": "一致", "different": "不同", "age": "年龄",
        "some": "至少一项", "bookable": "可预约的日子",
    },
}  # fmt: skip

VALUES |= {key: words | VALUES.get(key, {}) for key, words in CHOICES.items()}

# What stands for nothing, by key; elsewhere 无.
ABSENT = {
    "promise": "未公布",
    "statutory": "未公布",
    "supplement": "未公布",
    "fee": "未公布",
    "limit": "未公布",
}


@cache
def office_kinds() -> dict[str, str]:
    """What each kind of office is called."""
    return {row["kind"]: row["name"] for _, row in rows(DATA / "office-kinds.csv", "kind", "name")}


def word(key: str) -> str:
    return KEYS.get(key, key)
