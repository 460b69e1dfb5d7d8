"""A school's files come in: once, again, changed, and beside what people did in Rollbook."""

from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from registers import models
from registers.exchange.layout.files import needed_columns
from registers.exchange.problems.warnings import WarningKind
from registers.marks.changes import MarkChange, MarkKey
from registers.policies import Refused
from tests import factories
from tests.factories.classes import amend_mark
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
LATER = date(2025, 9, 15)


@pytest.fixture
def files(tmp_path, settings) -> SchoolFiles:
    settings.VAR = tmp_path / "var"
    return SchoolFiles(tmp_path / "school")


def in_words(row: tuple) -> str:
    return str([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])


def snapshot() -> dict:
    return {
        model.__name__: sorted(map(in_words, model.objects.values_list()))
        for model in apps.get_app_config("registers").get_models()
    }


def the_mark(upn=AMIRA, day=DAYS[0], half=0) -> models.Mark:
    return models.Mark.objects.get(enrolment__pupil__upn=upn, date=day, half=half)


def key_of(mark) -> MarkKey:
    return MarkKey(mark.enrolment_id, mark.date, mark.half)


def test_a_folder_becomes_a_school(files):
    result = files.read_in()
    assert result.counts["new marks"] == models.Mark.objects.count() == 48
    year = models.AcademicYear.objects.get()
    assert (year.name, year.starts_on, year.ends_on) == ("2025/26", DAYS[0], DAYS[-1])
    assert list(models.SchoolWeek.objects.values_list("number", flat=True)) == [1, 2]
    chidi = models.Enrolment.objects.get(pupil__upn=CHIDI)
    assert (chidi.starts_on, chidi.leaves_on) == (date(2025, 9, 3), date(2025, 9, 10))
    assert chidi.years.get().year_group == "9"
    assert chidi.memberships.get().group.name == "9A"
    held = models.Characteristic.objects.filter(pupil__upn=AMIRA)
    assert set(held.values_list("kind", "value")) == {("SEN", "K"), ("FSM", "Y"), ("EAL", "Y")}
    assert sum(models.WeekTally.objects.values_list("attended", flat=True)) == 48
    assert models.Import.objects.get().state == models.Import.State.DONE


def about(upn):
    return models.Pupil.objects.values_list("preferred_name", "medical_alert").get(upn=upn)


def test_what_a_file_has_no_column_for_stays_and_an_empty_cell_empties(files):
    files.read_in()
    models.Pupil.objects.filter(upn=AMIRA).update(preferred_name="Mira", medical_alert="Inhaler")
    assert files.read_in().counts == {"unchanged marks": 48}
    assert about(AMIRA) == ("Mira", "Inhaler")
    files.headers["pupils.csv"] = [*needed_columns("pupils.csv"), "Medical alert"]
    rows = files.rows["pupils.csv"]
    rows[:] = [f"{row}," for row in rows]
    rows[1] += " EpiPen  in the office "
    files.read_in()
    assert about(AMIRA) == ("Mira", "")
    assert about(BEN) == ("", "EpiPen in the office")


def test_a_medical_alert_that_is_too_long_is_told_and_its_column_comes_back(files):
    files.headers["pupils.csv"] = [*needed_columns("pupils.csv"), "Medical alert"]
    rows = files.rows["pupils.csv"]
    rows[:] = [f"{row}," for row in rows]
    rows[0] += "x" * 61
    assert "Medical alert: has 61 characters, at most 60 fit" in " ".join(files.refused())
    result = files.read_in(skip_wrong_rows=True)
    header, row = (result.kept / "pupils.csv").read_text().splitlines()
    assert header.endswith("Contact telephone,Medical alert")
    assert row.endswith("x" * 61)


def test_siblings_share_a_contact(files):
    files.read_in()
    assert models.Person.objects.get().relationships.count() == 2


def test_the_same_files_twice_change_nothing(files):
    files.add("staff.csv", "j.poole,Jo Poole,Teacher,teacher,9A,jo@ellerwick.example")
    files.add("terms.csv", "2025/26,Autumn 1,2025-09-01,2025-10-24")
    files.mark(AMIRA, DAYS[0], "AM", "L,5,bus").mark(BEN, DAYS[0], "AM", "B,,")
    files.read_in()
    before = snapshot()
    result = files.read_in(today=LATER)
    assert result.counts == {"unchanged marks": 48}
    assert snapshot() == before


