"""Marks as other systems write them: what is no mark, what is meant, and what is there twice."""

import pytest

from registers.exchange.problems.warnings import WarningKind
from registers.models import Mark
from registers.rules.advice import Odd
from tests.factories import make_upn
from tests.factories.school_files import (
    AMIRA,
    BEN,
    CHIDI,
    DAYS,
    SchoolFiles,
    kinds_of_warnings,
    told,
)

pytestmark = pytest.mark.django_db
LAST = DAYS[9]  # the school met, and no mark is in the files


@pytest.fixture
def files(tmp_path, settings) -> SchoolFiles:
    settings.VAR = tmp_path / "var"
    return SchoolFiles(tmp_path / "school")


def passed_over(result):
    return [str(said) for said in result.warnings if said.kind is WarningKind.PASSED_OVER]


def test_what_is_no_mark_is_passed_over_in_one_warning(files):
    files.add("marks.csv", f"{CHIDI},2025-09-01,AM,Z,,", f"{AMIRA},2025-10-27,AM,#,,")
    result = files.read_in()
    assert passed_over(result) == [
        "2 rows passed over: closed days, not yet on roll (the first: marks.csv, line 50)"
    ]
    assert (result.passed_over, result.counts["new marks"]) == (2, 48)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{AMIRA},{LAST},AM,,,", "no mark"),
        (f"{AMIRA},{LAST},AM,-,,", "no mark"),
        (f"{AMIRA},{LAST},AM, – ,,", "no mark"),
        (f"{AMIRA},2025-09-06,AM,#,,", "closed days"),
        (f"{AMIRA},2025-09-06,PM,-,,", "closed days"),
        (f"{AMIRA},2025-09-06,PM,z,,", "closed days"),
        (f"{CHIDI},2025-09-01,AM,#,,", "not yet on roll"),
        (f"{CHIDI},2025-08-20,AM,Z,,", "not yet on roll"),
        (f"{CHIDI},{LAST},AM,Z,,", "no longer on roll"),
        (f"{make_upn(77)},{LAST},AM,Z,,", "not yet on roll"),
        (f"{AMIRA},2025-09-15,AM,#,,", "closed days"),
    ],
)
def test_a_row_without_a_mark(files, row, reason):
    (said,) = passed_over(files.add("marks.csv", row).read_in())
    assert said.startswith(f"1 row passed over: {reason} (")
    assert Mark.objects.count() == 48


def test_a_planned_closure_or_z_for_a_pupil_on_roll_is_a_mark(files):
    files.add("marks.csv", f"{AMIRA},{LAST},AM,#,,", f"{BEN},{LAST},AM,Z,,")
    result = files.read_in()
    assert not passed_over(result)
    assert Mark.objects.filter(date=LAST, code__in="#Z").count() == 2


def test_a_planned_closure_of_a_day_to_come_is_passed_over(files):
    files.rows["marks.csv"] = [row for row in files.rows["marks.csv"] if str(DAYS[8]) not in row]
    files.add("marks.csv", f"{AMIRA},{LAST},AM,#,,")
    assert "days still to come" in passed_over(files.read_in(today=DAYS[8]))[0]


def test_a_code_on_a_closed_day_is_still_wrong(files):
    said = files.add("marks.csv", f"{AMIRA},2025-09-06,AM,I,,").refused()
    assert "did not hold that session" in said[0]


def test_the_other_halfs_sign_of_presence_is_read_with_one_warning(files):
    files.add(
        "marks.csv", f"{AMIRA},{LAST},PM,/,,", f"{BEN},{LAST},PM,/,,", f"{BEN},{LAST},AM,\\,,"
    )
    warnings = told(files.read_in())
    assert "/ in the afternoon is read as \\ (marks.csv, line 50 and 1 more)" in warnings
    assert "\\ in the morning is read as / (marks.csv, line 52)" in warnings
    marks = Mark.objects.filter(date=LAST).values_list("half", "code")
    assert sorted(marks) == [(0, "/"), (1, "\\"), (1, "\\")]


@pytest.mark.parametrize("again", ["/,,", "/,0,", " / ,,"])
def test_the_very_same_row_again_is_one_mark_and_a_warning(files, again):
    files.add("marks.csv", f"{AMIRA},{DAYS[0]},AM,{again}")
    result = files.read_in()
    assert result.counts["new marks"] == 48
    where = "(marks.csv, line 50 as line 2)"
    assert f"the very same row is there again and counts once {where}" in told(result)


@pytest.mark.parametrize("again", ["I,,", "L,5,", "/,,at the dentist"])
def test_two_rows_that_differ_are_refused_with_both_lines(files, again):
    said = files.add("marks.csv", f"{AMIRA},{DAYS[0]},AM,{again}").refused()
    assert [words.split(":")[0] for words in said] == [
        "marks.csv, line 2, Session",
        "marks.csv, line 50, Session",
    ]
    assert "line 50 has a mark for the same session" in said[0]


def test_a_comment_is_kept_once_for_rows_that_are_there_again(files):
    row = f"{AMIRA},{LAST},AM,L,5,bus was late"
    result = files.add("marks.csv", row, row, row).read_in()
    assert result.counts["new marks"] == 49
    assert any("(marks.csv, line 51 as line 50 and 1 more)" in said for said in told(result))
    assert files.read_in().counts["unchanged marks"] == 49


ODD_ROWS = [
    ([f"{AMIRA},{LAST},AM,S,,"], Odd.STUDY_LEAVE_EARLY),
    ([f"{AMIRA},{LAST},AM,Y4,,", f"{BEN},{LAST},AM,/,,", f"{BEN},{LAST},PM,Y4,,"], None),
    ([f"{AMIRA},{LAST},AM,D,,"], Odd.NO_OTHER_SCHOOL),
    ([f"{AMIRA},{LAST},AM,B,,Maths at home"], Odd.AT_HOME),
    ([f"{AMIRA},{LAST},AM,L,5,"], None),
]


@pytest.mark.parametrize(("rows", "odd"), ODD_ROWS)
def test_what_is_allowed_and_odd_is_a_warning_and_comes_in(files, rows, odd):
    result = files.add("marks.csv", *rows).read_in()
    assert result.counts["new marks"] == 48 + len(rows)
    found = [kind for kind in kinds_of_warnings(result) if kind in Odd]
    assert found == ([odd] if odd else [])


def test_a_closure_for_one_pupil_while_others_are_present_is_a_warning(files):
    files.mark(CHIDI, DAYS[3], "AM", "Y4,,").mark(BEN, DAYS[4], "AM", "Y4,,")
    files.mark(AMIRA, DAYS[4], "AM", "Y4,,")
    (said,) = [said for said in files.read_in().warnings if said.kind is Odd.CLOSED_ALONE]
    assert said.times == 1  # on the other day two of three had it


def test_a_suspension_past_the_fifth_day_is_a_warning(files):
    for day in DAYS[:6]:
        for half in ("AM", "PM"):
            files.mark(AMIRA, day, half, "E,,")
    warnings = files.read_in().warnings
    (said,) = [said for said in warnings if said.kind is Odd.SUSPENDED_LONG]
    assert said.times == 2  # the two sessions of the sixth day


def test_a_holiday_that_becomes_leave_afterwards_is_a_warning(files):
    files.mark(AMIRA, DAYS[0], "AM", "G,,").read_in()
    result = files.mark(AMIRA, DAYS[0], "AM", "C,,").read_in()
    assert Odd.GRANTED_AFTERWARDS in kinds_of_warnings(result)
