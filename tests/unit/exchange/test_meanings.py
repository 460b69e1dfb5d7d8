"""What headings, words, dates and spoiled cells mean: tables of cases."""

from datetime import date

import pytest

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.vocabulary import load, profiles, take_apart
from registers.exchange.map.dates import DateEvidence, DateReader, is_serial, readings
from registers.exchange.map.fields import assign, whose_names_must_be_asked
from registers.exchange.map.kinds import kind_of
from registers.exchange.map.recipes import address, group, names, telephone
from registers.exchange.map.scan import is_scientific, looks_like_a_date, swapped
from registers.exchange.map.segments import Meaning, segments_of
from registers.exchange.map.words import meaning
from registers.exchange.problems.errors import WrongCell
from registers.exchange.proposal.look import signature
from registers.exchange.read.tables import SourceTable
from registers.rules.pupils.languages import tag_of

MANY_CONTACTS = "Name,UPN,Reg,Contact 1 Name,Contact 1 Mobile,Parent 2 Name,Priority 3 Parent Email"


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("Legal Surname,Legal Forename,DOB,Reg,UPN,Admission Date", "pupils"),
        ("Student,UPN,Registration form,Enrolment start date", "pupils"),
        ("UPN,SEN Status", "pupils"),
        ("UPN,Surname,Forename,Contact Forename,Contact Surname,Relationship", "contacts"),
        ("Pupil Name,Contact Order,Contact Name,Responsibility,Mobile Phone,Email", "contacts"),
        (MANY_CONTACTS, "contacts"),
        (f"{MANY_CONTACTS},Sex,DOB,Year group,Date of admission", "pupils"),
        ("STUDENT_ID,RAW_MARK,MINUTES_LATE,PERIOD,DATE", "marks"),
        ("Username,Name,Position,Role,Registration group,Email", "staff"),
        ("Title,Forename,Surname,Job Title,Work Email", "staff"),
        ("Term,Start Date,End Date", "terms"),
        ("Name,Start Date,End Date,School year", "terms"),
        ("UPN,Group,Kind,From,Until", "groups"),
        ("UPN,Characteristic,Value,From,Until", "characteristics"),
        ("Date,Session,Academic year", "calendar"),
        ("URN,Name,Headteacher", "school"),
        ("UPN,Class,Start Date,End Date", None),  # of a group, or on roll
        ("Student,Class,Teacher", None),  # taught, or registered
        ("Meal,Price", None),
    ],
)
def test_a_kind_is_told_by_the_headings(headings, kind):
    assert kind_of(headings.split(","), is_marks=False) == kind


@pytest.mark.parametrize("file", [file for file in COLUMNS if file != "prior_attendance.csv"])
def test_our_own_files_are_what_they_are(file):
    kind = file.removesuffix(".csv")
    found = assign(COLUMNS[file], kind)
    assert [column.field for column in found.columns] == COLUMNS[file]
    if file != "marks.csv":
        assert kind_of(COLUMNS[file], is_marks=False) == kind


def fields(headings: str, kind: str) -> list[tuple[str, str | None, int]]:
    columns = assign(headings.split(","), kind).columns
    return [(column.heading, column.field, column.number) for column in columns]


def test_several_contacts_have_their_numbers():
    assert fields(MANY_CONTACTS, "contacts")[3:] == [
        ("Contact 1 Name", "Contact name", 1),
        ("Contact 1 Mobile", "Contact telephone", 1),
        ("Parent 2 Name", "Contact name", 2),
        ("Priority 3 Parent Email", "Contact email", 3),
    ]


@pytest.mark.parametrize(
    ("headings", "field_of_surname", "asked"),
    [
        ("Student Surname,Surname,Relationship", "Contact surname", False),
        ("Surname,Contact Surname,Relationship", "Surname", False),
        ("UPN,Surname,Relationship", "Surname", True),
    ],
)
def test_whose_a_plain_surname_is_follows_from_the_others_or_is_asked(
    headings, field_of_surname, asked
):
    found = assign(headings.split(","), "contacts")
    by_heading = {column.heading: column.field for column in found.columns}
    assert by_heading["Surname"] == field_of_surname
    assert whose_names_must_be_asked(found) is asked


