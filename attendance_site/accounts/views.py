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
from registers import policies
from registers.models import Invitation
from registers.models.school.staff import User
from registers.setup.staff.actions import account_links, invitations
from registers.web.access import SignedInRequest

INVITATION = "attendance_site/accounts/invitation.html"
PASSWORD_PAGE = "attendance_site/accounts/first_password.html"  # noqa: S105


@require_http_methods(["GET", "POST"])
def accept_invitation(request: SignedInRequest, secret: str) -> HttpResponse:
    """The link of an invitation: a new account, or one more role for whoever is signed in."""
    try:
        invitation = invitations.open_invitation(secret)
    except Invitation.DoesNotExist:
        raise Http404("There is no such invitation.") from None
    except policies.Refused as refusal:
        return render(
            request,
            INVITATION,
            {"refusal": str(refusal)},
            status=410,
        )
    if invitation.account_id:
        return _first_password(request, invitation, secret)
    if request.user.is_authenticated and invitation.school_id:
        return _one_more_role(request, invitation, secret)
    form_class = NewAccountForm if invitation.school_id else FirstAccountForm
    form = form_class(request.POST or None, invitation=invitation)
    if form.is_valid() and (user := _new_account(form, secret)):
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    context = {"form": form, "invitation": invitation}
    return render(request, INVITATION, context)


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
    context = {"invitation": invitation}
    if request.user.is_authenticated:
        return render(request, PASSWORD_PAGE, context)
    form = FirstPasswordForm(request.POST or None, account=invitation.account)
    if form.is_valid():
        try:
            user = account_links.accept_with_password(
                secret=secret, password=form.cleaned_data["password"]
            )
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("home")
    return render(request, PASSWORD_PAGE, context | {"form": form})


def _one_more_role(request: SignedInRequest, invitation: Invitation, secret: str) -> HttpResponse:
    if request.method == "POST":
        try:
            invitations.accept_with_account(secret=secret, user=request.user)
        except policies.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("home")
    return render(request, INVITATION, {"invitation": invitation})
