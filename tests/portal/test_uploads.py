"""What people hand in is judged by what it is, made anew, counted, and kept apart."""

from __future__ import annotations

import io
import os
import stat
import uuid
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from tests.portal.applying import Applying, photo, sent, shown
from workflows.cases import cleaning
from workflows.cases import uploads as store
from workflows.cases.models import Draft, Upload
from workflows.cases.uploads import MOST_BYTES, Unfit, keep, paper_from, path_of, shown_name

PAGE = "papers/disability_card/"


def pdf(**more: object) -> bytes:
    """A page that does whatever a PDF can do besides being read."""
    made, written = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    runs = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('evil')")
    made.Root.OpenAction = runs
    made.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=["x", made.make_indirect(runs)])
    )
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://evil.example/")
    made.pages[0].obj.Annots = [
        pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=link),
        pikepdf.Dictionary(Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9]),
    ]
    opens = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    made.pages[0].obj.AA = pikepdf.Dictionary(O=opens)
    made.attachments["evil.exe"] = b"MZ evil"
    made.docinfo["/Author"] = "secret"
    made.save(written, compress_streams=False, **more)  # type: ignore[arg-type]
    return written.getvalue()


def png(mode: str = "RGB", size: tuple[int, int] = (9, 9), **more: object) -> bytes:
    drawn = io.BytesIO()
    Image.new(mode, size).save(drawn, "PNG", **more)
    return drawn.getvalue()


def paper(content: bytes, name: str = "件.jpg") -> store.Paper:
    return paper_from(SimpleUploadedFile(name, content))


def test_a_photo_is_drawn_anew_without_place_time_or_words() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret place"
    kept = paper(photo(exif=exif, comment=b"secret words", size=(40, 30)))
    assert kept.content_type == "image/jpeg"
    assert b"secret" not in kept.content
    drawn = Image.open(io.BytesIO(kept.content))
    assert drawn.size == (30, 40), "it stands upright"
    assert not drawn.getexif()


def test_a_png_loses_its_texts_and_lies_on_white() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "secret")
    kept = paper(png("RGBA", pnginfo=words))
    assert (kept.content_type, b"secret" in kept.content) == ("image/png", False)
    assert Image.open(io.BytesIO(kept.content)).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_mode_can_be_kept(mode: str) -> None:
    assert paper(png(mode)).content_type == "image/png"


def test_a_photo_for_print_can_be_kept() -> None:
    drawn = io.BytesIO()
    Image.new("CMYK", (9, 9)).save(drawn, "JPEG")
    assert Image.open(io.BytesIO(paper(drawn.getvalue()).content)).mode == "RGB"


def test_a_huge_photo_is_made_smaller() -> None:
    kept = paper(photo(size=(6000, 3000)))
    assert Image.open(io.BytesIO(kept.content)).size == (cleaning.LONGEST_SIDE, 2500)


def test_a_pdf_keeps_its_pages_and_nothing_that_acts() -> None:
    kept = paper(pdf(), "证明.pdf")
    assert kept.content_type == "application/pdf"
    for word in (b"evil", b"JavaScript", b"OpenAction", b"Launch", b"EmbeddedFile", b"secret"):
        assert word not in kept.content, word
    assert b"FileAttachment" not in kept.content
    assert len(pikepdf.open(io.BytesIO(kept.content)).pages) == 1


def test_what_hides_behind_a_picture_or_before_a_pdf_stays_behind() -> None:
    assert b"PK\x03\x04" not in paper(photo() + b"PK\x03\x04<script>").content
    assert b"<script>" not in paper(pdf() + b"<script>alert(1)</script>").content
    with pytest.raises(Unfit):
        paper(b"<script>alert(1)</script>" + pdf())


