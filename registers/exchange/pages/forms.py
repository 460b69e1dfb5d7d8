"""Files to bring in, the questions that they leave open, and the last press."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from registers.exchange.questions import Answers
from registers.exchange.upload import MOST_BYTES
from registers.web.form_helpers import form_helper, primary

NO_FILE = "Choose the files"
MEGABYTE = 1024 * 1024
KINDS_OF_FILES = ".csv,.txt,.tsv,.xlsx,.xlsm,.xls,.ods,.xml,.zip"
MOST_RADIOS = 5  # as many choices stand open; more are a list
LONGEST_NAME = 60  # of a set of answers
AS_LAST_TIME = "Read them as"
OF_COLUMNS = ("column:", "needed:", "whose-names:")  # how the ids of such questions begin
ASKED_ANEW = "Other questions have come up since this page was opened. They are below."


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> Sequence[Any]:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    """Any files; `mappings` are the names under which answers of other times are kept."""

    uploads = ManyFilesField(
        label="Files",
        help_text="CSV, XLSX, XLS, ODS, XML (CTF), or a ZIP of them: several at once, "
        f"{MOST_BYTES // MEGABYTE} MB at most together. You can drag them here.",
        allow_empty_file=True,  # an empty one is named by the receiver
        error_messages={"required": NO_FILE, "missing": NO_FILE, "invalid": NO_FILE},
    )

    def __init__(self, *args, mappings: Sequence[str] = (), **kwargs):
        super().__init__(*args, **kwargs)
        widget = self.fields["uploads"].widget
        widget.attrs |= {"accept": KINDS_OF_FILES, "class": "drop"}
        layout = ["uploads"]
        if mappings:
            self.fields["mapping"] = forms.ChoiceField(
                label=AS_LAST_TIME,
                required=False,
                choices=[*((name, name) for name in mappings), ("", "new files: ask me")],
                initial=mappings[0],
                help_text="Answers that were kept are used where the files have the same headings.",
                error_messages={"invalid_choice": "Choose one of the list"},
            )
            layout.append("mapping")
        self.helper = form_helper(
            "Files to bring in", *layout, primary("Look at these files"), form_class="setup-form"
        )


@dataclass(frozen=True, slots=True)
class TableQuestions:
    """The questions of one table of the files."""

    source: str
    fields: list[forms.BoundField] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def is_about_columns(self) -> bool:
        """Then their samples stand open."""
        return any(one.startswith(OF_COLUMNS) for one in self.ids)


class QuestionsForm(forms.Form):
    """The questions of a proposal: each a choice, with what was answered or is suggested.

    `questions` are plain values, as a proposal keeps them. Fields are numbered in their order;
    `seen` says which questions the page had, since new ones may have come up. What Rollbook knows
    by itself (`must` is false) is an answer only where a person says it otherwise.
    """

    def __init__(self, *args, questions: Sequence[dict[str, Any]], **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        self.digest = sha256("\0".join(one["id"] for one in self.questions).encode()).hexdigest()
        self.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=self.digest
        )
        for number, question in enumerate(self.questions):
            self.fields[f"q{number}"] = _field_of(question)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("seen") != self.digest:
            raise ValidationError(ASKED_ANEW)
        return self.cleaned_data

    @property
    def by_source(self) -> list[TableQuestions]:
        """The questions table by table, in the order of the files."""
        found: dict[str, TableQuestions] = {}
        for number, question in enumerate(self.questions):
            source = question["source"]
            table = found.setdefault(source, TableQuestions(source))
            table.fields.append(self[f"q{number}"])
            table.ids.append(question["id"])
        return list(found.values())

    @property
    def answers(self) -> Answers:
        """What a person has said, by the id of its question."""
        given = [self.cleaned_data[f"q{number}"] for number in range(len(self.questions))]
        pairs = zip(self.questions, given, strict=True)
        return {question["id"]: value for question, value in pairs if _is_said(question, value)}


def _is_said(question: dict[str, Any], value: str) -> bool:
    """What Rollbook knows by itself is said only where it is said otherwise."""
    if question.get("must", True) or question.get("answer"):
        return bool(value)
    return bool(value) and value != question.get("suggested")


def _field_of(question: dict[str, Any]) -> forms.Field:
    about = question.get("about")
    unanswered = f"Answer what is asked about {about}" if about else "Answer this question"
    settings = {
        "label": question["words"],
        "initial": question.get("answer") or question.get("suggested"),
        "required": question.get("must", True),
        "error_messages": {"required": unanswered, "invalid_choice": "Choose one of the list"},
    }
    if question.get("choices"):
        return _choice_of(list(map(tuple, question["choices"])), settings)
    return forms.CharField(max_length=200, **settings)


def _choice_of(choices: list[tuple[str, str]], settings: dict[str, Any]) -> forms.ChoiceField:
    """A few stand open; more are a list, which begins with no choice."""
    if len(choices) > MOST_RADIOS:
        return forms.ChoiceField(choices=[("", "Choose"), *choices], **settings)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **settings)


class GoAheadForm(forms.Form):
    """Whether the good rows come in without the wrong ones, and under which name what was answered
    is kept.
    """

    def __init__(self, *args, wrong_rows: int, answered: bool, **kwargs):
        super().__init__(*args, **kwargs)
        rows = "row" if wrong_rows == 1 else f"{wrong_rows:,} rows"
        layout = ["skip"]
        self.fields["skip"] = forms.BooleanField(
            label=f"Bring the good rows in, and leave the wrong {rows} out for now",
            required=bool(wrong_rows),
            error_messages={
                "required": "Tick this to bring the good rows in without the wrong ones; or mend "
                "the rows and upload the files again"
            },
        )
        if not wrong_rows:
            self.fields["skip"].widget = forms.HiddenInput()
        if answered:
            self.fields["keep_as"] = forms.CharField(
                label="Keep your answers for next time, under the name",
                required=False,
                max_length=LONGEST_NAME,
                help_text="Such as “SIMS pupil list”. Leave it empty to keep nothing.",
                error_messages={"max_length": f"A name has {LONGEST_NAME} letters at most"},
            )
            layout.append("keep_as")
        self.helper = form_helper(
            "Bring the files in", *layout, primary("Bring the files in"), form_class="setup-form"
        )
