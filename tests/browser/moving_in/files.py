"""The files of an invented school, in the shapes in which systems export them. No file is edited.

A pupil list as SIMS reports print it, contacts as a workbook, marks as a grid of four weeks.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import openpyxl

from tests.factories import make_upn

TODAY = date(2029, 10, 9)  # a Tuesday that is still to come: cookies outlive it
HALF_TERMS = [
    (date(2029, 9, 3), date(2029, 10, 19)),
    (date(2029, 10, 29), date(2029, 12, 20)),
    (date(2030, 1, 7), date(2030, 2, 15)),
    (date(2030, 2, 25), date(2030, 4, 5)),
    (date(2030, 4, 22), date(2030, 5, 24)),
    (date(2030, 6, 3), date(2030, 7, 19)),
]
FIRST_DAY = HALF_TERMS[0][0]
NAMES = {
    "8K": ("Aisha Bello", "Callum Reid", "Siân Whitlock", "Ewan Price", "Farah Haddad"),
    "10S": ("Poppy O'Lane", "Reece Alder", "Siyuan Chen", "Tariq Aziz"),
}
PUPIL_HEADINGS = (
    "Legal Surname,Legal Forename,DOB,Gender,Year,Reg,Adno,UPN,Admission Date,Leaving Date,"
    "SEN Status,FSM Eligible,EAL,In Care"
).split(",")
CONTACT_HEADINGS = (
    "UPN,Surname,Forename,Relationship,Contact Title,Contact Forename,Contact Surname,"
    "Parental Responsibility,Priority,Home Telephone,Email,Address,Postcode"
).split(",")


def pupils() -> list[tuple[str, str, str, str]]:
    """UPN, forename, surname, registration group."""
    return [
        (make_upn(700 + number), *name.split(" ", 1), group)
        for number, (group, name) in enumerate(
            (group, name) for group, names in NAMES.items() for name in names
        )
    ]


def write_pupils(folder: Path) -> Path:
    """With title lines, and dates of which none can be told apart but by one."""
    path = folder / "Pupil list.csv"
    with path.open("w", encoding="cp1252", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["Nether Ellerwick School"])
        lines.writerow([f"Pupil list, printed on {TODAY:%d/%m/%Y}"])
        lines.writerow([])
        lines.writerow(PUPIL_HEADINGS)
        for number, (upn, forename, surname, group) in enumerate(pupils()):
            year = group[:-1]
            born = date(2029 - 5 - int(year), 3 + number % 9, 2 + number)
            lines.writerow(
                [
                    *(surname, forename, f"{born:%d/%m/%Y}", ("Female", "Male")[number % 2]),
                    *(f"Year  {year}", group, f"{4500 + number:06}", upn, "03/09/2029", ""),
                    *(("K - SEN Support", "N - No Special Educational Need")[number % 3 > 0],),
                    *("T" if number % 4 == 0 else "F", "F", "F"),
                ]
            )
    return path


def write_contacts(folder: Path) -> Path:
    """As a workbook with a title, and true and false as SIMS writes them."""
    path, book = folder / "Contacts.xlsx", openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Contacts"
    sheet.append(["Contacts of pupils on roll"])
    sheet.append([])
    sheet.append(CONTACT_HEADINGS)
    for number, (upn, forename, surname, _) in enumerate(pupils()):
        sheet.append(
            [
                *(upn, surname, forename, "Mother", "Mrs", "Jo", surname, "T", 1),
                *(f"01632 9605{number:02}", f"jo{number}@home.example"),
                *(f"{number + 1} Mill Lane, Nether Ellerwick", "EW4 7QT"),
            ]
        )
    book.save(path)
    return path


def school_days() -> list[date]:
    """Those that are over."""
    days = [FIRST_DAY + timedelta(days=number) for number in range((TODAY - FIRST_DAY).days)]
    return [day for day in days if day.weekday() < 5]


def mark(number: int, at: int) -> tuple[str, str]:
    """Morning and afternoon of a pupil's day as the grid has them: "-" is no mark."""
    if (number + at) % 11 == 0:
        return "I", "I"
    return ("L", "\\") if (number * 3 + at) % 17 == 0 else ("/", "\\")


def write_grid(folder: Path) -> Path:
    """A column for each session; marks of one day are still missing."""
    path = folder / "Marks.csv"
    days = school_days()
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        heads = [f"{day:%d/%m/%Y} {half}" for day in days for half in ("AM", "PM")]
        lines.writerow(["Surname", "Forename", "UPN", "Reg", *heads])
        for number, (upn, forename, surname, group) in enumerate(pupils()):
            marks = [code for at in range(len(days)) for code in mark(number, at)]
            marks[-2:] = ["-", "-"]
            lines.writerow([surname, forename, upn, group, *marks])
    return path


def marks_in_all() -> int:
    return len(pupils()) * (len(school_days()) - 1) * 2
