"""What a page shows of a person: enough to recognise oneself, too little to be used."""

STAR = "*"


def mask_name(name: str) -> str:
    """First and last character stay, and so does what parts a long name: 张*明, 阿*·*呷."""
    if len(name) <= 2:
        return name[:1] + STAR if len(name) == 2 else STAR * len(name)
    inner = (c if c in "·•・ " else STAR for c in name[1:-1])
    return name[0] + "".join(inner) + name[-1]


def mask_id_number(number: str) -> str:
    """`5101**********123X`; anything shorter than an ID number is starred whole."""
    return _ends(number, head=4, tail=4, least=15)


def mask_phone(number: str) -> str:
    """`138****5678`; of a shorter number the last two digits stay."""
    return _ends(number, head=3, tail=4, least=11) if len(number) >= 11 else _ends(number, 0, 2, 7)


def mask_card(number: str) -> str:
    """The last four digits of a bank card stay."""
    return _ends("".join(number.split()), head=0, tail=4, least=12)


def _ends(text: str, head: int, tail: int, least: int) -> str:
    if len(text) < least:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[-tail:]
