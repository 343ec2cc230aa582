"""Why a 转出地 cannot let an account go, by flow: code and words."""

from __future__ import annotations

from typing import Final

FUND: Final = [
    ("not_sealed", "账户未封存或托管"),
    ("live_loan", "有未结清的公积金贷款"),
    ("frozen", "账户被冻结、已销户或有在途业务"),
    ("guarantor", "为他人贷款提供担保，尚未解除"),
    ("no_account", "转出地查无此人账户"),
    ("identity", "身份信息不一致"),
    ("other", "其他"),
]
# The first two are the conditions that both places check; the rest is remembered, not read in a source.
MEDICAL: Final = [
    ("not_stopped", "转出地尚未中止参保"),
    ("retired", "已享受职工医保退休待遇，不办理转移接续"),
    ("in_treatment", "有尚未结算的住院或其他费用"),
    ("arrears", "有欠缴的保险费"),
    ("not_insured", "在转出地查无参保记录"),
    ("identity", "身份信息不一致"),
    ("other", "其他"),
]
# What the ledger's pages translate a code by, whichever flow it was of.
EVERY: Final = list(dict(FUND + MEDICAL).items())
