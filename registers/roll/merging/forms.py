"""Which of two pupils stands, with which number and which marks, where they are one child."""

from collections.abc import Collection
from typing import Any

from crispy_forms.layout import HTML
from django import forms

from registers.marks.sources import SOURCES
from registers.models import Mark, Pupil
from registers.roll.merging.actions import SideBySide
from registers.roll.merging.actions.both import MarkOfOne
from registers.roll.merging.overlaps import SessionKey
from registers.rules.admission import Spell
from registers.rules.allowed_codes import day_in_words, session_in_words
from registers.rules.codes import CODES, Half
from registers.rules.pupils.upn import is_temporary
from registers.web.fields import RadioChoice
from registers.web.form_helpers import fields_and_acts
from registers.web.forms import PageForm

NOT_BY_A_PERSON = (Mark.Source.IMPORT, Mark.Source.CLOCK, Mark.Source.CLOSURE)


class MergeForm(PageForm):
    """What a person decides, with a field for each session whose marks differ."""

    keep = forms.ChoiceField(
        label="Which of the two stands?",
        widget=RadioChoice,
        help_text="The other’s details fill what is empty; else those of this one stand.",
        error_messages={"required": "Choose which of the two stands"},
    )
    upn = forms.ChoiceField(
        label="Which UPN stands?",
        widget=RadioChoice,
        help_text="The other stays as a former UPN, by which the pupil is still found.",
        error_messages={"required": "Choose which UPN stands"},
    )
    reason = forms.CharField(
        label="Why are they one child?",
        max_length=300,
        help_text="Kept in the history of every mark that goes over, with your name and the day.",
        error_messages={"required": "Say why the two are one child"},
    )

    def __init__(self, *args, both: SideBySide, back: str, **kwargs):
        self.both = both
        self.pupils = (both.pupil, both.other)
        super().__init__(*args, **kwargs)
        self.choice("keep").choices = [
            (str(pupil.pk), f"{pupil.full_name}, {pupil.upn}") for pupil in self.pupils
        ]
        self.choice("upn").choices = [(pupil.upn, _number(pupil)) for pupil in self.pupils]
        self.initial.setdefault("keep", str(self._likely().pk))
        self.initial.setdefault("upn", self._permanent().upn)
        self.sessions: dict[str, SessionKey] = {}
        for key in both.conflicts:
            self._ask(key)
        self.helper = fields_and_acts(
            "Merge the two pupils",
            *("keep", "upn", *self._marks_part(), "reason"),
            button="Merge the two",
            back=back,
        )

    def _marks_part(self) -> list[Any]:
        """A heading and the sessions whose marks differ; nothing where none do."""
        return [HTML("<h2>Marks that differ</h2>"), *self.sessions] if self.sessions else []

    def _permanent(self) -> Pupil:
        return min(self.pupils, key=lambda pupil: is_temporary(pupil.upn))

    def _likely(self) -> Pupil:
        """The one with more marks: what hangs on it need not be looked for elsewhere."""
        both = self.both
        return both.other if len(both.other_marks) > len(both.marks) else both.pupil

    def _ask(self, key: SessionKey) -> None:
        on, half = key
        name = f"mark_{on}_{half}"
        mine, theirs = self.both.marks[key], self.both.other_marks[key]
        likely = self.pupils[mine.made.source in NOT_BY_A_PERSON]
        self.sessions[name] = key
        self.fields[name] = forms.ChoiceField(
            label=session_in_words(on, Half(half)),
            widget=RadioChoice,
            choices=[
                (str(self.both.pupil.pk), _told(mine, self.both.pupil)),
                (str(self.both.other.pk), _told(theirs, self.both.other)),
            ],
            error_messages={"required": "The marks have changed: choose which stands"},
        )
        self.initial.setdefault(name, str(likely.pk))

    @property
    def who_stands(self) -> tuple[Pupil, Pupil]:
        """The pupil who stands, and the one who goes into it."""
        keep = self.cleaned_data["keep"]
        kept, gone = sorted(self.pupils, key=lambda pupil: str(pupil.pk) != keep)
        return kept, gone

    @property
    def others_stand(self) -> Collection[SessionKey]:
        """Sessions where the mark of the one who does not stand was chosen."""
        keep = self.cleaned_data["keep"]
        return {key for name, key in self.sessions.items() if self.cleaned_data[name] != keep}


def _number(pupil: Pupil) -> str:
    return f"{pupil.upn} (temporary)" if is_temporary(pupil.upn) else pupil.upn


def _told(mark: MarkOfOne, pupil: Pupil) -> str:
    code = CODES[mark.code]
    late = f", {mark.minutes_late} minutes late" if mark.minutes_late else ""
    how = SOURCES[Mark.Source(mark.made.source)]
    return f"{code.symbol} {code.meaning}{late} – with UPN {pupil.upn}, {how}"


def spell_in_words(spell: Spell) -> str:
    """As in “1 September 2025 to 19 December 2025”."""
    starts = day_in_words(spell.starts_on)
    return f"{starts} to {day_in_words(spell.leaves_on)}" if spell.leaves_on else f"since {starts}"
