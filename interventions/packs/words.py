"""What the pages of a pack say: contexts for the templates, words only. No Django here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

from absence.rules.effects import SCHOOL_DAYS
from interventions.packs import marks_grid, sentences
from interventions.packs.changes import change_rows
from interventions.packs.code_table import sums, weekday_rows
from interventions.packs.dates import clock, short_date
from interventions.packs.files import (
    LetterLine,
    NextStepLine,
    PackYear,
    PupilFile,
    SiblingLine,
    Step,
)
from interventions.packs.pictures import weekly_trend
from interventions.packs.steps_and_weeks import (
    ComparedWeek,
    NumberedStep,
    compared_weeks,
    in_order,
    numbered_steps,
)
from interventions.rules import wording
from interventions.rules.wording import said_of
from registers.rules.pupils import year_groups
from registers.web.documents.merging import Bookmark

IN_ONE_COLUMN, IN_A_COLUMN = 4, 5  # pupils of the contents, with eight sections each
Pupil = TypeVar("Pupil")  # of the contents, whatever is known of one
SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class PanelPaper:
    """The meeting, as its papers name it."""

    on: date
    starts_at: time
    place: str
    members: Sequence[str]
    chair: str


@dataclass(frozen=True, slots=True)
class CasePaper:
    """One pupil of the pack and when the panel looks at the case."""

    at: time
    pupil: PupilFile


def long_day(on: date) -> str:
    return f"{on:%A} {wording.full_date(on)}"


def foot(panel: PanelPaper, for_family: bool) -> str:
    kind = "Copy for the family" if for_family else "Confidential"
    return f"Attendance panel pack · {wording.full_date(panel.on)} · {kind}"


def title(panel: PanelPaper, year: PackYear) -> str:
    return f"Attendance panel pack: {wording.full_date(panel.on)}, {year.school}"


# --- the pages of one pupil


def part_context(case: CasePaper, year: PackYear, panel: PanelPaper, *, for_family: bool) -> dict:
    pupil = case.pupil
    rows = marks_grid.grid(pupil, year)
    added = sums(pupil, year)
    steps = numbered_steps(pupil, year)
    weeks = compared_weeks(pupil, year)
    period = wording.period(_first_day(pupil, year), year.as_at)
    days = marks_grid.days_of(rows)
    short_days = SHORT_DAYS[: len(days)]
    return {
        "title": f"{pupil.name}, {title(panel, year)}",
        "school": year.school,
        "foot": foot(panel, for_family),
        "for_family": for_family,
        "pupil": pupil,
        "facts": _facts(pupil, for_family=for_family),
        "opening": " ".join(sentences.opening(pupil, year)),
        "next_steps": " ".join(map(_next_step, pupil.next_steps)),
        "contacts": pupil.contacts,
        "period": f"in short, {period}",
        "sums": added,
        "missed_days": wording.half_days(added.tally.absent),
        "days": days,
        "summary": [*sentences.summary(pupil, year), *sentences.unmarked(added.unmarked)],
        "rows": rows,
        "total": added.tally,
        "columns": 5 + 2 * len(days),
        "grid_caption": f"{pupil.name}, {period}",
        "chart": weekly_trend(weeks, steps, forename=pupil.forename, year_group=pupil.year_group),
        "chart_key": " ".join(_chart_key(pupil, weeks, steps)),
        "steps": list(map(_step, steps)),
        "most_days": SCHOOL_DAYS,
        "codes_caption": f"Sessions by code, {period}",
        "weekdays": weekday_rows(pupil, len(days)),
        "chronology": list(map(_entry, in_order(pupil.steps))),
        "chronology_caption": _said_to(for_family, *CHRONOLOGY),
        "withheld": "" if for_family else sentences.left_out(pupil.withheld),
        "no_letter": _said_to(for_family, *NO_LETTER),
        "letters": list(map(_letter, pupil.letters)),
        "extract": marks_grid.extract(pupil, year),
        "short_days": short_days,
        "changes": change_rows(pupil.amendments),
        "changes_caption": f"Amendments of the marks {period}",
        "signatures": _signatures(pupil, panel, for_family=for_family),
    }


# To the panel, and to a family in its own copy.
CHRONOLOGY = "What was done: actions, calls, letters and panels", "What was done"
NO_LETTER = "No letter has been written.", "No letter has been sent."


def _said_to(family: bool, to_the_panel: str, to_the_family: str) -> str:
    return to_the_family if family else to_the_panel


def _next_step(one: NextStepLine) -> str:
    due = wording.full_date(one.due_on)
    return f"Next step due {due} ({one.owner}): {one.what.rstrip('.')}."


def _chart_key(
    pupil: PupilFile, weeks: Sequence[ComparedWeek], steps: Sequence[NumberedStep]
) -> Iterator[str]:
    yield "Black: unauthorised. Grey: authorised, on top."
    if any(week.of_year_group is not None for week in weeks):
        yield f"Line: a pupil of {year_groups.spoken(pupil.year_group)} on average."
    if steps:
        yield "Numbers: steps taken, below."


def _entry(step: Step) -> dict:
    return {
        "date": short_date(step.on),
        "what": step.what,
        "who": step.who,
        "outcome": step.outcome,
    }


def _letter(letter: LetterLine) -> dict:
    return {
        "date": short_date(letter.dated),
        "what": letter.what,
        "to": letter.to,
        "state": letter.state.capitalize(),
        "reference": letter.reference,
    }


def _step(step: NumberedStep) -> dict:
    return {
        "number": step.number,
        "what": step.what,
        "date": short_date(step.on),
        "effect": step.effect,
    }


def _first_day(pupil: PupilFile, year: PackYear) -> date:
    return min(max(pupil.starts_on, year.starts_on), year.as_at)


def _facts(pupil: PupilFile, *, for_family: bool) -> list[tuple[str, str]]:
    facts = [
        ("Year and group", _year_and_group(pupil) or "none"),
        ("Date of birth", said_of(wording.full_date, pupil.born_on) or "not known"),
        ("Unique pupil number", pupil.upn),
        ("On the roll", _on_roll(pupil)),
        ("Characteristics", "; ".join(pupil.characteristics) or "none recorded"),
    ]
    if not for_family:
        siblings = "; ".join(map(_sibling, pupil.siblings))
        facts.append(("Brothers and sisters here", siblings or "none known"))
    return facts


def _year_and_group(pupil: PupilFile) -> str:
    year = said_of(wording.year_words, pupil.year_group)
    tutors = f" (tutor {pupil.tutors})" if pupil.tutors else ""
    return ", ".join(filter(None, (year, f"{pupil.group}{tutors}")))


def _on_roll(pupil: PupilFile) -> str:
    until = f", to {wording.full_date(pupil.leaves_on)}" if pupil.leaves_on else ""
    return f"Since {wording.full_date(pupil.starts_on)}{until}"


def _sibling(one: SiblingLine) -> str:
    group = f", {one.group}" if one.group else ""
    return f"{one.name}{group}: missed {one.tally.absent} of {one.tally.possible}"


def _signatures(pupil: PupilFile, panel: PanelPaper, *, for_family: bool) -> list[str]:
    parents = [] if for_family else [one.name for one in pupil.contacts if one.has_responsibility]
    school = f"{panel.chair}, for the school" if panel.chair else "For the school"
    return [pupil.name, *(parents or ["Parent or carer", "Parent or carer"]), school]


# --- the cover


def cover_context(
    panel: PanelPaper,
    cases: Sequence[CasePaper],
    year: PackYear,
    contents: Sequence[dict],
    *,
    for_family: bool,
    stood_at: datetime,
) -> dict:
    how_many = sentences.in_words(len(cases))
    return {
        "title": title(panel, year),
        "school": year.school,
        "foot": foot(panel, for_family),
        "for_family": for_family,
        "panel": panel,
        "when": f"{long_day(panel.on)}, {clock(panel.starts_at)}",
        "how_many": f"{how_many.capitalize()} pupil{'' if len(cases) == 1 else 's'}",
        "as_at": long_day(year.as_at),
        "stood_at": f"{wording.full_date(stood_at.date())}, {clock(stood_at)}",
        "members": panel.members,
        "withheld": sentences.never_in_a_pack(sum(case.pupil.withheld for case in cases)),
        "order_caption": _said_to(for_family, "Times and pupils", "The meeting"),
        "cases": [
            {
                "at": clock(case.at),
                "name": case.pupil.name,
                "forename": case.pupil.forename,
                "group": case.pupil.group,
                "why": " ".join(sentences.opening(case.pupil, year)),
            }
            for case in cases
        ],
        "contents": [
            {"columns": columns, "css": _css(columns, is_first=number == 0)}
            for number, columns in enumerate(in_columns(contents))
        ],
    }


def _css(columns: Sequence[Sequence[dict]], *, is_first: bool) -> str:
    """Of one page of the contents."""
    classes = {"columns many": len(columns) > 1, "new-page": not is_first}
    return " ".join(name for name, is_set in classes.items() if is_set)


def in_columns(contents: Sequence[Pupil]) -> list[list[Sequence[Pupil]]]:
    """The contents by page: one column where all fit into it, else two of a few pupils each.

    Two lists side by side, since columns of the style sheet take many times as long.
    """
    if len(contents) <= IN_ONE_COLUMN:
        return [[contents]]
    pages = []
    for first in range(0, len(contents), 2 * IN_A_COLUMN):
        of_page = contents[first : first + 2 * IN_A_COLUMN]
        half = -(-len(of_page) // 2)
        pages.append([of_page[:half], of_page[half:]])
    return pages


def contents_of(parts: Sequence[Sequence[Bookmark]], first_pages: Sequence[int]) -> list[dict]:
    """Each pupil with the sections, on the pages of the whole; both counted from 1."""
    found: list[dict] = []
    for headings, first in zip(parts, first_pages, strict=True):
        for heading in headings:
            page = first + heading.page
            if heading.depth == 0:
                found.append({"words": heading.words, "page": page, "parts": []})
            else:
                found[-1]["parts"].append({"words": heading.words, "page": page})
    return found
