"""Write down an action, change it, finish its next step."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from crispy_forms.layout import HTML, Div, Field, Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.models import model_to_dict
from django.utils.dateparse import parse_datetime

from interventions.log import next_steps
from interventions.log.actions import WhatWasDone
from interventions.log.next_step_fields import (
    STEP_IS_PANEL,
    ask_for_the_rest,
    next_step_field,
    next_step_of,
    with_whom_field,
)
from interventions.models import Intervention, InterventionKind
from interventions.rules.evidence_files import (
    ACCEPT,
    MOST_BYTES,
    MOST_FILES,
    Upload,
    looked_at,
)
from interventions.rules.kinds import KINDS, OWN
from registers.models import School
from registers.models.school.staff import User
from registers.web.fields import DayField
from registers.web.form_helpers import form_helper, primary

SOME_DAYS_BEFORE = timedelta(days=400)  # a visit before the pupil's first day is an action too
MISSING = {
    "next_step": "Say what the next step is, or leave all three empty",
    "next_step_on": "Give the day by which the next step is due",
    "next_step_owner": "Choose who does the next step",
}
AGAIN = "Choose your documents again: a browser does not keep them when a form comes back."


class ManyFiles(forms.ClearableFileInput):
    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class DocumentsField(forms.FileField):
    """Any number of files up to MOST_FILES, each looked at; the field's value is the Uploads."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        files = list(filter(None, data if isinstance(data, list) else [data]))
        if len(files) > MOST_FILES:
            raise ValidationError(f"Choose {MOST_FILES} documents at most in one go.")
        uploads, wrong = [], []
        for file in files:
            try:
                uploads.append(_upload(file))
            except ValueError as problem:
                wrong.append(str(problem))
        if wrong:
            raise ValidationError(wrong)
        return uploads


def _upload(file: UploadedFile) -> Upload:
    """The file, if it may be kept; a large one is not read. Raises ValueError, fit to show."""
    name, size = str(file.name), file.size or 0
    if size > MOST_BYTES:
        raise ValueError(f"{name} is larger than 10 MB. Choose a smaller file.")
    return looked_at(name, file.read())


