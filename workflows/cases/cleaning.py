"""What a stranger sent, made harmless. A program of its own: it reads a file and writes a new one.

    python -I cleaning.py < what_was_sent > what_is_kept

Nothing but the picture or the pages goes over. Exit 0: the type is on standard error. Exit REFUSED:
the reason, one of `REASONS`. Anything else (a crash, no memory or time left): it cannot be opened.
Decoders of pictures and PDFs have been broken before, so it runs apart, with little memory and time,
and without this site's keys; it imports neither Django nor the site.
"""

import contextlib
import io
import resource
import sys
import warnings
from collections.abc import Iterator
from typing import Any

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
REASONS = ("type", "heic", "pixels", "locked", "pages", "broken")
REFUSED = 3
MOST_PIXELS = 40_000_000  # an A4 page at 600 dpi has 35 million
LONGEST_SIDE = 5_000
MOST_SCANS = 100  # of a progressive JPEG; real ones have about ten
MOST_PAGES = 300
MOST_OBJECTS = 200_000
MOST_MEMORY = 1 << 30
MOST_SECONDS = 20

# What a PDF may do besides being read: run, open, send, fetch, carry files.
ACTIVE_KEYS = {
    *("/OpenAction", "/AA", "/JavaScript", "/JS", "/EmbeddedFiles", "/EF", "/AF", "/Collection"),
    *("/XFA", "/Movie", "/RichMediaContent", "/RichMediaSettings", "/Renditions"),
}
ACTIONS = {
    *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI"),
    *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute"),
}
ACTIVE_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
# What tells of the person or the program, and not of the paper.
TELLTALE_KEYS = {"/Metadata", "/PieceInfo"}


class Refused(Exception):
    """The file is not kept; the reason is one of `REASONS`."""


def main() -> int:
    """Standard input to standard output."""
    _be_modest()
    try:
        content_type, content = cleaned(sys.stdin.buffer.read())
    except Refused as refused:
        sys.stderr.write(str(refused))
        return REFUSED
    sys.stdout.buffer.write(content)
    sys.stderr.write(content_type)
    return 0


def cleaned(sent: bytes) -> tuple[str, bytes]:
    """(content type, new content) of a picture or PDF, by what it is and not by its name."""
    import filetype

    kind = filetype.guess(sent[:8192])
    mime = kind.mime if kind else ""
    if mime in (JPEG, PNG):
        return mime, picture(sent, mime)
    if mime == PDF:
        return mime, document(sent)
    raise Refused("heic" if mime in ("image/heic", "image/avif") else "type")


def picture(sent: bytes, mime: str) -> bytes:
    """Drawn anew, upright and on white: no EXIF, no place or time, nothing behind the last pixel."""
    from PIL import Image, ImageOps

    # A bomb is small as a file and huge as a picture; the size stands in its first bytes.
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    if mime == JPEG and sent.count(b"\xff\xda") > MOST_SCANS:
        raise Refused("broken")
    try:
        image = Image.open(io.BytesIO(sent), formats=[mime.removeprefix("image/").upper()])
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Refused("pixels") from bomb
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("broken") from error
    # A damaged note on which side is up is no damage to the picture.
    with contextlib.suppress(
        OSError, SyntaxError, ValueError, TypeError, KeyError, ZeroDivisionError
    ):
        ImageOps.exif_transpose(image, in_place=True)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn, written = _on_white(image), io.BytesIO()
    if mime == JPEG:
        drawn.save(written, "JPEG", quality=88, optimize=True)
    else:
        drawn.save(written, "PNG")
    return written.getvalue()


def _on_white(image: Any) -> Any:
    """The pixels alone, on a sheet of their own: what an image carries besides stays behind."""
    from PIL import Image

    if image.mode in ("1", "L", "I", "I;16", "F"):
        grey = Image.new("L", image.size)
        grey.paste(image.convert("L"))
        return grey
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        sheet = Image.new("RGB", image.size, "white")
        see_through = image.convert("RGBA")
        sheet.paste(see_through, mask=see_through.getchannel("A"))
        return sheet
    sheet = Image.new("RGB", image.size)
    sheet.paste(image.convert("RGB"))
    return sheet


def document(sent: bytes) -> bytes:
    """The same pages in a new file without anything that acts; an electronic seal does not survive."""
    import pikepdf

    try:
        pdf = pikepdf.open(io.BytesIO(sent))
    except pikepdf.PasswordError as error:
        raise Refused("locked") from error
    except pikepdf.PdfError as error:
        raise Refused("broken") from error
    with pdf:
        if pdf.is_encrypted:
            raise Refused("locked")
        if len(pdf.pages) > MOST_PAGES or len(pdf.objects) > MOST_OBJECTS:
            raise Refused("pages")
        if not pdf.pages:
            raise Refused("broken")
        _quieten(pdf)
        written = io.BytesIO()
        # Streams go over as they lie: unpacking them here is what a bomb waits for.
        pdf.save(
            written,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            deterministic_id=True,
        )
    return written.getvalue()


def _quieten(pdf: Any) -> None:
    for each in pdf.pages:
        if "/Annots" in each.obj:
            kept = [a for a in each.obj.Annots if a.get("/Subtype") not in ACTIVE_ANNOTATIONS]
            each.obj.Annots = kept
    for whole in pdf.objects:
        for part in _dictionaries(whole):
            if part.get("/S") in ACTIONS:
                _drop(part, set(part.keys()))
            _drop(part, ACTIVE_KEYS | TELLTALE_KEYS)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]


def _drop(part: Any, keys: set[str]) -> None:
    for key in keys & set(part.keys()):
        # A stream keeps how long it is and how it is packed.
        if key not in ("/Length", "/Filter", "/DecodeParms"):
            del part[key]


def _dictionaries(whole: Any) -> Iterator[Any]:
    """A numbered object's dictionary and those inside it; the ones it points to come by themselves."""
    import pikepdf

    left = [whole]
    while left:
        part = left.pop()
        if isinstance(part, pikepdf.Array):
            inside: list[Any] = list(part)
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            inside = [part[key] for key in part.keys()]  # noqa: SIM118  (no mapping: iterating gives pairs)
        else:
            continue
        left += [i for i in inside if isinstance(i, pikepdf.Object) and not i.is_indirect]


def _be_modest() -> None:
    """Little memory and time, and no file of its own."""
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # Not every system knows every limit (macOS has none of addresses).
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (least, hard))


if __name__ == "__main__":
    sys.exit(main())
