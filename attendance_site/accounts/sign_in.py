"""How people come in: what django-allauth asks us, and the addresses of it that we open.

Sign-up is closed; accounts come from invitations. What allauth offers beyond a name, a password
and a second factor has no address here.
"""

import base64
from hashlib import sha256
from typing import Any

from allauth.account import views as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.urls import URLPattern, path, re_path

from attendance_site.running import demonstration
from registers.web.access import SIGNED_IN, SignedInRequest, allowed

own = allowed(SIGNED_IN)


WRONG = "Name and password do not go together. The password heeds capital letters."


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "username_email_password_mismatch": WRONG,
        "too_many_login_attempts": "Too many wrong passwords for this name. Wait five minutes.",
    }

    def is_open_for_signup(self, request: SignedInRequest) -> bool:
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """The pages say themselves what has happened."""


class SecondFactor(DefaultMFAAdapter):
    """Keys of authenticator apps are kept under SECRET_KEY: a stolen backup opens no account."""

    def _box(self) -> Fernet:
        key = sha256(b"second factor" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The key; another, which no app has, where SECRET_KEY has changed since it was kept.

        Then no code fits, and an administrator takes the second factor away, to be made anew.
        """
        try:
            return self._box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()


class SignIn(account.LoginView):
    """The way in; in a demonstration with its people, a press each. Open to everybody."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = {"demonstration": demonstration.people()}
        return super().get_context_data(**kwargs) | more


sign_in = SignIn.as_view()
urlpatterns: list[URLPattern] = [
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-out/", account.logout, name="sign_out"),
    path("sign-up/", account.signup, name="account_signup"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-in/second/", mfa.authenticate, name="mfa_authenticate"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path("password/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/changed/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/password/", own(account.password_change), name="account_change_password"),
    path("account/again/", own(account.reauthenticate), name="account_reauthenticate"),
    path("account/", own(mfa.index), name="mfa_index"),
    path("account/again/second/", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/second/on/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("account/second/off/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new/",
        own(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/codes/file/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
