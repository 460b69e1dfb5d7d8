"""Every address with every role, a stranger and a colleague from another school."""

import pytest
from django.urls import URLPattern, reverse

from registers.models import Appointment
from registers.policies import ROLES
from registers.web.access import SIGNED_IN
from tests import factories
from tests.factories.everything import addresses, make_everything, member, path_of

OPEN_TO_ALL = {
    "health",
    "manifest",
    "registers:register_worker",
    "sign_in",
    "sign_out",
    "accept_invitation",
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
}
ROLE_NAMES = [role.value for role in Appointment.Role]


GUARDED = [(name, entry) for name, entry in addresses() if name not in OPEN_TO_ALL]
NAMES = [name for name, _ in GUARDED]


# The policy lets them in, and there is no file, late arrival or second factor yet: 404.
NOT_THERE_YET = {
    "interventions:copy_pdf",
    "registers:job_file",
    "registers:late_slip",
    "interventions:document",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}
FOUND = {200, 302, 405}  # a page, one that leads on, one that only takes what is sent to it


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def school(module_db):
    """A school that has one of everything that an address can name."""
    return make_everything()


@pytest.fixture(scope="module")
def members(school):
    """Role -> somebody who has it at the school."""
    return {role: member(school, role) for role in ROLE_NAMES}


@pytest.fixture(scope="module")
def others(module_db):
    """Role -> somebody who has it at another school."""
    return {role: factories.AppointmentFactory(role=role).user for role in ROLE_NAMES}


def answer(client, school, name, entry, person):
    if person:
        client.force_login(person)
    return client.get(path_of(name, entry, school))


@pytest.mark.parametrize(("name", "entry"), GUARDED, ids=NAMES)
def test_every_view_states_who_may_see_it(name, entry):
    assert getattr(entry.callback, "allowed_action", None) in {SIGNED_IN, *ROLES}


@pytest.mark.parametrize(("name", "entry"), GUARDED, ids=NAMES)
def test_a_stranger_is_sent_to_the_sign_in_page(client, school, name, entry):
    response = answer(client, school, name, entry, None)
    assert response.status_code == 302
    assert response.url.startswith(reverse("sign_in"))


def may_open(entry: URLPattern, role: str) -> bool:
    action = entry.callback.allowed_action
    return action == SIGNED_IN or role in ROLES[action]


@pytest.mark.parametrize(("name", "entry"), GUARDED, ids=NAMES)
def test_a_role_sees_exactly_what_the_policy_says(client, school, members, name, entry):
    """Opened and sent to: 403 for whoever may not, and nobody else."""
    for role, person in members.items():
        status = answer(client, school, name, entry, person).status_code
        if may_open(entry, role):
            assert status in (FOUND | {404} if name in NOT_THERE_YET else FOUND), role
        else:
            assert status == 403, role
            assert client.post(path_of(name, entry, school)).status_code in {403, 405}, role


@pytest.mark.parametrize(("name", "entry"), GUARDED, ids=NAMES)
def test_a_colleague_from_another_school_finds_nothing(client, school, others, name, entry):
    """Nor can anything be sent there."""
    is_own = entry.callback.allowed_action == SIGNED_IN
    for role, person in others.items():
        status = answer(client, school, name, entry, person).status_code
        if is_own:
            assert status in FOUND | ({404} if name in NOT_THERE_YET else set()), role
        else:
            assert status == 404, role
            assert client.post(path_of(name, entry, school)).status_code in {404, 405}, role


@pytest.mark.parametrize(("name", "entry"), GUARDED, ids=NAMES)
def test_a_closed_account_is_a_stranger(client, school, name, entry):
    person = factories.AppointmentFactory(school=school["school"], role="slt").user
    client.force_login(person)
    person.is_active = False
    person.save()
    assert client.get(path_of(name, entry, school)).status_code == 302


def test_another_schools_letter_or_pupil_is_not_found_under_ones_own(client, school):
    """The number of a letter is no way round the school in the address."""
    mine = factories.AppointmentFactory(role="attendance_officer")
    for role in ("administrator", "slt", "safeguarding_lead"):
        factories.AppointmentFactory(role=role, school=mine.school, user=mine.user)
    client.force_login(mine.user)
    other = {**school, "urn": mine.school.urn}
    for name, entry in GUARDED:
        if {"letter_id", "pupil_id", "job_id", "panel_id"} & set(entry.pattern.converters):
            assert client.get(path_of(name, entry, other)).status_code in {404, 405}, name


def test_the_walk_covers_every_address():
    named = {name for name, _ in addresses()}
    assert named >= OPEN_TO_ALL | {"home", "absence:pupils", "interventions:copy_pdf"}
