"""Transfer files and OneRoster through the one way in: proposal, answers, check, register."""

import zipfile
from datetime import date

import pytest

from registers.exchange.importing.actions.files import import_files, propose_files
from registers.models import (
    Appointment,
    FormerUpn,
    Membership,
    PriorAttendance,
    Pupil,
    Relationship,
)
from tests.factories.classes import make_class
from tests.unit.exchange.test_ctf import FEW, WHOLE
from tests.unit.exchange.test_oneroster import (
    CLASSES,
    DEMOGRAPHICS,
    ENROLMENTS,
    MANIFEST,
    ONE_SCHOOL,
    SESSIONS,
    TWO_SCHOOLS,
    USERS_11,
)

pytestmark = pytest.mark.django_db
AMIRA = "X330200021001"


@pytest.fixture
def school():
    room = make_class(1, first=date(2025, 9, 1), days=10)
    return room.school


def bring_in(school, *paths, answers=None):
    """Read the files in, each open question answered with what is suggested, or the first day."""
    answers = dict(answers or {})
    for _ in range(4):
        proposal = propose_files(list(paths), school=school, answers=answers)
        if proposal.is_ready:
            break
        for question in proposal.questions:
            answers[question.id] = question.suggested or "2025-09-01"
    assert not proposal.problems, proposal.problems
    return import_files(proposal, school=school, by=None), answers


def ctf(tmp_path, text):
    path = tmp_path / "3302001_CTF_3304001_001.xml"
    path.write_text(text, encoding="utf-8")
    return path


def oneroster(tmp_path, **changed):
    files = {
        "manifest.csv": MANIFEST.format("1.1"),
        "orgs.csv": ONE_SCHOOL,
        "users.csv": USERS_11,
        "classes.csv": CLASSES,
        "enrollments.csv": ENROLMENTS,
        "academicSessions.csv": SESSIONS,
        "demographics.csv": DEMOGRAPHICS,
    }
    path = tmp_path / "oneroster.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (files | changed).items():
            archive.writestr(name, text)
    return path


def test_a_file_of_few_elements_puts_a_pupil_on_the_roll(school, tmp_path):
    result, _ = bring_in(school, ctf(tmp_path, FEW))
    pupil = Pupil.objects.get(upn=AMIRA)
    assert (pupil.surname, pupil.born_on, pupil.sex) == ("Haddad", date(2012, 3, 4), "F")
    assert result.counts["new pupils"] == 1


def test_a_transfer_file_brings_contacts_and_last_years_attendance(school, tmp_path):
    bring_in(school, ctf(tmp_path, WHOLE))
    pupil = Pupil.objects.get(upn=AMIRA)
    assert pupil.enrolments.get().starts_on == date(2025, 9, 1)
    assert pupil.preferred_name == "Ami"
    prior = PriorAttendance.objects.get(pupil=pupil)
    assert (prior.academic_year, prior.possible, prior.attended) == ("2024/25", 370, 340)
    assert prior.source == "3302001_CTF_3304001_001.xml"
    ties = {row.person.name: row for row in Relationship.objects.filter(pupil=pupil)}
    assert ties["Mrs Joud Haddad"].has_responsibility
    assert not ties["Sam Blake"].has_responsibility
    assert not ties["Sam Blake"].may_be_written_to


def test_a_transfer_file_of_a_pupil_with_a_former_upn_finds_the_child(school, tmp_path):
    pupil = Pupil.objects.get(school=school)
    Pupil.objects.filter(pk=pupil.pk).update(
        upn="H33020002100A", surname="Haddad", forename="Amira", born_on=date(2014, 3, 4)
    )
    bring_in(school, ctf(tmp_path, WHOLE))
    pupil.refresh_from_db()
    assert pupil.upn == AMIRA
    assert FormerUpn.objects.get(pupil=pupil).upn == "H33020002100A"


def test_a_transfer_file_again_changes_nothing(school, tmp_path):
    _, answers = bring_in(school, ctf(tmp_path, WHOLE))
    result, _ = bring_in(school, ctf(tmp_path, WHOLE), answers=answers)
    assert not [words for words in +result.counts if words.startswith(("new", "changed"))]


def test_a_broken_transfer_file_is_told_by_name(school, tmp_path):
    proposal = propose_files([ctf(tmp_path, FEW[:-30])], school=school)
    assert any("3302001_CTF_3304001_001.xml" in str(one) for one in proposal.problems)


def test_a_roster_gives_pupils_groups_contacts_and_teachers(school, tmp_path):
    bring_in(school, oneroster(tmp_path))
    pupil = Pupil.objects.get(upn=AMIRA)
    enrolment = pupil.enrolments.get()
    groups = set(
        Membership.objects.filter(enrolment=enrolment).values_list("group__name", flat=True)
    )
    assert groups == {"9A", "9A/Ma1"}
    tie = Relationship.objects.get(pupil=pupil)
    assert not tie.has_responsibility
    assert not tie.may_be_written_to
    teacher = Appointment.objects.get(school=school, user__username="d.okafor")
    assert teacher.role == "teacher"
    assert not Appointment.objects.filter(school=school, user__username="head").exists()


def test_of_a_roster_of_several_schools_one_is_asked_for(school, tmp_path):
    path = oneroster(tmp_path, **{"orgs.csv": TWO_SCHOOLS})
    proposal = propose_files([path], school=school)
    (question,) = [one for one in proposal.questions if one.id == "oneroster:school"]
    bring_in(school, path, answers={question.id: "o1"})
    assert Pupil.objects.filter(upn=AMIRA).exists()
