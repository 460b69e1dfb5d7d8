"""What a zip of photos has brought, in words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registers.models import Job
from registers.rules.wording import all_so, many, plural


@dataclass(frozen=True, slots=True)
class PhotosSaid:
    """The sentence under the heading, whose first half is bold."""

    lead: str
    rest: str


WORKING = PhotosSaid("", "You can leave this page and come back; the work goes on.")
FAILED = PhotosSaid(
    "Not every picture was read.",
    " What is kept is whole; the same zip can be brought in again.",
)


def photos_said(job: Job) -> PhotosSaid:
    if job.state == Job.State.FAILED:
        return FAILED
    return _said_of_kept(job.answer) if job.is_over else WORKING


def _said_of_kept(answer: Mapping[str, Any]) -> PhotosSaid:
    new, same, left_out = map(Counter(answer).__getitem__, ("new", "same", "left_out"))
    rest = all_so(
        (same, f", {same:,} {plural(same, 'was', 'were')} there already"),
        (left_out, f"; {many(left_out, 'file was', 'files were')} left out"),
    )
    return PhotosSaid(f"{many(new, 'photo is', 'photos are')} kept", f"{''.join(rest)}.")
