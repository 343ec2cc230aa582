"""Text messages as they are registered: a code, a sign and a text with variables.

The gateways send no free text: each text is approved beforehand under a code and a sign name
签名, and only its variables change. Whoever sends gives code, sign and variables; the gateway
makes the text. What is registered lies in `data/templates.json`; an operator's edit needs a new
approval and so a new code (`wording`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "templates.json"
VARIABLE = re.compile(r"\$\{([a-z_]+)\}")

# A message of up to 70 characters is one part; a longer one goes in parts of 67, for each part
# carries which of how many it is (GSM 03.40, UCS-2).
ONE_PART, PART_OF_MANY = 70, 67


@dataclass(frozen=True)
class Variable:
    """From which name of a notice's context it comes, and how many characters it may have."""

    source: str
    most: int
    default: str = ""


@dataclass(frozen=True)
class Approval:
    """报备: which province's authority has approved it, and when."""

    province: str
    status: str
    on: str


@dataclass(frozen=True)
class SmsTemplate:
    template: str
    code: str
    sign: str
    text: str
    variables: Mapping[str, Variable]
    approvals: tuple[Approval, ...]

    @property
    def is_approved(self) -> bool:
        return bool(self.code and self.sign and self.approvals)

    def used(self) -> list[str]:
        """The variables that the text asks for, in order, each once."""
        return list(dict.fromkeys(VARIABLE.findall(self.text)))

    def values(self, context: Mapping[str, Any]) -> dict[str, str]:
        """Every variable of the text from a notice's context, none longer than it may be.

        Raises LookupError for one that is neither in the context nor has a default.
        """
        given = {}
        for name in self.used():
            variable = self.variables[name]
            value = " ".join(str(context.get(variable.source) or variable.default).split())
            if not value:
                raise LookupError(f"no value for ${{{name}}}")
            given[name] = cut(value, variable.most)
        return given

    def filled(self, values: Mapping[str, str]) -> str:
        """What arrives: the sign in brackets and the text."""
        return f"【{self.sign}】" + VARIABLE.sub(lambda found: values[found[1]], self.text)


def cut(text: str, most: int) -> str:
    """The gateways refuse a variable that is too long: the end goes, and one sees that it did."""
    return text if len(text) <= most else text[: most - 1] + "…"


def parts(text: str) -> int:
    """How many messages it counts as, and is paid for."""
    return 1 if len(text) <= ONE_PART else -(-len(text) // PART_OF_MANY)


@cache
def registered() -> dict[str, SmsTemplate]:
    """What the file holds, by template."""
    given = json.loads(DATA.read_text("utf-8"))
    shared = given["variables"]
    approvals = tuple(Approval(**approval) for approval in given["approvals"])
    return {
        entry["template"]: SmsTemplate(
            template=entry["template"],
            code=entry["code"],
            sign=entry.get("sign", given["sign"]),
            text=entry["text"],
            variables={
                name: Variable(found["from"], found["most"], found["default"])
                for name, found in {**shared, **entry.get("variables", {})}.items()
            },
            approvals=approvals,
        )
        for entry in given["templates"]
    }


def has_sms(template: str) -> bool:
    """Whether what this template says may go out as a text message. No SQL."""
    found = registered().get(template)
    return found is not None and found.is_approved


def edited(found: SmsTemplate, *, text: str, code: str, sign: str) -> SmsTemplate:
    return replace(found, text=text, code=code, sign=sign)
