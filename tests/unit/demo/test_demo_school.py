"""The demonstration school holds together, as a school and as a register."""

from collections import Counter, defaultdict
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from stdnum.gb import upn as upn_rule

from registers.demo import make_school, write_folder
from registers.demo.rows import FILES
from registers.demo.year.calendar import school_year
from registers.rules import allowed_codes
from registers.rules.codes import CODES, Half
from tests.unit.demo.demo_files import UNTIL, Told, demo_school, demo_tallies


@pytest.fixture(scope="module")
def small():
    return Told(pupils=120, seed=5, until=UNTIL)


@pytest.fixture(scope="module")
def demo():
    return demo_school()


@pytest.fixture(scope="module")
def tallies():
    return demo_tallies()


# --- as a school


def test_the_size_is_as_asked(demo):
    on_roll = [row for row in demo.pupils if not row["Date of leaving"]]
    assert len(on_roll) == pytest.approx(1000, rel=0.02)
    assert len(demo.staff) == pytest.approx(70, abs=5)
    tutors = {row["Registration group"] for row in demo.staff} - {""}
    assert tutors == {row["Registration group"] for row in on_roll}
    assert tutors == {f"{year}{letter}" for year in range(7, 12) for letter in "ABCDEF"}


def test_all_roles_have_somebody(small):
    roles = Counter(row["Role"] for row in small.staff)
    assert set(roles) == {
        "teacher",
        "office",
        "attendance_officer",
        "safeguarding_lead",
        "slt",
        "administrator",
    }
    assert roles["attendance_officer"] == 2
    assert len({row["Username"] for row in small.staff}) == len(small.staff)


def test_upns_are_valid_and_each_is_one_childs(demo):
    children = {(row["UPN"], row["Surname"], row["Forename"]) for row in demo.pupils}
    upns = [upn for upn, _, _ in children]
    assert len(set(upns)) == len(upns)
    assert all(upn_rule.is_valid(upn) for upn in upns)
    assert any(upn[-1].isalpha() for upn in upns)  # a temporary one


def test_names_are_of_many_lands(demo):
    names = [f"{row['Forename']} {row['Surname']}" for row in demo.pupils]
    letters = set("".join(names))
    assert set("'- ") <= letters
    assert len([letter for letter in letters if not letter.isascii()]) > 20
    assert max(map(len, names)) > 25


def test_siblings_share_a_contact(demo):
    homes = defaultdict(set)
    for row in demo.contacts:
        homes[row["Contact name"], row["Contact address"]].add(row["UPN"])
    with_sibling = {upn for upns in homes.values() if len(upns) > 1 for upn in upns}
    assert len(with_sibling) > 0.25 * len({row["UPN"] for row in demo.pupils})


def test_everybody_has_a_contact_and_the_first_is_the_pupils_files(demo):
    first = {row["UPN"]: row["Contact name"] for row in demo.contacts if row["Priority"] == "1"}
    assert all(first[row["UPN"]] == row["Contact name"] for row in demo.pupils)


def test_nobody_can_be_reached(demo):
    for row in demo.contacts:
        assert row["Contact email"].endswith(".example") or not row["Contact email"]
        assert row["Contact telephone"].startswith("07700 900") or not row["Contact telephone"]
        assert row["Contact postcode"].startswith("EW")


def test_cohorts_come_at_eleven_and_leave_in_their_fifth_summer(demo):
    for row in demo.pupils:
        born, group = date.fromisoformat(row["Date of birth"]), int(row["Year group"])
        told = date.fromisoformat(row["Date of leaving"] or UNTIL.isoformat())
        september = told.year if told.month >= 9 else told.year - 1
        assert date(september - group - 5, 9, 1) <= born < date(september - group - 4, 9, 1)
    leavers = [row for row in demo.pupils if row["Date of leaving"] == "2026-06-26"]
    assert {row["Year group"] for row in leavers} == {"11"}
    assert len(leavers) > 180


def test_some_join_in_the_year_some_leave_and_some_come_back(demo):
    first_days = {school_year(year).days[0].isoformat() for year in range(2020, 2027)}
    entries = Counter(row["UPN"] for row in demo.pupils)
    assert sum(row["Date of entry"] not in first_days for row in demo.pupils) > 20
    assert sum(row["Date of leaving"] not in {"", "2026-06-26"} for row in demo.pupils) > 20
    assert sum(count == 2 for count in entries.values()) >= 2


