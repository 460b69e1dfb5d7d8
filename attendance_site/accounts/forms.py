"""Sign-in, and the account that an invitation makes."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from registers.models import Invitation, School
from registers.models.school.staff import User
from registers.web.form_helpers import form_helper, primary


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Username or e-mail"
        self.fields["login"].widget.attrs = {"autocomplete": "username"}
        self.fields["login"].error_messages["required"] = "Write your username"
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""  # its link stands below: Tab leads to the password
        self.fields["password"].error_messages["required"] = "Write your password"
        self.helper = form_helper("Sign in", "login", "password", primary("Sign in"))


class PasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three or four words in a row are good.",
        error_messages={"required": "Choose a password"},
    )
    again = forms.CharField(
        label="The password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Write the password again"},
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        password = given.get("password")
        if password:
            if given.get("again", password) != password:
                self.add_error("again", "The two passwords are not the same")
            self._check_strength(password, self.person(given))
        return given

    def _check_strength(self, password: str, person: User) -> None:
        try:
            password_validation.validate_password(password, person)
        except ValidationError as problem:
            self.add_error("password", problem)

    def person(self, given: dict[str, Any]) -> User:
        """Whose password it is, as far as the form knows: it may not be like their names."""
        return User(username=given.get("username", ""), name=given.get("name", ""))


class FirstPasswordForm(PasswordForm):
    """The first password of an account that came with a file."""

    def __init__(self, *args, account: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.account = account
        self.helper = form_helper(
            "Choose your password", "password", "again", primary("Save and sign in")
        )

    def person(self, given: dict[str, Any]) -> User:
        return self.account


class NewAccountForm(PasswordForm):
    """The account of somebody who was invited."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        help_text="As colleagues see it, and as the register names you beside an amendment.",
        error_messages={"required": "Write your name"},
    )
    username = forms.CharField(
        max_length=150,
        help_text="To sign in with, such as t.brannigan.",
        validators=[User.username_validator],
        error_messages={"required": "Choose a username"},
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="For a new password, when you have forgotten yours.",
        error_messages={"invalid": "Write an e-mail address like name@example.sch.uk"},
    )
    fields_in_order: tuple[str, ...] = ("name", "username", "email", "password", "again")

    def __init__(self, *args, invitation: Invitation, **kwargs):
        kwargs.setdefault("initial", {"name": invitation.name, "email": invitation.email})
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.helper = form_helper(
            "Make my account", *self.fields_in_order, primary("Make my account")
        )

    @property
    def school(self) -> School | None:
        return None


class FirstAccountForm(NewAccountForm):
    """The first administrator's account, and the school that it begins with."""

    school_name = forms.CharField(
        label="The school’s name",
        max_length=200,
        error_messages={"required": "Write the school’s name"},
    )
    urn = forms.CharField(
        label="URN",
        help_text="The school’s unique reference number: six digits.",
        validators=[RegexValidator(r"^\d{6}$", "A URN has six digits, such as 123456")],
        error_messages={"required": "Write the school’s URN"},
    )
    fields_in_order = ("school_name", "urn", *NewAccountForm.fields_in_order)

    @property
    def school(self) -> School:
        return School(urn=self.cleaned_data["urn"], name=self.cleaned_data["school_name"])
