"""Planned absences as the pupil page tells of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils.html import format_html

from interventions.log.wording import short_day_year
from registers.models import PlannedAbsence
from registers.rules.allowed_codes import day_in_words


class PlanTime(Enum):
    """When a plan is, seen from a day: a word and the kind of its tag."""

    OVER = "Over", "quiet"
    NOW = "Now", "warn"
    TO_COME = "To come", ""

    @classmethod
    def of(cls, plan: PlannedAbsence, today: date) -> "PlanTime":
        if plan.until_on < today:
            return cls.OVER
        return cls.TO_COME if plan.from_on > today else cls.NOW


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A planned absence. With a `url` it can be changed, and its note is shown."""

    plan: PlannedAbsence
    today: date
    url: str

    @property
    def title(self) -> str:
        kind = self.plan.get_kind_display()
        return format_html('<a href="{}">{}</a>', self.url, kind) if self.url else kind

    @property
    def tag(self) -> tuple[str, str]:
        return PlanTime.of(self.plan, self.today).value

    @property
    def words(self) -> str:
        return "".join(self._words())

    def _words(self) -> Iterator[str]:
        first, last = self.plan.from_on, self.plan.until_on
        days = f"{short_day_year(first)} to {short_day_year(last)}"
        yield day_in_words(first) if first == last else days
        if self.plan.place:
            yield f", {self.plan.place}"
        if self.plan.note and self.url:
            yield f". {self.plan.note}"
