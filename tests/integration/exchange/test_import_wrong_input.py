"""Every wrong input: a clear sentence with file, line and column, and nothing written."""

import os
import random
import resource
from time import monotonic

import pytest

from registers import models
from registers.exchange.importing import ImportRefused, import_school
from registers.exchange.problems.warnings import WarningKind
from tests.factories import make_upn
from tests.factories.school_files import (
    AMIRA,
    BEN,
    CHIDI,
    DAYS,
    TODAY,
    SchoolFiles,
    kinds_of_warnings,
    told,
)

pytestmark = pytest.mark.django_db
STRANGER = make_upn(99)
WRONG_LETTER = ("A" if AMIRA[0] != "A" else "B") + AMIRA[1:]


@pytest.fixture
def files(tmp_path, settings) -> SchoolFiles:
    settings.VAR = tmp_path / "var"
    return SchoolFiles(tmp_path / "school")


MARK = f"{AMIRA},2025-09-12,"
WRONG_ROWS = [
    ("marks.csv", f"{AMIRA},02/09/2025,AM,/,,", "Date", "write dates as year-month-day"),
    ("marks.csv", f"{AMIRA},2-Sep-25,AM,/,,", "Date", "such as 2025-09-02"),
    ("marks.csv", f"{AMIRA},45902,AM,/,,", "Date", "spreadsheet's number for a day"),
    ("marks.csv", f"{AMIRA},2025-02-30,AM,/,,", "Date", "no day of the calendar"),
    ("marks.csv", MARK + "AM,QQ,,", "Code", "not an attendance code"),
    ("marks.csv", MARK + "AM,H,,", "Code", "was in use until"),
    ("marks.csv", MARK + "AM,X,,", "Code", "compulsory school age"),
    ("marks.csv", MARK + "noon,/,,", "Session", "write AM or PM"),
    ("marks.csv", MARK + "AM,L,soon,", "Minutes late", "not a number of minutes"),
    ("marks.csv", MARK + "AM,I,5,", "Minutes late", "not a late mark"),
    ("marks.csv", MARK + f"AM,I,,{'x' * 501}", "Comment", "at most 500 fit"),
    ("marks.csv", f"{STRANGER},2025-09-12,AM,/,,", "UPN", "neither in pupils.csv nor"),
    ("marks.csv", f"{CHIDI},2025-09-12,AM,/,,", "Date", "left the roll"),
    ("marks.csv", f"{CHIDI},2025-09-01,AM,/,,", "Date", "came on the roll"),
    ("marks.csv", f"{AMIRA},2025-09-06,AM,/,,", "Date", "did not hold that session"),
    ("marks.csv", f"{AMIRA},2025-09-12,AM", "", "has 3 cells where the header has 6"),
    ("marks.csv", MARK + "AM,/,,,,more", "", "has 8 cells where the header has 6"),
    ("calendar.csv", "2025-09-01,AM,2025/26", "Session", "is in line 2 already"),
    ("calendar.csv", "2025-09-15,AM,2025", "Academic year", "write it as 2025/26"),
    ("calendar.csv", "2025-09-03,AM,2024/25", "Session", "already"),
    ("pupils.csv", f"{WRONG_LETTER},A,B,,F,9,9A,2025-09-01{',' * 11}", "UPN", "check letter"),
    ("pupils.csv", f"{STRANGER},,B,,F,9,9A,2025-09-01{',' * 11}", "Surname", "is empty"),
    (
        "pupils.csv",
        f"{STRANGER},A,B,,F,Maple,9A,2025-09-01{',' * 11}",
        "Year group",
        "write N1, N2, R or a year from 1 to 14",
    ),
    ("pupils.csv", f"{STRANGER},A,B,,X,9,9A,2025-09-01{',' * 11}", "Sex", "not one of F, M"),
    (
        "pupils.csv",
        f"{STRANGER},A,B,,F,9,9A,2025-09-05,2025-09-04{',' * 10}",
        "Date of leaving",
        "before the date of entry",
    ),
    (
        "pupils.csv",
        f"{AMIRA},Haddad,Amira,2012-03-04,F,9,9A,2025-09-08{',' * 11}",
        "Date of entry",
        "is not over when",
    ),
    ("groups.csv", f"{AMIRA},9A,tutor,2025-09-01,", "Kind", "not one of registration, year"),
    ("characteristics.csv", f"{AMIRA},SEN,Q,2025-09-01,", "Value", "not one of N, K, E"),
    ("contacts.csv", f"{AMIRA},,mother,Y,Y,1,Y,,,,,", "Contact name", "is empty"),
    ("contacts.csv", f"{AMIRA},A,mother,Y,Y,1,Y,,,nobody,,", "Contact email", "not an e-mail"),
    ("staff.csv", "a b,A B,Teacher,teacher,,", "Username", "letters, digits"),
    ("staff.csv", "ab,A B,Teacher,teacher,12Z,", "Registration group", "no pupil is in"),
    ("terms.csv", "2029/30,Autumn 1,2029-09-01,2029-10-01", "Academic year", "no session"),
]


