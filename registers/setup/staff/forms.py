"""Staff and invitations."""

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Length

from registers.models import Appointment, Group, School
from registers.models.school.staff import User
from registers.policies import NEEDS_SECOND_FACTOR
from registers.web.form_helpers import form_helper, primary
from registers.web.forms import PageForm

Role = Appointment.Role
GROUPS_OF_A_TEACHER = "A teacher sees and takes the registers of these groups alone."


class StaffForm(PageForm):
    """Role, position and groups at one school."""

    role = forms.ChoiceField(
        choices=[("", "Choose a role"), *Role.choices],
        error_messages={"required": "Choose a role", "invalid_choice": "Choose a role of the list"},
    )
    position = forms.CharField(
        required=False,
        max_length=200,
        help_text="As the register names it beside an amendment: “Attendance officer”.",
    )
    groups = forms.ModelMultipleChoiceField(
        Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=GROUPS_OF_A_TEACHER,
    )
    save_label = "Save"
    order: tuple[str, ...] = ("role", "position", "groups")

    def __init__(self, *args, school: School, **kwargs):
        super().__init__(*args, **kwargs)
        groups = Group.objects.filter(school=school)
        self.model_choice("groups").queryset = groups.order_by("kind", Length("name"), "name")
        self.fields["role"].help_text = "{} signs in with a second factor.".format(
            " and ".join(sorted(Role(role).label for role in NEEDS_SECOND_FACTOR))
        )
        self.helper = form_helper(self.save_label, *self.order, primary(self.save_label))


class InviteForm(StaffForm):
    name = forms.CharField(max_length=200, error_messages={"required": "Write the person’s name"})
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="The link goes there, where Rollbook can send e-mail. You see it in any case.",
        error_messages={"invalid": "Write an e-mail address like name@example.sch.uk"},
    )
    save_label = "Make the invitation"
    order = ("name", "email", "role", "position", "groups")


class LinksForm(PageForm):
    """Who gets a link for an account that came with a file, and how."""

    accounts = forms.ModelMultipleChoiceField(
        User.objects.none(),
        error_messages={
            "required": "Tick the colleagues who are to get a link",
            "invalid_choice": "Somebody has signed in meanwhile. Look at the list again",
            "invalid_pk_value": "Tick colleagues of the list",
        },
    )
    how = forms.ChoiceField(
        choices=[("email", "By e-mail"), ("sheet", "On a sheet")],
        error_messages={"required": "Say how", "invalid_choice": "Send the links or print them"},
    )

    def __init__(self, *args, accounts: QuerySet[User], **kwargs):
        super().__init__(*args, **kwargs)
        self.may_get_one = accounts
        self.model_choice("accounts").queryset = accounts

    @property
    def sent_accounts(self) -> set[str]:
        """The numbers that were ticked, as they were sent."""
        return set(self["accounts"].data or ())
