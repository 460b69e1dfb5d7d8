"""Groups, places in them, tutors."""

from datetime import date
from typing import cast

from crispy_forms.layout import HTML, Div
from django import forms
from django.utils.html import format_html

from registers.models import Appointment, Group
from registers.policies import ROLES
from registers.rules.pupils import year_groups
from registers.web.fields import DayField
from registers.web.form_helpers import form_helper, primary

NO_YEAR_GROUP = "none"


def plain_button(name: str, words: str) -> HTML:
    """A button that is not the first thing to do on its page."""
    return HTML(f'<button type="submit" class="btn" name="{name}" value="yes">{words}</button>')


class GroupForm(forms.Form):
    """A new group, or (with `kind` fixed) another name for one."""

    kind = forms.ChoiceField(
        label="Kind", choices=[(kind, words.capitalize()) for kind, words in Group.KINDS]
    )
    name = forms.CharField(
        label="Name",
        max_length=60,
        error_messages={"required": "Name the group, such as 7A"},
    )

    def __init__(self, *args, group: Group | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if group is None:
            label, shown = "Make a group", ["name", "kind"]
            button = primary("Make the group", "make")
        else:
            label, shown = "Rename the group", ["name"]
            del self.fields["kind"]
            self.fields["name"].initial = group.name
            button = plain_button("rename", "Rename")
        self.helper = form_helper(
            label,
            Div(*shown, Div(button), css_class="fields-row setup-inline"),
            form_class="setup-form",
        )


class AddForm(forms.Form):
    """The day from which the ticked pupils are in the group. The pupils are ticked in a table."""

    from_on = DayField(label="From this day on", missing="Say from which day they are in the group")
    pupils = forms.TypedMultipleChoiceField(
        label="Pupils",
        coerce=int,
        error_messages={
            "required": "Tick the pupils who come into the group",
            "invalid_choice": "This list has changed: look again",
        },
    )

    def __init__(self, *args, found: list[int], today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = today
        cast(forms.ChoiceField, self.fields["pupils"]).choices = [(pk, str(pk)) for pk in found]


class EndForm(forms.Form):
    last_on = DayField(
        label="Last day in the group", missing="Say which day is the last in this group"
    )
    move_to = forms.ModelChoiceField(
        label="Then move to",
        queryset=Group.objects.none(),
        required=False,
        empty_label="No other group",
    )

    def __init__(self, *args, group: Group, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["last_on"].initial = today
        if group.kind == "registration":
            others = Group.objects.filter(school=group.school_id, kind="registration")
            field = cast("forms.ModelChoiceField[Group]", self.fields["move_to"])
            field.queryset = others.exclude(pk=group.pk).order_by("name")
        else:
            del self.fields["move_to"]
        names = [name for name in ("last_on", "move_to") if name in self.fields]
        self.helper = form_helper(
            "End the place",
            Div(*names, css_class="fields-row"),
            primary("Save", "end"),
            form_class="setup-form",
        )


class TutorsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Appointment) -> str:
        return format_html("<bdi>{}</bdi>, {}", obj.user, obj.get_role_display())


class TutorsForm(forms.Form):
    tutors = TutorsField(
        label="Tutors and teachers of this group",
        queryset=Appointment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, group: Group, **kwargs):
        super().__init__(*args, **kwargs)
        held = Appointment.objects.filter(
            school=group.school_id, role__in=ROLES["take_register"], user__is_active=True
        )
        field = cast(TutorsField, self.fields["tutors"])
        field.queryset = held.select_related("user").order_by("user__name", "pk")
        self.helper = form_helper(
            "Tutors of the group",
            Div("tutors", css_class="choice-grid"),
            plain_button("set_tutors", "Save the tutors"),
            form_class="setup-form",
        )


class YearGroupForm(forms.Form):
    year_group = forms.ChoiceField(
        label="Year group",
        choices=[
            ("", "Choose one"),
            *year_groups.choices(),
            (NO_YEAR_GROUP, "No year group"),
        ],
        error_messages={"required": "Choose the year group that the ticked pupils are in"},
    )
    pupils = forms.TypedMultipleChoiceField(
        label="Pupils",
        coerce=int,
        error_messages={
            "required": "Tick the pupils whose year group it is",
            "invalid_choice": "This list has changed: look again",
        },
    )

    def __init__(self, *args, found: list[int], **kwargs):
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["pupils"]).choices = [(pk, str(pk)) for pk in found]

    def clean_year_group(self) -> str:
        """Empty where the year group is taken away."""
        chosen = self.cleaned_data["year_group"]
        return "" if chosen == NO_YEAR_GROUP else chosen
