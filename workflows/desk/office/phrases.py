"""常用意见: kept by people and offices, and put into the opinions of step forms."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from tongban.accounts.actors import Actor

from ..models import Phrase

LONGEST = 500
# One person's, and one office's: a list to choose from, not an archive.
MOST = 60
# Before the name of the box that a phrase is put into where no script runs.
CHOSEN = "phrase-"


class TooMany(ValueError):
    """There is no room for one more."""


class PhraseForm(forms.Form):
    text = forms.CharField(
        label="内容",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写通用的话，不写某个人的姓名、证件号码等个人信息",
        error_messages={"required": "请写明内容", "max_length": f"最多{LONGEST}个字"},
    )
    place = forms.ChoiceField(
        label="给谁用", widget=forms.RadioSelect, error_messages={"required": "请选择给谁用"}
    )

    def __init__(self, *args: object, offices: Sequence[tuple[str, str]], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        place = self.fields["place"]
        if isinstance(place, forms.ChoiceField):
            place.choices = [("mine", "我自己"), *offices]
        place.initial = "mine"

    def clean_text(self) -> str:
        return " ".join(str(self.cleaned_data["text"]).split())


def phrases_for(actor: Actor) -> list[Phrase]:
    """Mine, then those of my offices. One statement."""
    mine = Q(owner=actor.user_id) | Q(office__in=sorted(actor.desks))
    return list(Phrase.objects.filter(mine).select_related("office").order_by("owner", "id"))


def keep(*, text: str, office_id: int | None, actor: Actor) -> Phrase:
    """Keep a phrase of my own, or of an office that I head. What is kept already stays.

    Raises TooMany, and LookupError for an office that somebody else heads.
    """
    if office_id is not None and office_id not in actor.heads:
        raise LookupError(f"office {office_id}")
    whose = {"office_id": office_id} if office_id else {"owner_id": actor.user_id}
    with transaction.atomic():
        if Phrase.objects.filter(**whose).count() >= MOST:
            raise TooMany
        made = Phrase(text=text, kept_by_id=actor.user_id or 0, kept_at=timezone.now(), **whose)
        Phrase.objects.bulk_create([made], ignore_conflicts=True)
        return Phrase.objects.get(text=text, **whose)


def drop(key: int, *, actor: Actor) -> bool:
    """Whether there was such a phrase of mine, or of an office that I head."""
    own = Q(owner=actor.user_id) | Q(office__in=sorted(actor.heads))
    return bool(Phrase.objects.filter(own, pk=key).delete()[0])


def boxes_of(form: forms.BaseForm) -> list[forms.BoundField]:
    """The boxes of a form that opinions are written into."""
    return [box for box in form if isinstance(box.field.widget, forms.Textarea)]


def with_phrases(posted: QueryDict, actor: Actor) -> QueryDict:
    """What was sent, with the chosen phrases after what was typed. One statement where any was chosen."""
    sent = {name: str(posted[name]) for name in posted if name.startswith(CHOSEN)}
    chosen = {
        name.removeprefix(CHOSEN): int(key)
        for name, key in sent.items()
        if key.isascii() and key.isdecimal() and len(key) < 18
    }
    if not chosen:
        return posted
    texts = {phrase.pk: phrase.text for phrase in phrases_for(actor)}
    filled = posted.copy()
    for name, key in chosen.items():
        if key in texts:
            filled[name] = "\n".join(filter(None, [posted.get(name, "").strip(), texts[key]]))
        del filled[f"{CHOSEN}{name}"]
    return filled
