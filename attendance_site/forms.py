"""The sign-in form."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Username and password do not go together. Both heed capital letters.",
        "inactive": "This account is closed. Your school's administrator can open it again.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Username"
        self.fields["username"].error_messages["required"] = "Write your username"
        self.fields["password"].error_messages["required"] = "Write your password"
        self.fields["username"].widget.attrs.pop("autofocus", None)  # a page opens at its top
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": "", "aria-label": "Sign in"}
        self.helper.form_tag = True
        self.helper.layout = Layout(
            "username", "password", Submit("", "Sign in", css_class="btn btn-primary")
        )
