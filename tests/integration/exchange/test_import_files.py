"""Files of any kind at the prompt: what comes in, what is asked, what is wrong and where."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from registers import models
from tests.factories import make_upn
from tests.factories.school_files import AMIRA, BEN, CHIDI, SchoolFiles

pytestmark = pytest.mark.django_db
URN = "900123"
EVE, FAY = make_upn(4), make_upn(5)


@pytest.fixture
def school(tmp_path, settings, monkeypatch) -> SchoolFiles:
    """Three pupils and two weeks, without marks; the working directory is the test's own."""
    settings.VAR = tmp_path / "var"
    monkeypatch.chdir(tmp_path)
    files = SchoolFiles(tmp_path / "school")
    del files.rows["marks.csv"]
    files.read_in()
    return files


class Ended:
    """How a run of the command ended: its code and what it said."""

    def __init__(self, code: int, said: str):
        self.code, self.said = code, said

    @property
    def questions(self) -> dict:
        (path,) = Path().glob("answers*.json")
        return {one["id"]: one for one in json.loads(path.read_text())["questions"]}


def bring(*paths: Path | str, **options) -> Ended:
    out = StringIO()
    try:
        call_command(
            *("import_files", *map(str, paths)),
            **{"school": URN, "stdout": out, "stderr": out, "verbosity": 0} | options,
        )
    except CommandError as error:
        return Ended(error.returncode, f"{out.getvalue()}{error}")
    return Ended(0, out.getvalue())


def text(name: str, *lines: str, encoding: str = "utf-8") -> Path:
    path = Path(name)
    path.write_text("".join(f"{line}\r\n" for line in lines), encoding=encoding, newline="")
    return path