@pytest.mark.parametrize(("file", "row", "column", "words"), WRONG_ROWS)
def test_a_wrong_row_is_told_with_file_line_column_and_reason(files, file, row, column, words):
    files.add(file, row)
    where = f"{file}, line {len(files.rows[file]) + 1}{column and f', {column}'}: "
    assert any(said.startswith(where) and words in said for said in files.refused())
    assert not models.School.objects.exists()


def test_a_mark_in_the_future_is_refused(files):
    assert "that day is still to come" in files.refused(today=DAYS[7])[0]


def test_two_rows_for_one_session_are_both_named(files):
    said = files.add("marks.csv", f"{AMIRA},{DAYS[0]},AM,I,,").refused()
    assert said == [
        "marks.csv, line 2, Session: line 50 has a mark for the same session. Leave the right one",
        "marks.csv, line 50, Session: line 2 has a mark for the same session. Leave the right one",
    ]


def test_academic_years_may_not_overlap(files):
    files.add("calendar.csv", "2025-08-29,AM,2024/25", "2025-09-15,PM,2024/25")
    assert "2025/26 starts on 2025-09-01, before 2024/25 ends" in files.refused()[0]


def test_a_session_with_marks_may_not_be_taken_out(files):
    files.read_in()
    for file in ("calendar.csv", "marks.csv"):
        files.rows[file] = [row for row in files.rows[file] if "2025-09-09" not in row]
    assert "2025-09-09 AM is no longer there, but Rollbook has 3 marks" in files.refused()[0]


def test_a_session_that_nobody_needs_may_be_taken_out(files):
    files.read_in()
    files.rows["calendar.csv"].pop()
    assert files.read_in().counts["removed sessions"] == 1


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: b"sep=,\r\n" + text.encode(),
        lambda text: text.replace("\r\n", "\n").rstrip("\n").encode(),
        lambda text: text.replace("\r\n", ",,\r\n\r\n").encode(),
        lambda text: text.replace("UPN,Date", " upn , DATE").encode(),
    ],
    ids=["bom", "utf16", "semicolon", "tab", "sep", "unix", "empty cells and lines", "header"],
)
def test_files_come_as_spreadsheets_write_them(files, encode):
    folder = files.write()
    for path in folder.iterdir():
        path.write_bytes(encode(files.text(path.name)))
    assert import_school(folder, today=TODAY).counts["new marks"] == 48


def test_latin_1_is_read_with_a_warning(files):
    path = files.change("pupils.csv", "Haddad,Amira", "Haddad,Amélie").write() / "pupils.csv"
    path.write_bytes(files.text("pupils.csv").encode("latin-1"))
    result = import_school(files.folder, today=TODAY)
    assert models.Pupil.objects.get(upn=AMIRA).forename == "Amélie"
    assert WarningKind.NOT_UTF8 in kinds_of_warnings(result)


def test_an_unknown_column_warns(files):
    path = files.write() / "marks.csv"
    lines = files.text("marks.csv").splitlines()
    path.write_text("\n".join([lines[0] + ",House", *(line + ",Red" for line in lines[1:])]))
    result = import_school(files.folder, today=TODAY)
    assert any("“House” is not known" in words for words in told(result))


