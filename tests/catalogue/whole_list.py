"""The list of matters as the project brings it along, in a database that has nothing else."""

from matters.catalogue.loading import Loaded, load_catalogue
from matters.catalogue.pinned import forget_definitions
from matters.catalogue.plan import make_plan
from tongban.offices.models import Department


def create_departments() -> None:
    """Those that the list names."""
    forget_definitions()
    names = sorted({matter.fact.department for matter in make_plan().matters})
    Department.objects.bulk_create(
        Department(code=f"department{i}", name=name) for i, name in enumerate(names)
    )


def load_whole_list() -> Loaded:
    create_departments()
    return load_catalogue()
