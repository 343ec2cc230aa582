"""docs/adding-a-matter.md says what the code does."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from matters.catalogue import registry
from matters.catalogue.checks import problems_of
from matters.catalogue.definition import Definition, FormField, Material, Stage
from matters.catalogue.facts import COLUMNS, DATA
from matters.catalogue.form_fields import _MAKERS as KINDS

GUIDE = (Path(settings.BASE_DIR) / "docs/adding-a-matter.md").read_text(encoding="utf-8")


def test_its_example_is_right_and_fits_its_flow() -> None:
    example = re.search(r"```yaml\n(.*?)```", GUIDE, re.S)
    assert example is not None
    entry = yaml.safe_load(example[1])["matters"][0]
    definition = Definition.model_validate(entry["definition"])
    assert problems_of(definition, entry["flow"]) == []
    assert str(definition.promise) == "16G"


@pytest.mark.parametrize("model", [Definition, FormField, Material, Stage])
def test_it_explains_every_key(model: type[Definition]) -> None:
    for key in model.model_fields:
        assert f"`{key}`" in GUIDE or f"`{key}:" in GUIDE, key


def test_it_explains_every_column_kind_and_flow() -> None:
    for word in (*COLUMNS, *KINDS, *(shape.code for shape in registry.shapes())):
        assert f"`{word}`" in GUIDE, word


def test_it_names_files_that_exist() -> None:
    for name in re.findall(r"`(?:matters/catalogue/data/)?([a-z-]+\.(?:csv|yaml))`", GUIDE):
        assert any(DATA.rglob(name)), name
