"""Putting right the marks that a plan made before it was changed or withdrawn."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from crispy_forms.layout import Field
from django import forms

from registers.amendments.forms import code_choices
from registers.planned_absence.plan_marks.actions import MarkLeft
from registers.rules.allowed_codes import short_day
from registers.rules.codes import Half
from registers.web.fields import Checkboxes, PaperField, paper_field, unasked_paper
from registers.web.form_helpers import fields_and_acts
from registers.web.forms import PageForm

MOST_DAYS_NAMED = 3


class MarksLeftForm(PageForm):
    """Which pupils' marks, the code that takes their place, and why."""

    pupils = forms.MultipleChoiceField(
        label="Whose marks",
        widget=Checkboxes,
        error_messages={"required": "Tick at least one pupil"},
    )
    code = forms.ChoiceField(label="New code", error_messages={"required": "Choose a code"})
    paper = PaperField()
    reason = forms.CharField(
        label="Why are these marks changing?",
        max_length=500,
        help_text="The register keeps this with your name, your position and the time.",
        error_messages={"required": "Say why these marks are changing"},
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, left: Sequence[MarkLeft], back: str, **kwargs):
        super().__init__(*args, **kwargs)
        last = max(one.key.date for one in left)
        self.choice("pupils").choices = [*_pupils(left)]
        self.choice("code").choices = code_choices(last, without=(left[0].code,))
        paper_field(self).ask_for_codes_of(last)
        self.helper = fields_and_acts(
            "Marks that the plan made",
            "seen",
            "pupils",
            Field("code"),
            "paper",
            "reason",
            button="Change these marks",
            back=back,
            back_label="Leave them as they are",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if why := unasked_paper(given.get("code", ""), given.get("paper", "")):
            self.add_error("paper", why)
        return given


def usual_code(left: Iterable[MarkLeft]) -> str:
    """The code that another plan asks for in all of these sessions; empty where there is none."""
    codes = {one.replaced_by for one in left}
    return codes.pop() if len(codes) == 1 else ""


def _pupils(left: Sequence[MarkLeft]) -> Iterable[tuple[str, str]]:
    for enrolment, marks in groupby(left, key=attrgetter("key.enrolment_id")):
        of_pupil = list(marks)
        pupil = of_pupil[0].pupil
        yield str(enrolment), f"{pupil.forename} {pupil.surname}: {_sessions(of_pupil)}"


def _sessions(marks: Sequence[MarkLeft]) -> str:
    """2 Nov 2026 AM and PM, 3 Nov 2026 AM; from the fourth day on only how many."""
    days = [
        f"{short_day(on)} {' and '.join(Half(one.key.half).name for one in halves)}"
        for on, halves in groupby(marks, key=_day)
    ]
    more = len(days) - MOST_DAYS_NAMED
    named = ", ".join(days[:MOST_DAYS_NAMED])
    return f"{named} and {more} more {'day' if more == 1 else 'days'}" if more > 0 else named


def _day(mark: MarkLeft) -> date:
    return mark.key.date