def test_a_changed_mark_is_an_amendment_that_names_file_and_line(files):
    files.read_in()
    files.mark(AMIRA, DAYS[1], "AM", "I,,a cold").read_in()
    amendment = models.Amendment.objects.get()
    assert amendment.reason == "marks.csv, line 4: changed in the school's system"
    assert (amendment.code_before, amendment.code_after) == ("/", "I")
    assert the_mark(day=DAYS[1]).version == 2
    assert models.MarkComment.objects.get().text == "a cold"


def test_minutes_that_change_leave_the_old_ones_in_the_history(files):
    files.mark(AMIRA, DAYS[0], "AM", "L,5,").read_in()
    result = files.mark(AMIRA, DAYS[0], "AM", "L,15,").read_in()
    assert result.counts["changed marks"] == 1
    assert the_mark().minutes_late == 15
    amendment = models.Amendment.objects.get()
    assert (amendment.code_before, amendment.code_after) == ("L", "L")
    assert (amendment.minutes_before, amendment.minutes_after) == (5, 15)


def test_a_mark_that_a_person_changed_is_reported_and_not_overwritten(files):
    files.read_in()
    officer = factories.AppointmentFactory(school=models.School.objects.get()).user
    amend_mark(change=MarkChange(key_of(the_mark()), "I", 1, reason="Mother rang."), by=officer)
    result = files.mark(AMIRA, DAYS[0], "AM", "M,,").read_in()
    assert the_mark().code_id == "I"
    assert result.counts["left as changed in Rollbook"] == 1
    assert "I was put there in Rollbook; the file says M" in result.report.read_text()


def test_a_mark_that_comes_after_its_register_ended_says_why(files):
    files.rows["marks.csv"].pop(0)
    files.read_in()
    first = models.Session.objects.get(date=DAYS[0], half=0)
    factories.RegisterFactory(
        group=models.Group.objects.get(name="9A"), session=first, ended_at="2025-09-01T09:15Z"
    )
    files.rows["marks.csv"].insert(0, f"{AMIRA},{DAYS[0]},AM,L,4,")
    files.read_in()
    assert models.Amendment.objects.get().reason.startswith("marks.csv, line 2: entered")


def test_an_import_touches_its_own_school_only(files):
    files.read_in()
    before = set(models.Mark.objects.values_list("pk", "version"))
    files.change("school.csv", "900123", "900124").mark(AMIRA, DAYS[0], "AM", "I,,").read_in()
    assert models.Pupil.objects.filter(upn=AMIRA).count() == 2
    assert before < set(models.Mark.objects.values_list("pk", "version"))
    assert not models.Amendment.objects.exists()


def test_a_trial_counts_and_writes_nothing(files):
    assert files.read_in(dry_run=True).counts["new marks"] == 48
    assert not models.School.objects.exists()
    files.read_in()
    before = snapshot()
    result = (
        files.mark(AMIRA, DAYS[0], "AM", "I,,")
        .add("marks.csv", f"{AMIRA},{DAYS[9]},AM,/,,")
        .read_in(dry_run=True)
    )
    assert (result.counts["changed marks"], result.counts["new marks"]) == (1, 1)
    assert snapshot() == before


def test_a_new_registration_group_is_from_today(files):
    files.read_in()
    files.change("pupils.csv", "9,9A,2025-09-01", "9,9C,2025-09-01").read_in(today=LATER)
    places = models.Membership.objects.filter(enrolment__pupil__upn=AMIRA).order_by("from_on")
    assert list(places.values_list("group__name", "from_on", "until_on")) == [
        ("9A", DAYS[0], date(2025, 9, 14)),
        ("9C", LATER, None),
    ]


def test_a_year_group_comes_in_as_its_code_however_it_is_written(files):
    files.change("pupils.csv", "F,9,9A", "F,Reception,9A").change(
        "pupils.csv", "M,8,8B", "M,Y12,8B"
    )
    files.read_in()
    rows = models.EnrolmentYear.objects.order_by("enrolment__pupil__upn")
    assert dict(rows.values_list("enrolment__pupil__upn", "year_group")) == {
        AMIRA: "R", BEN: "12", CHIDI: "9",
    }  # fmt: skip


def test_groups_csv_gives_the_days_and_wins(files):
    files.add("groups.csv", f"{AMIRA},9B,registration,2025-09-01,2025-09-05")
    files.add(
        "groups.csv", f"{AMIRA},9C,registration,2025-09-06,", f"{AMIRA},Year 7,year,2025-09-01,"
    )
    files.read_in()
    places = models.Membership.objects.filter(enrolment__pupil__upn=AMIRA).order_by("from_on")
    assert [place.group.name for place in places] == ["9B", "9C"]
    assert models.EnrolmentYear.objects.get(enrolment__pupil__upn=AMIRA).year_group == "7"