class InterventionForm(forms.Form):
    """One action of the log. `what_was_done` is what it says when it is valid."""

    kind = forms.ChoiceField(
        label="What kind of action",
        error_messages={
            "required": "Choose what kind of action this was",
            "invalid_choice": "Choose a kind from the list",
        },
    )
    new_kind = forms.CharField(
        label="Name of the new kind",
        required=False,
        max_length=60,
        help_text="Only for a kind that is not in the list. Your school keeps it.",
    )
    done_on = DayField(label="Day", missing="Give the day on which it was done")
    with_whom = with_whom_field("With whom")
    note = forms.CharField(
        label="What was done",
        widget=forms.Textarea({"rows": 5}),
        required=False,
    )
    outcome = forms.CharField(
        label="What came of it",
        widget=forms.Textarea({"rows": 3}),
        required=False,
        help_text="What was said or agreed. It can wait until it is known.",
    )
    documents = DocumentsField(
        label="Documents",
        required=False,
        help_text="PDF, JPEG, PNG, Word (.docx) or plain text, 10 MB each at most.",
        widget=ManyFiles({"accept": ACCEPT}),
    )
    is_sensitive = forms.BooleanField(
        label="Sensitive: only the safeguarding lead and I can read it",
        required=False,
    )
    next_step = next_step_field("Next step")
    next_step_on = DayField(label="Due on", required=False)
    next_step_owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who does it",
        required=False,
        empty_label="Nobody yet",
        error_messages={"invalid_choice": "Choose somebody from the list"},
    )
    next_step_is_panel = forms.BooleanField(label=STEP_IS_PANEL, required=False)
    STEP = ("next_step", "next_step_on", "next_step_owner", "next_step_is_panel")

    def __init__(
        self,
        *args: Any,
        school: School,
        person: User,
        today: date,
        not_before: date,
        action: str = "Save",
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.today, self.not_before = today, not_before - SOME_DAYS_BEFORE
        self.person = person
        self.own_kinds = {
            f"{OWN}-{kind.pk}": kind.name
            for kind in InterventionKind.objects.filter(school=school, retired=False)
        }
        cast(forms.ChoiceField, self.fields["kind"]).choices = self._kinds()
        owner = cast(forms.ModelChoiceField, self.fields["next_step_owner"])
        owner.queryset = next_steps.owners_at(school)
        self.fields["with_whom"].widget.attrs["list"] = "known-people"
        self.fields["done_on"].widget.attrs["max"] = today.isoformat()
        self.helper = form_helper(
            "Action",
            *self._layout(),
            Div(primary(action), css_class="form-actions"),
            form_class="log-form",
        )

    def _kinds(self) -> list:
        national = [(key, words) for key, words in KINDS.items() if key != OWN]
        own = [("Your school’s own", list(self.own_kinds.items()))] if self.own_kinds else []
        return [("", "Choose"), *national, *own, (OWN, "A kind that is not in this list")]

    def _layout(self) -> Sequence[Any]:
        return (
            Fieldset(
                "The action",
                Div("kind", "done_on", css_class="fields-row"),
                "new_kind",
                "with_whom",
                "note",
                "outcome",
            ),
            Fieldset(
                "Next step",
                HTML('<p class="form-text">All three together, or none.</p>'),
                "next_step",
                Div("next_step_on", "next_step_owner", css_class="fields-row"),
                "next_step_is_panel",
            ),
            Fieldset("Documents and who may read it", *self._papers(), "is_sensitive"),
        )

    def _papers(self) -> Sequence[Any]:
        return (Field("documents"),)

    def clean_done_on(self) -> date:
        done_on = self.cleaned_data["done_on"]
        if done_on > self.today:
            raise ValidationError("Give a day up to today: what is still to come is a next step")
        if done_on < self.not_before:
            raise ValidationError(f"Give a day after {self.not_before:%Y-%m-%d}: look at the year")
        return done_on

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == OWN and not cleaned.get("new_kind", "").strip():
            self.add_error("new_kind", "Name the new kind, or choose one from the list")
        self._clean_words(cleaned)
        self._clean_step(cleaned)
        if self.errors and self.files:
            self.add_error("documents", AGAIN)
        return cleaned

    def _clean_words(self, cleaned: dict) -> None:
        if not f"{cleaned.get('note', '')}{cleaned.get('outcome', '')}".strip():
            self.add_error("note", "Say what was done")

    def _clean_step(self, cleaned: dict) -> None:
        """One of the three without the others asks for them, each at its own field."""
        ask_for_the_rest(self, MISSING)
        due, done = cleaned.get("next_step_on"), cleaned.get("done_on")
        if due and done and due < done:
            self.add_error("next_step_on", "Give a day that is not before the action itself")

    @property
    def what_was_done(self) -> WhatWasDone:
        given = self.cleaned_data
        kind, own = given["kind"], given["new_kind"]
        if kind in self.own_kinds:
            kind, own = OWN, self.own_kinds[kind]
        return WhatWasDone(
            kind=kind,
            own_kind=own,
            done_on=given["done_on"],
            with_whom=given["with_whom"],
            note=given["note"],
            outcome=given["outcome"],
            is_sensitive=given.get("is_sensitive", False),
            next_step=next_step_of(given, given.get("next_step_owner")),
        )


class ChangeInterventionForm(InterventionForm):
    """The same for an action that is there: its documents may go, and it knows what was seen."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    remove: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        queryset=None, label="Documents to take out for good", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, intervention: Intervention, **kwargs: Any):
        self.intervention = intervention
        super().__init__(*args, initial=self._as_it_is(intervention), **kwargs)
        remove = cast(forms.ModelMultipleChoiceField, self.fields["remove"])
        remove.queryset = intervention.documents.all()
        self.fields[
            "is_sensitive"
        ].label = "Sensitive: only the safeguarding lead and its author can read it"
        if intervention.next_step_done_at:
            for name in self.STEP:
                self.fields.pop(name)

    @staticmethod
    def _as_it_is(intervention: Intervention) -> dict:
        fields = ("kind", "done_on", "with_whom", "note", "outcome", "is_sensitive")
        initial = model_to_dict(intervention, (*fields, *InterventionForm.STEP))
        if intervention.own_kind_id:
            initial["kind"] = f"{OWN}-{intervention.own_kind_id}"
        return initial | {"seen": seen_now(intervention)}

    def _kinds(self) -> list:
        """A retired kind stays a choice of the action that has it."""
        own = self.intervention.own_kind
        if own is not None:
            self.own_kinds.setdefault(f"{OWN}-{own.pk}", own.name)
        return super()._kinds()

    def _layout(self) -> Sequence[Any]:
        layout = super()._layout()
        if self.intervention.next_step_done_at:
            return (layout[0], layout[2])
        return layout

    def _papers(self) -> Sequence[Any]:
        here = self.intervention.documents.all()
        return (*(["remove"] if here else []), Field("documents"), "seen")

    @property
    def seen_at(self) -> datetime | None:
        return parse_datetime(self.cleaned_data["seen"])


class StepDoneForm(InterventionForm):
    """A next step is done: what came of it, and what follows."""

    FIELDS_LEFT_OUT = ("note", "is_sensitive")

    def __init__(self, *args: Any, before: Intervention, **kwargs: Any):
        self.before = before
        super().__init__(*args, action="Mark as done", **kwargs)
        for name in self.FIELDS_LEFT_OUT:
            self.fields.pop(name)
        self.fields["outcome"].required = True
        self.fields["outcome"].help_text = ""
        self.fields["outcome"].error_messages["required"] = "Say what came of it"
        self.fields["kind"].label = "What kind of action it was"
        self.fields["next_step"].label = "What follows"

    def _layout(self) -> Sequence[Any]:
        return (
            Fieldset(
                "The step",
                "outcome",
                Div("done_on", "kind", css_class="fields-row"),
                "new_kind",
                "with_whom",
                "documents",
            ),
            Fieldset(
                "The following next step",
                HTML('<p class="form-text">All three together, or none.</p>'),
                "next_step",
                Div("next_step_on", "next_step_owner", css_class="fields-row"),
                "next_step_is_panel",
            ),
        )

    def clean(self) -> dict:
        cleaned = super().clean()
        return cleaned | {"note": self.before.next_step, "is_sensitive": self.before.is_sensitive}

    def _clean_words(self, cleaned: dict) -> None:
        """The step itself is what was done."""


def seen_now(intervention: Intervention) -> str:
    """When it was changed last, as a form keeps it; empty for one that never was."""
    return intervention.changed_at.isoformat() if intervention.changed_at else ""


def step_kind(before: Intervention) -> str:
    """The kind that a finished step most often is: that of its action, but no letter or panel."""
    if before.own_kind_id:
        return f"{OWN}-{before.own_kind_id}"
    return before.kind if before.kind not in {"letter", "panel", "referral"} else "conversation"
