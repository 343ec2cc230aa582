"""办件编号 in an address: digits only, so that words beside it stay free."""

from django.urls import register_converter


class CaseNumber:
    regex = "[0-9]{10,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


# Here and not in urls.py: a module that fails to load is loaded again, and this may happen once only.
register_converter(CaseNumber, "case_number")