def test_a_characteristic_that_ends_keeps_its_days(files):
    files.read_in()
    files.change("pupils.csv", "K,Y,Y,N", "E,N,Y,N").read_in(today=LATER)
    held = models.Characteristic.objects.filter(pupil__upn=AMIRA).order_by("kind", "from_on")
    rows = list(held.values_list("kind", "value", "from_on", "until_on"))
    assert rows == [
        ("EAL", "Y", DAYS[0], None),
        ("FSM", "Y", DAYS[0], date(2025, 9, 14)),
        ("SEN", "K", DAYS[0], date(2025, 9, 14)),
        ("SEN", "E", LATER, None),
    ]


def test_a_family_that_moves_is_one_person_still(files):
    files.read_in()
    for _ in (AMIRA, BEN):
        files.change("pupils.csv", "4 Mill Lane", "7 Quay Street")
    files.read_in()
    person = models.Person.objects.get()
    assert (person.address, person.relationships.count()) == ("7 Quay Street", 2)


def test_a_child_who_moves_alone_gets_a_contact_of_their_own(files):
    files.read_in()
    files.change("pupils.csv", "4 Mill Lane", "7 Quay Street").read_in()
    assert models.Person.objects.count() == 2
    assert models.Relationship.objects.get(pupil__upn=AMIRA).person.address == "7 Quay Street"


def test_who_is_no_longer_a_contact_is_not_written_to(files):
    row = "Kofi Mensah,father,Y,N,2,Y,9 Hill Top,EW4 1AA,,,en"
    files.add("contacts.csv", f"{AMIRA},Joud Haddad,mother,Y,Y,1,Y,4 Mill Lane,EW4 7QT,,,ar")
    files.add("contacts.csv", f"{AMIRA},{row}").read_in()
    files.rows["contacts.csv"].pop()
    files.read_in()
    written = models.Relationship.objects.filter(pupil__upn=AMIRA, may_be_written_to=True)
    assert [(one.person.name, one.person.language) for one in written] == [("Joud Haddad", "ar")]


def test_codes_that_need_a_paper_go_on_the_offices_list(files):
    files.mark(AMIRA, DAYS[0], "AM", "B,,").mark(AMIRA, DAYS[4], "PM", "B,,")
    result = files.read_in()
    paper = models.Paper.objects.get()
    assert (paper.sessions, paper.first_on, paper.last_on) == (2, DAYS[0], DAYS[4])
    assert WarningKind.NEEDS_PAPER in kinds_of_warnings(result)


def test_school_weeks_are_numbered_without_a_restart(files):
    files.read_in()
    files.add("calendar.csv", "2025-07-21,AM,2024/25", "2026-01-05,AM,2025/26").read_in()
    weeks = models.SchoolWeek.objects.order_by("monday").values_list("number", flat=True)
    assert list(weeks) == [1, 2, 3, 4]


def test_stray_spaces_and_small_letters_of_codes_are_read_with_a_warning(files):
    result = files.mark(AMIRA, DAYS[0], "AM", " i ,,").read_in()
    assert the_mark().code_id == "I"
    assert "' i ' is read as I (marks.csv, line 2)" in told(result)


def test_who_may_import(files):
    files.add("staff.csv", "head,Ada Clarke,Head,administrator,,").read_in()
    with pytest.raises(Refused, match="--by"):
        files.read_in()
    head = models.User.objects.get(username="head")
    assert not head.has_usable_password()
    files.mark(AMIRA, DAYS[0], "AM", "I,,").read_in(by=head)
    amendment = models.Amendment.objects.get()
    assert (amendment.by, amendment.by_name, amendment.by_position) == (head, "Ada Clarke", "Head")
    teacher = factories.AppointmentFactory(role="teacher").user
    with pytest.raises(Refused):
        files.read_in(by=teacher)


def test_who_brings_a_new_school_becomes_its_administrator(files):
    head = factories.AppointmentFactory(role="administrator").user
    files.read_in(by=head)
    assert files.read_in(by=head).counts == {"unchanged marks": 48}


def test_staff_csv_cannot_take_over_somebody_elses_account(files):
    factories.UserFactory(username="head", name="Somebody Else")
    files.add("staff.csv", "head,Ada Clarke,Head,administrator,,")
    assert files.refused() == [
        "staff.csv, line 2, Username: belongs to somebody with another name. "
        "Choose another username"
    ]


def test_the_command_tells_what_it_did_and_fails_in_words(files):
    out = StringIO()
    call_command("import_school", str(files.write()), stdout=out)
    assert "48 new marks" in out.getvalue()
    with pytest.raises(CommandError, match="Nobody has the username nobody"):
        call_command("import_school", str(files.folder), by="nobody")
