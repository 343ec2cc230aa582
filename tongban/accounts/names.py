"""Which account a person means by what they typed: username, phone or ID number."""

from django.conf import settings
from django.db.models import Q, QuerySet

from .identity import compact
from .models import User
from .personal import blind_index


def account_named(typed: str) -> User | None:
    """The one open account of that name. One SQL statement; personal data stays unread.

    A phone or ID number means the citizen's account before the one for work; a phone that several
    people share names nobody.
    """
    found = list(open_accounts().filter(_named(compact(typed)))[:10])
    chosen = [u for u in found if u.kind == User.Kind.CITIZEN] if len(found) > 1 else found
    return chosen[0] if len(chosen) == 1 else None


def _named(name: str) -> Q:
    # A username begins with a letter, the others never do.
    if name[:1].isalpha():
        return Q(username=name.lower())
    return Q(phone_index=blind_index(name, "phone")) | Q(
        id_number_index=blind_index(name, "id_number")
    )


def open_accounts() -> QuerySet[User]:
    """Accounts that may be used: active, and invented people only in a demonstration."""
    accounts = User.objects.filter(is_active=True).defer("id_number", "phone")
    return accounts if settings.DEMONSTRATION else accounts.filter(is_demonstration=False)
