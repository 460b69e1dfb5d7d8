"""Everybody's next steps: what is overdue, what is due this week, what comes later."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import cast

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from interventions.log import next_steps, wording
from interventions.log.wording import OpenStep
from interventions.models import Intervention
from registers.rules.pupils.namesakes import pupils_apart
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of

PER_PAGE = 100
MINE, ALL = "mine", "all"


@require_safe
@allowed("see_interventions")
def steps(request: PageRequest) -> HttpResponse:
    """`?owner=` is `all`, `mine` or somebody's number. Seven statements at any size."""
    school, today = request.viewer.school, timezone.localdate()
    open_steps = next_steps.open_steps(school)
    rows = open_steps.order_by().values_list(
        "next_step_owner", "next_step_owner__name", "next_step_on"
    )
    everybody = cast(list[OpenStep], list(rows))  # each has its day
    owner = _owner(request, set(map(itemgetter(0), everybody)))
    wanted = open_steps if owner is None else open_steps.filter(next_step_owner=owner)
    page = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    where = " on this page" if page.has_other_pages() else ""
    context = {
        "apart": pupils_apart((step.enrolment.pupil for step in page), with_birth=True),
        "page": page,
        "parts": [
            (part, f"{many(len(part.steps), 'step')}{where}", _lines(request, part.steps))
            for part in next_steps.parted(list(page), today)
        ],
        "none_open": "You have no open step" if owner == request.user.pk else "No open step",
        **_whose(request, everybody, owner),
        "today": today,
    }
    return render(request, "interventions/log/next_steps.html", context)


def _owner(request: PageRequest, known: Collection[int]) -> int | None:
    """Whose steps are shown; None for everybody's. Somebody without a step is nobody's choice."""
    if request.GET.get("owner") == MINE:
        return request.user.pk
    asked = number_of(request.GET.get("owner"))
    return asked if asked in known else None


@dataclass(frozen=True, slots=True)
class StepLine:
    """A next step in the list; a sensitive one without its words."""

    step: Intervention
    is_readable: bool
    may_record: bool

    @property
    def words(self) -> str:
        return self.step.next_step if self.is_readable else "next step of a sensitive note"

    @property
    def after(self) -> str:
        """What it is the next step of."""
        if not self.is_readable:
            return ""
        return f". After: {self.step.title.lower()}, {wording.short_day(self.step.done_on)}"

    @property
    def left(self) -> str:
        """That the pupil has left the school, and when."""
        leaves_on = self.step.enrolment.leaves_on
        if leaves_on is None or leaves_on >= timezone.localdate():
            return ""
        return f". Left the school on {wording.short_day_year(leaves_on)}"

    @property
    def can_be_done(self) -> bool:
        return self.may_record and self.is_readable


def _lines(request: PageRequest, steps: Sequence[Intervention]) -> list[StepLine]:
    may_record = request.viewer.may("record_intervention")
    sees = request.viewer.may("see_sensitive")
    return [
        StepLine(step, next_steps.may_read(step, request.user, sees_sensitive=sees), may_record)
        for step in steps
    ]


@dataclass(frozen=True, slots=True)
class OwnerFilter:
    """Whose steps can be shown alone; `name` is empty for everybody's and one's own."""

    label: str
    name: str
    query: str
    count: int
    is_on: bool


def _whose(request: PageRequest, everybody: Sequence[OpenStep], owner: int | None) -> dict:
    """How many steps there are, and the ways to see somebody's alone: by name, one's own first."""
    mine = request.user.pk
    summary = wording.summary_of(everybody, mine=mine, today=timezone.localdate())
    counts = Counter(map(itemgetter(0), everybody))
    names = dict(map(itemgetter(0, 1), everybody))
    names.pop(mine, None)
    others = [
        OwnerFilter("", name, f"?owner={pk}", counts[pk], is_on=pk == owner)
        for pk, name in sorted(names.items(), key=itemgetter(1))
    ]
    everybodys = OwnerFilter("Everybody’s", "", "?", summary.all, is_on=owner is None)
    own = OwnerFilter("Mine", "", f"?owner={MINE}", summary.mine, is_on=owner == mine)
    filters = [everybodys, own, *others] if summary.all else []
    return {"lede": summary.lede, "filters": filters}
