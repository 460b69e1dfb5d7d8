"""Every address with every role, a stranger and a colleague from another school."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registers.models import Appointment
from registers.policies import ROLES
from registers.views.access import SIGNED_IN
from tests import factories

OPEN_TO_ALL = {"sign_in", "sign_out", "health"}
ROLE_NAMES = [role.value for role in Appointment.Role]


def addresses(resolver=None, namespace: str = "") -> list[tuple[str, URLPattern]]:
    """Every named address of the site with its pattern."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found += addresses(entry, inner)
        else:
            found.append((f"{namespace}{entry.name}", entry))
    return found


GUARDED = [(name, entry) for name, entry in addresses() if name not in OPEN_TO_ALL]
NAMES = [name for name, _ in GUARDED]


@pytest.fixture
def school(db):
    """A school that has one of everything that an address can name."""
    copy = factories.LetterCopyFactory()
    school = copy.letter.enrolment.school
    return {"urn": school.urn, "letter_id": copy.letter_id, "copy_id": copy.pk, "school": school}


def path_of(name: str, entry: URLPattern, school: dict) -> str:
    return reverse(name, kwargs={word: school[word] for word in entry.pattern.converters})


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


@pytest.mark.parametrize("role", ROLE_NAMES)
@pytest.mark.parametrize(("name", "entry"), GUARDED, ids=NAMES)
def test_a_role_sees_exactly_what_the_policy_says(client, school, name, entry, role):
    person = factories.AppointmentFactory(school=school["school"], role=role).user
    action = entry.callback.allowed_action
    may = action == SIGNED_IN or role in ROLES[action]
    status = answer(client, school, name, entry, person).status_code
    if name == "interventions:copy_pdf" and may:
        assert status == 404  # the policy let them in, and this copy has no PDF yet
    else:
        assert status == (200 if may else 403)


@pytest.mark.parametrize("role", ROLE_NAMES)
@pytest.mark.parametrize(("name", "entry"), GUARDED, ids=NAMES)
def test_a_colleague_from_another_school_finds_nothing(client, school, name, entry, role):
    person = factories.AppointmentFactory(role=role).user
    status = answer(client, school, name, entry, person).status_code
    assert status == (200 if entry.callback.allowed_action == SIGNED_IN else 404)


@pytest.mark.parametrize(("name", "entry"), GUARDED, ids=NAMES)
def test_a_closed_account_is_a_stranger(client, school, name, entry):
    person = factories.AppointmentFactory(school=school["school"], role="slt").user
    client.force_login(person)
    person.is_active = False
    person.save()
    assert client.get(path_of(name, entry, school)).status_code == 302


def test_another_schools_letter_is_not_found_under_ones_own(client, school):
    """The number of a letter is no way round the school in the address."""
    mine = factories.AppointmentFactory(role="attendance_officer")
    client.force_login(mine.user)
    other = {**school, "urn": mine.school.urn}
    for name, entry in GUARDED:
        if "letter_id" in entry.pattern.converters:
            assert client.get(path_of(name, entry, other)).status_code == 404


def test_the_walk_covers_every_address():
    named = {name for name, _ in addresses()}
    assert named >= OPEN_TO_ALL | {"home", "absence:pupils", "interventions:copy_pdf"}
