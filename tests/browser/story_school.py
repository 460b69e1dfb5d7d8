"""The files of an invented school that meets today, whatever day it is."""

from datetime import date, timedelta
from pathlib import Path

from registers.exchange.layout.files import needed_columns
from registers.rules.calendar import academic_year_name
from registers.rules.codes import Half
from tests.factories import make_upn

URN, NAME = "999018", "Nether Ellerwick School"
GROUPS = {"8K": "8", "10S": "10"}
PUPILS = {
    "8K": """Aisha Bello, Callum Reid, Daisy Whitlock, Ewan Price, Farah Haddad, Georgia Nowak,
        Harvey Cole, Imogen Frost, Jayden Okafor, Kiran Patel, Lottie Marsh, Mina Haddad,
        Noah Quinn, Orla Byrne""",
    "10S": """Poppy Lane, Reece Alder, Siyuan Chen, Tariq Aziz, Umar Sheikh, Vera Kowalska,
        Wren Ashby, Yusuf Demir, Zara Holt, Anton Weiss, Bea Thornton, Cora Mills, Dylan Hart,
        Elif Kaya""",
}
# How many of each twenty sessions a pupil misses, and the code; everybody else misses one, ill.
MISSES = {
    "Callum Reid": (7, "O"),
    "Jayden Okafor": (4, "I"),
    "Mina Haddad": (3, "I"),
    "Reece Alder": (12, "O"),
    "Siyuan Chen": (5, "I"),
    "Yusuf Demir": (3, "G"),
    "Bea Thornton": (4, "M"),
}
PAST, AHEAD = 12, 10  # school weeks


def school_days(today: date) -> list[date]:
    """Weekdays around today, and today itself: one academic year, so that figures add up."""
    monday = today - timedelta(days=today.weekday(), weeks=PAST)
    days = [monday + timedelta(days=number) for number in range(7 * (PAST + AHEAD))]
    return [day for day in days if day.weekday() < 5 or day == today]


def pupils() -> list[tuple[str, str, str, str]]:
    """UPN, forename, surname, group; the same at every run."""
    named = [
        (" ".join(name.split()), group) for group in PUPILS for name in PUPILS[group].split(",")
    ]
    return [
        (make_upn(500 + number), *name.split(" ", 1), group)
        for number, (name, group) in enumerate(named)
    ]


def code_of(name: str, number: int, session: int, half: Half) -> str:
    missed, code = MISSES.get(name, (1, "I"))
    if (session * 7 + number * 3) % 20 < missed:
        return code
    if (session + number) % 37 == 0 and half is Half.AM:
        return "L"
    return "/" if half is Half.AM else "\\"


def write(folder: Path, today: date) -> Path:
    """The folder with school, calendar, pupils with a contact each, and marks to yesterday."""
    days = school_days(today)
    year = academic_year_name(today)
    rows: dict[str, list[str]] = {
        "school.csv": [
            f"{URN},3304018,{NAME},Mrs R. Adeyemi-Clarke,Saltergate Road,EW4 7QT,01632 960417,"
            "office@ellerwick.example"
        ],
        "calendar.csv": [f"{day},{half.name},{year}" for day in days for half in Half],
        "pupils.csv": [],
        "marks.csv": [],
    }
    for number, (upn, forename, surname, group) in enumerate(pupils()):
        born = date(today.year - (13 if group == "8K" else 15), 1 + number % 8, 3 + number % 20)
        sex = "FM"[number % 2]
        rows["pupils.csv"].append(
            f"{upn},{surname},{forename},{born},{sex},{GROUPS[group]},{group},{days[0]},,"
            f"N,{'NY'[number % 3 == 0]},N,N,Alex {surname},parent,{4 + number} Mill Lane,EW4 9RJ,"
            f"alex.{surname.lower()}@home.example,01632 9605{number:02d}"
        )
        session = 0
        for day in days:
            if day >= today:
                break
            for half in Half:
                session += 1
                code = code_of(f"{forename} {surname}", number, session, half)
                minutes = "7" if code == "L" else ""
                rows["marks.csv"].append(f"{upn},{day},{half.name},{code},{minutes},")
    folder.mkdir(parents=True, exist_ok=True)
    for file, lines in rows.items():
        text = "".join(f"{line}\r\n" for line in [",".join(needed_columns(file)), *lines])
        (folder / file).write_text(text, encoding="utf-8", newline="")
    return folder
