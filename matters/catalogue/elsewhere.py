"""别处办理: a step whose decision is made in a system of a ministry, and only told here.

The clerk gets a sheet to copy into that system, and feeds number, time and result back (回填).
"""

from typing import TYPE_CHECKING

from matters.catalogue.part import Code, Part, Text

if TYPE_CHECKING:
    from matters.catalogue.definition import Definition


class Elsewhere(Part):
    """`system`: what the other system is called; one number of it belongs to one case.

    number: what its number is called there. sheet: codes of the fields that it asks for; none: all.
    """

    system: Text
    number: Text = "业务流水号"
    sheet: tuple[Code, ...] = ()


def elsewhere_of(
    definition: "Definition", *, step: str, stage: str, decides: bool
) -> Elsewhere | None:
    """Where a step is really taken: as the step says, else, where it decides, as its stage says."""
    if step in definition.elsewhere:
        return definition.elsewhere[step]
    if not decides:
        return None
    return next((each.elsewhere for each in definition.stages if each.code == stage), None)