def test_characteristics_of_today_are_those_of_the_pupils_file(demo):
    now = {
        (row["UPN"], row["Characteristic"]): row["Value"]
        for row in demo.characteristics
        if not row["Until"]
    }
    for pupil in demo.pupils:
        if not pupil["Date of leaving"]:
            for kind in ("SEN", "FSM", "EAL", "Looked after"):
                assert pupil[kind] == now.get((pupil["UPN"], kind), "N")


# --- as a register


def test_no_mark_lies_outside_roll_calendar_or_time(demo):
    rolls = defaultdict(list)
    for row in demo.pupils:
        rolls[row["UPN"]].append((row["Date of entry"], row["Date of leaving"] or "9999"))
    due = set(demo.sessions)
    for mark in demo.marks:
        day = mark["Date"]
        assert (day, mark["Session"]) in due
        assert day <= UNTIL.isoformat()
        assert any(start <= day <= end for start, end in rolls[mark["UPN"]])


def test_no_two_marks_for_one_session(demo):
    keys = [(mark["UPN"], mark["Date"], mark["Session"]) for mark in demo.marks]
    assert len(set(keys)) == len(keys)


def refusals(told):
    for mark in told.marks:
        pupil = told.enrolment_of(mark["UPN"], mark["Date"])
        leaves = pupil["Date of leaving"]
        yield allowed_codes.why_not(
            mark["Code"],
            pupil=allowed_codes.PupilFacts(
                born_on=date.fromisoformat(pupil["Date of birth"]),
                starts_on=date.fromisoformat(pupil["Date of entry"]),
                leaves_on=date.fromisoformat(leaves) if leaves else None,
            ),
            session=allowed_codes.SessionFacts(
                date=date.fromisoformat(mark["Date"]), half=Half[mark["Session"]], held=True
            ),
            today=UNTIL,
        )


def test_the_rules_refuse_none(small):
    assert set(refusals(small)) == {None}


def test_years_before_the_codes_of_2024_have_the_codes_of_their_time():
    told = Told(pupils=40, years=4, until=UNTIL)
    assert set(refusals(told)) == {None}
    assert {"Y", "Y4"} <= {mark["Code"] for mark in told.marks}


def test_every_code_that_a_secondary_school_can_meet_is_there(demo):
    met = {mark["Code"] for mark in demo.marks}
    today = {symbol for symbol, code in CODES.items() if code.in_force(UNTIL)}
    assert today - met == {"X", "Z", "#"}  # all are of compulsory age, and these two are no marks


def test_n_stands_for_five_school_days_at_most(demo):
    days = sorted({day for day, _ in demo.sessions if day <= UNTIL.isoformat()})
    unexplained = {mark["Date"] for mark in demo.marks if mark["Code"] == "N"}
    assert unexplained
    assert unexplained <= set(days[-5:])


def test_blanks_are_recent_and_one_pupil_has_no_mark(demo):
    marked = {(mark["UPN"], mark["Date"], mark["Session"]) for mark in demo.marks}
    days = sorted({day for day, _ in demo.sessions if day <= UNTIL.isoformat()})
    blank = Counter()
    for pupil in demo.pupils:
        end = min(pupil["Date of leaving"] or "9999", days[-1])
        for day, half in demo.sessions:
            if pupil["Date of entry"] <= day <= end:
                blank[day] += (pupil["UPN"], day, half) not in marked
    assert {day for day, count in blank.items() if count} <= set(days[-6:])
    assert blank[days[-1]] > 30  # registers that were not taken
    unmarked = {row["UPN"] for row in demo.pupils} - {upn for upn, _, _ in marked}
    assert len(unmarked) == 1


def test_one_snow_day_a_year_stays_in_the_calendar(demo):
    marks_of = Counter(mark["Date"] for mark in demo.marks)
    snow = Counter(mark["Date"] for mark in demo.marks if mark["Code"] == "Y4")
    ((day, count),) = snow.items()
    assert count == marks_of[day]
    assert (day, "AM") in demo.sessions
    assert date.fromisoformat(day).month in (1, 2)


