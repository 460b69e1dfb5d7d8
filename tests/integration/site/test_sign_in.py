"""The way in: invitations, throttled attempts, the second factor, sessions that end."""

from datetime import timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registers import policies
from registers.models import Appointment, Invitation, School, User
from registers.setup.staff.actions import invitations, staff
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a-slate-and-a-bell"
OWN = {"name": "Jo Marsh", "username": "j.marsh", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(autouse=True)
def _own_throttle(settings, tmp_path):
    """Attempts are counted in the cache that processes share: here a folder of this test's own."""
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path / "cache")}}


@pytest.fixture
def administrator():
    return factories.AppointmentFactory(role="administrator")


def invite(administrator, **words) -> invitations.NewInvitation:
    wanted = {"role": "office", "name": "Jo Marsh", "email": "", "position": "Office", "groups": ()}
    return invitations.invite(
        school=administrator.school, by=administrator.user, **(wanted | words)
    )


def link(secret: str) -> str:
    return reverse("accept_invitation", args=[secret])


def sign_in(client, user: User, password: str = PASSWORD):
    return client.post(reverse("sign_in"), {"login": user.username, "password": password})


def test_who_is_invited_makes_an_account_and_is_in(client, administrator):
    group = factories.GroupFactory(school=administrator.school)
    made = invite(administrator, role="teacher", groups=[group])
    assert "Welcome to" in client.get(link(made.secret)).text
    response = client.post(link(made.secret), OWN)
    assert response.url == reverse("home")
    appointment = Appointment.objects.get(user__username="j.marsh")
    assert (appointment.school, appointment.role) == (administrator.school, "teacher")
    assert list(appointment.groups.all()) == [group]
    today = reverse("registers:today", kwargs={"urn": administrator.school.urn})
    assert client.get(reverse("home")).url == today


def test_the_secret_is_not_kept(administrator):
    made = invite(administrator)
    assert made.secret not in str(Invitation.objects.filter(pk=made.invitation.pk).values())


def test_a_link_works_once(client, administrator):
    made = invite(administrator)
    client.post(link(made.secret), OWN)
    client.logout()
    response = client.get(link(made.secret))
    assert response.status_code == 410
    assert "has been used" in response.text
    again = client.post(link(made.secret), OWN | {"username": "another"})
    assert again.status_code == 410
    assert not User.objects.filter(username="another").exists()


@pytest.mark.parametrize(("change", "said"), [("expires_at", "expired"), ("withdrawn_at", "wn")])
def test_an_old_link_says_why_it_no_longer_works(client, administrator, change, said):
    made = invite(administrator)
    Invitation.objects.update(**{change: timezone.now() - timedelta(seconds=1)})
    assert said in client.get(link(made.secret)).text


def test_a_made_up_link_finds_nothing(client):
    assert client.get(link("guessed")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"again": "another-long-password"}, "The two passwords are not the same"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "123456789012", "again": "123456789012"}, "entirely numeric"),
        ({"username": ""}, "Choose a username"),
        ({"username": "with space"}, "valid username"),
        ({"email": "nonsense"}, "Write an e-mail address"),
    ],
)
def test_a_wrong_form_says_why_and_keeps_what_was_typed(client, administrator, typed, said):
    made = invite(administrator)
    response = client.post(link(made.secret), OWN | {"name": "Jo Marsh-Okafor"} | typed)
    assert response.status_code == 200
    assert said in response.text
    assert "Jo Marsh-Okafor" in response.text
    assert invitations.open_invitation(made.secret)


def test_a_username_that_is_taken_is_refused_whatever_its_capitals(client, administrator):
    factories.UserFactory(username="J.Marsh")
    response = client.post(link(invite(administrator).secret), OWN)
    assert "This username is taken" in response.text


def test_somebody_with_an_account_takes_up_one_more_role(client, administrator):
    colleague = factories.AppointmentFactory().user
    made = invite(administrator)
    client.force_login(colleague)
    assert "with this account" in client.get(link(made.secret)).text
    client.post(link(made.secret))
    assert colleague.appointments.filter(school=administrator.school, role="office").exists()


def test_only_an_administrator_invites(administrator):
    officer = factories.AppointmentFactory(school=administrator.school).user
    with pytest.raises(policies.Refused):
        invitations.invite(
            school=administrator.school,
            by=officer,
            role="slt",
            name="",
            email="",
            position="",
            groups=(),
        )


def test_the_link_goes_by_e_mail_where_that_is_set_up(client, administrator):
    client.force_login(administrator.user)
    url = reverse("registers:invite", kwargs={"urn": administrator.school.urn})
    form = {"name": "Jo Marsh", "email": "jo@ellerwick.example", "role": "office", "position": ""}
    response = client.post(url, form, follow=True)
    assert len(mail.outbox) == 1
    sent = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    assert sent in response.text
    client.logout()
    assert client.get(sent).status_code == 200
    page = reverse("registers:staff", kwargs={"urn": administrator.school.urn})
    client.force_login(administrator.user)
    assert sent not in client.get(page).text  # shown once


def test_the_first_administrator_sets_up_a_school_with_a_one_time_link(client):
    made = invitations.invite_first_administrator()
    assert made is not None
    form = OWN | {"school_name": "Nether Ellerwick Primary School", "urn": "123456"}
    assert "six digits" in client.post(link(made.secret), form | {"urn": "12"}).text
    client.post(link(made.secret), form)
    school = School.objects.get(urn="123456")
    assert Appointment.objects.get(school=school).role == "administrator"
    assert invitations.invite_first_administrator() is None


def first_account(secret: str, school: School | None) -> User:
    return invitations.accept_with_new_account(
        secret=secret,
        username="j.marsh",
        name="Jo Marsh",
        email="",
        password=PASSWORD,
        school=school,
    )


