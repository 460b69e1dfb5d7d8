from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.exchange.marks import shape_of
from registers.exchange.marks.headings import Holds, read_heading
from registers.exchange.read.tables import SourceTable
from registers.rules.codes import CODES, Half

TODAY = date(2025, 10, 1)


def table(columns, rows, *, titles=(), above=()):
    numbered = list(enumerate(rows, start=2))
    return SourceTable(
        "marks.csv",
        columns.split("|") if isinstance(columns, str) else columns,
        lambda: iter(numbered),
        title_lines=list(titles),
        above=[line.split("|") for line in above],
    )


def marks(shape):
    """(line, pupil, date, session, code, minutes) of each row."""
    at = {name: place for place, name in enumerate(shape.table.columns)}
    columns = ["UPN", "Date", "Session", "Code", "Minutes late"]
    return [
        (line, *(cells[at[name]] if name in at else "" for name in columns))
        for line, cells in shape.table.rows()
    ]


def read(columns, *rows, order=None, answers=None, **more):
    cells = [row.split("|") for row in rows]
    shape = shape_of(table(columns, cells, **more), order=order, answers=answers, today=TODAY)
    return shape.name, marks(shape)


@pytest.mark.parametrize(
    ("heading", "day", "weekday", "half"),
    [
        ("01/09/2025 AM", (1, 9, 2025), None, Half.AM),
        ("01/09/2025PM", (1, 9, 2025), None, Half.PM),
        ("PM 1.9.25", (1, 9, 2025), None, Half.PM),
        ("Mon 1 Sep AM", (1, 9, None), 0, Half.AM),
        ("Monday 01/09/2025 (a.m.)", (1, 9, 2025), 0, Half.AM),
        ("2025-09-01 00:00:00 AM", (1, 9, 2025), None, Half.AM),
        ("20250901 pm", (1, 9, 2025), None, Half.PM),
        ("1st September 2025", (1, 9, 2025), None, None),
        ("September 1, 2025 Morning", (1, 9, 2025), None, Half.AM),
        ("Mon\nAM", None, 0, Half.AM),
        ("MonPM", None, 0, Half.PM),
        ("Thurs afternoon", None, 3, Half.PM),
        ("AM Mark", None, None, Half.AM),
        ("Session PM", None, None, Half.PM),
    ],
)
def test_a_heading_says_day_weekday_and_session(heading, day, weekday, half):
    says = read_heading(heading)
    found = says.day and (says.day.first, says.day.second, says.day.year)
    assert (found, says.weekday, says.half, says.holds) == (day, weekday, half, Holds.MARK)


@pytest.mark.parametrize(
    "heading",
    "Surname|Date of birth|UPN|Total AM|% AM|Year|Session|Monitor||-|Sunita|Amount|Reg"
    "|1|Week 3 total|Mon-Fri total".split("|"),
)
def test_other_headings_are_no_marks(heading):
    assert read_heading(heading) is None


@pytest.mark.parametrize("heading", ["AM Minutes Late", "Late mins AM", "01/09/2025 AM minutes"])
def test_minutes_are_told_from_marks(heading):
    assert read_heading(heading).holds is Holds.MINUTES


def test_words_of_a_session():
    assert [read_heading(text).half for text in ("AM", "p.m.", "Morning", "AM Registration")] == [
        *(Half.AM, Half.PM, Half.AM, Half.AM)
    ]
    assert read_heading("Period 3") is None


def test_a_row_per_mark_stays_as_it_is():
    name, found = read("UPN|Date|Session|Code|Minutes late|Comment", "X|2025-09-01|AM|/||")
    assert (name, found) == ("long", [(2, "X", "2025-09-01", "AM", "/", "")])


def test_a_row_per_mark_with_day_and_session_in_one_cell():
    name, found = read("UPN|Session|Mark", "X|01 Sep 2025 PM|I")
    assert name == "long"
    assert found[0][:4] == (2, "X", "01 Sep 2025", "PM")


