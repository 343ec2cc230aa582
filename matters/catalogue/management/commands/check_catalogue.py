"""Check every published version in the database against the flows as they are now."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from matters.catalogue.consistency import problems_of
from matters.catalogue.deep import in_chinese
from matters.catalogue.definition import Definition
from matters.catalogue.models import MatterVersion


class Command(BaseCommand):
    help = "Name every published version that does not hold together or does not fit its flow."

    def handle(self, *_args: Any, **_options: Any) -> None:
        versions = MatterVersion.objects.published().select_related("matter")
        problems = [problem for version in versions for problem in _problems_of(version)]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(versions)} 个已发布版本均无问题。")


def _problems_of(version: MatterVersion) -> Iterator[str]:
    try:
        found = problems_of(Definition.model_validate(version.definition), version.flow)
    except ValidationError as error:
        found = [in_chinese(error)]
    for text in found:
        yield f"{version.matter.name} 第 {version.number} 版：{text}"
