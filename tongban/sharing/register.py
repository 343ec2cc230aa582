"""The register inside the database: the default of a demonstration, with invented people."""

from __future__ import annotations

from tongban.accounts.personal import blind_index

from .connectors import Answer, NotConnected, Question
from .models import RegisterEntry
from .sealed_answers import opened

NAME = "sharing.name"


def name_index(name: str) -> str:
    return blind_index(name, NAME)


class Register:
    def ask(self, question: Question) -> Answer:
        """Raises NotConnected where this register keeps nothing of that kind: silence is no "not found"."""
        entries = RegisterEntry.objects.filter(resource__code=question.resource)
        index = blind_index(question.id_number, "id_number")
        entry = entries.filter(person_index=index).first()
        if entry is None:
            if not entries.exists():
                raise NotConnected("该数据尚未接通")
            return Answer(found=False)
        if entry.name_index != name_index(question.person_name):
            return Answer(found=True, questions=dict.fromkeys(question.questions, False))
        return Answer(
            found=True,
            questions={code: bool(entry.questions.get(code)) for code in question.questions},
            fields={code: opened(entry.fields.get(code, "")) for code in question.fields},
        )
