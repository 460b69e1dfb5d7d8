"""The year's marks on the pupil page: where each leads, and those that are worth a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.html import format_html

from absence.rules.pupil_marks import PupilMark
from interventions.pupil.page import PupilPage
from registers.models import Enrolment
from registers.rules.allowed_codes import day_in_words
from registers.rules.codes import Half
from registers.rules.wording import many
from registers.web.access import PageRequest
from registers.web.addresses import address_from


@dataclass(frozen=True, slots=True)
class MarkAddresses:
    """Where the mark of each half day is: one reverse, then the spell, the day and the half put
    in, since a year has 380 of them. Without a `pattern` there is no way to any."""

    pattern: str
    spells: Sequence[Enrolment]  # the one of the page, then all of the year, the earliest first

    @classmethod
    def of_page(cls, request: PageRequest, page: PupilPage) -> "MarkAddresses":
        """No address for whoever may not see a mark."""
        spells = [page.enrolment, *page.spells]
        if not request.viewer.may("see_mark"):
            return cls("", spells)
        anywhere = {"enrolment_id": 0, "date": "2000-01-01", "half": "am"}
        urn = request.viewer.school.urn
        mark = reverse("registers:mark", kwargs={"urn": urn, **anywhere})
        return cls(address_from(request.path, mark), spells)

    def of(self, on: date, half: int) -> str:
        session = f"{on.isoformat()}/{Half(half).name.lower()}"
        return self.pattern.replace("/0/", f"/{self._spell_on(on)}/").replace(
            "2000-01-01/am", session
        )

    def _spell_on(self, on: date) -> int:
        """The enrolment that a day's mark hangs on; the latest for a day off the roll."""
        first, *others = self.spells
        return [first, *(spell for spell in others if spell.starts_on <= on)][-1].pk


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session that was missed, late or amended, with the address of its mark."""

    mark: PupilMark
    url: str

    @property
    def name(self) -> str:
        """The day and the half of it, as a link where it leads to the mark."""
        words = f"{day_in_words(self.mark.date)}, {Half(self.mark.half).words}"
        if not self.url:
            return words
        return format_html('<a href="{}">{}</a>', self.url, words)

    @property
    def meaning(self) -> str:
        return "".join(self._meaning())

    def _meaning(self) -> Iterator[str]:
        yield self.mark.code.meaning
        if self.mark.minutes_late:
            yield f", {many(self.mark.minutes_late, 'minute')} late"
        if self.mark.amended:
            yield ". Amended later"


def listed_sessions(marks: Sequence[PupilMark], addresses: MarkAddresses) -> list[ListedSession]:
    """Every session that was not simply attended, the latest first: the larger way to each mark."""
    return [
        ListedSession(mark, addresses.of(mark.date, mark.half))
        for mark in reversed(marks)
        if not mark.code.attended or mark.code.late or mark.amended
    ]
