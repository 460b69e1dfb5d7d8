"""Files that correct dates of entry and leaving, over marks too (cases 02 from the field)."""

from datetime import date

import pytest

from absence.figures import school
from registers.marks.verify import broken_seals
from registers.models import Enrolment, Mark, Membership, RollChange, WeekTally
from tests.factories.school_files import AMIRA, BEN, CHIDI, DAYS, SchoolFiles, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path, settings):
    settings.VAR = tmp_path / "var"
    return SchoolFiles(tmp_path / "school")


def without_marks(files):
    """The files of a school that sends its pupils alone."""
    files.rows["marks.csv"] = []
    return files


def tally(upn):
    enrolment = Enrolment.objects.get(pupil__upn=upn)
    rows = school.absence_to(enrolment.school, DAYS[-1])
    return next(row.tally for row in rows if row.enrolment_id == enrolment.pk)


def test_a_corrected_date_of_entry_changes_the_spell_with_one_trace(files):
    without_marks(files).read_in()
    files.change("pupils.csv", f"{AMIRA},Haddad,Amira,2012-03-04,F,9,9A,2025-09-01", _amira("08"))
    result = files.read_in()
    assert result.counts["changed enrolments"] == 1
    assert not result.counts["new enrolments"]
    (spell,) = Enrolment.objects.filter(pupil__upn=AMIRA)
    assert spell.starts_on == date(2025, 9, 8)
    assert spell.memberships.get().from_on == date(2025, 9, 8)
    (change,) = RollChange.objects.all()
    assert (change.what, change.before, change.after) == (
        "date of entry",
        "1 September 2025",
        "8 September 2025",
    )
    assert change.reason == "pupils.csv, line 2: corrected in the school’s files"


def _amira(day):
    return f"{AMIRA},Haddad,Amira,2012-03-04,F,9,9A,2025-09-{day}"


def test_marks_before_a_later_date_of_entry_count_nowhere_and_come_back(files):
    files.read_in()
    before = tally(AMIRA)
    without_marks(files).change("pupils.csv", _amira("01"), _amira("08"))
    said = told(files.read_in())
    assert any("10 marks will lie outside corrected dates" in words for words in said)
    assert tally(AMIRA).attended == 8
    assert Mark.objects.filter(enrolment__pupil__upn=AMIRA).count() == 18
    assert RollChange.objects.get().after == "8 September 2025; 10 marks count no more"
    files.change("pupils.csv", _amira("08"), _amira("01"))
    files.read_in()
    assert tally(AMIRA) == before
    assert not list(broken_seals(Enrolment.objects.first().school))


def test_an_earlier_date_of_entry_opens_sessions(files):
    without_marks(files).change("pupils.csv", "2025-09-03,2025-09-10", "2025-09-01,2025-09-10")
    files.read_in()
    assert tally(CHIDI).unmarked == 16


def test_a_date_of_leaving_before_marks_is_taken_and_told_with_their_number(files):
    files.read_in()
    without_marks(files).change("pupils.csv", "2025-09-01,,K", "2025-09-01,2025-09-09,K")
    result = files.read_in()
    assert any("4 marks will lie outside" in words for words in told(result))
    assert tally(AMIRA).attended == 14
    assert Membership.objects.get(enrolment__pupil__upn=AMIRA).until_on == date(2025, 9, 9)
    change = RollChange.objects.get()
    assert (change.what, change.before) == ("last day on the roll", "none")
    assert change.after == "9 September 2025; 4 marks count no more"
    assert files.read_in().counts.keys() == set()  # the same again changes nothing


def test_a_trial_run_tells_of_the_marks_and_changes_nothing(files):
    files.read_in()
    weeks = list(WeekTally.objects.values())
    without_marks(files).change("pupils.csv", "2025-09-01,,K", "2025-09-01,2025-09-09,K")
    result = files.read_in(dry_run=True)
    assert any("4 marks will lie outside" in words for words in told(result))
    assert list(WeekTally.objects.values()) == weeks
    assert not RollChange.objects.exists()


def test_who_was_taken_off_the_roll_by_a_person_stays_off_where_the_file_says_nothing(files):
    files.read_in()
    Enrolment.objects.filter(pupil__upn=BEN).update(
        leaves_on=date(2025, 9, 11), leaving_ground="9(1)(k) Died"
    )
    said = told(without_marks(files).read_in())
    assert any("stays off the roll" in words for words in said)
    assert Enrolment.objects.get(pupil__upn=BEN).leaves_on == date(2025, 9, 11)


def test_a_pupil_who_comes_back_is_another_spell_and_no_correction(files):
    files.read_in()
    files.add("pupils.csv", f"{CHIDI},Okafor,Chidi,2012-11-30,M,9,9A,2025-09-12,,N,N,N,N,,,,,,")
    assert without_marks(files).read_in().counts["new enrolments"] == 1


def test_two_rows_for_one_spell_that_rollbook_has_are_left_to_a_person(files):
    files.read_in()
    files.change("pupils.csv", _amira("01"), _amira("02").replace(",9,9A", ",9,9A"))
    row = f"{AMIRA},Haddad,Amira,2012-03-04,F,9,9A,2025-09-08,,K,Y,Y,N,,,,,,"
    files.change("pupils.csv", "2025-09-02,,K", "2025-09-02,2025-09-05,K").add("pupils.csv", row)
    assert "Date of entry: the enrolment from" in without_marks(files).refused()[0]
