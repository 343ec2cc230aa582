"""Drafts 草稿: what somebody typed so far, kept sealed, and made into an application when it is whole.

`Draft.parties` holds one object a person (`sealed_party`); `Draft.answers` what the matter's own form
does not ask: `on_behalf`, `window` (office id), `papers` ({code: a key of WAYS}), `filled_by`, `situation` (by code).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from matters.catalogue.answers import typed_again as typed_again  # beside what else drafts need
from matters.catalogue.definition import Definition
from matters.catalogue.models import MatterVersion
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index, seal, unseal
from tongban.offices.models import Office
from tongban.sharing.asking import drop

from .certificates import BY_CERTIFICATE, let_go
from .models import Draft, Party, Upload
from .opening import Application, PartyInput, opened_from
from .registry import flow_class
from .shared_materials import LEFT_TO_SHARED_DATA, SUBJECT
from .uploads import unlink

SEALED = ("id_number", "phone")
# How a paper that is not uploaded comes to the office, and what the office reads beside it.
WAYS = {
    "window": "申请人选择到收件窗口提交",
    "shared": LEFT_TO_SHARED_DATA,
    "certificate": BY_CERTIFICATE,
    "later": "申请人申请容缺，随后补交",
}


def purpose_of(name: str) -> str:
    """What a sealed value of a draft's party is bound to."""
    return f"cases.draft.{name}"


def sealed_party(party: PartyInput) -> dict[str, Any]:
    """A party as JSON, ID number and phone sealed; the account by its id."""
    kept = {field.name: getattr(party, field.name) for field in dataclasses.fields(party)}
    kept |= {name: seal(kept[name], purpose_of(name)) for name in SEALED if kept[name]}
    return kept | {
        "user": party.user.pk if party.user else None,
        "scope": list(party.scope),
        "expires_on": party.expires_on.isoformat() if party.expires_on else None,
    }


def party_of(kept: Mapping[str, Any], users: Mapping[int, User]) -> PartyInput:
    """The party again, in clear. Whoever has an account and typed no number has the account's."""
    names = {field.name for field in dataclasses.fields(PartyInput)}
    values = {name: value for name, value in kept.items() if name in names}
    values |= {name: unseal(kept[name], purpose_of(name)) for name in SEALED if kept.get(name)}
    user = users.get(kept["user"]) if kept.get("user") else None
    if user is not None:
        values |= {name: values.get(name) or getattr(user, name) or "" for name in SEALED}
        values["email"] = values.get("email") or user.email
    expires = kept.get("expires_on")
    return PartyInput(
        **values
        | {
            "user": user,
            "scope": tuple(kept.get("scope", ())),
            "expires_on": dt.date.fromisoformat(expires) if expires else None,
        }
    )


def parties_of(draft: Draft) -> list[PartyInput]:
    """All people of a draft, in clear. One statement."""
    users = User.objects.in_bulk([kept["user"] for kept in draft.parties if kept.get("user")])
    return [party_of(kept, users) for kept in draft.parties]


@contextmanager
def changing(draft: Draft, *, by: User, section: str) -> Iterator[Draft]:
    """The draft as it stands now, locked, saved at the end; who filled in which section is kept.

    Raises Draft.DoesNotExist if it has been handed in or deleted meanwhile.
    """
    with transaction.atomic():
        fresh = Draft.objects.select_for_update().get(pk=draft.pk)
        yield fresh
        filled = fresh.answers.setdefault("filled_by", {})
        filled[section] = {"user": by.pk, "name": by.name, "at": timezone.now().isoformat()}
        fresh.id_number_index = _index_of(fresh)
        fresh.save()


def application_of(
    draft: Draft, *, version: MatterVersion, definition: Definition, **more: Any
) -> Application:
    """What `open_case` takes. People whose ID number and name have an account are linked to it.

    more: other keys of `Application`, for a window. At most three statements.
    """
    window = draft.answers.get("window")
    offices = dict[str, Office]()
    seat = window_seat(version, definition)
    if seat and window:
        offices[seat] = Office.objects.get(pk=window)
    ways = draft.answers.get("papers", {})
    filled = draft.answers.get("filled_by", {})
    return Application(
        draft_key=draft.pk,
        version=version,
        origin_region=draft.origin_region_id or "",
        parties=_linked(parties_of(draft)),
        data=typed_again(definition, draft.data),
        offices=offices,
        paper_notes={code: WAYS[way] for code, way in ways.items() if way in WAYS},
        filled_by={section: kept["name"] for section, kept in filled.items()},
        situation=draft.answers.get("situation", {}),
        **more,
    )


def window_seat(version: MatterVersion, definition: Definition) -> str | None:
    """The seat of the window where papers are handed in, if the matter has one: it sits at the origin."""
    seat = flow_class(version.flow).ORIGIN_SEAT
    rules = {rule.seat: rule for rule in definition.seats}
    return seat if seat in rules and rules[seat].region == "origin" else None


def discard(*, draft: Draft) -> None:
    """Delete a draft and its files; what has become a case stays."""
    files = Upload.objects.filter(draft_key=draft.pk, case=None)
    with transaction.atomic(durable=True):
        keys = list(files.select_for_update().values_list("pk", flat=True))
        Upload.objects.filter(pk__in=keys).delete()
        Draft.objects.filter(pk=draft.pk).delete()
        if opened_from(draft.pk) is None:
            drop(kind=SUBJECT, key=str(draft.pk))
            let_go(draft.pk, None, timezone.now())
    unlink(keys)


def _linked(parties: list[PartyInput]) -> list[PartyInput]:
    """With the account of each person who has one. Nobody is told that there is one."""
    indexes = {blind_index(p.id_number, "id_number"): p for p in parties if not p.user}
    people = User.objects.filter(
        id_number_index__in=[index for index in indexes if index],
        kind=User.Kind.CITIZEN,
        is_active=True,
    )
    accounts = {(user.id_number_index, user.name): user for user in people}
    return [
        dataclasses.replace(
            p, user=p.user or accounts.get((blind_index(p.id_number, "id_number"), p.name))
        )
        for p in parties
    ]


def _index_of(draft: Draft) -> str:
    """The applicant's blind index, by which a window finds the draft."""
    for kept in draft.parties:
        if kept["role"] == Party.Role.APPLICANT:
            if kept.get("id_number"):
                return blind_index(unseal(kept["id_number"], purpose_of("id_number")), "id_number")
            if kept.get("user"):
                indexes = User.objects.filter(pk=kept["user"]).values_list("id_number_index")
                return (indexes[0][0] if indexes else "") or ""
    return ""
