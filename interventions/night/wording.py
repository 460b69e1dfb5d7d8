"""What the page of the nights says, by how they stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Self

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from absence.models import Standing
from interventions.models import Night
from registers.models import Job, Pupil
from registers.rules.wording import many


class LastNight(Enum):
    """How the last night of a school stands, or the one that somebody has asked for."""

    RUNNING = "running"
    ASKED_FOR = "asked for"
    NONE = "none yet"
    FAILED = "failed"
    DID_NOT_END = "did not end"
    WITH_PROBLEMS = "with problems"
    DONE = "done"

    @classmethod
    def of(cls, latest: Night | None, waiting: Job | None, *, moves: bool) -> Self:
        """`moves` says that one is at work or waits."""
        is_running = latest is not None and latest.state == Night.State.RUNNING
        if is_running and moves:
            return cls.RUNNING
        if waiting:
            return cls.ASKED_FOR
        if latest is None:
            return cls.NONE
        by_state = {Night.State.RUNNING: cls.DID_NOT_END, Night.State.FAILED: cls.FAILED}
        over = cls.WITH_PROBLEMS if latest.problems else cls.DONE
        return by_state.get(Night.State(latest.state), over)


def last_night(latest: Night | None, waiting: Job | None, *, moves: bool) -> str | SafeString:
    """In a sentence or two."""
    state = LastNight.of(latest, waiting, moves=moves)
    if state is LastNight.ASKED_FOR and waiting:
        return _asked_for(waiting)
    return SENTENCES[state](latest) if latest else "No night has run for this school yet."


def _asked_for(waiting: Job) -> SafeString:
    is_queued = waiting.state == Job.State.QUEUED
    return format_html(
        "<strong>A night is asked for</strong> by <bdi>{}</bdi>; {}.",
        waiting.started_by,
        "it waits for a worker" if is_queued else "it has begun",
    )


def _running(night: Night) -> SafeString:
    at = timezone.localtime(night.started_at)
    return format_html("<strong>A night is running</strong> since {}.", f"{at:%H:%M:%S}")


def _broken_off(night: Night) -> SafeString:
    how = "failed" if night.state == Night.State.FAILED else "did not end"
    return format_html(
        "<strong>The last night {}.</strong> What it had done until then is kept.", how
    )


def _with_problems(night: Night) -> SafeString:
    return format_html(
        "<strong>The last night finished with {}.</strong> {}",
        many(len(night.problems), "problem"),
        _figures_to(night),
    )


def _done(night: Night) -> SafeString:
    return format_html("<strong>The last night did everything.</strong> {}", _figures_to(night))


def _figures_to(night: Night) -> str:
    return f"Its figures are to {night.as_at:%A} {night.as_at.day} {night.as_at:%B}."


SENTENCES: Mapping[LastNight, Callable[[Night], SafeString]] = {
    LastNight.RUNNING: _running,
    LastNight.FAILED: _broken_off,
    LastNight.DID_NOT_END: _broken_off,
    LastNight.WITH_PROBLEMS: _with_problems,
    LastNight.DONE: _done,
}


def why_no_letters(night: Night) -> str:
    """Where none of the letters that a night proposed is shown."""
    if night.letters_proposed:
        return "They are in Letters, for those who decide about them."
    return "No letter was due."


@dataclass(frozen=True, slots=True)
class MovedPupil:
    """A pupil who came into another band or crossed a line."""

    standing: Standing
    before: str
    now: str

    @property
    def pupil(self) -> Pupil:
        return self.standing.enrolment.pupil

    @property
    def words(self) -> SafeString:
        """`from Good to Watch, by 9 Nov`"""
        moved_on = self.standing.moved_on
        return format_html(
            "{} <b>{}</b>{}",
            f"from {self.before} to" if self.before else "first seen:",
            self.now,
            f", by {moved_on.day} {moved_on:%b}" if moved_on else "",
        )


@dataclass(frozen=True, slots=True)
class NightRow:
    """A night in the list of them, with the address at which it is looked at."""

    night: Night
    url: str
    is_chosen: bool

    @property
    def started_by(self) -> str | SafeString:
        """Who ran it by hand; nothing for one by the clock."""
        if self.night.started_by is None:
            return ""
        by = self.night.started_by
        return format_html('<span class="sub">started by <bdi>{}</bdi></span>', by)
