"""Common Transfer Files: what is read of them, and what they cannot do to whoever reads them."""

import tracemalloc
from datetime import date

import pytest

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.read.ctf import is_ctf, read_ctf
from registers.exchange.read.ctf_attendance import year_begins

FEW = (
    '<?xml version="1.0" encoding="UTF-8"?><CTfile><Header><DocumentName>Common Transfer File'
    "</DocumentName><CTFversion>21.0</CTFversion></Header><CTFpupilData><Pupil><UPN>X330200021001"
    "</UPN><Surname>Haddad</Surname><Forename>Amira</Forename><DOB>2012-03-04</DOB><Gender>F"
    "</Gender></Pupil></CTFpupilData></CTfile>"
)
WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<CTfile>
  <Header>
    <DateTime>2025-07-18T09:00:00</DateTime>
    <SourceSchool><LEA>330</LEA><Estab>2001</Estab><SchoolName>Saltergate Primary</SchoolName>
    </SourceSchool>
    <DestSchool><LEA>330</LEA><Estab>4001</Estab></DestSchool>
  </Header>
  <CTFpupilData>
    <Pupil>
      <UPN>X330200021001</UPN><Surname>Haddad</Surname><Forename>Amira</Forename>
      <DOB>2014-03-04</DOB><Sex>F</Sex>
      <BasicDetails>
        <FormerUPN>H33020002100A</FormerUPN><PreferredForename>Ami</PreferredForename>
        <NCyearActual>6</NCyearActual>
        <Languages><Type><LanguageType>F</LanguageType><Language>ARA</Language></Type></Languages>
      </BasicDetails>
      <FSMhistory><FSMinstance><FSMstartDate>2022-09-01</FSMstartDate></FSMinstance></FSMhistory>
      <LookedAfter><InCare>false</InCare></LookedAfter>
      <SENhistory>
        <SEN><StartDate>2024-01-08</StartDate><SENprovision>K</SENprovision></SEN>
        <SEN><StartDate>2022-01-08</StartDate><SENprovision>N</SENprovision></SEN>
      </SENhistory>
      <Address><BS7666Address><PAON>4</PAON><Street>Mill Lane</Street><Town>Ellerwick</Town>
        </BS7666Address><PostCode>EW4 7QT</PostCode></Address>
      <Contacts>
        <Contact><Order>1</Order><Title>Mrs</Title><Surname>Haddad</Surname>
          <Forename>Joud</Forename><Relationship>PAM</Relationship>
          <Responsibility>true</Responsibility><AddressAsPupil>true</AddressAsPupil>
          <Phones><Phone><TelephoneType>H</TelephoneType><PhoneNo>01632 960001</PhoneNo></Phone>
          </Phones><Email>j.haddad@home.example</Email></Contact>
        <Contact><Order>2</Order><Surname>Blake</Surname><Forename>Sam</Forename>
          <Relationship>CHM</Relationship><Responsibility>false</Responsibility>
          <Address><AddressLines><AddressLine1>9 Hill Road</AddressLine1></AddressLines>
          <PostCode>EW4 1AA</PostCode></Address></Contact>
      </Contacts>
      <Attendance><YearData><Year>2025</Year><LEA>330</LEA><Estab>2001</Estab>
        <SchoolName>Saltergate Primary</SchoolName><SessionsPossible>370</SessionsPossible>
        <SessionsAuthorised>20</SessionsAuthorised><SessionsAttended>340</SessionsAttended>
        <SessionsUnauthorised>10</SessionsUnauthorised></YearData></Attendance>
      <SchoolHistory><School><LEA>330</LEA><Estab>4001</Estab><EntryDate>2025-09-01</EntryDate>
        </School></SchoolHistory>
    </Pupil>
  </CTFpupilData>
</CTfile>
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "3302001_CTF_3304001_001.xml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return {table.kind: table for table in read_ctf(path, path.name)}

    return read


def rows(table):
    return [dict(zip(table.columns, cells, strict=True)) for _, cells in table.rows()]


def with_namespaces(text):
    text = text.replace("<CTfile>", '<c:CTfile xmlns:c="urn:ctf" xmlns="urn:other">')
    return text.replace("</CTfile>", "</c:CTfile>")


@pytest.mark.parametrize(
    "change",
    [
        str.encode,
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
        lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        lambda text: with_namespaces(text).encode(),
        lambda text: text.split("?>", 1)[1].encode(),
        lambda text: text.replace("><", ">\r\n<").encode(),
    ],
)
def test_a_file_of_few_elements_comes_in_however_it_is_written(read, change, tmp_path):
    (table,) = read(change(FEW)).values()
    assert table.kind == "pupils.csv"
    assert rows(table) == [
        {
            "UPN": "X330200021001",
            "Surname": "Haddad",
            "Forename": "Amira",
            "Date of birth": "2012-03-04",
            "Sex": "F",
        }
    ]
    assert is_ctf(tmp_path / "3302001_CTF_3304001_001.xml")