def test_the_legal_name_goes_before_the_one_in_use():
    found = fields("Surname,Legal Surname,Preferred Surname,UPN", "pupils")
    assert [field for _, field, _ in found] == [None, "Surname", None, "UPN"]


def test_a_second_telephone_stands_in_where_the_first_is_empty():
    table = SourceTable(
        "c.csv",
        ["UPN", "Parent", "Mobile", "Home phone"],
        lambda: iter([(2, ["X1", "A", "", "01632 960001"]), (3, ["X2", "B", "07700 900123", "1"])]),
    )
    assigned = assign(table.columns, "contacts")
    (segment,) = segments_of(table, "contacts", assigned, Meaning(DateReader(), {}), last_line=3)
    telephone_of = next(one.make for one in segment.made if one.column == "Contact telephone")
    assert [telephone_of(cells) for _, cells in segment.rows()] == ["01632 960001", "07700 900123"]


def test_a_heading_that_is_only_like_a_known_one_is_a_suggestion():
    column = assign(["UPN", "Surnme"], "pupils").columns[1]
    assert (column.field, column.suggested) == (None, "Surname")


def test_every_profile_names_fields_that_are_there():
    sections = load("headings")
    known = {name for section in sections.values() for name in section}
    for profile in profiles():
        assert set(profile.columns.values()) <= known
        assert profile.kind in COLUMNS
        assert profile.needs
    for one in load("profiles")["profile"]:
        assert one["certain"] in ("help page", "general")
        assert len(one["source"]) > 20


def test_a_signature_is_the_same_for_next_weeks_grid():
    one = signature(["Name", "UPN", "01/09/2025 AM"])
    assert one == signature(["UPN", "NAME", "08/09/2025 AM", "08/09/2025 PM"])
    assert one != signature(["UPN", "Surname", "01/09/2025 AM"])


def test_a_heading_is_taken_apart():
    assert take_apart("Student's Surname")[:2] == ("surname", "pupil")
    assert take_apart("Parent/Carer 2 Email") == ("email", "contact", 2)
    assert take_apart("Mother Mobile") == ("mobile", "contact", 1)
    assert take_apart("givenName").words == "given name"


# --- dates


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2012-03-04", {"2012-03-04"}),
        ("04 Mar 2012", {"2012-03-04"}),
        ("4th March 2012", {"2012-03-04"}),
        ("Sun, 4 Mar 2012", {"2012-03-04"}),
        ("March 4, 2012", {"2012-03-04"}),
        ("04-Mar-12", {"2012-03-04"}),
        ("20120304", {"2012-03-04"}),
        ("2012-03-04T00:00:00Z", {"2012-03-04"}),
        ("25/03/2012 00:00:00", {"2012-03-25"}),
        ("03/25/2012", {"2012-03-25"}),
        ("04/03/2012", {"2012-03-04", "2012-04-03"}),
        ("04/03/12", {"2012-03-04", "2012-04-03", "2004-03-12"}),
        ("4.3.2012", {"2012-03-04", "2012-04-03"}),
        ("31/02/2012", set()),
        ("Sep-10", set()),
        ("yesterday", set()),
    ],
)
def test_every_way_to_read_a_date_is_known(text, days):
    assert {str(day) for day in readings(text).values()} == days


@pytest.mark.parametrize(
    ("texts", "order", "must_ask"),
    [
        (["04/03/2012", "25/03/2012"], "dmy", False),
        (["04/03/2012", "03/25/2012"], "mdy", False),
        (["04/03/2012"], None, True),
        (["03/03/2012"], None, False),  # the same in either order
        (["04 Mar 2012", "2012-03-04"], None, False),
        (["25/03/2012", "03/25/2012"], None, True),  # both: somebody must look
    ],
)
def test_a_file_settles_its_order_or_is_asked(texts, order, must_ask):
    evidence = DateEvidence()
    evidence.look_at(texts)
    assert (evidence.order, evidence.must_ask) == (order, must_ask)


def test_a_date_against_the_order_of_its_file_is_wrong_not_turned_round():
    assert DateReader("dmy")("04/03/2012") == date(2012, 3, 4)
    with pytest.raises(WrongCell, match="day/month/year"):
        DateReader("dmy")("03/25/2012")
    with pytest.raises(WrongCell, match="more than one day"):
        DateReader()("04/03/2012")