LOCKED = pikepdf.Encryption(owner="owner", user="user")
OPEN_BUT_ENCRYPTED = pikepdf.Encryption(owner="owner", user="")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"<html><script>alert(1)</script></html>", "只能上传 JPG、PNG 图片或 PDF 文件"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "只能上传"),
        (b"MZ\x90\x00", "只能上传"),
        (b"PK\x03\x04" + b"\x00" * 50, "只能上传"),
        (b"GIF89a" + b"\x00" * 50, "只能上传"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\xff\xd8\xff\xe0" + b"x" * 500, "文件已损坏"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 500, "文件已损坏"),
        (b"%PDF-1.7\nnothing", "文件已损坏"),
        (photo(size=(400, 300))[:600], "文件已损坏"),
        (pdf(encryption=LOCKED), "设有密码或加密"),
        (pdf(encryption=OPEN_BUT_ENCRYPTED), "设有密码或加密"),
    ],
)
def test_what_is_none_of_the_three_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Unfit, match=said):
        paper(content)


def test_a_bomb_is_refused_before_it_opens() -> None:
    bomb = png("1", (30_000, 30_000))
    assert len(bomb) < 1_000_000
    with pytest.raises(Unfit, match="图片尺寸过大"):
        paper(bomb)


def test_a_photo_of_endless_scans_is_refused() -> None:
    with pytest.raises(Unfit, match="文件已损坏"):
        paper(photo()[:-2] + b"\xff\xda\x00\x08" * 200 + b"\xff\xd9")