NOISE = random.Random(1).randbytes(10_000_000)
WRONG_FILES = [
    (lambda text: text[:-9].encode(), "cut off"),
    (lambda text: text.replace(f"{BEN},", f'"{BEN},', 1).encode(), "quotation mark"),
    (lambda text: text.encode() + b"\0\0", "no text has"),
    (lambda text: NOISE, "no text has"),
    (lambda text: text.encode() + NOISE, "no text has"),
    (lambda text: b"x" * 10_000_000, "not the header"),
    (lambda text: text.encode() + b"x" * 10_000_000, ""),
    (lambda text: text.encode() + b"x,y\n" * 2_500_000, "cells where"),
    (lambda text: b"", "is empty"),
    (lambda text: text.replace("Minutes late", "Mins").encode(), "has no column Minutes late"),
    (lambda text: text.replace("Comment", "Code").encode(), "has no column Comment"),
]


@pytest.mark.parametrize(("spoil", "words"), WRONG_FILES)
def test_a_file_that_is_no_file_of_ours_is_one_clear_error(files, spoil, words):
    path = files.write() / "marks.csv"
    path.write_bytes(spoil(files.text("marks.csv")))
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, monotonic()
    with pytest.raises(ImportRefused) as refused:
        import_school(files.folder, today=TODAY)
    assert any(p.file == "marks.csv" and words in str(p) for p in refused.value.problems)
    assert len(str(refused.value)) < 20_000
    assert monotonic() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # kilobytes
    assert not models.School.objects.exists()


@pytest.mark.parametrize("file", ["school.csv", "calendar.csv", "pupils.csv"])
def test_a_missing_file_is_named(files, file):
    (files.write() / file).unlink()
    with pytest.raises(ImportRefused, match=f"{file}: is missing"):
        import_school(files.folder, today=TODAY)


def test_fifty_are_shown_and_all_are_in_the_report(files):
    files.add("marks.csv", *(f"{STRANGER},2025-09-12,AM,/,{n}," for n in range(80)))
    with pytest.raises(ImportRefused) as refused:
        files.read_in()
    assert (len(refused.value.problems), refused.value.count) == (50, 80)
    assert len(refused.value.report.read_text().splitlines()) == 81
    assert os.stat(refused.value.report.parent).st_mode & 0o077 == 0


def test_a_row_of_the_calendar_that_is_cut_takes_no_session_out(files):
    files.read_in()
    sessions = models.Session.objects.count()
    files.change("calendar.csv", "2025-09-12,PM,2025/26", "2025-09-12,PM")
    result = files.read_in(skip_wrong_rows=True)
    assert result.wrong_rows == 1
    assert models.Session.objects.count() == sessions


def test_wrong_rows_can_be_skipped_mended_and_fed_again(files):
    files.change("pupils.csv", f"{BEN},Haddad", f"{BEN},").mark(AMIRA, DAYS[0], "AM", "QQ,,")
    files.change("calendar.csv", "2025-09-12,PM,2025/26", "12/09/2025,PM,2025/26")
    result = files.read_in(skip_wrong_rows=True)
    assert result.counts["new marks"] == 29
    assert result.wrong_rows == 1 + 1 + 1 + 18
    for name, old, new in [
        ("pupils.csv", f"{BEN},", f"{BEN},Haddad"),
        ("marks.csv", "QQ", "I"),
        ("calendar.csv", "12/09/2025", "2025-09-12"),
    ]:
        path = result.kept / name
        path.write_text(path.read_text().replace(old, new, 1))
    again = import_school(result.kept, today=TODAY)
    assert again.counts["new marks"] == 19
    assert models.Session.objects.count() == 20
    assert models.Mark.objects.count() == 48
    assert not models.Amendment.objects.exists()


def test_a_pupil_with_a_wrong_row_waits_as_a_whole(files):
    files.add("groups.csv", f"{BEN},8C,registration,2025-09-01,")
    files.change("pupils.csv", f"{BEN},Haddad", f"{BEN},")
    files.read_in(skip_wrong_rows=True)
    assert set(models.Pupil.objects.values_list("upn", flat=True)) == {AMIRA, CHIDI}