def test_a_suspension_ends_or_has_provision_by_the_sixth_day(demo):
    days = sorted({day for day, _ in demo.sessions})
    excluded = {(mark["UPN"], mark["Date"]) for mark in demo.marks if mark["Code"] == "E"}
    longest = Counter()
    for upn in sorted({upn for upn, _ in excluded}):
        run = 0
        for day in days:
            run = run + 1 if (upn, day) in excluded else 0
            longest[run] += 1
    assert max(longest) == 5


def test_late_marks_say_how_late_and_provision_says_what(demo):
    for mark in demo.marks:
        assert (mark["Code"] in {"L", "U"}) == bool(mark["Minutes late"])
        if mark["Code"] in {"B", "K", "Y7"}:
            assert mark["Comment"]


def test_all_at_the_other_school_has_no_possible_session(tallies):
    assert any(tally["possible"] == 0 for tally in tallies.by_upn.values())


# --- the calendar


@pytest.mark.parametrize("year", range(2018, 2042))
def test_any_year_has_380_sessions_and_five_inset_days(year):
    told = school_year(year)
    assert len(told.days) == 190
    assert len(set(told.inset_days)) == 5
    assert not set(told.inset_days) & set(told.days)
    assert all(day.weekday() < 5 for day in told.days)
    assert [term.name for term in told.half_terms][::5] == ["Autumn 1", "Summer 2"]
    assert date(year + 1, 7, 18) < told.days[-1] < date(year + 1, 7, 27)


def test_terms_of_2026_27():
    told = school_year(2026)
    easter_monday, good_friday = date(2027, 3, 29), date(2027, 3, 26)
    assert not {easter_monday, good_friday, date(2027, 5, 3)} & set(told.days)
    assert [(term.starts_on.isoformat(), term.ends_on.isoformat()) for term in told.half_terms] == [
        ("2026-09-01", "2026-10-23"),
        ("2026-11-02", "2026-12-18"),
        ("2027-01-04", "2027-02-12"),
        ("2027-02-22", "2027-03-25"),
        ("2027-04-12", "2027-05-28"),
        ("2027-06-07", "2027-07-21"),
    ]


# --- the same again


def test_same_arguments_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_folder(make_school(pupils=60, seed=3, until=UNTIL), tmp_path / name)
    for name in FILES:
        one, two = (tmp_path / folder / name for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    write_folder(make_school(pupils=60, seed=4, until=UNTIL), tmp_path / "three")
    assert (tmp_path / "three" / "marks.csv").read_bytes() != one.read_bytes()


def test_a_later_day_only_adds_and_settles():
    """What changes between two days: marks after the first, and its N and blanks."""
    early, late = (
        {
            (mark["UPN"], mark["Date"], mark["Session"]): mark["Code"]
            for mark in Told(pupils=60, seed=3, until=until).marks
        }
        for until in (date(2026, 10, 9), UNTIL)
    )
    changed = {key for key in early if key in late and early[key] != late[key]}
    assert changed
    assert all(early[key] == "N" for key in changed)
    assert len({upn for upn, _, _ in set(early) - set(late)}) <= 1  # who now comes later, unmarked


@pytest.mark.parametrize("until", [date(2026, 8, 31), date(2026, 9, 1), date(2027, 1, 1)])
def test_any_day_will_do(until):
    told = Told(pupils=30, years=1, seed=2, until=until)
    assert told.pupils
    assert all(mark["Date"] <= until.isoformat() for mark in told.marks)


def test_a_school_needs_somebody():
    with pytest.raises(ValueError, match="at least 5 pupils"):
        make_school(pupils=0, until=UNTIL)


# --- the command


def test_the_command_writes_the_files_and_says_where(tmp_path, capsys):
    call_command("demo_school", pupils=30, until=UNTIL, folder=tmp_path / "out", write_only=True)
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FILES)
    assert str(tmp_path / "out") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "words"), [({"write_only": True}, "--folder"), ({"pupils": 2}, "at least 5 pupils")]
)
def test_the_command_says_what_is_wrong(wrong, words):
    with pytest.raises(CommandError, match=words):
        call_command("demo_school", until=UNTIL, **wrong)