def test_a_spreadsheets_number_is_a_day_only_when_somebody_says_so():
    assert is_serial("45901")
    assert not is_serial("20250901")
    with pytest.raises(WrongCell, match="spreadsheet's number"):
        DateReader()("45901")
    assert DateReader(epoch="1900")("45901.0") == date(2025, 9, 1)
    assert DateReader(epoch="1904")("44439") == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("texts", "was"),
    [
        (["2012-03-04", "2012-11-01", "25/03/2012"], True),
        (["2012-03-04", "2012-11-25", "25/03/2012"], False),
        (["2012-03-04", "2012-11-01"], False),
        (["2012-03-04", "2012-11-01", "05/03/2012"], False),
    ],
)
def test_days_that_a_spreadsheet_took_for_months_are_seen(texts, was):
    assert swapped(texts) is was


# --- words and what a spreadsheet spoils


@pytest.mark.parametrize(
    ("field", "word", "value"),
    [
        ("Sex", "Female", "F"),
        ("Sex", " boy ", "M"),
        ("Sex", "Not specified", ""),
        ("SEN", "K - SEN Support", "K"),
        ("SEN", "EHC Plan", "E"),
        ("SEN", "School Action", None),
        ("FSM", "T", "Y"),
        ("EAL", "0", "N"),
        ("Lives with", "✓", "Y"),
        ("Looked after", "perhaps", None),
        ("Session", "Morning", "AM"),
        ("Role", "Form Tutor", "teacher"),
        ("Language", "Polish", "pl"),
        ("Language", "pl", "pl"),
        ("Language", "Klingonese", None),
        ("Sex", "", ""),
    ],
)
def test_the_words_of_other_systems_are_known_or_asked(field, word, value):
    assert meaning(field, word) == value


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Chinese (Cantonese)", "yue"),
        ("Panjabi (Gurmukhi)", "pa"),
        ("PL", "pl"),
        ("pt-BR", "pt-BR"),
        ("fur", "fur"),
        ("Twi", "tw"),
        ("Elvish tongue", None),
    ],
)
def test_a_language_is_known_by_name_or_tag(text, tag):
    assert tag_of(text) == tag


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7700900123", "07700900123"),
        ("1632960001", "01632960001"),
        ("07700 900123", "07700 900123"),
        ("+44 7700 900123", "+44 7700 900123"),
        ("4477009001", "4477009001"),
        ("7700900123.0", "07700900123"),
        ("", ""),
    ],
)
def test_a_telephone_number_gets_back_the_zero_that_a_spreadsheet_took(text, number):
    assert telephone(text) == number


def test_a_number_that_lost_its_digits_is_refused():
    assert is_scientific("7.70E+09")
    assert is_scientific("1,23e12")
    assert not is_scientific("X330200021001")
    with pytest.raises(WrongCell, match="digits are lost"):
        telephone("7.70E+09")


@pytest.mark.parametrize(
    ("text", "is_one"), [("07-Oct", True), ("Sep-10", True), ("2025-10-07", True), ("9A", False)]
)
def test_a_group_that_became_a_date_is_seen(text, is_one):
    assert looks_like_a_date(text) is is_one
    if is_one:
        with pytest.raises(WrongCell):
            group("Registration group", text, {})
        assert group("Registration group", text, {f"group:{text}": "7OCT"}) == "7OCT"


@pytest.mark.parametrize(
    ("text", "order", "parts"),
    [
        ("Haddad, Amira", None, ("Haddad", "Amira")),
        ("de la Cruz,  Ana María", None, ("de la Cruz", "Ana María")),
        ("Amira Haddad", "forename", ("Haddad", "Amira")),
        ("Haddad Amira", "surname", ("Haddad", "Amira")),
        ("Ana de la Cruz", "forename", ("de la Cruz", "Ana")),
    ],
)
def test_a_name_in_one_cell_comes_apart(text, order, parts):
    assert names(text, order) == parts


def test_a_name_whose_order_nothing_tells_is_no_name():
    with pytest.raises(WrongCell):
        names("Amira Haddad", None)


def test_an_address_of_several_cells_is_one():
    assert address([0, 1, 2])(["4", "Mill Lane", "Ellerwick"]) == "4 Mill Lane, Ellerwick"
    assert address([0, 1])(["Rose Cottage", ""]) == "Rose Cottage"