def test_a_row_per_pupil_and_day():
    name, found = read("Student|UPN|Date|AM|PM", "A H|X|01/09/2025|/|L 12", "A H|X|02/09/2025||I")
    assert name == "day"
    assert found == [
        (2, "X", "01/09/2025", "AM", "/", ""),
        (2, "X", "01/09/2025", "PM", "L", "12"),
        (3, "X", "02/09/2025", "PM", "I", ""),
    ]


def test_minutes_and_comments_stand_in_columns_beside():
    columns = "UPN|Date|AM|AM minutes late|AM comment|PM|PM minutes late|PM comment"
    shape = shape_of(
        table(columns, [["X", "2025-09-01", "L", "9", "bus", "\\", "", ""]]), today=TODAY
    )
    rows = [cells for _, cells in shape.table.rows()]
    assert rows == [
        ["X", "2025-09-01", "AM", "L", "9", "bus"],
        ["X", "2025-09-01", "PM", "\\", "", ""],
    ]


def test_a_grid_over_dates():
    columns = "Surname|Forename|UPN|Reg|01/09/2025 AM|01/09/2025 PM|02/09/2025 AM|02/09/2025 PM"
    name, found = read(columns, "Haddad|Amira|X|9A|/|\\|I|")
    assert name == "grid"
    assert found == [
        (2, "X", "01/09/2025", "AM", "/", ""),
        (2, "X", "01/09/2025", "PM", "\\", ""),
        (2, "X", "02/09/2025", "AM", "I", ""),
    ]


WEEK = [(2, "X", "2025-09-01", "AM", "/", ""), (2, "X", "2025-09-02", "PM", "I", "")]


@pytest.mark.parametrize(
    "title",
    [
        "Attendance Report - Session marks for week beginning 01/09/2025",
        "w/c 1 September 2025",
        "Printed 05/10/2025 - Week commencing 01/09/2025",
        "Week ending Friday 5 Sept 2025",
        "Marks from 01/09/2025 to 05/09/2025",
        "W/B 2025-09-01",
        "wb 31/08/2025",  # a Sunday before the week
    ],
)
def test_weekdays_under_a_title_that_names_the_week(title):
    columns = "Name|UPN|Mon AM|Tue PM"
    assert read(columns, "A H|X|/|I", titles=[title]) == ("grid", WEEK)


def test_weekdays_beside_the_week_of_each_row():
    columns = "UPN|Week commencing|Mon AM|Tue PM"
    _, found = read(columns, "X|01/09/2025|/|I", "X|08/09/2025|N|")
    assert found == [*WEEK, (3, "X", "2025-09-08", "AM", "N", "")]


def test_a_week_that_nobody_names_is_asked_for():
    whole = table("UPN|Mon AM|Tue PM", [["X", "/", "I"]])
    (question,) = shape_of(whole, today=TODAY).questions
    answered = shape_of(whole, answers={question.id: "1 September 2025"}, today=TODAY)
    assert not answered.questions
    assert marks(answered) == WEEK


def test_a_week_is_unsure_where_both_readings_end_one():
    columns, titles = "UPN|Mon AM|Tue PM", ["Week ending 05/09/2025"]  # 9 May was a Friday too
    whole = table(columns, [["X", "/", "I"]], titles=titles)
    (question,) = shape_of(whole, today=TODAY).questions
    assert question.suggested == "dmy"
    assert read(columns, "X|/|I", titles=titles, order="dmy") == ("grid", WEEK)


def test_dates_above_sessions_in_two_lines():
    sessions, dates = "UPN|Name|AM|PM|AM|PM", "||01/09/2025||02/09/2025|"
    expected = [
        (3, "X", "01/09/2025", "AM", "/", ""),
        (3, "X", "01/09/2025", "PM", "\\", ""),
        (3, "X", "02/09/2025", "AM", "I", ""),
        (3, "X", "02/09/2025", "PM", "N", ""),
    ]
    row = "X|A H|/|\\|I|N"
    assert read(dates.replace("||", "UPN|Name|", 1), "||AM|PM|AM|PM", row) == ("grid", expected)
    above = read(sessions, row, above=["Marks of 9A|||||", dates])
    assert above == ("grid", [(2, *mark[1:]) for mark in expected])