def test_a_whole_file_gives_pupils_contacts_and_the_last_schools_attendance(read):
    tables = read(WHOLE)
    (pupil,) = rows(tables["pupils.csv"])
    assert pupil | {"Year group": "6", "Date of entry": "2025-09-01"} == pupil
    assert (pupil["SEN"], pupil["FSM"], pupil["EAL"], pupil["Looked after"]) == ("K", "Y", "Y", "N")
    assert (pupil["Preferred forename"], pupil["Former UPN"]) == ("Ami", "H33020002100A")
    mother, childminder = rows(tables["contacts.csv"])
    assert mother == {
        "UPN": "X330200021001",
        "Contact name": "Mrs Joud Haddad",
        "Contact relationship": "mother",
        "Parental responsibility": "Y",
        "Lives with": "Y",
        "Priority": "1",
        "Contact address": "4 Mill Lane\nEllerwick",
        "Contact postcode": "EW4 7QT",
        "Contact email": "j.haddad@home.example",
        "Contact telephone": "01632 960001",
    }
    assert childminder["Contact relationship"] == "childminder"
    assert (childminder["Parental responsibility"], childminder["Lives with"]) == ("N", "")
    assert childminder["Contact address"] == "9 Hill Road"
    (prior,) = rows(tables["prior_attendance.csv"])
    assert prior == {
        "UPN": "X330200021001",
        "Academic year": "2024/25",
        "LAESTAB": "3302001",
        "School": "Saltergate Primary",
        "Sessions possible": "370",
        "Sessions attended": "340",
        "Sessions authorised": "20",
        "Sessions unauthorised": "10",
        "Source": "3302001_CTF_3304001_001.xml",
    }
    assert "from the school 3302001 written on 2025-07-18" in tables["pupils.csv"].notes[0]


def test_rows_are_read_again_with_their_lines(read):
    table = read(WHOLE)["contacts.csv"]
    assert [line for line, _ in table.rows()] == [line for line, _ in table.rows()] == [27, 32]


@pytest.mark.parametrize("around", ["AttendanceDetails", "Attendance"])
def test_the_counts_are_found_whatever_holds_them(read, around):
    text = WHOLE.replace("<Attendance><YearData>", f"<{around}>")
    text = text.replace("</YearData></Attendance>", f"</{around}>")
    assert rows(read(text)["prior_attendance.csv"])[0]["Sessions possible"] == "370"


@pytest.mark.parametrize(
    ("years", "started", "written_on", "begins", "told"),
    [
        ([2025], [], date(2025, 7, 18), False, False),  # 2025/26 has not begun
        ([2025, 2024], [], date(2025, 7, 18), False, False),
        ([2024], [(2024, 2024)], date(2025, 7, 18), True, False),
        ([2025], [(2025, 2024)], date(2025, 7, 18), False, False),
        ([2024], [], date(2025, 7, 18), False, True),  # either: said, so that a person can see it
        ([2025], [], None, False, True),
        ([], [], None, False, False),
    ],
)
def test_a_year_is_named_by_its_start_or_its_end(years, started, written_on, begins, told):
    found, words = year_begins(years, started, written_on)
    assert (found, bool(words)) == (begins, told)


BOMB = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
ATTACKS = {
    "billion laughs": f'<!DOCTYPE CTfile [<!ENTITY b0 "ha">{BOMB}]><CTfile>&b9;</CTfile>',
    "a file of this machine": (
        '<!DOCTYPE CTfile [<!ENTITY f SYSTEM "file:///etc/passwd">]><CTfile><CTFpupilData><Pupil>'
        "<Surname>&f;</Surname></Pupil></CTFpupilData></CTfile>"
    ),
    "an address": '<!DOCTYPE CTfile SYSTEM "http://127.0.0.1:9/x.dtd"><CTfile/>',
    "parameter entities": (
        '<!DOCTYPE CTfile [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><CTfile/>'
    ),
    "an empty document type": "<!DOCTYPE CTfile><CTfile/>",
    "an entity that nobody declared": FEW.replace("Haddad", "&who;"),
    "deep nesting": "<CTfile>" + "<a>" * 100_000 + "</a>" * 100_000 + "</CTfile>",
    "fifty levels": "<CTfile>" + "<a>" * 50 + "</a>" * 50 + "</CTfile>",
    "a huge text": FEW.replace("Haddad", "x" * 30_000),
    "a text larger than a parser takes": FEW.replace("Haddad", "x" * 11_000_000),
    "a million elements in a pupil": FEW.replace("<UPN>", "<a/>" * 30_000 + "<UPN>"),
    "an attribute without an end": FEW.replace("<Pupil>", f'<Pupil a="{"x" * 11_000_000}">'),
    "an unknown encoding": FEW.replace("UTF-8", "x-none"),
    "bytes of another encoding": FEW.replace("Haddad", "Ä").encode("latin-1"),
    "half a file": FEW[:-40],
    "two roots": FEW + "<CTfile/>",
    "no pupil": "<CTfile><Header/></CTfile>",
    "nothing": "",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_file_tries_is_told_and_costs_nothing(read, attack):
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile) as told:
            read(ATTACKS[attack])
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()
    assert str(told.value).startswith("3302001_CTF_3304001_001.xml")
    assert len(str(told.value)) < 400
    assert "root:" not in str(told.value)


def test_xinclude_and_schema_locations_are_text_like_any_other(read):
    inside = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/><UPN>'
    )
    assert rows(read(FEW.replace("<UPN>", inside))["pupils.csv"])[0]["Surname"] == "Haddad"


def test_a_table_of_elements_is_bounded_in_memory(read):
    pupil = FEW.split("<CTFpupilData>")[1].split("</CTFpupilData>")[0]
    tracemalloc.start()
    table = read(FEW.replace(pupil, pupil * 3_000))["pupils.csv"]
    assert sum(1 for _ in table.rows()) == 3_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 << 20
