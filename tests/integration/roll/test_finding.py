"""A pupil is found by plain letters on every page, and stands in one order everywhere."""

import pytest
from django.urls import reverse
from django.utils import timezone

from registers.models import FormerName, Pupil
from registers.roll.actions.names import bring_keys_into_line
from registers.roll.actions.pupils import Details, change_pupil
from registers.roll.search import ids_of_called
from tests import factories
from tests.factories.classes import make_class
from tests.factories.office import TUESDAY, office_class, page, the_time

pytestmark = pytest.mark.django_db
NAMES = [
    ("Żaneta", "Łukaszewicz"),
    ("Seán", "O'Brien"),
    ("Sean", "O’Brien"),
    ("Thị Ánh", "Nguyễn"),
    ("Ana", "de Souza"),
    ("Ola", "Lum"),
    ("Ben", "Obi"),
]
ASKED = {
    "Lukaszewicz": 1,
    "Zaneta": 1,
    "Nguyen": 1,
    "Thi Anh": 1,
    "Sean": 2,
    "OBrien": 2,
    "O'Brien": 2,
    "o’brien SEÁN": 2,
    "brien sean": 2,
    "souza": 1,
    "łukasz": 1,
    "nobody": 0,
    "-": 0,
    "' %": 0,
    "\0": 0,
}
SORTED = ["de Souza", "Łukaszewicz", "Lum", "Nguyễn", "Obi", "O'Brien", "O’Brien"]


def name_them(room):
    for enrolment, (forename, surname) in zip(room.enrolments, NAMES, strict=True):
        pupil = enrolment.pupil
        pupil.forename, pupil.surname = forename, surname
        pupil.save()
    return room


@pytest.fixture
def room(client):
    room = name_them(office_class(len(NAMES)))
    client.force_login(room.officer)
    return room


def surnames(rows):
    return [row.pupil.surname for row in rows]


@pytest.mark.parametrize(("letters", "number"), ASKED.items())
def test_every_page_finds_by_plain_letters(client, room, letters, number):
    asked = {"q": letters}
    with the_time("09:00"):
        desk = client.get(page(room, "late_desk"), asked)
        out = client.get(page(room, "sign_outs"), asked)
        site = client.get(page(room, "on_site"), asked)
        roll = client.get(page(room, "roll"), asked)
        plan = client.get(page(room, "planned_new"), asked)
        list_url = reverse("absence:pupils", kwargs={"urn": room.school.urn})
        risk = client.get(list_url, asked | {"as_at": str(TUESDAY)})
    found = {
        "late desk": desk.context["number"],
        "sign-outs": out.context["number"],
        "on site": site.context["number"],
        "roll": roll.context["page"].paginator.count,
        "plan": len(plan.context["enrolments"]),
        "at risk": risk.context["page"].paginator.count,
    }
    everybody = letters in ("\0",)  # nothing was typed: lists show all, choosers nobody
    wanted = dict.fromkeys(found, number)
    if everybody:
        wanted |= {"roll": len(NAMES), "at risk": len(NAMES)}
    assert found == wanted


def test_groups_years_and_panels_find_so_too(client):
    room = name_them(make_class(len(NAMES), first=timezone.localdate()))
    client.force_login(room.officer)
    trip = factories.GroupFactory(school=room.school, kind="trip")
    at_group = reverse("registers:group", args=[room.school.urn, trip.pk])
    at_year = reverse("registers:year_groups_of", args=[room.school.urn, room.year.pk])
    for letters in ("lukasz", "OBRIEN sean"):
        number = ASKED.get(letters, 2 if "OBRIEN" in letters else 1)
        assert len(client.get(at_group, {"q": letters}).context["candidates"]) == number
        assert len(client.get(at_year, {"q": letters}).context["page"]) == number


def test_one_order_on_every_page(client, room):
    with the_time("09:00"):
        roll = client.get(page(room, "roll"))
        year = client.get(
            reverse("absence:pupils", args=[room.school.urn]),
            {"sort": "name", "as_at": str(TUESDAY)},
        )
    assert straight(surnames(roll.context["page"])) == straight(SORTED)
    assert straight([row.surname for row in year.context["page"]]) == straight(SORTED)
    assert straight(Pupil.objects.values_list("surname", flat=True)) == straight(SORTED)


