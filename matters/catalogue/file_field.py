"""A file asked for inside a form. Files are papers: who keeps them is told by the page, not here.

The page puts files away as they come and says by `KeptFile` which ones there are; the field renders
them with a box to send more, and knows whether any is there. Nothing about files stands among the
answers: `papers.papers_asked` lists them with the papers of the matter.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

ACCEPTED = "image/jpeg,image/png,application/pdf"


class KeptFile(NamedTuple):
    """A file that is there: the key that a ticked box sends to remove it, name and address."""

    key: str
    name: str
    href: str


def file_box(code: str) -> str:
    """Name of the box that files are sent in."""
    return f"{code}-file"


def drop_box(code: str) -> str:
    """Name of the boxes whose values are keys of files to remove."""
    return f"{code}-drop"


class FilesWidget(forms.Widget):
    template_name = "django/forms/widgets/files.html"
    needs_multipart_form = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ACCEPTED, **(attrs or {})})
        self.kept: Sequence[KeptFile] = ()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> None:
        """Files are put away before the form is judged: what counts is what is kept."""
        del data, files, name

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        del data, files, name
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"kept": self.kept, "box": file_box(name), "drop": drop_box(name)}
        return context


class FilesField(forms.Field):
    """Cleans to the names of the files that are there."""

    widget: FilesWidget

    def __init__(self) -> None:
        super().__init__(widget=FilesWidget())

    def keep(self, files: Sequence[KeptFile]) -> None:
        self.widget.kept = files

    def clean(self, value: Any) -> list[str]:
        del value
        if self.required and not self.widget.kept:
            raise ValidationError(self.error_messages["required"], code="required")
        return [file.name for file in self.widget.kept]
