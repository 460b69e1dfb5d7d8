"""An import knows a child by more than the UPN of today."""

from datetime import date

import pytest

from registers.exchange.export.files import export_school
from registers.exchange.problems.warnings import WarningKind
from registers.marks.verify import broken_seals
from registers.models import Amendment, Enrolment, FormerUpn, Mark, Pupil
from tests.factories import make_upn
from tests.factories.school_files import (
    AMIRA,
    BEN,
    CHIDI,
    HOME,
    TODAY,
    SchoolFiles,
    kinds_of_warnings,
    told,
)

TEMPORARY, PERMANENT, OTHER = "H33020002100A", make_upn(77), make_upn(78)
ROW = "Nowak,Ola,2012-03-04,F,9,9A,2025-09-01,,,,,,,,,,,"


@pytest.fixture
def files(tmp_path, db):
    """The usual school with Ola, who has a temporary UPN and two marks."""
    files = SchoolFiles(tmp_path / "school").add("pupils.csv", f"{TEMPORARY},{ROW}")
    files.add("marks.csv", f"{TEMPORARY},2025-09-01,AM,/,,", f"{TEMPORARY},2025-09-01,PM,I,,")
    files.read_in()
    return files


def marks_of(upn):
    rows = Mark.objects.filter(enrolment__pupil__upn=upn).order_by("date", "half")
    return [row.code_id for row in rows]


def test_a_permanent_upn_takes_the_place_of_the_temporary_one(files):
    files.change("pupils.csv", TEMPORARY, PERMANENT)
    result = files.read_in()
    assert Pupil.objects.count() == 4
    assert marks_of(PERMANENT) == ["/", "I"]
    former = FormerUpn.objects.get()
    assert (former.pupil.upn, former.upn) == (PERMANENT, TEMPORARY)
    assert "pupils.csv, line 5" in former.reason
    assert f"{PERMANENT} takes the place of the UPN {TEMPORARY} (pupils.csv, line 5)" in told(
        result
    )
    assert result.counts["changed UPNs"] == 1
    assert "new enrolments" not in result.counts
    assert not list(broken_seals(Pupil.objects.get(upn=PERMANENT).school))


def test_old_files_with_the_former_upn_still_land_on_the_same_child(files):
    files.change("pupils.csv", TEMPORARY, PERMANENT).read_in()
    files.change("pupils.csv", PERMANENT, TEMPORARY)
    files.add("marks.csv", f"{TEMPORARY},2025-09-02,AM,L,4,")
    files.add("contacts.csv", f"{TEMPORARY},Ewa Nowak,mother,Y,Y,1,Y,,,,,")
    files.read_in()
    assert Pupil.objects.count() == 4
    assert marks_of(PERMANENT) == ["/", "I", "L"]
    assert Pupil.objects.get(upn=PERMANENT).relationships.get().person.name == "Ewa Nowak"
    assert not Pupil.objects.filter(upn=TEMPORARY).exists()


def test_marks_of_one_folder_may_name_the_child_by_either_number(files):
    files.change("pupils.csv", TEMPORARY, PERMANENT)
    files.add("marks.csv", f"{PERMANENT},2025-09-02,AM,/,,")
    files.read_in()
    assert marks_of(PERMANENT) == ["/", "I", "/"]


def test_a_trial_of_a_new_upn_writes_nothing(files):
    files.change("pupils.csv", TEMPORARY, PERMANENT)
    assert files.read_in(dry_run=True).counts["changed UPNs"] == 1
    assert Pupil.objects.filter(upn=TEMPORARY).exists()
    assert not FormerUpn.objects.exists()


def test_another_permanent_upn_with_the_same_name_and_birth_is_asked_and_not_guessed(files):
    files.change("pupils.csv", TEMPORARY, PERMANENT).read_in()
    files.change("pupils.csv", PERMANENT, OTHER)
    (problem,) = files.refused()
    assert problem.startswith("pupils.csv, line 5, UPN: The file has Ola Nowak, born")
    assert PERMANENT in problem
    assert Pupil.objects.count() == 4


@pytest.mark.parametrize(("answer", "pupils"), [("same", 4), ("another", 5)])
def test_the_answer_of_a_person_settles_it(files, answer, pupils):
    files.change("pupils.csv", TEMPORARY, PERMANENT).read_in()
    files.change("pupils.csv", PERMANENT, OTHER)
    (question,) = files.read_in(skip_wrong_rows=True).questions
    result = files.read_in(answers={question.id: answer})
    assert not result.questions
    assert Pupil.objects.count() == pupils
    assert marks_of(PERMANENT if answer == "another" else OTHER) == ["/", "I"]
    assert FormerUpn.objects.filter(upn=PERMANENT).exists() is (answer == "same")


