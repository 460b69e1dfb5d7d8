"""The kinds of letters: how grave each is, when one is due, what a person adds. No Django here."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from absence.rules.bands import Band, band_of
from registers.rules.tally import PERSISTENT, Tally


@dataclass(frozen=True, slots=True)
class Kind:
    """`rank` orders letters of concern by their gravity; an invitation is as grave as persistent
    absence, good news has none. `mark` begins a letter's reference."""

    key: str
    mark: str
    title: str
    about: str
    rank: int
    by_night: bool = True
    is_meeting: bool = False


FIRST_CONCERN, AT_RISK = "first_concern", "at_risk"
PERSISTENT_ABSENCE, SEVERE_ABSENCE = "persistent_absence", "severe_absence"
MEETING_INVITATION, PANEL_INVITATION = "meeting_invitation", "panel_invitation"
GOING_WELL = "going_well"

KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            FIRST_CONCERN,
            "FC",
            "First concern",
            "Early and warm, no law: the days missed, and an offer to help.",
            1,
        ),
        Kind(
            AT_RISK,
            "AR",
            "At risk",
            "Near persistent absence and not yet over the line: how much is to spare.",
            2,
        ),
        Kind(
            PERSISTENT_ABSENCE,
            "PA",
            "Persistent absence",
            "A tenth or more missed: the way out of it, and an invitation to talk.",
            3,
        ),
        Kind(
            SEVERE_ABSENCE,
            "SA",
            "Severe absence",
            "Half or more missed: people from school and beyond come together.",
            4,
        ),
        Kind(
            MEETING_INVITATION,
            "MI",
            "Meeting invitation",
            "A day and time to talk, written by hand.",
            3,
            by_night=False,
            is_meeting=True,
        ),
        Kind(
            PANEL_INVITATION,
            "PI",
            "Panel invitation",
            "A day and time before the attendance panel, written by hand.",
            3,
            by_night=False,
            is_meeting=True,
        ),
        Kind(
            GOING_WELL,
            "GW",
            "Going well",
            "Clearly fewer days missed in the last weeks: good news, and thanks.",
            0,
        ),
    )
}


def concern_of(tally: Tally, bands: Sequence[Band]) -> str | None:
    """The letter of concern that fits a pupil's absence; None where there is none to write.

    The last band before persistent absence is "at risk", the bands between it and the best one
    are "first concern". A school with a single band before persistent absence has neither.
    """
    if tally.severely_absent:
        return SEVERE_ABSENCE
    if tally.persistently_absent:
        return PERSISTENT_ABSENCE
    return _concern_before(tally, bands) if tally.absent else None


def _concern_before(tally: Tally, bands: Sequence[Band]) -> str | None:
    """That of the bands before persistent absence."""
    before = [band for band in bands if band.edge < PERSISTENT]
    band = band_of(tally, before)
    if band is None or band == before[0]:
        return None
    return AT_RISK if band == before[-1] else FIRST_CONCERN


def concern_due(tally: Tally, bands: Sequence[Band], had: Collection[str]) -> str | None:
    """The one letter of concern to propose now, given the kinds of the year so far.

    Only the gravest that fits, and none that is softer than, or the same as, one of this year: a
    letter about persistent absence is never followed by a first concern. A dropped one counts.
    """
    fits = concern_of(tally, bands)
    if fits is None or fits in had:
        return None
    gravest = max((KINDS[kind].rank for kind in had if kind in KINDS), default=0)
    return fits if KINDS[fits].rank > gravest else None


def why_not(kind: str, tally: Tally, bands: Sequence[Band]) -> str | None:
    """Why a letter of this kind would say what is not so; None where it may be written."""
    if kind not in NOT_TRUE:
        return None
    if not tally.absent:
        return "No session has been missed, so there is nothing for this letter to be about."
    return next((words for is_so, words in NOT_TRUE[kind] if is_so(tally, bands)), None)


def is_borne_out(kind: str, tally: Tally, bands: Sequence[Band]) -> bool:
    """Whether a letter of this kind says what is so; without absence only an invitation does."""
    has_a_subject = tally.absent > 0 or KINDS[kind].is_meeting
    return has_a_subject and why_not(kind, tally, bands) is None


def _is_over(tally: Tally, bands: Sequence[Band]) -> bool:
    return tally.persistently_absent


def _is_under(tally: Tally, bands: Sequence[Band]) -> bool:
    return not tally.persistently_absent


def _is_not_severe(tally: Tally, bands: Sequence[Band]) -> bool:
    return not tally.severely_absent


def _is_not_at_risk(tally: Tally, bands: Sequence[Band]) -> bool:
    return concern_of(tally, bands) != AT_RISK


OVER = "A tenth or more has been missed: write the letter about persistent absence."
# Of each kind that says something of the figures: when it would not be true, and what to say then.
NOT_TRUE: dict[str, tuple[tuple[Callable[[Tally, Sequence[Band]], bool], str], ...]] = {
    FIRST_CONCERN: ((_is_over, OVER),),
    AT_RISK: (
        (_is_over, OVER),
        (
            _is_not_at_risk,
            "The pupil is not in the band before persistent absence: write a first concern.",
        ),
    ),
    PERSISTENT_ABSENCE: (
        (
            _is_under,
            "Less than a tenth of the sessions has been missed: this is no persistent absence.",
        ),
    ),
    SEVERE_ABSENCE: (
        (
            _is_not_severe,
            "Less than half of the sessions has been missed: this is no severe absence.",
        ),
    ),
}


def still_stands(kind: str, tally: Tally, bands: Sequence[Band]) -> bool:
    """Whether a letter that the night proposed is still the one that fits the figures."""
    return kind == GOING_WELL or concern_of(tally, bands) == kind
