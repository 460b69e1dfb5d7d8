"""The words of one kind of letter."""

from django import forms
from django.core.exceptions import ValidationError

from interventions.letters.wordings.merge_fields import wrong_in_body, wrong_in_subject
from interventions.letters.wordings.own_words import Words


class WordsForm(forms.Form):
    """The words of one kind of letter."""

    subject = forms.CharField(
        label="Heading",
        max_length=200,
        error_messages={"required": "Write a heading"},
        help_text="Plain words and fields.",
    )
    body = forms.CharField(
        label="Letter",
        strip=False,
        widget=forms.Textarea({"rows": 22, "spellcheck": "true"}),
        error_messages={"required": "Write the letter"},
        help_text=(
            "The greeting, the signature and the letterhead stand round it. "
            "Tags: &lt;p&gt; &lt;h2&gt; &lt;ul&gt; &lt;ol&gt; &lt;li&gt; &lt;strong&gt; &lt;em&gt; "
            "&lt;br&gt;; without tags, blank lines part "
            "paragraphs. The first paragraph stands larger."
        ),
    )

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean_subject(self) -> str:
        return self._checked("subject", wrong_in_subject)

    def clean_body(self) -> str:
        return self._checked("body", wrong_in_body)

    def _checked(self, name: str, wrong) -> str:
        problems = wrong(self.kind, self.cleaned_data[name])
        if problems:
            raise ValidationError(problems)
        return self.cleaned_data[name]

    @property
    def problems(self) -> list[str]:
        """What is wrong with the words, field by field."""
        return [str(error) for field in self.visible_fields() for error in field.errors]

    @property
    def words(self) -> Words:
        return Words(self.cleaned_data["subject"], self.cleaned_data["body"])
