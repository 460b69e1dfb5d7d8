"""What a zip of photos has brought, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registers.models import Job
from registers.rules.wording import many


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
    new, same, left_out = (answer.get(name, 0) for name in ("new", "same", "left_out"))
    rest = f", {same:,} {_was(same)} there already" if same else ""
    rest += f"; {many(left_out, 'file')} {_was(left_out)} left out" if left_out else ""
    return PhotosSaid(f"{many(new, 'photo')} {'is' if new == 1 else 'are'} kept", f"{rest}.")


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
