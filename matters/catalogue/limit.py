"""How long something may take: an amount and a unit that never mix."""

import re
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_serializer, model_validator

Unit = Literal["G", "Z", "H", "M"]


class Limit(BaseModel):
    """A time limit: "3G" (working days 工作日), "60Z" (natural days 自然日), "4H" (hours) or "10M" (minutes).

    The letters G and Z are those of the provinces' own exchange tables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    UNITS: ClassVar[dict[str, str]] = {"G": "个工作日", "Z": "个自然日", "H": "小时", "M": "分钟"}

    amount: int = Field(ge=1, le=3650)
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "3G"; raises ValueError for anything else."""
        return cls.model_validate(text)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = re.fullmatch(r"([1-9][0-9]{0,3})([GZHM])", value)
        if match is None:
            raise ValueError(f"{value!r} is no limit: write 3G, 60Z, 4H or 10M")
        return {"amount": int(match[1]), "unit": match[2]}

    @model_serializer
    def _as_text(self) -> str:
        return f"{self.amount}{self.unit}"

    def __str__(self) -> str:
        return self._as_text()

    @property
    def text(self) -> str:
        """As people read it: 3个工作日."""
        return f"{self.amount}{self.UNITS[self.unit]}"