def test_a_later_temporary_upn_of_the_same_child_is_kept_as_a_former_one(files):
    files.change("pupils.csv", TEMPORARY, PERMANENT).read_in()
    late = "H33020002200B"
    files.change("pupils.csv", PERMANENT, late)
    (question,) = files.read_in(skip_wrong_rows=True).questions
    files.read_in(answers={question.id: "same"})
    assert Pupil.objects.get(forename="Ola").upn == PERMANENT
    assert not files.read_in().questions  # the number is known from now on


def test_twins_of_one_name_that_the_file_lists_are_two(files):
    files.add("pupils.csv", f"{OTHER},{ROW}")
    result = files.read_in()
    assert Pupil.objects.filter(forename="Ola").count() == 2
    assert WarningKind.NAMESAKES in kinds_of_warnings(result)


def with_numbers(files, **numbers):
    files.headers["pupils.csv"] = [
        *"UPN,Surname,Forename,Date of birth,Sex,Year group,Registration group".split(","),
        *"Date of entry,Date of leaving,SEN,FSM,EAL,Looked after,Contact name".split(","),
        *"Contact relationship,Contact address,Contact postcode,Contact email".split(","),
        *"Contact telephone,Admission number".split(","),
    ]
    files.rows["pupils.csv"] = [
        f"{row},{numbers.get(row.split(',')[2], '')}" for row in files.rows["pupils.csv"]
    ]
    return files


def test_an_admission_number_is_kept_and_finds_the_pupil_where_a_file_has_no_upn(files):
    with_numbers(files, Ola="0417", Ben="0418").read_in()
    assert Pupil.objects.get(upn=BEN).admission_number == "0418"
    files.rows["pupils.csv"] = [f",{ROW},0417"]
    files.rows["marks.csv"] = ["0417,2025-09-03,AM,/,,"]
    files.read_in()
    assert marks_of(TEMPORARY) == ["/", "I", "/"]
    assert Pupil.objects.count() == 4


def test_another_file_may_name_a_new_pupil_by_the_admission_number(files):
    files.add("pupils.csv", f"{OTHER},{ROW}".replace("Ola", "Jan"))
    files.rows["marks.csv"] = ["0419,2025-09-03,AM,I,,"]
    with_numbers(files, Jan="0419").read_in()
    assert marks_of(OTHER) == ["I"]


def test_no_number_at_all_is_asked(files):
    files.rows["pupils.csv"] = [f",{ROW}"]
    del files.rows["marks.csv"]
    (problem,) = files.refused()
    assert "Ola Nowak" in problem
    (question,) = files.read_in(skip_wrong_rows=True).questions
    files.read_in(answers={question.id: "same"})
    assert Pupil.objects.count() == 4


def test_no_number_and_nobody_of_that_name_is_refused(files):
    files.rows["pupils.csv"] = [f",{ROW}".replace("Ola", "Jan")]
    (problem, *_) = files.refused()
    assert "There is no UPN" in problem


def test_two_pupils_cannot_have_one_admission_number(files):
    with_numbers(files, Ola="0417", Ben="0417")
    (problem, *_) = files.refused()
    assert problem.startswith("pupils.csv, line 5, Admission number: the pupil with the UPN")


def test_the_file_itself_may_tell_the_former_upn(files):
    with_numbers(files).headers["pupils.csv"].append("Former UPN")
    files.rows["pupils.csv"] = [f"{row}," for row in files.rows["pupils.csv"][:3]]
    files.rows["pupils.csv"].append(
        f"{PERMANENT},{ROW},0417,{TEMPORARY}".replace("Nowak", "Kowalska")
    )
    files.read_in()
    assert marks_of(PERMANENT) == ["/", "I"]
    assert Pupil.objects.get(upn=PERMANENT).surname == "Kowalska"


def test_an_export_has_the_numbers_and_comes_in_again_unchanged(files, tmp_path):
    with_numbers(files, Ola="0417").change("pupils.csv", TEMPORARY, PERMANENT).read_in()
    export_school(Enrolment.objects.first().school, tmp_path / "out", today=TODAY)
    text = (tmp_path / "out" / "pupils.csv").read_text()
    assert f",0417,{TEMPORARY}" in text
    again = SchoolFiles(tmp_path / "again")
    again.folder = tmp_path / "out"
    again.rows = {}
    assert set(+again.read_in().counts) == {"unchanged marks"}


def test_a_upn_that_was_another_childs_by_mistake_is_not_taken_for_a_former_one(files):
    ola = Pupil.objects.get(upn=TEMPORARY)
    FormerUpn.objects.create(pupil=ola, upn=OTHER, reason="It was mistyped.")
    files.add("pupils.csv", f"{OTHER},Khan,Ali,2012-06-05,M,9,9A,2025-09-01,,,,,,Z,{HOME}")
    files.read_in()
    assert Pupil.objects.get(upn=OTHER).forename == "Ali"
    assert {AMIRA, BEN, CHIDI} < set(Pupil.objects.values_list("upn", flat=True))
    assert Amendment.objects.count() == 0
    assert date(2025, 9, 1) == ola.enrolments.get().starts_on