def test_the_first_administrator_brings_a_school_that_is_not_here_yet():
    secret = invitations.invite_first_administrator().secret
    with pytest.raises(policies.Refused, match="which school"):
        first_account(secret, None)
    assert not User.objects.exists()
    school = factories.SchoolFactory()  # somebody brought it in meanwhile
    with pytest.raises(ValidationError) as refusal:
        first_account(secret, School(urn=school.urn, name="Another"))
    assert refusal.value.message_dict.keys() == {"urn"}
    assert not User.objects.exists()


def test_a_new_first_link_ends_the_one_before(client):
    before, now = (invitations.invite_first_administrator() for _ in range(2))
    assert client.get(link(before.secret)).status_code == 410
    assert client.get(link(now.secret)).status_code == 200


def test_after_five_wrong_passwords_the_right_one_has_to_wait(client, administrator):
    staff.set_password(administrator.user, PASSWORD)
    for _ in range(5):
        assert "do not go together" in sign_in(client, administrator.user, "wrong").text
    response = sign_in(client, administrator.user)
    assert response.status_code == 200
    assert "Too many" in response.text
    other = factories.UserFactory()
    staff.set_password(other, PASSWORD)
    assert sign_in(client, other).status_code == 302  # a colleague on the same network


def test_sign_up_is_closed(client):
    response = client.post(
        reverse("account_signup"), {"username": "x", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert "Accounts come by invitation" in response.text
    assert not User.objects.filter(username="x").exists()


def test_who_sees_sensitive_notes_needs_a_second_factor_first(client):
    held = factories.AppointmentFactory(role="safeguarding_lead", second_factor=False)
    client.force_login(held.user)
    page = reverse("absence:pupils", kwargs={"urn": held.school.urn})
    assert client.get(page).url == reverse("mfa_activate_totp")
    factories.AppointmentFactory(role="slt", school=held.school, user=held.user)
    assert client.get(page).url == reverse("mfa_activate_totp")


def test_with_a_second_factor_a_password_alone_opens_nothing(client):
    held = factories.AppointmentFactory(role="safeguarding_lead", second_factor=False)
    staff.set_password(held.user, PASSWORD)
    sign_in(client, held.user)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    client.post(asked.url, {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06}"
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=held.user, type="totp").exists()
    list_page = reverse("absence:pupils", kwargs={"urn": held.school.urn})
    assert client.get(list_page).status_code == 200
    client.logout()
    assert sign_in(client, held.user).url == reverse("mfa_authenticate")
    assert client.get(list_page).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert client.get(list_page).status_code == 302


def test_a_new_password_ends_the_sessions_elsewhere(client, administrator):
    staff.set_password(administrator.user, PASSWORD)
    sign_in(client, administrator.user)
    assert client.get(reverse("mfa_index")).status_code == 200
    staff.set_password(administrator.user, "another-slate-and-bell")
    assert client.get(reverse("mfa_index")).status_code == 302


def test_a_session_ends_with_the_browser_and_with_the_day(client, administrator, settings):
    staff.set_password(administrator.user, PASSWORD)
    sign_in(client, administrator.user)
    assert client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() <= 12 * 3600


def test_taking_the_last_role_away_closes_the_account_at_once(client, administrator):
    held = factories.AppointmentFactory(school=administrator.school)
    client.force_login(held.user)
    staff.end_appointment(appointment=held, by=administrator.user)
    assert client.get(reverse("home")).status_code == 302


def test_the_last_administrator_stays(administrator):
    with pytest.raises(policies.Refused, match="last administrator"):
        staff.end_appointment(appointment=administrator, by=administrator.user)
    with pytest.raises(policies.Refused, match="last administrator"):
        staff.change_appointment(
            appointment=administrator, role="office", position="", groups=(), by=administrator.user
        )
    factories.AppointmentFactory(school=administrator.school, role="administrator")
    staff.end_appointment(appointment=administrator, by=administrator.user)


@pytest.mark.parametrize("people", [1, 20])
def test_the_staff_page_takes_as_many_statements_for_one_as_for_many(
    client, administrator, people, django_assert_max_num_queries
):
    for _ in range(people):
        factories.AppointmentFactory(school=administrator.school)
        invite(administrator)
    client.force_login(administrator.user)
    url = reverse("registers:staff", kwargs={"urn": administrator.school.urn})
    with django_assert_max_num_queries(7):
        assert client.get(url).status_code == 200


def test_a_form_that_was_open_too_long_says_so_in_our_words():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("sign_in"), {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "open too long" in response.text


def test_a_key_that_was_kept_under_another_secret_lets_nobody_in_and_breaks_nothing(settings):
    kept = get_adapter().encrypt("JBSWY3DPEHPK3PXP")
    assert get_adapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY = "another-secret-of-the-same-server-after-a-restore"
    assert get_adapter().decrypt(kept) != "JBSWY3DPEHPK3PXP"


def test_an_administrator_takes_a_lost_second_factor_away_but_not_their_own(client, administrator):
    lead = factories.AppointmentFactory(school=administrator.school, role="safeguarding_lead")
    client.force_login(administrator.user)
    page = reverse(
        "registers:appointment", kwargs={"urn": lead.school.urn, "appointment_id": lead.pk}
    )
    assert "Take the second factor away" in client.get(page).text
    client.post(f"{page}second-factor/")
    assert not Authenticator.objects.filter(user=lead.user).exists()
    client.force_login(lead.user)
    pupils = reverse("absence:pupils", kwargs={"urn": lead.school.urn})
    assert client.get(pupils).url == reverse("mfa_activate_totp")
    with pytest.raises(policies.Refused, match="Another administrator"):
        staff.take_second_factor_away(appointment=administrator, by=administrator.user)