def test_weeks_above_weekdays_above_sessions():
    above = ["||w/b 01/09/2025||w/b 08/09/2025|", "||Mon||Tue|"]
    _, found = read("UPN|Name|AM|PM|AM|PM", "X|A|/|\\|I|N", above=above)
    assert [mark[2:5] for mark in found] == [
        ("2025-09-01", "AM", "/"),
        ("2025-09-01", "PM", "\\"),
        ("2025-09-09", "AM", "I"),
        ("2025-09-09", "PM", "N"),
    ]


def test_a_day_of_one_title_has_no_dates_of_its_own():
    _, found = read("UPN|AM|PM", "X|/|N", titles=["Registers for Monday 1 September 2025"])
    assert [mark[2:5] for mark in found] == [
        ("1 September 2025", "AM", "/"),
        ("1 September 2025", "PM", "N"),
    ]


def test_a_year_that_is_not_written_comes_from_the_weekday():
    _, found = read("UPN|Mon 1 Sep AM|Thu 8 Jan PM", "X|/|I")
    assert [mark[2] for mark in found] == ["2025-09-01", "2026-01-08"]


def test_a_year_that_is_not_written_comes_from_a_title():
    _, found = read("UPN|1 Sep AM|8 Jan PM", "X|/|I", titles=["Autumn 2024/25"])
    assert [mark[2] for mark in found] == ["2024-09-01", "2025-01-08"]


def test_the_day_of_printing_is_not_the_year_of_the_marks():
    whole = table("UPN|1 Sep AM", [["X", "/"]], titles=["Printed on 03/09/2026"])
    assert [one.about for one in shape_of(whole, today=TODAY).questions] == ["the year"]


def test_a_year_that_nothing_tells_is_asked_for():
    whole = table("UPN|1 Sep AM|8 Jan PM", [["X", "/", "I"]])
    (question,) = shape_of(whole, today=TODAY).questions
    assert question.choices[0] == ("2025/26", "2025/26")
    answered = shape_of(whole, answers={question.id: "2023/24"}, today=TODAY)
    assert not answered.questions
    assert [mark[2] for mark in marks(answered)] == ["2023-09-01", "2024-01-08"]


def test_an_order_that_nothing_tells_is_asked_for_and_a_weekday_tells_it():
    unsure = table("UPN|01/09 AM|02/09 PM", [["X", "/", "I"]], titles=["2025/26"])
    (question,) = shape_of(unsure, today=TODAY).questions
    assert question.suggested == "dmy"
    answered = shape_of(unsure, answers={question.id: "dmy"}, today=TODAY)
    assert [mark[2] for mark in marks(answered)] == ["2025-09-01", "2025-09-02"]
    _, found = read("UPN|Mon 09/01/2025 AM", "X|/")  # 9 January 2025 was a Thursday
    assert found[0][2] == "2025-09-01"


def test_one_column_for_both_sessions_of_a_day():
    _, found = read("UPN|08/09/2025|09/09/2025", "X|/\\|C1", "Y|NN|/ Y4", "Z|C1C2|-#")
    assert [mark[1:5] for mark in found] == [
        ("X", "08/09/2025", "AM", "/"),
        ("X", "08/09/2025", "PM", "\\"),
        ("X", "09/09/2025", "", "C1"),
        ("Y", "08/09/2025", "AM", "N"),
        ("Y", "08/09/2025", "PM", "N"),
        ("Y", "09/09/2025", "AM", "/"),
        ("Y", "09/09/2025", "PM", "Y4"),
        ("Z", "08/09/2025", "AM", "C1"),
        ("Z", "08/09/2025", "PM", "C2"),
        ("Z", "09/09/2025", "AM", "-"),
        ("Z", "09/09/2025", "PM", "#"),
    ]


def test_a_day_with_two_columns_has_its_morning_first():
    _, found = read("UPN|08/09/2025|08/09/2025", "X|/|I")
    assert [mark[3:5] for mark in found] == [("AM", "/"), ("PM", "I")]


