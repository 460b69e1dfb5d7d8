"""What a person asks the list of pupils for. Its state is the address of the page."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Hidden
from django import forms
from django.core.exceptions import ValidationError

from absence.lists import listing
from absence.lists.listing import DEFAULT_ORDER, ORDERS, ListedRow, Wanted, kinds_of
from absence.rules.academic_year import SchoolYear
from absence.rules.bands import Band
from absence.rules.wording import attendance_range, near_words, titles
from registers.rules.admission import in_natural_order
from registers.rules.pupils import year_groups
from registers.web.fields import DayField
from registers.web.form_helpers import offer, primary, search_helper

SPECIAL = {
    listing.NEAR_OR_OVER: "At the line or near it",
    listing.PERSISTENT_ALL: "All persistently absent",
    listing.SEVERE_ALL: "All severely absent",
    listing.NEAR: f"Within {near_words(listing.NEAR_WITHIN)} of the line",
    listing.NO_SESSIONS: "No possible sessions",
}
MOVED = {
    listing.ANY_MOVE: "Into another band",
    listing.WORSE: "Into a worse band",
    listing.BETTER: "Into a better band",
    listing.INTO_PERSISTENT: "Newly persistently absent",
    listing.INTO_SEVERE: "Newly severely absent",
    listing.OUT_OF_PERSISTENT: "No longer persistently absent",
}
LAST_YEAR = {
    listing.LAST_PERSISTENT: "Persistently absent last year",
    listing.LAST_SEVERE: "Severely absent last year",
    listing.LAST_UNDER: "Not persistently absent last year",
    listing.LAST_AWAY: "Not here last year",
    listing.LAST_ELSEWHERE: "Persistently absent at another school last year",
}
NEEDS = {
    "SEN": "SEN, support or plan",
    "SEN K": "SEN support",
    "SEN E": "Education, health and care plan",
    "FSM": "Free school meals",
    "EAL": "English as an additional language",
    "Looked after": "Looked after",
}
WEEK, FOUR_WEEKS, HALF_TERM = "7", "28", "half-term"
SINCE = {
    FOUR_WEEKS: "Four weeks before",
    WEEK: "One week before",
    HALF_TERM: "The end of the last half term",
}
FURTHER = ("need", "moved", "was", "since", "since_on", "last", "left")


class AsAtForm(forms.Form):
    """The day up to which the figures count, and the day that movement is measured from. Read
    first: the other choices depend on it."""

    as_at = DayField(label="Figures to", required=False)
    since = forms.ChoiceField(
        label="Movement since",
        required=False,
        choices=list(SINCE.items()),
        error_messages={"invalid_choice": "Choose the day that the movement is measured from"},
    )
    since_on = DayField(label="Or since the end of", required=False)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_as_at(self) -> date | None:
        as_at = self.cleaned_data["as_at"]
        if as_at and as_at > self.today:
            raise ValidationError("No mark lies in the future: choose a day up to today")
        return as_at

    def clean_since_on(self) -> date | None:
        since_on = self.cleaned_data["since_on"]
        if since_on and since_on > self.today:
            raise ValidationError("Nobody has moved since a day to come: choose one up to today")
        return since_on

    def moved_since(self, as_at: date, year: SchoolYear) -> date:
        """The day at whose end the bands are compared with those of the figures."""
        given = self.cleaned_data
        if chosen := given.get("since_on"):
            return min(chosen, as_at)
        wanted = given.get("since") or FOUR_WEEKS
        if wanted == HALF_TERM:
            return (year.half_term_start(as_at) or year.starts_on) - timedelta(days=1)
        return as_at - timedelta(days=int(wanted))


def _bands_with_range(bands: Sequence[Band]) -> list[tuple[str, str]]:
    title_of = titles(bands)
    return [
        (band.name, f"{title_of[band.name]}, {attendance_range(bands, number)}")
        for number, band in enumerate(bands)
    ]


def _characteristics_of(rows: Sequence[ListedRow]) -> list[str]:
    """Those that pupils of the list have: in the order of NEEDS, then others by name."""
    present = {kind for row in rows for kind in kinds_of(row.characteristics)}
    return [kind for kind in NEEDS if kind in present] + sorted(present - set(NEEDS))


class PupilsForm(AsAtForm):
    q = forms.CharField(label="Name or UPN", required=False, max_length=200, strip=True)
    band = forms.ChoiceField(label="Band", required=False)
    year = forms.ChoiceField(label="Year group", required=False)
    group = forms.ChoiceField(label="Registration group", required=False)
    need = forms.ChoiceField(label="Characteristic", required=False)
    moved = forms.ChoiceField(label="Moved", required=False)
    was = forms.ChoiceField(label="Band before", required=False)
    last = forms.ChoiceField(label="Last year", required=False)
    left = forms.BooleanField(label="With leavers of this year", required=False)

    def __init__(
        self, *args, rows: Sequence[ListedRow], bands: Sequence[Band], order: str, **kwargs
    ):
        super().__init__(*args, **kwargs)
        named = _bands_with_range(bands)
        years = year_groups.in_order({row.year_group for row in rows} - {""})
        groups = in_natural_order({row.registration_group for row in rows} - {""})
        needs = _characteristics_of(rows)
        offer(self, "band", [*SPECIAL.items(), *named])
        offer(self, "year", [(year, year_groups.spoken(year)) for year in years])
        offer(self, "group", [(group, group) for group in groups])
        offer(self, "need", [(kind, NEEDS.get(kind, kind)) for kind in needs])
        offer(self, "moved", MOVED.items())
        offer(self, "was", named)
        offer(self, "last", LAST_YEAR.items())
        self.helper = self._helper(order)

    def _helper(self, order: str) -> FormHelper:
        kept = [Hidden("sort", order)] if order != DEFAULT_ORDER else []
        is_open = " open" if any(self.data.get(name) for name in FURTHER) else ""
        shown = ("q", "band", "year", "group", "as_at")
        return search_helper(
            "Pupils of the list",
            Div(*shown, Div(primary("Show")), css_class="fields-row"),
            HTML(f'<details class="further"{is_open}><summary>More filters</summary>'),
            Div(*FURTHER, css_class="fields-row"),
            HTML("</details>"),
            *kept,
        )

    @property
    def letters(self) -> str:
        """The name or UPN that was typed."""
        return self.cleaned_data.get("q", "") if self.is_bound else ""

    def wanted(self, pupils: Collection[int] | None) -> Wanted:
        """What was asked for, of the pupils whom `letters` finds; a choice that the list does not
        have asks for nothing.
        """
        given = self.cleaned_data if self.is_bound else {}
        return Wanted(
            pupils=pupils,
            band=given.get("band", ""),
            year_group=given.get("year", ""),
            group=given.get("group", ""),
            moved=given.get("moved", ""),
            was=given.get("was", ""),
            need=given.get("need", ""),
            last_year=given.get("last", ""),
        )


def order_from(text: str | None) -> str:
    """A known order, else the usual one: the most missed first."""
    return text if text and text.removeprefix("-") in ORDERS else DEFAULT_ORDER
