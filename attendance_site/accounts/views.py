"""The link of an invitation: a new account, one more role, or the first password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from attendance_site.accounts.forms import (
    FirstAccountForm,
    FirstPasswordForm,
    NewAccountForm,
)
from attendance_site.accounts.wording import lede_of
from registers import policies
from registers.models import Invitation
from registers.models.school.staff import User
from registers.setup.staff.actions import account_links, invitations
from registers.web.access import SignedInRequest

REFUSED = "attendance_site/accounts/invitation_refused.html"
NEW_ACCOUNT = "attendance_site/accounts/new_account.html"
ONE_MORE_ROLE = "attendance_site/accounts/one_more_role.html"
FIRST_PASSWORD = "attendance_site/accounts/first_password.html"  # noqa: S105
SIGN_OUT_FIRST = "attendance_site/accounts/sign_out_first.html"


@require_http_methods(["GET", "POST"])
def accept_invitation(request: SignedInRequest, secret: str) -> HttpResponse:
    """The link of an invitation: a new account, or one more role for whoever is signed in."""
    try:
        invitation = invitations.open_invitation(secret)
    except Invitation.DoesNotExist:
        raise Http404("There is no such invitation.") from None
    except policies.Refused as refusal:
        context = {"refusal": str(refusal)}
        return render(request, REFUSED, context, status=410)
    if invitation.account_id:
        return _first_password(request, invitation, secret)
    if request.user.is_authenticated and invitation.school_id:
        return _one_more_role(request, invitation, secret)
    return _make_account(request, invitation, secret)


def _make_account(request: SignedInRequest, invitation: Invitation, secret: str) -> HttpResponse:
    form_class = NewAccountForm if invitation.school_id else FirstAccountForm
    form = form_class(request.POST or None, invitation=invitation)
    if form.is_valid() and (user := _new_account(form, secret)):
        return _come_in(request, user)
    context = {"form": form, "invitation": invitation, "lede": lede_of(invitation)}
    return render(request, NEW_ACCOUNT, context)


def _new_account(form: NewAccountForm, secret: str) -> User | None:
    given = form.cleaned_data
    wanted = {word: given[word] for word in ("username", "name", "email", "password")}
    try:
        return invitations.accept_with_new_account(secret=secret, school=form.school, **wanted)
    except ValidationError as problem:
        form.add_error(None, problem)
    except policies.Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _first_password(request: SignedInRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """The link of an account that came with a file: its owner chooses a password."""
    if request.user.is_authenticated:
        return render(request, SIGN_OUT_FIRST, {"invitation": invitation})
    assert invitation.account is not None
    form = FirstPasswordForm(request.POST or None, account=invitation.account)
    if form.is_valid() and (user := _owner(form, secret)):
        return _come_in(request, user)
    return render(request, FIRST_PASSWORD, {"invitation": invitation, "form": form})


def _owner(form: FirstPasswordForm, secret: str) -> User | None:
    try:
        return account_links.accept_with_password(
            secret=secret, password=form.cleaned_data["password"]
        )
    except policies.Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _come_in(request: SignedInRequest, user: User) -> HttpResponse:
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("home")


def _one_more_role(request: SignedInRequest, invitation: Invitation, secret: str) -> HttpResponse:
    if request.method == "POST":
        try:
            invitations.accept_with_account(secret=secret, user=request.user)
        except policies.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("home")
    return render(request, ONE_MORE_ROLE, {"invitation": invitation})
