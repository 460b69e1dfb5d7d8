"""OneRoster CSV of both versions: rosters of one school, and what is left out with a word."""

import csv

import pytest

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.read.oneroster import (
    WHICH_SCHOOL,
    is_oneroster,
    read_oneroster,
)

AMIRA, BEN = "X330200021001", "L330200021002"
MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,{}\nfile.users,bulk\n"
ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
ONE_SCHOOL = ORGS + "o1,active,,Field School,school,910001,\nd1,active,,The trust,district,1,\n"
TWO_SCHOOLS = ONE_SCHOOL + "o2,active,,Hill School,school,3304002,d1\n"
USERS_11 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
    f'u1,active,,true,o1,student,u1,,Amira,Haddad,,{AMIRA},,,,"p1,x9",09,\n'
    f"u2,tobedeleted,,true,o1,student,u2,,Ben,Haddad,,{BEN},,,,p1,08,\n"
    f"u3,,,true,o2,student,u3,{{UPN:{BEN}}},Zoë,O’Neill,,0417,,,,,KG,\n"
    "p1,,,true,o1,parent,p1,,Joud,Haddad,,,j@home.example,,01632 960001,,,\n"
    "t1,,,true,o1,teacher,d.okafor,,Dayo,Okafor,,,d.okafor@field.example,,,,,\n"
    "a1,,,true,o1,administrator,head,,Ruth,Clarke,,,head@field.example,,,,,\n"
)
USERS_12 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,"
    "preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n"
    f"u1,active,,true,u1,,Amira,Haddad,,{AMIRA},,,,p1,09,,,Ami,,,o1,\n"
    "p1,active,,true,p1,,Joud,Haddad,,,,01632 960002,,,,,,,,,o1,\n"
    "t1,active,,true,d.okafor,,Dayo,Okafor,,,d.okafor@field.example,,,,,,,,,,o1,\n"
)
ROLES_12 = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
    "orgSourcedId,userProfileSourcedId\n"
    "r1,active,,u1,primary,student,,,o1,\nr2,active,,p1,primary,guardian,,,o1,\n"
    "r3,active,,t1,primary,teacher,,,o1,\nr4,tobedeleted,,t1,secondary,administrator,,,o1,\n"
)
CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n"
    "c1,active,,9A,09,,9A,homeroom,,o1,s1,,,\nc2,active,,9A/Ma1,09,,Ma1,scheduled,,o1,s1,,,\n"
)
ENROLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate\n"
    "e1,active,,c1,o1,u1,student,,2025-09-01,2026-07-20\n"
    "e2,active,,c2,o1,u1,student,,,\ne3,active,,c1,o1,t1,teacher,true,,\n"
    "e4,tobedeleted,,c2,o1,u1,student,,,\n"
)
SESSIONS = (
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
    "s1,active,,Autumn,term,2025-09-01,2025-12-19,y1,2026\n"
    "y1,active,,2025-2026,schoolYear,2025-09-01,2026-07-20,,2026\n"
)
DEMOGRAPHICS = "sourcedId,status,dateLastModified,birthDate,sex\nu1,active,,2012-03-04,female\n"
WHOLE = {
    "orgs.csv": ONE_SCHOOL,
    "classes.csv": CLASSES,
    "enrollments.csv": ENROLMENTS,
    "academicSessions.csv": SESSIONS,
    "demographics.csv": DEMOGRAPHICS,
}


@pytest.fixture
def folder(tmp_path):
    def folder(version="1.1", **files):
        users = {"users.csv": USERS_11} if version == "1.1" else {"users.csv": USERS_12}
        given = {"manifest.csv": MANIFEST.format(version), "orgs.csv": ONE_SCHOOL} | users
        if version == "1.2":
            given["roles.csv"] = ROLES_12
        for name, text in (given | files).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return folder


def read(folder, **options):
    tables, _ = read_oneroster(folder, "oneroster.zip", **options)
    return {table.kind: table for table in tables}


def questions(folder, **options):
    return read_oneroster(folder, "oneroster.zip", **options)[1]


def rows(table):
    return [dict(zip(table.columns, cells, strict=True)) for _, cells in table.rows()]


