"""Which files may belong to an action: by what is in them, not by what they are called."""

import io
import zipfile

import pytest

from interventions.rules.evidence_files import (
    LONGEST_NAME,
    MOST_BYTES,
    clean_name,
    looked_at,
)

PDF = b"%PDF-1.7\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return file.getvalue()


WORD = zipped("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("Plan.pdf", PDF, "Plan.pdf"),
        ("photo.JPEG", JPEG, "photo.JPEG"),
        ("photo.png", PNG, "photo.png"),
        ("Notes.docx", WORD, "Notes.docx"),
        ("Notes.txt", "Zażółć gęślą\n".encode(), "Notes.txt"),
        ("photo.png", JPEG, "photo.png.jpg"),
        ("no ending", PDF, "no ending.pdf"),
        (r"C:\Users\me\Plan.pdf", PDF, "Plan.pdf"),
        ("../../etc/passwd", b"root", "passwd.txt"),
    ],
)
def test_what_may_be_kept_and_under_which_name(name, content, kept):
    assert looked_at(name, content).name == kept


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02",
        zipped("evil.exe"),
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        b"PK\x03\x04 broken",
        b"GIF89a\x00",
        b"\xff\xfe\x00",
    ],
)
def test_anything_else_is_refused_whatever_it_is_called(content):
    with pytest.raises(ValueError, match="is not a PDF"):
        looked_at("Plan.pdf", content)


def test_nothing_and_too_much_are_refused():
    with pytest.raises(ValueError, match="is empty"):
        looked_at("Plan.pdf", b"")
    with pytest.raises(ValueError, match="larger than 10 MB"):
        looked_at("Plan.pdf", PDF + b"0" * MOST_BYTES)


def test_a_name_keeps_no_line_ends_or_hidden_turns_and_never_grows_too_long():
    assert clean_name("a\r\nb\u202egnp.exe") == "abgnp.exe"
    assert len(clean_name("ü" * 400 + ".pdf")) == LONGEST_NAME
    assert clean_name("  . ") == "Document"