def book(name: str, **sheets: list[list]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(name)
    return Path(name)


def marks() -> dict[tuple[str, str, int], str]:
    rows = models.Mark.objects.values_list("enrolment__pupil__upn", "date", "half", "code_id")
    return {(upn, str(day), half): code for upn, day, half, code in rows}


def pupil(upn: str) -> models.Pupil:
    return models.Pupil.objects.get(upn=upn)


# --- the files of other systems


def test_a_pupil_list_with_other_headings_dates_and_words_comes_in(school):
    path = text(
        "pupils.csv",
        "Legal Surname,Legal Forename,DOB,Gender,Year,Reg,UPN,Admission Date,Leaving Date,"
        "SEN Status,FSM Eligible,EAL,In Care",
        f"Ekwueme,Eve,04/03/2012,Female,Year  9,9A,{EVE},01/09/2025,,K - SEN Support,T,,F",
    )
    assert bring(path, dates="dmy").code == 0
    eve = pupil(EVE)
    assert (eve.surname, eve.sex, eve.born_on) == ("Ekwueme", "F", date(2012, 3, 4))
    enrolment = eve.enrolments.get()
    assert enrolment.starts_on == date(2025, 9, 1)
    assert enrolment.years.get().year_group == "9"
    held = models.Characteristic.objects.filter(pupil=eve)
    assert set(held.values_list("kind", "value")) == {("SEN", "K"), ("FSM", "Y")}


def test_a_name_in_one_column_and_months_in_words_need_no_question(school):
    path = text(
        "students.csv",
        "Student,UPN,Date of birth,Sex,Year group,Registration form,Enrolment start date,"
        "Enrolment end date",
        f'"Ekwueme, Eve",{EVE},04 Mar 2012,Female,Year 9,9A,01 Sep 2025,',
    )
    assert bring(path).code == 0
    assert str(pupil(EVE)) == "Ekwueme, Eve"


def test_a_grid_of_marks_comes_in(school):
    path = text(
        "grid.csv",
        "Surname,Forename,UPN,Reg,01/09/2025 AM,01/09/2025 PM,02/09/2025 AM,02/09/2025 PM",
        rf"Haddad,Amira,{AMIRA},9A,/,\,I,I",
    )
    assert bring(path, dates="dmy").code == 0
    assert marks() == {
        (AMIRA, "2025-09-01", 0): "/",
        (AMIRA, "2025-09-01", 1): "\\",
        (AMIRA, "2025-09-02", 0): "I",
        (AMIRA, "2025-09-02", 1): "I",
    }


def test_a_week_below_its_title_comes_in(school):
    path = text(
        "week.csv",
        "Attendance Report - Session marks for week beginning 01/09/2025",
        "",
        "Name,UPN,Mon AM,Mon PM",
        rf"Haddad Amira,{AMIRA},/,\ ".strip(),
    )
    assert bring(path).code == 0
    assert marks() == {(AMIRA, "2025-09-01", 0): "/", (AMIRA, "2025-09-01", 1): "\\"}


def test_a_roll_call_and_a_list_of_marks_come_in(school):
    day = text("roll.csv", "Student,UPN,Date,AM,PM", f"Amira Haddad,{AMIRA},01/09/2025,/,/")
    one = text(
        "list.csv",
        "UPN,Mark Date,Session Name,Mark,Minutes Late",
        f"{BEN},01/09/2025 00:00:00,AM,L,7",
    )
    ended = bring(day, one, dates="dmy")
    assert ended.code == 0
    assert marks() == {
        (AMIRA, "2025-09-01", 0): "/",
        (AMIRA, "2025-09-01", 1): "\\",
        (BEN, "2025-09-01", 0): "L",
    }
    assert "in the afternoon is read as" in ended.said


def test_a_transfer_file_and_a_roster_come_in(school):
    Path("t.xml").write_text(
        "<CTfile><Header><DocumentName>Common Transfer File</DocumentName></Header>"
        f"<CTFpupilData><Pupil><UPN>{EVE}</UPN><Surname>Ekwueme</Surname><Forename>Eve</Forename>"
        "<DOB>2012-03-04</DOB><Gender>F</Gender></Pupil></CTFpupilData></CTfile>"
    )
    with ZipFile("roster.zip", "w") as packed:
        packed.writestr("manifest.csv", "propertyName,value\noneroster.version,1.1\n")
        packed.writestr(
            "orgs.csv",
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
            f"o1,active,,Ellerwick,school,{URN},\n",
        )
        packed.writestr(
            "users.csv",
            "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
            "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,"
            f"password\nu1,active,,true,o1,student,u1,,Fay,Ferrar,,{FAY},,,,,09,\n",
        )
    ended = bring("t.xml", "roster.zip")
    assert ended.code == 3
    answers = Path("said.json")
    answers.write_text(json.dumps({"entry": "2025-09-08"}))
    assert bring("t.xml", "roster.zip", answers=answers).code == 0
    assert pupil(EVE).enrolments.get().starts_on == date(2025, 9, 8)
    assert pupil(FAY).enrolments.get().years.get().year_group == "9"


def test_contacts_of_a_workbook_find_their_pupils_by_name_after_asking(school):
    path = book(
        "contacts.xlsx",
        Parents=[
            ["Contacts of year 9", None, None],
            ["Pupil Name", "Parent Name", "Relationship", "Parental Responsibility", "Mobile"],
            ["Haddad, Ben", "Mr Sam Haddad", "Father", "Yes", 7700900123],
        ],
    )
    ended = bring(path)
    assert ended.code == 3
    (ident,) = ended.questions
    assert ident.startswith("by-name:")
    Path("a.json").write_text(json.dumps({ident: "yes"}))
    assert bring(path, answers=Path("a.json")).code == 0
    sam = models.Relationship.objects.get(pupil__upn=BEN, person__name="Mr Sam Haddad")
    assert sam.person.telephone == "07700900123"
    assert sam.has_responsibility
    assert sam.may_be_written_to


# --- what is asked


def test_dates_that_may_be_read_in_two_ways_are_asked_once_for_a_file(school):
    path = text("p.csv", "UPN,Surname,Forename,DOB,DOA", f"{EVE},E,Eve,04/03/2012,01/09/2025")
    ended = bring(path)
    assert ended.code == 3
    assert not models.Pupil.objects.filter(upn=EVE).exists()
    (question,) = ended.questions.values()
    assert [value for value, _ in question["choices"]] == ["dmy", "mdy"]
    file = next(Path().glob("answers*.json"))
    filled = json.loads(file.read_text())
    filled["questions"][0]["answer"] = "dmy"
    file.write_text(json.dumps(filled))
    assert bring(path, answers=file).code == 0
    assert pupil(EVE).born_on == date(2012, 3, 4)


def test_one_day_after_the_twelfth_settles_the_order_of_a_file(school):
    path = text(
        "p.csv",
        "UPN,Surname,Forename,DOB,DOA",
        f"{EVE},E,Eve,04/03/2012,01/09/2025",
        f"{FAY},F,Fay,25/03/2012,01/09/2025",
    )
    assert bring(path).code == 0
    assert pupil(EVE).born_on == date(2012, 3, 4)


def test_a_word_that_nobody_knows_is_asked_once_and_kept_under_a_name(school):
    path = text("p.csv", "UPN,Gender,SEN Status", f"{AMIRA},Female,Action Plus")
    ended = bring(path)
    assert ended.code == 3
    assert list(ended.questions) == ["word:SEN:action plus"]
    Path("a.json").write_text(json.dumps({"word:SEN:action plus": "K"}))
    assert bring(path, answers=Path("a.json"), mapping="Our system").code == 0
    assert bring(path, mapping="Our system").code == 0
    assert models.Characteristic.objects.get(pupil__upn=AMIRA, kind="SEN").value == "K"


def test_groups_that_differ_in_case_or_blanks_are_one_after_asking(school):
    path = text("p.csv", "UPN,Reg", f"{AMIRA},9a", f"{BEN},8B")
    ended = bring(path)
    assert ended.code == 3
    (question,) = ended.questions.values()
    assert "“9a”" in question["question"]
    assert question["suggested"] == "9A"
    Path("a.json").write_text(json.dumps({question["id"]: "9A"}))
    assert bring(path, answers=Path("a.json")).code == 0
    assert not models.Group.objects.filter(name="9a").exists()


def test_a_group_that_a_spreadsheet_took_for_a_date_is_asked(school):
    path = book("p.xlsx", Pupils=[["UPN", "Reg"], [AMIRA, date(2025, 10, 7)]])
    ended = bring(path)
    assert ended.code == 3
    assert list(ended.questions) == ["group:2025-10-07"]
    Path("a.json").write_text(json.dumps({"group:2025-10-07": "7OCT"}))
    assert bring(path, answers=Path("a.json")).code == 0
    assert models.Membership.objects.filter(
        group__name="7OCT", enrolment__pupil__upn=AMIRA
    ).exists()


def test_a_table_that_nobody_knows_is_asked_and_may_be_left_out(school):
    path = text("dinners.csv", "Meal,Price", "Pasta,2.50")
    ended = bring(path)
    assert ended.code == 3
    (ident,) = ended.questions
    Path("a.json").write_text(json.dumps({ident: "-"}))
    assert bring(path, answers=Path("a.json")).code == 0


# --- what is wrong, in the person's own words


def test_a_wrong_cell_is_told_in_the_persons_own_file_sheet_line_and_column(school):
    path = book(
        "ours.xlsx",
        **{
            "Year 8": [["UPN", "Pupil DOB"], [BEN, "2013-05-06"]],
            "Year 9": [["List of year 9"], ["UPN", "Pupil DOB"], [AMIRA, "yesterday"]],
        },
    )
    ended = bring(path)
    assert ended.code == 1
    assert "ours.xlsx, sheet Year 9, line 3, Pupil DOB: “yesterday” is not a date" in ended.said


def test_a_wrong_mark_of_a_grid_is_told_with_its_column(school):
    path = text("grid.csv", "UPN,Mon 01/09/2025 AM,Tue 02/09/2025 AM", f"{AMIRA},/,X")
    ended = bring(path)
    assert ended.code == 1
    assert "grid.csv, line 2, Tue 02/09/2025 AM:" in ended.said


def test_nothing_is_written_while_a_row_is_wrong_and_the_good_ones_are_on_request(school):
    path = text("p.csv", "UPN,Forename", f"{AMIRA},Mira", f"{BEN[:-1]},Benny")
    assert bring(path).code == 1
    assert pupil(AMIRA).forename == "Amira"
    assert bring(path, skip_wrong_rows=True).code == 1
    assert pupil(AMIRA).forename == "Mira"


def test_numbers_that_a_spreadsheet_shortened_are_refused(school):
    path = text(
        "c.csv", "UPN,Contact name,Relationship,Phone", f"{AMIRA},Joud Haddad,mother,7.70E+09"
    )
    ended = bring(path)
    assert ended.code == 1
    assert "c.csv, line 2, Phone" in ended.said
    assert "digits are lost" in ended.said


def test_a_file_that_is_no_table_is_told_and_the_others_come_in(school):
    Path("letter.pdf").write_bytes(b"%PDF-1.4")
    path = text("p.csv", "UPN,Forename", f"{AMIRA},Mira")
    ended = bring(path, "letter.pdf")
    assert ended.code == 0
    assert "letter.pdf" in ended.said
    assert bring("letter.pdf").code == 1


def test_a_broken_workbook_is_one_clear_sentence(school):
    Path("p.xlsx").write_bytes(b"PK\x03\x04 nothing of the kind")
    ended = bring("p.xlsx")
    assert (ended.code, "p.xlsx" in ended.said) == (1, True)


# --- what a file does not say


def test_columns_that_are_not_there_leave_what_rollbook_has(school):
    models.Pupil.objects.filter(upn=AMIRA).update(preferred_name="Mira")
    before = models.Pupil.objects.values().get(upn=AMIRA)
    assert bring(text("p.csv", "UPN,Year group", f"{AMIRA},Year 9")).code == 0
    assert models.Pupil.objects.values().get(upn=AMIRA) == before
    assert models.Relationship.objects.filter(pupil__upn=AMIRA, may_be_written_to=True).exists()


def test_contacts_without_addresses_and_flags_keep_those_that_are_there(school):
    before = models.Relationship.objects.values().get(pupil__upn=AMIRA)
    path = text("c.csv", "UPN,Contact name,Contact email", f"{AMIRA},Joud Haddad,new@home.example")
    assert bring(path).code == 0
    assert models.Relationship.objects.values().get(pupil__upn=AMIRA) == before
    person = models.Person.objects.get(name="Joud Haddad")
    assert (person.email, person.postcode) == ("new@home.example", "EW4 7QT")


def test_pupils_on_roll_who_are_no_longer_in_the_file_are_named(school):
    ended = bring(text("p.csv", "UPN,Forename", f"{AMIRA},Amira"))
    assert "1 pupil on roll is not in this file. They stay" in ended.said
    assert "Not in the files: Haddad, Ben" in ended.said
    assert CHIDI not in ended.said


def test_one_mother_with_two_addresses_of_mail_is_one_person_and_a_warning(school):
    path = text(
        "c.csv",
        "UPN,Contact name,Contact address,Contact postcode,Contact email,Contact telephone",
        f"{AMIRA},Mona Haddad,4 Mill Lane,EW4 7QT,a@x.example,01632 960001",
        f"{BEN},Mona Haddad,4 Mill Lane,EW4 7QT,b@x.example,01632 960002",
    )
    ended = bring(path)
    assert ended.code == 0
    assert models.Person.objects.filter(name="Mona Haddad").count() == 1
    assert "a@x.example in c.csv, line 2, b@x.example here" in ended.said
    assert "(c.csv, line 3)" in ended.said


def test_a_language_is_kept_as_its_tag(school):
    path = text(
        "c.csv",
        "UPN,Contact name,Relationship,Language",
        f"{AMIRA},Mrs Anna Kowalska,mother,Polish",
        f"{AMIRA},Mr Jan Kowalski,father,pl",
    )
    assert bring(path).code == 0
    people = models.Person.objects.filter(name__contains="Kowalsk")
    assert set(people.values_list("language", flat=True)) == {"pl"}


# --- a new school


def test_a_new_school_gets_its_calendar_from_the_days_of_its_marks_after_asking(
    tmp_path, settings, monkeypatch
):
    settings.VAR = tmp_path / "var"
    monkeypatch.chdir(tmp_path)
    pupils = text("p.csv", "UPN,Surname,Forename,DOA", f"{EVE},Ekwueme,Eve,1 Sep 2025")
    grid = text("m.csv", "UPN,Mon 01/09/2025 AM,Mon 01/09/2025 PM", rf"{EVE},/,\ ".strip())
    ended = bring(pupils, grid)
    assert ended.code == 3
    assert {"school-name", "calendar"} == set(ended.questions)
    Path("a.json").write_text(json.dumps({"school-name": "Field School", "calendar": "marks"}))
    assert bring(pupils, grid, answers=Path("a.json")).code == 0
    assert models.School.objects.get().name == "Field School"
    assert len(marks()) == models.Session.objects.count() == 2


def test_a_trial_writes_nothing(school):
    path = text("p.csv", "UPN,Forename", f"{AMIRA},Mira")
    ended = bring(path, dry_run=True)
    assert (ended.code, pupil(AMIRA).forename) == (0, "Amira")
    assert "Changed: 1" in ended.said


def test_a_calendar_is_made_of_dates_of_terms_after_asking(tmp_path, settings, monkeypatch):
    settings.VAR = tmp_path / "var"
    monkeypatch.chdir(tmp_path)
    pupils = text("p.csv", "UPN,Surname,Forename,Year,DOA", f"{EVE},Ekwueme,Eve,Y9,1 Sep 2025")
    terms = text("t.csv", "Term,Start date,End date", "Spring 2,1 May 2026,8 May 2026")
    ended = bring(pupils, terms)
    assert ended.code == 3
    assert set(ended.questions) == {"school-name", "calendar"}
    Path("a.json").write_text(json.dumps({"school-name": "Field School", "calendar": "terms"}))
    assert bring(pupils, terms, answers=Path("a.json")).code == 0
    days = {str(day) for day in models.Session.objects.values_list("date", flat=True)}
    assert days == {"2026-05-01", "2026-05-05", "2026-05-06", "2026-05-07", "2026-05-08"}
    assert models.EnrolmentYear.objects.get().year_group == "9"


def test_colleagues_without_username_or_role_come_in_after_one_question(school):
    path = text(
        "staff.csv",
        "Title,Forename,Surname,Job Title,Work Email",
        "Ms,Ada,Clarke,Teacher of maths,a.clarke@ellerwick.example",
    )
    ended = bring(path)
    assert ended.code == 3
    (ident,) = ended.questions
    Path("a.json").write_text(json.dumps({ident: "teacher"}))
    assert bring(path, answers=Path("a.json")).code == 0
    appointment = models.Appointment.objects.get(user__username="a.clarke@ellerwick.example")
    assert (str(appointment.user.name), appointment.role) == ("Ms Ada Clarke", "teacher")


def test_two_contacts_in_one_row_of_pupils_become_two_contacts(school):
    path = text(
        "p.csv",
        "UPN,Sex,DOB,Year,Contact 1 Name,Contact 1 Relationship,Contact 1 Parental Responsibility,"
        "Contact 2 Name,Contact 2 Relationship,Contact 2 Parental Responsibility",
        f"{BEN},M,2013-05-06,8,Ada Haddad,mother,T,Sam Haddad,uncle,F",
        f"{AMIRA},F,2012-03-04,9,Ada Haddad,mother,T,,,",
    )
    assert bring(path).code == 0
    rows = models.Relationship.objects.filter(person__name__in=["Ada Haddad", "Sam Haddad"])
    told = rows.values_list("pupil__upn", "person__name", "priority", "may_be_written_to")
    assert set(told) == {
        (BEN, "Ada Haddad", 1, True),
        (BEN, "Sam Haddad", 2, False),
        (AMIRA, "Ada Haddad", 1, True),
    }


def test_a_change_of_a_mark_names_the_persons_own_file_and_line(school):
    head = "UPN,Mon 01/09/2025 AM"
    assert bring(text("week 1.csv", head, f"{AMIRA},/")).code == 0
    other = text("other.csv", "UPN,Tue 02/09/2025 AM", f"{BEN},/", f"{CHIDI},Z")
    again = text("week 1 again.csv", "Our marks", head, f"{AMIRA},I")
    assert bring(other, again).code == 0
    amendment = models.Amendment.objects.get(code_before="/")
    assert amendment.reason == "line 3 of week 1 again.csv: changed in the school's system"
    assert bring(text("w.csv", head, f"{AMIRA},B")).code == 0
    assert models.Amendment.objects.filter(reason__startswith="w.csv, line 2: ").exists()


def test_a_list_of_pupils_and_a_list_of_sen_beside_it_are_one(school):
    pupils = text("p.csv", "UPN,Surname,Forename,DOA", f"{EVE},Ekwueme,Eve,1 Sep 2025")
    sen = text("sen.csv", "UPN,Surname,SEN Status", f"{EVE},Ekwueme,K", f"{AMIRA},Haddad,E")
    assert bring(sen, pupils).code == 0
    held = models.Characteristic.objects.filter(kind="SEN", until_on=None)
    assert set(held.values_list("pupil__upn", "value")) == {(EVE, "K"), (AMIRA, "E")}
    other = text("sen.csv", "UPN,Surname,SEN Status", f"{EVE},Ekwuemi,K")
    ended = bring(pupils, other)
    assert ended.code == 1
    assert "sen.csv, line 2, Surname: differs from line 2 of p.csv, the same pupil" in ended.said


def test_a_pupil_who_is_repeated_for_each_contact_is_one(school):
    path = text(
        "p.csv",
        "UPN,Surname,Forename,DOB,Sex,Year,Contact Name,Contact Relationship,"
        "Contact Parental Responsibility,Contact Priority",
        f"{AMIRA},Haddad,Amira,2012-03-04,F,9,Ada Haddad,mother,T,1",
        f"{AMIRA},Haddad,Amira,2012-03-04,F,9,Sam Haddad,father,T,2",
    )
    ended = bring(path)
    assert ended.code == 0
    assert "the very same row again counts once" in ended.said
    rows = models.Relationship.objects.filter(pupil__upn=AMIRA, may_be_written_to=True)
    assert set(rows.values_list("person__name", flat=True)) == {"Ada Haddad", "Sam Haddad"}


def test_year_groups_without_a_calendar_are_told(tmp_path, settings, monkeypatch):
    settings.VAR = tmp_path / "var"
    monkeypatch.chdir(tmp_path)
    models.School.objects.create(urn=URN, name="Field School")
    path = text("p.csv", "UPN,Surname,Forename,Year,DOA", f"{EVE},E,Eve,9,1 Sep 2025")
    ended = bring(path)
    assert ended.code == 0
    assert "the school has no calendar" in ended.said


def test_two_systems_lists_of_one_pupil_are_one_enrolment(school):
    one = text(
        "sims.csv",
        "Legal Surname,Legal Forename,DOB,UPN,Admission Date,SEN Status",
        f"Ekwueme,Eve,25/03/2012,{EVE},01/09/2025,K",
    )
    other = text(
        "arbor.csv",
        "Student,UPN,Date of birth,Registration form,Enrolment start date",
        f'"Ekwueme, Eve",{EVE},25 Mar 2012,9A,01 Sep 2025',
    )
    grid = text("grid.csv", "UPN,Mon 01/09/2025 AM", f"{EVE},/")
    assert bring(one, other, grid).code == 0
    assert pupil(EVE).enrolments.get().memberships.get().group.name == "9A"
    assert marks()[EVE, "2025-09-01", 0] == "/"


def test_a_mark_whose_pupil_is_wrong_names_the_line_of_that_pupil(school):
    path = text("p.csv", "UPN,Surname,Forename,Sex,DOA", f"{EVE},,Eve,F,1 Sep 2025")
    ended = bring(text("grid.csv", "UPN,Mon 01/09/2025 AM", f"{EVE},/"), path)
    assert ended.code == 1
    assert "this pupil's row in p.csv is wrong (line 2)" in ended.said
