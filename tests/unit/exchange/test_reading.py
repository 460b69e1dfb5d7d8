"""Files as they lie about: titles, ends, quotes, archives and what is no table."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from registers.exchange.read import archives, read_files
from registers.exchange.read.encodings import encoding_of
from registers.exchange.read.tables import SourceTable


def table_of(path: Path, text: str | bytes) -> SourceTable:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reading = read_files([path])
    assert not reading.problems
    (table,) = reading.tables
    return table


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("UPN,Name\n1,A\n", ["UPN", "Name"], [(2, ["1", "A"])]),
        ("sep=;\nUPN;Name\n1;A\n", ["UPN", "Name"], [(3, ["1", "A"])]),
        ("Our school\n\nUPN\tName\n1\tA, B\n", ["UPN", "Name"], [(4, ["1", "A, B"])]),
        ("UPN|Name\n1|A\n\n2|B\n", ["UPN", "Name"], [(2, ["1", "A"]), (4, ["2", "B"])]),
        ('UPN,Name\n1,"A\nB"\n2,C\n', ["UPN", "Name"], [(2, ["1", "A\nB"]), (4, ["2", "C"])]),
        ("UPN,Name,\n1,A,\n", ["UPN", "Name"], [(2, ["1", "A"])]),
        ("UPN,Name\n1\n2,B\n", ["UPN", "Name"], [(2, ["1", ""]), (3, ["2", "B"])]),
        ("UPN,Name\n1,A,left over\n", ["UPN", "Name"], [(2, ["1", "A", "left over"])]),
        ("UPN,Name\n1,A\n2", ["UPN", "Name"], [(2, ["1", "A"]), (3, ["2"])]),  # cut off
        (
            "UPN,Name,DOB,Reg\n1,A,,9A\nUPN,Name,DOB,Reg\n2,B,,9A\nPage 1 of 1\n",
            ["UPN", "Name", "DOB", "Reg"],
            [(2, ["1", "A", "", "9A"]), (4, ["2", "B", "", "9A"])],
        ),
        ("Field;1 May\nUPN;Reg;DOB\n1;9A;\n", ["UPN", "Reg", "DOB"], [(3, ["1", "9A", ""])]),
    ],
)
def test_headings_and_rows_are_found(tmp_path, text, columns, rows):
    table = table_of(tmp_path / "t.csv", text)
    assert table.columns == columns
    assert list(table.rows()) == rows
    assert list(table.rows()) == rows  # and again


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"]
)
@pytest.mark.parametrize("name", ["Zoë Müller", "Ó Súilleabháin", "François Núñez", "Siân O’Neil"])
def test_a_name_with_an_accent_is_read_in_any_encoding(tmp_path, encoding, name):
    table = table_of(tmp_path / "t.csv", f"UPN,Name\n1,{name}\n2,Ana\n".encode(encoding))
    assert [cells[1] for _, cells in table.rows()] == [name, "Ana"]


def test_a_guessed_encoding_is_told_with_a_name_to_look_at(tmp_path):
    table = table_of(tmp_path / "t.csv", "UPN,Name\n1,Zoë\n".encode("cp1252"))
    assert table.notes == [
        "Not UTF-8: read as Windows-1252. Look at a name with an accent, such as “Zoë”."
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"UPN,Name\n1,\x00\x01\x02", "bytes that no text has"),
        (b'UPN,Name\n1,"A\n' + b"2,B\n" * 30, "quotation mark"),
        (b"PK\x03\x04 broken", "cannot be opened"),
    ],
)
def test_what_cannot_be_read_is_one_problem_that_names_its_file(tmp_path, content, words):
    (tmp_path / "t.csv").write_bytes(content)
    (tmp_path / "good.csv").write_text("UPN,Name\n1,A\n")
    reading = read_files([tmp_path])
    (problem,) = reading.problems
    assert str(problem).startswith("t.csv")
    assert words in str(problem)
    assert [table.source for table in reading.tables] == ["good.csv"]


def test_every_sheet_that_is_shown_is_a_table(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Year 7"
    book.active.append(["UPN", "Name"])
    book.active.append([1, True])
    hidden = book.create_sheet("Lists")
    hidden.sheet_state = "hidden"
    hidden.append(["UPN"])
    book.create_sheet("Empty")
    notes = book.create_sheet("Notes")
    notes.append(["Rollbook template for pupils"])
    bare = book.create_sheet("Year 8")
    bare.append(["UPN", "Name"])
    book.save(tmp_path / "p.xlsx")
    reading = read_files([tmp_path / "p.xlsx"])
    assert [(table.source, list(table.rows())) for table in reading.tables] == [
        ("p.xlsx, sheet Year 7", [(2, ["1", "TRUE"])])
    ]
    assert reading.notes == ["p.xlsx, sheet Year 8 has headings and no rows."]


# --- archives


def packed(path: Path, **members: bytes | str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_a_zip_within_a_zip_and_a_folder_are_opened(tmp_path):
    inner = packed(tmp_path / "inner.zip", **{"b.csv": "UPN,Name\n2,B\n"})
    outer = {"a.csv": "UPN,Name\n1,A\n", "years__inner.zip": inner.read_bytes()}
    packed(tmp_path / "outer.zip", **outer)
    inner.unlink()
    reading = read_files([tmp_path])
    assert not reading.problems
    assert [table.source for table in reading.tables] == ["a.csv", "b.csv in years/inner.zip"]


def test_two_files_of_one_name_are_told_apart(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.csv").write_text("UPN,Name\n1,A\n")
    reading = read_files([tmp_path / "a", tmp_path / "b"])
    assert [table.source for table in reading.tables] == ["p.csv (1)", "p.csv (2)"]


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "SMALL", 1 << 16)
    packed(tmp_path / "bomb.zip", **{"a.csv": b"0" * (1 << 24)})
    reading = read_files([tmp_path / "bomb.zip"])
    assert not reading.tables
    assert ["bomb.zip: grows too large" in str(one) for one in reading.problems] == [True]


def test_an_archive_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    packed(tmp_path / "many.zip", **{f"{n}.csv": "UPN,Name\n1,A\n" for n in range(5)})
    assert "more than 3 files" in str(read_files([tmp_path / "many.zip"]).problems[0])


def test_a_member_that_points_out_of_its_archive_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr("../out.csv", "UPN,Name\n1,A\n")
    assert "points out of it" in str(read_files([tmp_path / "out.zip"]).problems[0])
    assert not (tmp_path.parent / "out.csv").exists()


def test_a_file_of_text_that_ends_whole_says_so(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,2\n")
    assert encoding_of(tmp_path / "t.csv", "t.csv").ends_whole
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,2")
    assert not encoding_of(tmp_path / "t.csv", "t.csv").ends_whole