def test_what_breaks_the_decoder_breaks_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Out of memory, killed, or stuck: one sentence."""
    for body in ("x = b'1' * (1 << 33)", "import os; os.abort()", "while True: pass"):
        program = tmp_path / "broken.py"
        program.write_text(
            f"import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 30,) * 2)\n{body}\n"
        )
        monkeypatch.setattr(store, "PROGRAM", program)
        monkeypatch.setattr(store, "MOST_SECONDS", 1)
        with pytest.raises(Unfit, match="文件已损坏"):
            paper(photo())


def test_the_program_that_opens_files_gets_no_key_of_the_site(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "very-secret")
    told = tmp_path / "told"
    program = tmp_path / "spy.py"
    program.write_text(f"import os\nopen({str(told)!r}, 'w').write(repr(dict(os.environ)))")
    monkeypatch.setattr(store, "PROGRAM", program)
    with pytest.raises(Unfit):
        paper(photo())
    assert "SECRET" not in told.read_text()
    assert "DATABASE" not in told.read_text()


@pytest.mark.parametrize("spoilt", range(5))
def test_damaged_files_never_get_further_than_a_sentence(spoilt: int) -> None:
    for whole in (photo(size=(60, 60)), png(size=(60, 60)), pdf()):
        content = bytearray(whole)
        for place in range(spoilt + 20, len(content), 37 + spoilt):
            content[place] ^= 0x5A
        try:
            kept = paper(bytes(content))
        except Unfit:
            continue
        assert kept.content_type in store.ENDINGS


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("身份证 正面.JPG", "身份证 正面.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\lin\\照片.png", "照片.jpg"),
        ("证明\u202egpj.exe", "证明gpj.jpg"),
        ("\x00\r\n", "文件.jpg"),
        ("...", "文件.jpg"),
        ("<script>.html", "<script>.jpg"),
        ("长" * 300 + ".jpeg", "长" * 80 + ".jpg"),
    ],
)
def test_a_name_is_for_reading_only(name: str, kept: str) -> None:
    assert shown_name(name, "image/jpeg") == kept


def test_a_file_lies_apart_under_a_random_name_for_the_site_alone(
    applying: Applying, uploads: Path
) -> None:
    applying.post(PAGE, sent=sent(name="残疾人证.html"))
    upload = Upload.objects.get()
    path = path_of(upload.pk)
    assert path == uploads / upload.pk.hex[:2] / str(upload.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (upload.name, upload.content_type) == ("残疾人证.jpg", "image/jpeg")
    assert upload.size == path.stat().st_size
    assert not list(uploads.rglob("*.part"))


def test_several_pages_at_once_or_none_of_them(applying: Applying) -> None:
    page = shown(applying.post(PAGE, sent=[sent(), sent(b"<html>", "坏的.jpg")]))
    assert "坏的.jpg：只能上传 JPG、PNG 图片或 PDF 文件" in page
    assert not Upload.objects.exists()
    answer = applying.post(PAGE, sent=[sent(), sent(photo("red"), "背面.jpg")])
    assert answer["Location"] == f"/apply/{applying.key}/{PAGE}"
    assert Upload.objects.count() == 2


def test_the_same_page_twice_is_one(applying: Applying, uploads: Path) -> None:
    applying.post(PAGE, sent=sent())
    applying.post(PAGE, sent=sent(name="又一次.jpg"))
    assert Upload.objects.count() == 1
    assert len([p for p in uploads.rglob("*") if p.is_file()]) == 1


def test_too_large_is_noticed_while_it_arrives(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(store, "_cleaned", opened.append)
    large = SimpleUploadedFile("大.jpg", photo() + os.urandom(MOST_BYTES), "image/jpeg")
    page = shown(applying.post(PAGE, sent=large))
    assert "大.jpg：文件超过 10 MB，请缩小后再传" in page
    assert "请选择文件" not in page
    assert not opened
    assert not Upload.objects.exists()


def test_a_file_of_exactly_the_limit_is_looked_at(applying: Applying) -> None:
    exact = photo() + b"\x00" * (MOST_BYTES - len(photo()))
    assert applying.post(PAGE, sent=sent(exact)).status_code == 302


def test_a_draft_has_an_end_of_files(
    applying: Applying, monkeypatch: pytest.MonkeyPatch, uploads: Path
) -> None:
    monkeypatch.setattr(store, "MOST_FILES", 1)
    applying.post("papers/identity/", sent=sent())
    page = shown(applying.post(PAGE, sent=sent(photo("red"))))
    assert "一份申请最多 1 个文件，请先删除不需要的" in page
    assert Upload.objects.count() == 1
    assert len([p for p in uploads.rglob("*") if p.is_file()]) == 1


def test_so_many_files_at_once_are_not_even_opened(applying: Applying) -> None:
    page = shown(applying.post(PAGE, sent=[sent(name=f"{n}.jpg") for n in range(7)]))
    assert "一次最多选 6 个文件，请分几次上传" in page


def test_no_file_at_all_is_an_error_of_the_field(applying: Applying) -> None:
    assert "请选择文件，或在下面选择其他方式" in shown(applying.post(PAGE))
    assert "请选择文件" in shown(applying.post(PAGE, sent="a text where a file belongs"))


def test_a_paper_that_is_not_asked_for_is_not_found(applying: Applying) -> None:
    for page in ("papers/other/", "papers/other/way/"):
        assert applying.post(page, sent=sent()).status_code == 404


def test_a_file_can_be_taken_back(applying: Applying) -> None:
    applying.post(PAGE, sent=sent())
    upload = Upload.objects.get()
    assert applying.post(f"papers/identity/{upload.pk}/remove/").status_code == 404
    applying.post(f"{PAGE}{upload.pk}/remove/")
    assert not Upload.objects.exists()
    assert not path_of(upload.pk).exists()


def test_a_way_besides_uploading(applying: Applying) -> None:
    applying.post(f"{PAGE}way/", way="window")
    assert applying.draft.answers["papers"] == {"disability_card": "window"}
    assert "到窗口交" in shown(applying.get("papers/"))
    applying.post(f"{PAGE}way/", way="")
    assert applying.draft.answers["papers"] == {}
    applying.post(f"{PAGE}way/", way="later")
    assert applying.draft.answers["papers"] == {}, "this paper may not follow later"


def test_an_upload_goes_before_a_way(applying: Applying) -> None:
    applying.post(f"{PAGE}way/", way="window")
    applying.post(PAGE, sent=sent())
    assert applying.draft.answers["papers"] == {}
    assert "已上传 1 个文件" in shown(applying.get("papers/"))


def test_a_file_for_a_draft_that_is_gone_is_not_kept(applying: Applying, uploads: Path) -> None:
    papers = [paper(photo())]
    applying.draft.delete()
    with pytest.raises(Draft.DoesNotExist):
        keep(papers, owner_id=1, material_code="identity", draft_key=uuid.uuid4())
    assert not [p for p in uploads.rglob("*") if p.is_file()]