def straight(names):
    """Two who differ in the apostrophe alone stand in either order."""
    return [name.replace("’", "'") for name in names]


def details(pupil, **changed):
    kept = {name: getattr(pupil, name) for name in Details.__slots__}
    return Details(**kept | changed)


def test_a_former_name_is_kept_and_found(room):
    pupil = room.enrolments[0].pupil
    change_pupil(
        pupil=pupil, details=details(pupil, surname="Kowalska"), reason="Deed poll", by=room.officer
    )
    former = FormerName.objects.get()
    assert (former.surname, former.until_on, former.by) == (
        "Łukaszewicz",
        timezone.localdate(),
        room.officer,
    )
    for letters in ("lukasz", "kowal", "zaneta lukas", "lukas kowal"):
        assert ids_of_called(room.school, letters) == {pupil.pk}, letters
    pupil.refresh_from_db()
    change_pupil(
        pupil=pupil, details=details(pupil, surname="Lukaszewicz"), reason="Wrong", by=room.officer
    )
    assert [one.surname for one in FormerName.objects.all()] == ["Kowalska"]


def test_an_accent_that_is_put_right_is_no_former_name(room):
    pupil = room.enrolments[2].pupil
    given = details(pupil, forename="Seán")
    change_pupil(pupil=pupil, details=given, reason="Accent", by=room.officer)
    assert not FormerName.objects.exists()


def test_another_school_is_never_found(room):
    factories.PupilFactory(surname="Łukaszewicz")
    assert ids_of_called(room.school, "lukasz") == {room.enrolments[0].pupil_id}
    assert ids_of_called(room.school, "") == set()


@pytest.mark.parametrize("pupils", [3, 30])
def test_finding_is_one_statement(pupils, django_assert_num_queries):
    school = factories.SchoolFactory()
    for number in range(pupils):
        factories.PupilFactory(school=school, surname=f"Łuk{number}")
    with django_assert_num_queries(1):
        assert len(ids_of_called(school, "luk siyuan")) == pupils


def test_keys_follow_the_name_however_it_is_written(room):
    school = factories.SchoolFactory()
    upns = [factories.make_upn(90_000 + n) for n in range(2)]
    made = Pupil.objects.bulk_create(
        Pupil(school=school, upn=upn, surname="Żak", forename="Ewa") for upn in upns
    )
    for pupil in made:
        pupil.surname = "Šimić"
    Pupil.objects.bulk_update(made, ["surname"])
    assert ids_of_called(school, "simic") == {one.pk for one in made}
    assert not ids_of_called(school, "zak")
    assert bring_keys_into_line() == 0


def test_keys_that_drifted_are_put_right(room):
    Pupil.objects.filter(surname="Lum").update(search_key="", sort_key="zz")
    factories.FormerNameFactory(pupil=room.enrolments[0].pupil)
    FormerName.objects.update(search_key="")
    assert bring_keys_into_line(dry_run=True) == 2
    assert not ids_of_called(room.school, "lum")
    assert bring_keys_into_line() == 2
    assert bring_keys_into_line(dry_run=True) == 0
    assert len(ids_of_called(room.school, "lum")) == 1


@pytest.mark.parametrize("letters", ["zanetas mam", "OBRIEN", "mam zaneta", "souza o’b"])
def test_a_contact_is_found_by_plain_letters_too(client, room, letters):
    """By their own name and by that of a pupil whose contact they are."""
    person = factories.PersonFactory(school=room.school, name="Mám O’Brien")
    for number, name in ((0, "Żaneta’s"), (4, "Ana")):
        pupil = room.enrolments[number].pupil
        pupil.forename = name
        pupil.save()
        factories.RelationshipFactory(person=person, pupil=pupil)
    factories.PersonFactory(school=room.school, name="Somebody Else")
    address = page(room, "contact_new", pupil_id=room.enrolments[5].pupil_id)
    found = client.get(address, {"q": letters})
    assert found.context["found"] == [person]