@pytest.mark.parametrize(
    "columns",
    [
        "Surname|Forename|DOB|Gender|Year|Reg|UPN",
        "UPN|Contact name|Date|Priority",
        "UPN|AM|PM",
        "Date|Session|Academic year",
        "UPN|Date|Mark out of ten",
        "UPN|Test|Mark",
    ],
)
def test_other_tables_are_none_of_marks(columns):
    assert shape_of(table(columns, [["1"] * (columns.count("|") + 1)]), today=TODAY) is None


def test_a_message_can_name_the_persons_own_column():
    shape = shape_of(table("UPN|Mon 01/09/2025 AM", [["X", "?"]]), today=TODAY)
    assert shape.heading("2025-09-01", "AM") == "Mon 01/09/2025 AM"
    day = shape_of(table("UPN|Date|AM mark|PM mark", [["X", "2025-09-01", "?", "/"]]), today=TODAY)
    assert day.heading("2025-09-01", "PM") == "PM mark"


def test_a_column_named_as_one_of_the_marks_is_left_out_and_said():
    shape = shape_of(table("UPN|Code|01/09/2025 AM", [["X", "77", "/"]]), today=TODAY)
    assert shape.table.columns == ["UPN", "Date", "Session", "Code", "Minutes late", "Comment"]
    assert any("“Code”" in note for note in shape.table.notes)


# --- whatever the shape, the same marks

SYMBOLS = sorted(CODES)
DATES = ["{0:%d/%m/%Y}", "{0:%Y-%m-%d}", "{0.day} {0:%b %Y}", "{0:%a} {0:%d/%m/%Y}", "{0:%d-%b-%y}"]
HALVES = [("AM", "PM"), ("am", "pm"), ("Morning", "Afternoon"), ("A.M.", "P.M.")]


@st.composite
def registers(draw):
    """Marks by pupil, day and half, with some sessions unmarked."""
    first = draw(st.dates(date(2024, 9, 1), date(2026, 7, 1)))
    days = [first + timedelta(days=n) for n in range(draw(st.integers(1, 6)))]
    keys = [(pupil, day, half) for pupil in "XYZ" for day in days for half in Half]
    chosen = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1))
    made = {}
    for key in chosen:
        code = draw(st.sampled_from(SYMBOLS))
        minutes = str(draw(st.integers(0, 240))) if code in "LU" and draw(st.booleans()) else ""
        made[key] = (code, minutes)
    return days, made


def as_grid(days, made, *, date_as, halves, minutes_beside):
    columns, rows = ["Surname", "UPN"], []
    for day in days:
        for half in Half:
            words = f"{date_as.format(day)} {halves[half]}"
            columns += [words, f"{words} minutes"] if minutes_beside else [words]
    for pupil in "XYZ":
        row = ["Name", pupil]
        for day in days:
            for half in Half:
                code, minutes = made.get((pupil, day, half), ("", ""))
                row += [code, minutes] if minutes_beside else [f"{code} {minutes}".strip()]
        rows.append(row)
    return table(columns, rows)


def as_days(days, made, *, date_as, halves, minutes_beside):
    columns, rows = ["UPN", "Date", *halves], []
    columns += [f"{half} minutes late" for half in halves] if minutes_beside else []
    for pupil in "XYZ":
        for day in days:
            both = [made.get((pupil, day, half), ("", "")) for half in Half]
            if minutes_beside:
                cells = [code for code, _ in both] + [minutes for _, minutes in both]
            else:
                cells = [" ".join(mark).strip() for mark in both]
            rows.append([pupil, date_as.format(day), *cells])
    return table(columns, rows)


def any_date(text, days):
    """By the plainest means there is: every day, written out in every way."""
    return next(on for on in days if text in {str(on), *(way.format(on) for way in DATES)})


@given(
    registers(),
    st.sampled_from(DATES),
    st.sampled_from(HALVES),
    st.booleans(),
    st.sampled_from([as_grid, as_days]),
)
def test_the_same_marks_come_out_of_every_shape(register, date_as, halves, beside, shaped):
    days, made = register
    whole = shaped(days, made, date_as=date_as, halves=halves, minutes_beside=beside)
    found = {
        (upn, any_date(day, days), Half[half]): (code, minutes)
        for _, upn, day, half, code, minutes in marks(shape_of(whole, today=TODAY))
    }
    assert found == made
