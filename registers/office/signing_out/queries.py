"""Pupils who could be signed out, as the search finds them."""

from datetime import datetime

from registers.marks.day_sheet import day_sheet
from registers.models import School
from registers.office.found_pupils import MOST_FOUND, FoundPupil, by_pupil
from registers.office.signing_out.outings import outings_by_enrolment
from registers.roll.search import found_among
from registers.rules.codes import Half


def find_to_sign_out(school: School, letters: str, now: datetime) -> tuple[list[FoundPupil], int]:
    """Those to be shown, and how many have such a name."""
    if not letters.strip():
        return [], 0
    sheet = day_sheet(school, now.date(), list(Half), registers=False)
    named = found_among(school, by_pupil(sheet), letters)
    out = outings_by_enrolment(school, now.date())
    half = Half.PM if sheet.windows[Half.PM].has_opened(now) else Half.AM
    pupils = [
        FoundPupil(child, sheet.mark(child.enrolment_id, half), out.get(child.enrolment_id))
        for child in named[:MOST_FOUND]
    ]
    return pupils, len(named)