def test_few_files_are_enough(folder):
    tables = read(folder())
    assert set(tables) == {"pupils.csv", "contacts.csv", "staff.csv"}
    assert rows(tables["pupils.csv"]) == [
        {"UPN": AMIRA, "Surname": "Haddad", "Forename": "Amira", "Year group": "9"}
    ]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_both_versions_give_the_same_rosters(folder, version):
    tables = read(folder(version, **WHOLE))
    (pupil,) = rows(tables["pupils.csv"])
    assert pupil["Date of birth"] == "2012-03-04"
    assert (pupil["Sex"], pupil["Year group"], pupil["Registration group"]) == ("F", "9", "9A")
    assert rows(tables["groups.csv"]) == [
        {"UPN": AMIRA, "Group": "9A/Ma1", "Kind": "teaching", "From": "2025-09-01"}
    ]
    (teacher,) = rows(tables["staff.csv"])
    assert (teacher["Username"], teacher["Name"]) == ("d.okafor", "Dayo Okafor")
    assert (teacher["Role"], teacher["Registration group"]) == ("teacher", "9A")
    (contact,) = rows(tables["contacts.csv"])
    assert (contact["UPN"], contact["Contact name"]) == (AMIRA, "Joud Haddad")
    assert rows(tables["terms.csv"]) == [
        {
            "Academic year": "2025/26",
            "Term": "Autumn",
            "From": "2025-09-01",
            "Until": "2025-12-19",
        }
    ]


def test_what_version_1_2_adds(folder):
    tables = read(folder("1.2"))
    assert rows(tables["pupils.csv"])[0]["Preferred forename"] == "Ami"
    contact = rows(tables["contacts.csv"])[0]
    assert (contact["Contact relationship"], contact["Contact telephone"]) == (
        "guardian",
        "01632 960002",
    )


def test_nothing_is_said_of_responsibility_and_a_note_says_so(folder):
    contacts = read(folder())["contacts.csv"]
    assert "Parental responsibility" not in contacts.columns
    assert "parental responsibility" in contacts.notes[0]


def test_rows_to_be_deleted_and_administrators_are_left_out_with_a_note(folder):
    tables = read(folder(**WHOLE))
    notes = tables["pupils.csv"].notes
    assert "users.csv: 1 row that is to be deleted or inactive left out" in notes
    assert "enrollments.csv: 1 row that is to be deleted or inactive left out" in notes
    assert "not brought in, invite them by hand: 1 × administrator" in notes
    assert [row["Role"] for row in rows(tables["staff.csv"])] == ["teacher"]


def test_of_several_schools_a_person_says_which_unless_its_number_does(folder):
    two = folder(**{"orgs.csv": TWO_SCHOOLS})
    (question,) = questions(two)
    assert question.id == WHICH_SCHOOL
    assert question.choices == (("o1", "Field School (910001)"), ("o2", "Hill School (3304002)"))
    assert read(two) == {}
    assert rows(read(two, urn="910001")["pupils.csv"])[0]["Forename"] == "Amira"
    answered = read(two, urn="999999", answers={WHICH_SCHOOL: "o2"})
    (pupil,) = rows(answered["pupils.csv"])
    assert pupil["Forename"] == "Zoë"
    assert (pupil["UPN"], pupil["Admission number"], pupil["Year group"]) == (BEN, "0417", "R")
    assert questions(two, laestab="3304002") == []


def test_one_school_needs_no_question(folder):
    assert questions(folder(), urn="123456") == []


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("users.csv", "name,role\nAmira,student\n", "has no column sourcedId"),
        ("classes.csv", "", "classes.csv"),
        ("orgs.csv", ONE_SCHOOL + "o2,active\no3,,,,,,,too,many\n", "9 cells where the headings"),
    ],
)
def test_a_file_that_is_none_is_told_by_name(folder, file, text, words):
    with pytest.raises(UnreadableFile, match=words):
        read(folder(**{file: text}))


def test_a_folder_is_known_by_its_manifest_or_its_users(folder, tmp_path):
    assert is_oneroster(folder())
    (tmp_path / "manifest.csv").unlink()
    assert is_oneroster(tmp_path)
    (tmp_path / "users.csv").write_text("UPN,Surname\n")
    assert not is_oneroster(tmp_path)


def test_schools_without_a_name_and_a_number_are_asked_about_by_what_there_is(folder):
    bare = folder(**{"orgs.csv": "sourcedId,type\no1,school\no2,school\n"})
    (question,) = questions(bare)
    assert [label for _, label in question.choices] == [" (without a number)"] * 2


def test_names_of_another_encoding_and_headings_alone_are_read(folder, tmp_path):
    place = folder(**{"demographics.csv": DEMOGRAPHICS.splitlines()[0] + "\n"})
    (tmp_path / "users.csv").write_bytes(USERS_11.replace("’", "'").encode("cp1252"))
    with (tmp_path / "users.csv").open(encoding="cp1252", newline="") as stream:
        assert "Zoë" in {row["givenName"] for row in csv.DictReader(stream)}
    (tmp_path / "orgs.csv").write_text(TWO_SCHOOLS)
    found = read(place, laestab="3304002")
    assert rows(found["pupils.csv"])[0]["Forename"] == "Zoë"
