"""Files to bring in: several CSV files, or a zip of them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from registers.forms.helpers import form_helper, primary
from registers.imports.upload import MOST_BYTES

NO_FILE = "Choose the files, or a zip of them"
MEGABYTE = 1024 * 1024


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
    uploads = ManyFilesField(
        label="Files",
        help_text=f"CSV files or a zip of them, {MOST_BYTES // MEGABYTE} MB at most together. "
        "Hold Ctrl (⌘ on a Mac) to choose several.",
        error_messages={
            "required": NO_FILE,
            "missing": NO_FILE,
            "empty": "One of the files is empty. Export it again",
            "invalid": NO_FILE,
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["uploads"].widget.attrs["accept"] = ".csv,.txt,.tsv,.zip"
        self.helper = form_helper(
            "Files to bring in", "uploads", primary("Check these files"), form_class="setup-form"
        )


class GoAheadForm(forms.Form):
    """Whether the good rows come in without the wrong ones."""

    def __init__(self, *args, wrong_rows: int, **kwargs):
        super().__init__(*args, **kwargs)
        rows = "row" if wrong_rows == 1 else f"{wrong_rows:,} rows"
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
        self.helper = form_helper(
            "Bring the files in", "skip", primary("Bring the files in"), form_class="setup-form"
        )
