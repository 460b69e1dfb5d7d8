"""A photo, or a zip of them."""

from django import forms

from registers.exchange.upload import MOST_BYTES
from registers.photos.archive import MOST_FILES
from registers.rules.pupils.photo_files import ACCEPT
from registers.web.form_helpers import fields_and_acts

NO_PICTURE = "Choose a picture"
NO_ZIP = "Choose the zip with the pictures"


class PictureInput(forms.ClearableFileInput):
    template_name = "django/forms/widgets/file.html"


def file_field(label: str, missing: str, empty: str, accept: str, help_text: str):
    return forms.FileField(
        label=label,
        help_text=help_text,
        widget=PictureInput({"accept": accept}),
        error_messages={
            "required": missing,
            "missing": missing,
            "invalid": missing,
            "empty": empty,
        },
    )


class PhotoForm(forms.Form):
    """What it holds is looked at by the action, which decodes it."""

    picture = file_field(
        "Picture",
        NO_PICTURE,
        "The picture is empty. Choose it again",
        ACCEPT,
        "JPEG, PNG or WebP, 10 MB at most. The middle of it is kept as a small square; where and "
        "when it was taken is not.",
    )

    def __init__(self, *args, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = fields_and_acts(
            "The pupil’s photo", "picture", button="Keep this photo", back=back
        )


class PhotosForm(forms.Form):
    upload = file_field(
        "Zip of pictures",
        NO_ZIP,
        "The zip is empty. Pack the pictures again",
        ".zip",
        f"{MOST_BYTES >> 20} MB and {MOST_FILES:,} pictures at most. Each is named with the UPN of "
        "its pupil, as in A123456789012.jpg; a name may follow after a space.",
    )

    def __init__(self, *args, back: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = fields_and_acts(
            "Photos of many pupils", "upload", button="Bring the photos in", back=back
        )
