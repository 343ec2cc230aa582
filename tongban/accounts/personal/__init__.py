"""Personal data at rest and on the page: sealed, found by a keyed index, masked.

A page shows `mask_*`; the value itself is shown only by `accounts.looks.look`, which records it.
"""

from .fields import BlindIndexField, EncryptedTextField
from .index import blind_index
from .masks import mask_card, mask_id_number, mask_name, mask_phone
from .sealing import UnreadablePersonalData, is_sealed, seal, unseal

__all__ = [
    "BlindIndexField",
    "EncryptedTextField",
    "UnreadablePersonalData",
    "blind_index",
    "is_sealed",
    "mask_card",
    "mask_id_number",
    "mask_name",
    "mask_phone",
    "seal",
    "unseal",
]
