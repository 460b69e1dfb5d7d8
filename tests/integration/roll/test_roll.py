"""The admission register: pupils, times on the roll, groups, characteristics, contacts."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registers.exchange.export.files import export_school
from registers.exchange.importing import import_school
from registers.marks.changes import MarkChange, MarkKey
from registers.models import (
    Characteristic,
    EnrolmentYear,
    Membership,
    Person,
    Pupil,
    Relationship,
    RollChange,
)
from registers.policies import Refused
from registers.roll.actions import characteristics, dates, enrolments, places, pupils
from registers.roll.actions.pupils import Details
from registers.roll.actions.wrong_fields import WrongFields
from registers.roll.contacts import actions as contacts_actions
from registers.roll.contacts.actions import PersonDetails, Tie
from registers.rules.admission import Spell
from tests import factories
from tests.factories.classes import amend_mark, make_class
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
FIRST = date(2026, 11, 16)
TODAY = date(2026, 11, 24)
GROUND = "9(1)(k) Died"  # asks for nothing more
SIXTY_LETTERS = "Maximiliana-Oluwaseun-Konstantinopolita-Fernandez-Villarreal"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def room(db):
    return make_class(2, first=FIRST, days=15)


def url(name, room, **kwargs):
    return reverse(f"registers:{name}", kwargs={"urn": room.school.urn, **kwargs})


def of_pupil(name, room, **kwargs):
    return url(name, room, pupil_id=room.enrolments[0].pupil_id, **kwargs)


def mark(room, on, code="I", pupil=0):
    key = MarkKey(room.enrolments[pupil].pk, on, 0)
    amend_mark(change=MarkChange(key, code, 0, reason="As seen"), by=room.officer, today=TODAY)


def details(**changed):
    return Details(
        **{"upn": factories.make_upn(77_001), "surname": "Li", "forename": "Ru"} | changed
    )


# --- pupils


def typed(**changed):
    return {
        "forename": "Siyuan",
        "surname": "O’Brien",
        "upn": factories.make_upn(77_001),
        "born_on": "2015-03-04",
        "sex": "F",
        "language": "zh",
        "starts_on": "2026-11-24",
        "kind": "main",
        "year_group": "7",
        "group": "",
        **changed,
    }


def test_a_pupil_comes_on_the_roll_with_year_and_group(client, room):
    client.force_login(room.officer)
    response = client.post(url("pupil_new", room), typed(group=str(room.group.pk)), follow=True)
    pupil = Pupil.objects.get(surname="O’Brien")
    assert response.redirect_chain[0][0] == url("pupil_edit", room, pupil_id=pupil.pk)
    enrolment = pupil.enrolments.get()
    assert (enrolment.starts_on, enrolment.leaves_on, enrolment.kind) == (TODAY, None, "main")
    assert enrolment.years.get().year_group == "7"
    assert enrolment.memberships.get().from_on == TODAY
    assert "O’Brien" in read_page(response).notice("success")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"forename": ""}, "Write the forename"),
        ({"surname": " "}, "Write the surname"),
        ({"upn": ""}, "Write the UPN; a temporary one will do"),
        ({"upn": "A123"}, "has 4 characters, and a UPN has 13"),
        ({"upn": "A" + factories.make_upn(77_001)[1:]}, "wrong check letter"),
        ({"born_on": "2027-03-04"}, "Choose a date of birth from 1990 to today"),
        ({"born_on": "2026-11-24"}, "is not before this day"),
        ({"born_on": "soon"}, "Write the day as a date"),
        ({"starts_on": ""}, "Give the date of entry"),
        ({"starts_on": "1949-09-01", "born_on": ""}, "from 1990 to three years"),
        ({"sex": "X"}, "Select a valid choice"),
        ({"group": "0"}, "Choose a registration group of this school"),
        ({"year_group": "²"}, "Choose a year group of the list"),
    ],
)
def test_what_is_wrong_is_shown_and_all_that_was_typed_is_kept(client, room, changed, words):
    client.force_login(room.officer)
    sent = typed(**changed)
    response = client.post(url("pupil_new", room), sent)
    assert response.status_code == 200
    assert words in response.text
    assert not Pupil.objects.filter(surname="O’Brien").exists()
    for name in ("forename", "surname", "upn", "language", "starts_on", "born_on"):
        assert response.context["form"][name].value() == sent[name]


def test_a_second_pupil_of_the_same_upn_is_refused_by_name(client, room):
    client.force_login(room.officer)
    there = room.enrolments[0].pupil
    response = client.post(url("pupil_new", room), typed(upn=f" {there.upn.lower()} "))
    assert f"{there.forename} {there.surname} has this UPN at this school" in response.text
    other = factories.PupilFactory(upn=factories.make_upn(77_009))
    assert client.post(url("pupil_new", room), typed(upn=other.upn)).status_code == 302


def test_a_temporary_upn_stands_and_is_listed(client, room):
    from stdnum.gb import upn as arithmetic

    rest = "33020002100B"
    temporary = arithmetic.calc_check_digit(rest) + rest
    client.force_login(room.officer)
    response = client.post(url("pupil_new", room), typed(upn=temporary), follow=True)
    assert "The UPN is temporary" in response.text
    found = client.get(url("roll", room), {"state": "temporary"})
    assert [row.pupil.upn for row in found.context["page"]] == [temporary]


def test_details_are_changed_and_a_wrong_one_keeps_the_row(client, room):
    client.force_login(room.officer)
    pupil = room.enrolments[0].pupil
    sent = typed(upn=pupil.upn, surname="Nakamura", born_on="2012-03-04")
    unsaid = read_page(client.post(of_pupil("pupil_edit", room), sent))
    assert list(unsaid.wrong) == ["reason"]
    sent["reason"] = "The deed was shown"
    assert client.post(of_pupil("pupil_edit", room), sent).status_code == 302
    pupil.refresh_from_db()
    assert pupil.surname == "Nakamura"
    again = client.post(of_pupil("pupil_edit", room), sent, follow=True)
    assert read_page(again).notice("info")
    wrong = client.post(of_pupil("pupil_edit", room), {**sent, "born_on": "2026-11-20"})
    assert list(read_page(wrong).wrong) == ["born_on"]
    taken = client.post(of_pupil("pupil_edit", room), {**sent, "upn": room.enrolments[1].pupil.upn})
    assert list(read_page(taken).wrong) == ["upn"]


def test_preferred_forename_and_medical_alert_are_kept_with_their_history(client, room):
    client.force_login(room.officer)
    pupil = room.enrolments[0].pupil
    sent = typed(upn=pupil.upn, reason="Told by the family", preferred_name=" Kit ")
    sent["medical_alert"] = "EpiPen \n in the office"
    page = read_page(client.post(of_pupil("pupil_edit", room), sent, follow=True))
    assert page.heading.endswith("called Kit")
    assert page.sets_apart("Kit")
    assert page.help_of("medical_alert")
    pupil.refresh_from_db()
    assert (pupil.preferred_name, pupil.medical_alert) == ("Kit", "EpiPen in the office")
    assert not pupil.roll_changes.filter(what__in=["preferred forename", "medical alert"]).exists()
    sent |= {"preferred_name": "", "medical_alert": "Inhaler", "reason": ""}
    refused = read_page(client.post(of_pupil("pupil_edit", room), sent))
    assert all(what in refused.wrong["reason"] for what in ("preferred forename", "medical alert"))
    client.post(of_pupil("pupil_edit", room), {**sent, "reason": "Told by the family"})
    changes = pupil.roll_changes.values_list("what", "before", "after")
    assert ("medical alert", "EpiPen in the office", "Inhaler") in changes
    assert ("preferred forename", "Kit", "") in changes
    long = client.post(of_pupil("pupil_edit", room), {**sent, "medical_alert": "x" * 61})
    assert list(read_page(long).wrong) == ["medical_alert"]
    with pytest.raises(WrongFields, match="at most 60"):
        pupils.change_pupil(pupil=pupil, details=details(medical_alert="x" * 61), by=room.officer)


def test_the_admission_register_finds_a_pupil_by_both_forenames(client, room):
    client.force_login(room.officer)
    pupil = room.enrolments[0].pupil
    pupil.forename, pupil.preferred_name = "Katherine", "Kit"
    pupil.save()
    for letters in ("kit", "kather", f"Kit {pupil.surname}"):
        found = client.get(url("roll", room), {"q": letters}).context["page"]
        assert [row.pupil_id for row in found] == [pupil.pk], letters


# --- times on the roll


def test_a_leaving_day_asks_for_its_ground_and_a_ground_for_its_day(client, room):
    client.force_login(room.officer)
    address = of_pupil("enrolment_edit", room, enrolment_id=room.enrolments[0].pk)
    sent = {"starts_on": "2026-11-16", "kind": "main"}
    a_day_alone = read_page(client.post(address, {**sent, "leaves_on": "2026-12-18"}))
    assert list(a_day_alone.wrong) == ["leaving_ground"]
    a_ground_alone = read_page(client.post(address, {**sent, "leaving_ground": GROUND}))
    assert list(a_ground_alone.wrong) == ["leaves_on"]


@pytest.mark.parametrize(
    ("first", "from_on"),
    [(date(2026, 11, 17), date(2026, 11, 17)), (date(2026, 11, 2), date(2026, 11, 2))],
)
def test_memberships_follow_the_day_of_entry(room, first, from_on):
    enrolment = room.enrolments[0]
    with pytest.raises(WrongFields, match="Say why the date of entry is changing"):
        enrolments.change_enrolment(enrolment=enrolment, spell=Spell(first), by=room.officer)
    seen = dates.look(enrolment, Spell(first)).token
    enrolments.change_enrolment(
        enrolment=enrolment, spell=Spell(first), reason="A slip", seen=seen, by=room.officer
    )
    assert enrolment.memberships.get().from_on == from_on


def test_a_leaver_who_stays_after_all_is_in_the_group_again(room):
    enrolment = room.enrolments[0]
    leaves = Spell(FIRST, date(2026, 12, 1), GROUND)
    enrolments.change_enrolment(enrolment=enrolment, spell=leaves, by=room.officer)
    assert enrolment.memberships.get().until_on == date(2026, 12, 1)
    enrolment.refresh_from_db()
    enrolments.change_enrolment(
        enrolment=enrolment, spell=Spell(FIRST), reason="They stay", by=room.officer
    )
    assert [change.what for change in RollChange.objects.order_by("pk")] == [
        "last day on the roll",
        "ground for taking the name off",
    ]
    assert enrolment.memberships.get().until_on is None


def test_a_pupil_who_comes_back_has_two_times_on_the_roll_that_do_not_overlap(client, room):
    client.force_login(room.officer)
    address = of_pupil("enrolment_new", room)
    sent = {"starts_on": "2026-11-24", "kind": "main", "year_group": "8", "group": ""}
    assert list(read_page(client.post(address, sent)).wrong) == ["starts_on"]
    spell = Spell(FIRST, date(2026, 11, 20), GROUND)
    enrolments.change_enrolment(enrolment=room.enrolments[0], spell=spell, by=room.officer)
    assert client.post(address, sent).status_code == 302
    assert room.enrolments[0].pupil.enrolments.count() == 2
    page = client.get(of_pupil("pupil_edit", room)).context["page"]
    assert [spell.starts_on for spell in page.spells] == [TODAY, FIRST]


# --- year and group


def test_a_change_of_group_ends_the_one_before(client, room):
    client.force_login(room.officer)
    other = factories.GroupFactory(school=room.school)
    address = of_pupil("enrolment_place", room, enrolment_id=room.enrolments[0].pk)
    sent = {
        "academic_year": room.year.pk,
        "year_group": "10",
        "group": other.pk,
        "from_on": "2026-11-23",
    }
    assert client.post(address, sent).status_code == 302
    rows = Membership.objects.filter(enrolment=room.enrolments[0]).order_by("from_on")
    assert [(row.group, row.from_on, row.until_on) for row in rows] == [
        (room.group, FIRST, date(2026, 11, 22)),
        (other, date(2026, 11, 23), None),
    ]
    assert EnrolmentYear.objects.get(enrolment=room.enrolments[0]).year_group == "10"
    EnrolmentYear.objects.filter(enrolment=room.enrolments[0]).update(year_group="Maple")
    assert read_page(client.get(address)).field("year_group").value == "Maple"
    assert client.post(address, {**sent, "year_group": "Maple"}).status_code == 302
    assert client.post(address, {**sent, "year_group": "²"}).status_code == 200
    assert EnrolmentYear.objects.get(enrolment=room.enrolments[0]).year_group == "Maple"
    assert client.post(address, {**sent, "year_group": ""}).status_code == 302
    assert not EnrolmentYear.objects.filter(enrolment=room.enrolments[0]).exists()


def test_moving_back_joins_the_times_together(room):
    other, enrolment = factories.GroupFactory(school=room.school), room.enrolments[0]
    for group, day in ((other, 23), (room.group, 20)):
        places.place_pupil(
            enrolment=enrolment, group=group, from_on=date(2026, 11, day), by=room.officer
        )
    row = enrolment.memberships.get()
    assert (row.group, row.from_on, row.until_on) == (room.group, FIRST, None)


@pytest.mark.parametrize(
    ("from_on", "words"),
    [("2026-11-15", "after this day"), ("", "Give the first day"), ("x", "as a date")],
)
def test_a_group_from_a_day_off_the_roll_is_refused(client, room, from_on, words):
    client.force_login(room.officer)
    address = of_pupil("enrolment_place", room, enrolment_id=room.enrolments[0].pk)
    sent = {"academic_year": room.year.pk, "group": room.group.pk, "from_on": from_on}
    assert words in client.post(address, sent).text


# --- characteristics


def test_characteristics_are_added_ended_and_taken_away(client, room):
    client.force_login(room.officer)
    sent = {"what": "SEN:K", "from_on": "2026-11-16", "until_on": ""}
    assert client.post(of_pupil("characteristic_new", room), sent).status_code == 302
    row = Characteristic.objects.get()
    assert (row.kind, row.value, row.until_on) == ("SEN", "K", None)
    overlap = client.post(of_pupil("characteristic_new", room), {**sent, "what": "SEN:E"})
    assert list(read_page(overlap).wrong) == ["from_on"]
    address = of_pupil("characteristic", room, characteristic_id=row.pk)
    wrong = client.post(address, {**sent, "until_on": "2026-11-15"})
    assert list(read_page(wrong).wrong) == ["until_on"]
    assert client.post(address, {**sent, "until_on": "2026-11-20"}).status_code == 302
    later = {"what": "SEN:E", "from_on": "2026-11-21"}
    assert client.post(of_pupil("characteristic_new", room), later).status_code == 302
    client.post(of_pupil("characteristic_remove", room, characteristic_id=row.pk))
    assert Characteristic.objects.get().value == "E"
    missing = client.post(of_pupil("characteristic_new", room), {"what": "", "from_on": ""})
    assert list(read_page(missing).wrong) == ["what", "from_on"]


# --- contacts


def contact(**changed):
    return {
        "name": "Ms Meiling Chen",
        "address": "104 Fuller’s Walk\nNether Ellerwick",
        "postcode": "EW4 9RJ",
        "email": "meiling@chen.example",
        "telephone": "01632 960123",
        "language": "",
        "kind": "mother",
        "has_responsibility": "on",
        "lives_with": "on",
        "may_be_written_to": "on",
        "court_order": "",
        **changed,
    }


def test_a_new_contact_is_kept_with_who_confirmed_it(client, room):
    client.force_login(room.officer)
    assert client.post(of_pupil("contact_new", room), contact()).status_code == 302
    row = Relationship.objects.get()
    assert (row.kind, row.priority, row.confirmed_by) == ("mother", 1, room.officer)
    assert row.confirmed_at is not None
    assert row.person.telephone == "01632 960123"


def test_a_sibling_shares_the_person_who_is_there(client, room):
    client.force_login(room.officer)
    client.post(of_pupil("contact_new", room), contact())
    sibling = room.enrolments[1].pupil
    address = url("contact_new", room, pupil_id=sibling.pk)
    found = client.get(address, {"q": "meiling"})
    person = Person.objects.get()
    assert found.context["found"] == [person]
    assert read_page(found).link("Choose Ms Meiling Chen") == f"?person={person.pk}"
    tie = {"kind": "mother", "has_responsibility": "on"}
    assert client.post(f"{address}?person={person.pk}", tie).status_code == 302
    assert person.relationships.count() == 2
    row = sibling.relationships.get()
    assert (row.lives_with, row.may_be_written_to) == (False, False)
    again = client.post(f"{address}?person={person.pk}", tie)
    assert read_page(again).wrong


def test_the_same_name_and_address_typed_anew_is_the_same_person_as_in_an_import(client, room):
    client.force_login(room.officer)
    client.post(of_pupil("contact_new", room), contact())
    again = contact(name="ms  MEILING chen", address="104 fuller’s walk Nether Ellerwick")
    client.post(url("contact_new", room, pupil_id=room.enrolments[1].pupil_id), again)
    assert Person.objects.count() == 1
    client.post(
        url("contact_new", room, pupil_id=room.enrolments[1].pupil_id),
        contact(address="9 Mill Lane"),
    )
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "Write the name of the contact"),
        ({"email": "meiling"}, "Write an e-mail address like"),
        ({"postcode": "x" * 11}, "at most 10 characters"),
    ],
)
def test_a_wrong_contact_keeps_what_was_typed(client, room, changed, words):
    client.force_login(room.officer)
    sent = contact(**changed)
    response = client.post(of_pupil("contact_new", room), sent)
    assert words in response.text
    form = response.context["form"]
    assert all(form[name].value() == sent[name] for name in ("address", "telephone", "kind"))
    assert not Person.objects.exists()


def test_a_change_of_who_may_be_written_to_is_confirmed_and_another_is_not(client, room):
    row = factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    client.force_login(room.officer)
    address = of_pupil("contact", room, relationship_id=row.pk)
    as_it_is = {"has_responsibility": "on", "lives_with": "on", "may_be_written_to": "on"}
    client.post(address, {**as_it_is, "kind": "aunt"})
    row.refresh_from_db()
    assert (row.kind, row.confirmed_at) == ("aunt", None)
    client.post(address, {**as_it_is, "kind": "aunt", "confirm": "on"})
    row.refresh_from_db()
    assert row.confirmed_by == room.officer
    other = factories.AppointmentFactory(school=room.school, role="office").user
    client.force_login(other)
    client.post(address, {"has_responsibility": "on", "lives_with": "on", "kind": "aunt"})
    row.refresh_from_db()
    assert (row.may_be_written_to, row.confirmed_by) == (False, other)


def test_contacts_are_called_in_the_order_that_is_set(client, room):
    pupil = room.enrolments[0].pupil
    rows = [factories.RelationshipFactory(pupil=pupil) for _ in range(3)]  # all priority 1
    client.force_login(room.officer)

    def order():
        return [rows.index(row) for row in pupil.relationships.order_by("priority", "pk")]

    client.post(of_pupil("contact_move", room, relationship_id=rows[2].pk), {"to": "up"})
    assert order() == [0, 2, 1]
    client.post(of_pupil("contact_move", room, relationship_id=rows[0].pk), {"to": "down"})
    assert order() == [2, 0, 1]
    client.post(of_pupil("contact_move", room, relationship_id=rows[2].pk), {"to": "up"})
    assert order() == [2, 0, 1]


def test_who_was_no_contact_is_taken_off_and_forgotten_unless_named_elsewhere(client, room):
    pupil = room.enrolments[0].pupil
    alone = factories.RelationshipFactory(pupil=pupil)
    called = factories.RelationshipFactory(pupil=pupil)
    factories.FollowUpFactory(enrolment=room.enrolments[0], person=called.person)
    client.force_login(room.officer)
    unsaid = client.post(of_pupil("contact_remove", room, relationship_id=alone.pk), follow=True)
    assert read_page(unsaid).notice("danger")
    assert pupil.relationships.count() == 2
    for row in (alone, called):
        address = of_pupil("contact_remove", room, relationship_id=row.pk)
        client.post(address, {"reason": "Mixed up with a neighbour"})
    assert not Relationship.objects.exists()
    assert RollChange.objects.filter(pupil=pupil, what="contact").count() == 2
    assert list(Person.objects.all()) == [called.person]


def test_a_confidential_address_is_not_on_the_pupils_page_and_is_warned_of(client, room):
    pupil = room.enrolments[0].pupil
    row = factories.RelationshipFactory(pupil=pupil, address_confidential=True)
    client.force_login(room.officer)
    person = url("person", room, person_id=row.person_id)
    page = read_page(client.get(of_pupil("pupil_edit", room)))
    assert person in page.addresses  # to read it there
    assert "Walk" not in page.text
    page = read_page(client.get(person))
    assert row.pupil.forename in page.notice("danger")
    assert "Walk" in page.text


def test_a_language_that_came_with_an_import_is_kept(client, room):
    person = factories.PersonFactory(school=room.school, language="nah")
    client.force_login(room.officer)
    address = url("person", room, person_id=person.pk)
    sent = contact(reason="Told by the family")
    assert client.post(address, sent | {"language": "nah"}).status_code == 302
    assert client.post(address, sent | {"language": "ur"}).status_code == 302
    unknown = client.post(address, contact(language="x-none"))
    assert unknown.context["form"].has_error("language", "invalid_choice")
    person.refresh_from_db()
    assert person.language == "ur"


def test_a_person_is_changed_for_all_their_pupils(client, room):
    person = factories.PersonFactory(school=room.school)
    old = person.name
    for enrolment in room.enrolments:
        factories.RelationshipFactory(pupil=enrolment.pupil, person=person)
    client.force_login(room.officer)
    address = url("person", room, person_id=person.pk)
    lede = client.get(address).context["lede"]
    assert all(enrolment.pupil.surname in lede for enrolment in room.enrolments)
    unsaid = client.post(address, contact(name="Ms M. Chen"))
    why = read_page(unsaid).wrong["reason"]
    assert all(what in why for what in ("name", "address"))
    client.post(address, contact(name="Ms M. Chen", reason="Told by the family"))
    change = RollChange.objects.get(person=person, what="name")
    assert (change.before, change.after) == (old, "Ms M. Chen")
    assert (change.by_name, change.by_position) == (room.officer.name, "Attendance Officer")
    assert read_page(client.get(address)).row("Name").cell("Why") == "Told by the family"
    person.refresh_from_db()
    assert (person.name, person.email) == ("Ms M. Chen", "meiling@chen.example")
    assert list(read_page(client.post(address, contact(name=""))).wrong) == ["name"]


# --- the list


def test_the_list_is_narrowed_by_letters_group_and_state(client, room):
    client.force_login(room.officer)
    gone = room.enrolments[1]
    gone.leaves_on = date(2026, 11, 20)
    gone.save()
    later = factories.EnrolmentFactory(
        pupil__school=room.school, pupil__surname="Éluard", starts_on=date(2027, 1, 4)
    )

    def found(**asked):
        return {row.pk for row in client.get(url("roll", room), asked).context["page"]}

    first = room.enrolments[0]
    assert found() == {first.pk}
    assert found(state="left") == {gone.pk}
    assert found(state="coming") == {later.pk}
    assert found(state="all") == {first.pk, gone.pk, later.pk}
    assert found(state="coming", q="éluard siy") == {later.pk}
    assert found(q=first.pupil.upn[:9]) == {first.pk}
    assert found(group=room.group.pk) == {first.pk}
    assert found(group="none") == set()
    assert found(state="coming", group="none") == {later.pk}
    assert found(year="9") == {first.pk}
    assert found(q="nobody") == set()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"state": "gone"}, "The list has no “gone”"),
        ({"group": "abc"}, "The list has no “abc”"),
        ({"year": "99"}, "The list has no “99”"),
        ({"page": "-3"}, ""),
        ({"q": "%_'\"<b>"}, "No pupil is like that"),
    ],
)
def test_an_address_that_was_tampered_with_says_what_is_wrong(client, room, asked, said):
    client.force_login(room.officer)
    response = client.get(url("roll", room), asked)
    assert response.status_code == 200
    assert said in response.text


def test_an_empty_school_says_how_pupils_come(client):
    officer = factories.AppointmentFactory()
    client.force_login(officer.user)
    address = reverse("registers:roll", kwargs={"urn": officer.school.urn})
    page = read_page(client.get(address))
    assert page.is_empty
    assert reverse("registers:pupil_new", kwargs={"urn": officer.school.urn}) in page.addresses


def test_names_of_any_length_and_script_are_kept_apart_and_markup_is_text(client, room):
    names = (SIXTY_LETTERS, "الحداد<script>")
    for enrolment, surname in zip(room.enrolments, names, strict=True):
        enrolment.pupil.surname = surname
        enrolment.pupil.save()
    client.force_login(room.officer)
    listed = read_page(client.get(url("roll", room))).names_apart
    assert {f"{SIXTY_LETTERS}, Siyuan", "الحداد<script>, Siyuan"} <= set(listed)


# --- who may, and how many statements


@pytest.mark.parametrize("role", ["teacher", "trust_leader"])
def test_who_may_not_keep_pupils_cannot_by_an_action_either(room, role):
    person = factories.AppointmentFactory(school=room.school, role=role).user
    row = factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    tries = [
        lambda: pupils.admit_pupil(
            school=room.school, details=details(), spell=Spell(TODAY), by=person
        ),
        lambda: pupils.change_pupil(pupil=row.pupil, details=details(), by=person),
        lambda: places.place_pupil(enrolment=room.enrolments[0], by=person),
        lambda: contacts_actions.add_contact(
            pupil=row.pupil, person=None, details=PersonDetails("X"), tie=Tie(), by=person
        ),
        lambda: contacts_actions.change_person(
            person=row.person, details=PersonDetails("X"), by=person
        ),
        lambda: contacts_actions.remove_contact(relationship=row, reason="x", by=person),
    ]
    for attempt in tries:
        with pytest.raises(Refused):
            attempt()


def statements(client, address) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    ("name", "most"), [("roll", 9), ("pupil_edit", 14), ("contact_new", 8), ("person", 8)]
)
def test_a_page_takes_as_many_statements_for_few_as_for_many(client, name, most):
    counts = []
    for size in (2, 45):
        room = make_class(size, first=FIRST, days=15)
        pupil = room.enrolments[0].pupil
        person = factories.PersonFactory(school=room.school, name=f"{pupil.surname} A")
        for number in range(size):
            factories.RelationshipFactory(pupil=pupil, person__school=room.school)
            factories.RelationshipFactory(
                pupil=room.enrolments[number].pupil, person=person, priority=number + 2
            )
            factories.PlannedAbsenceFactory(enrolment=room.enrolments[0], until_on=TODAY)
            day = date(2024, 1, 1 + number % 28)
            factories.CharacteristicFactory(pupil=pupil, from_on=day, kind=f"k{number}")
            factories.PersonFactory(school=room.school, name=f"{pupil.surname} {number}")
        client.force_login(room.officer)
        address = {
            "roll": url("roll", room),
            "pupil_edit": url("pupil_edit", room, pupil_id=pupil.pk),
            "contact_new": url("contact_new", room, pupil_id=room.enrolments[1].pupil_id)
            + f"?q={pupil.surname}",
            "person": url("person", room, person_id=person.pk),
        }[name]
        counts.append(statements(client, address))
    assert counts[0] == counts[1] <= most


# --- in agreement with the imports


def test_what_was_changed_by_hand_goes_out_and_comes_in_again_unchanged(tmp_path, settings):
    settings.VAR = tmp_path / "var"
    room = make_class(4, first=FIRST, days=15)
    first, second, third, fourth = room.enrolments
    other = factories.GroupFactory(school=room.school)
    by = {"by": room.officer}
    mark(room, FIRST)
    places.place_pupil(enrolment=first, group=other, from_on=date(2026, 11, 20), **by)
    leaves = Spell(FIRST, date(2026, 11, 20), GROUND)
    enrolments.change_enrolment(enrolment=second, spell=leaves, **by)
    again = {"spell": Spell(TODAY), "year_group": "9", "group": other}
    enrolments.enrol_again(pupil=second.pupil, **again, **by)
    moved = Spell(date(2026, 11, 18))
    enrolments.change_enrolment(enrolment=third, spell=moved, reason="A slip", **by)
    new = pupils.admit_pupil(
        school=room.school,
        details=details(born_on=date(2013, 5, 6), sex="F"),
        spell=Spell(TODAY),
        year_group="9",
        group=room.group,
        **by,
    )
    reachable = PersonDetails("Ms Meiling Chen", "9 Mill Lane\nEllerwick", "EW4 7QT", "", "01632")
    for pupil in (new.pupil, fourth.pupil):
        tie = Tie("mother", lives_with=False)
        contacts_actions.add_contact(pupil=pupil, person=None, details=reachable, tie=tie, **by)
    given = {"kind": "SEN", "value": "K", "from_on": FIRST, "until_on": None}
    characteristics.write_characteristic(pupil=fourth.pupil, characteristic=None, **given, **by)

    out = tmp_path / "out"
    export_school(room.school, out, today=TODAY)
    assert import_school(out, today=TODAY).counts == {"unchanged marks": 1}
    assert Membership.objects.filter(enrolment__school=room.school).count() == 7
    assert Person.objects.count() == 1
    assert Relationship.objects.filter(confirmed_by=room.officer, lives_with=False).count() == 2
