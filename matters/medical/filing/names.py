"""What places and validity are called in the sentences people read."""

from __future__ import annotations

from matters.medical.models import Filing
from tongban.offices.models import Region
from tongban.templatetags.formats import zh_date


def place_name(place: str) -> str:
    """'达州市' for 511700; the code itself where nobody loaded it. One statement."""
    return Region.objects.filter(pk=place).values_list("name", flat=True).first() or place


def validity_words(filing: Filing) -> str:
    """'自2026年11月21日起长期有效' or '2026年11月21日至2027年5月21日有效'; one deemed is of its visit only."""
    if filing.kind == Filing.Kind.EMERGENCY:
        return f"自{zh_date(filing.valid_from)}起，只对这一次就医有效"
    if filing.valid_to is None:
        return f"自{zh_date(filing.valid_from)}起长期有效"
    return f"{zh_date(filing.valid_from)}至{zh_date(filing.valid_to)}有效"


def filing_words(filing: Filing) -> str:
    """'异地长期居住，备案地达州市，自…起长期有效'. Reads the destination."""
    where = f"备案地{filing.destination.name}"
    return f"{filing.get_kind_display()}，{where}，{validity_words(filing)}"
