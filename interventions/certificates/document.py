"""The certificate of attendance: an extract of the register for court, with its totals."""

from collections.abc import Sequence
from datetime import date, datetime

from django.template.loader import render_to_string

from interventions.packs import marks_grid
from interventions.packs.changes import change_rows
from interventions.packs.code_table import PeriodSums, sums
from interventions.packs.dates import clock
from interventions.packs.files import CertificateFile, PupilFile
from interventions.rules import wording
from interventions.rules.wording import said_of
from registers.rules.calendar import SessionKey
from registers.rules.codes import CODES
from registers.rules.wording import listed, plural
from registers.web.documents.pdf import pdf_renderer


def draw(file: CertificateFile, *, reference: str, made_at: datetime) -> tuple[bytes, int]:
    """The PDF and how many pages it has."""
    html = render_to_string(
        "interventions/certificates/certificate.html",
        context(file, reference=reference, made_at=made_at),
    )
    return pdf_renderer().print(html)


def context(file: CertificateFile, *, reference: str, made_at: datetime) -> dict:
    """All that the template shows: words only."""
    pupil, year = file.pupil, file.year
    rows = marks_grid.grid(pupil, year)
    added = sums(pupil, year)
    days = marks_grid.days_of(rows)
    period = f"{wording.full_date(year.starts_on)} to {wording.full_date(year.as_at)}"
    made = wording.full_date(made_at.date())
    return {
        "title": f"Certificate of attendance: {pupil.name}, {period}",
        "school": year.school,
        "foot": f"Certificate of attendance {reference} · {year.school} · {pupil.name} · {made}",
        "pupil": pupil,
        "facts": _facts(file, period, reference),
        "sums": added,
        "rows": rows,
        "total": added.tally,
        "days": days,
        "columns": 5 + 2 * len(days),
        "grid_caption": f"{pupil.name}, {period}",
        "closed": _closed(file),
        "changes": change_rows(pupil.amendments),
        "changes_caption": f"Amendments of the marks of {period}, by session",
        "codes_caption": f"Sessions by code, {period}",
        "brought_in": _brought_in(file),
        "statements": numbered(_statements(file, added, made)),
        "headteacher": file.headteacher,
        "made": f"{made}, {clock(made_at)}",
    }


def numbered(statements: Sequence[str]) -> list[str]:
    """As the items of one sentence: each ends as its place in it asks for."""
    ends = [";"] * len(statements)
    ends[-2:] = ["; and", "."][-len(statements) :]
    return [f"{words}{end}" for words, end in zip(statements, ends, strict=True)]


def _statements(file: CertificateFile, added: PeriodSums, made: str) -> list[str]:
    """What the headteacher certifies: of each, only what was looked up for this certificate."""
    extract = (
        "the register on the next page, and the totals above, are a true extract from the "
        "attendance register that the school keeps under regulation 10 of the School Attendance "
        f"(Pupil Registration) (England) Regulations 2024, as it stood on {made}, for the pupil "
        "and period named"
    )
    said = (extract, _of_changes(file), _brought_in(file), _without_a_mark(added), _leave(file))
    return list(filter(None, said))


def _of_changes(file: CertificateFile) -> str:
    if file.pupil.amendments:
        return (
            "every mark of the period that was changed in this register after it was first made "
            "is listed at the end, with both entries, the reason, the day and the person"
        )
    return "no mark of the period was changed in this register after it was first made"


def _brought_in(file: CertificateFile) -> str:
    """How many marks are not this register's own, between which days."""
    days = [on for on, _ in sorted(file.brought_in)]
    if not days:
        return ""
    of_all = f"{len(days)} of its {len(file.pupil.marks)} marks"
    return (
        f"{of_all} ({wording.period(days[0], days[-1])}) {plural(len(days), 'was', 'were')} "
        "brought in from the school’s earlier files and stand as those had them; who made them, "
        "and whether they were changed before, is not known here"
    )


def _without_a_mark(added: PeriodSums) -> str:
    number = added.unmarked
    words = plural(
        number,
        "1 session of the period has no mark and is in no total",
        f"{number} sessions of the period have no mark and are in no total",
    )
    return words if number else ""


def _leave(file: CertificateFile) -> str:
    """Looked up among the plans that stand and the entries that were changed."""
    marks = file.pupil.marks
    unauthorised = sorted(key for key, symbol in marks.items() if CODES[symbol].unauthorised)
    if not unauthorised:
        return "no session of the period is shown as unauthorised"
    granted = list(map(_session_words, filter(set(file.on_leave).__contains__, unauthorised)))
    if not granted:
        return "no leave of absence is in our records for a session shown as unauthorised"
    return (
        "leave of absence was at some time granted for these sessions, which are shown as "
        f"unauthorised: {listed(granted)}"
    )


def _session_words(key: SessionKey) -> str:
    on, half = key
    return f"{wording.full_date(on)}, {half.words}"


def _facts(file: CertificateFile, period: str, reference: str) -> list[tuple[str, str]]:
    pupil, year = file.pupil, file.year
    return [
        ("Pupil", pupil.name),
        ("Date of birth", said_of(wording.full_date, pupil.born_on) or "not known"),
        ("Unique pupil number", pupil.upn),
        ("Address in the admission register", pupil.address),
        ("Year and registration group", _group(pupil)),
        ("On the admission register", _on_roll(file)),
        ("School", f"{year.school}, {file.school_address} (URN {file.urn})"),
        ("Period of this certificate", period),
        ("Registers taken", ". ".join(file.register_times)),
        ("Reference", reference),
    ]


def _group(pupil: PupilFile) -> str:
    year_group = said_of(wording.year_words, pupil.year_group)
    return ", ".join(filter(None, (year_group, pupil.group))) or "none"


def _on_roll(file: CertificateFile) -> str:
    pupil, year = file.pupil, file.year
    said = f"From {wording.full_date(pupil.starts_on)}"
    if pupil.leaves_on:
        return f"{said} to {wording.full_date(pupil.leaves_on)}"
    throughout = pupil.starts_on <= year.starts_on
    return f"{said}, and on it {'throughout the period' if throughout else 'since then'}"


def _closed(file: CertificateFile) -> Sequence[str]:
    """The weekdays of the period without a session, with the reason where it is known."""
    lost: dict[date, str] = {
        one.date: one.closed_because for one in file.year.sessions if not one.is_open
    }
    named = {on: why for on, why in file.year.closed_days.items() if on.weekday() < 5} | lost
    return [f"{wording.day_and_month(on)}: {why}" for on, why in sorted(named.items()) if why]
