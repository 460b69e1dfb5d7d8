"""Nobody without parental responsibility gets a letter, unless a named person said why."""

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone

from interventions.letters.actions import deciding, drawing, sending
from interventions.models import LetterCopy
from registers.exchange.problems.warnings import WarningKind
from registers.marks import guards
from registers.models import Relationship
from registers.roll.actions.wrong_fields import WrongFields
from registers.roll.contacts import actions as contacts_actions
from registers.roll.contacts.actions import NEEDS_A_GROUND, PersonDetails, Tie
from tests import factories
from tests.factories.classes import make_class
from tests.factories.school_files import AMIRA, SchoolFiles, kinds_of_warnings
from tests.integration.letters.test_letters_flow import absent_pupil, draw, propose
from tests.integration.letters.test_letters_pages import address, first, room_with_letters

pytestmark = pytest.mark.django_db

MINDER = {"kind": "childminder", "has_responsibility": False}
GROUND = "Foster carer, placement letter of 3 May"


@pytest.fixture
def files(tmp_path, settings) -> SchoolFiles:
    settings.VAR = tmp_path / "var"
    return SchoolFiles(tmp_path / "in")


def of_name(name: str) -> Relationship:
    return Relationship.objects.get(person__name=name)


def test_a_contact_about_whom_nothing_is_said_opens_nothing():
    row = Relationship()
    assert not any((row.has_responsibility, row.lives_with, row.may_be_written_to))
    assert Tie() == Tie(has_responsibility=False, lives_with=False, may_be_written_to=False)


def test_a_file_gives_one_copy_to_the_mother_and_none_to_the_childminder(files):
    """The case of the childminder: three contacts, of whom one may get a letter."""
    for row in (
        "Ann Mum,mother,Y,Y,1,,1 High St,AB1 2CD,,,",
        "Carl Minder,childminder,N,N,2,,9 Low St,AB1 2CD,,,",
        "Dad Away,father,Y,N,3,N,7 Far St,ZZ1 1ZZ,,,",
    ):
        files.add("contacts.csv", f"{AMIRA},{row}")
    files.read_in()
    amira = Relationship.objects.filter(pupil__upn=AMIRA)
    assert [one.person.name for one in amira.written_to()] == ["Ann Mum"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("Y,,1,", (True, False, True)),
        ("Y,Y,1,Y", (True, True, True)),
        ("Y,,1,N", (True, False, False)),
        ("N,,1,", (False, False, False)),
        ("N,Y,1,Y", (False, True, False)),
        (",,1,Y", (False, False, False)),
        (",,1,", (False, False, False)),
    ],
)
def test_an_empty_flag_of_a_file_is_closed(files, flags, expected):
    files.add("contacts.csv", f"{AMIRA},Ann Other,aunt,{flags},1 High St,AB1 2CD,,,")
    result = files.read_in()
    row = of_name("Ann Other")
    assert (row.has_responsibility, row.lives_with, row.may_be_written_to) == expected
    asks_a_person = flags.endswith("Y") and not expected[0]
    assert (WarningKind.NEEDS_A_PERSON in kinds_of_warnings(result)) == asks_a_person


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"ground": GROUND},
        {"ground": GROUND, "confirmed_at": timezone.now()},
    ],
)
def test_the_database_refuses_a_letter_without_responsibility_name_and_ground(wrong):
    with pytest.raises(IntegrityError, match="written_to_has_responsibility"):
        factories.RelationshipFactory(**MINDER, may_be_written_to=True, **wrong)


def test_a_ground_is_asked_for_and_kept_with_who_gave_it():
    room = make_class(1)
    pupil = room.enrolments[0].pupil
    details = PersonDetails("Carl Carer", "9 Low St", "EW4 2CD")
    tie = Tie("foster carer", may_be_written_to=True)
    with pytest.raises(WrongFields, match=NEEDS_A_GROUND):
        contacts_actions.add_contact(
            pupil=pupil, person=None, details=details, tie=tie, by=room.officer
        )
    tie = Tie("foster carer", may_be_written_to=True, ground=GROUND)
    row = contacts_actions.add_contact(
        pupil=pupil, person=None, details=details, tie=tie, by=room.officer
    )
    assert (row.is_written_to, row.confirmed_by, row.ground) == (True, room.officer, GROUND)
    with pytest.raises(WrongFields):
        contacts_actions.change_contact(
            relationship=row, tie=Tie("foster carer", may_be_written_to=True), by=room.officer
        )
    row.refresh_from_db()
    assert row.ground == GROUND


def test_the_form_shows_the_ground_that_is_missing_beside_its_field(client):
    room = make_class(1)
    row = factories.RelationshipFactory(pupil=room.enrolments[0].pupil, **MINDER)
    client.force_login(room.officer)
    kwargs = {"urn": room.school.urn, "pupil_id": row.pupil_id, "relationship_id": row.pk}
    url = reverse("registers:contact", kwargs=kwargs)
    wanted = {"kind": "childminder", "may_be_written_to": "on"}
    assert client.post(url, wanted).context["form"].errors["ground"] == [NEEDS_A_GROUND]
    assert client.post(url, {**wanted, "ground": GROUND}).status_code == 302
    row.refresh_from_db()
    assert (row.is_written_to, row.confirmed_by) == (True, room.officer)


def test_the_letter_and_its_queue_name_what_each_recipient_rests_on(client):
    room = make_class(1)
    factories.RelationshipFactory(
        pupil=room.enrolments[0].pupil,
        kind="Grandmother",
        has_responsibility=False,
        may_be_written_to=True,
        ground="Lives with her",
        confirmed_by=room.officer,
        confirmed_at=timezone.now(),
    )
    absent_pupil(room)
    propose(room)
    for copy in LetterCopy.objects.all():
        drawing.render_copy(copy.pk, draw=draw)
    client.force_login(room.officer)
    for name, more in (("letter", {"letter_id": first().pk}), ("letters", {})):
        page = client.get(address(name, room, **more)).text
        assert "mother, parental responsibility" in page
        assert f"grandmother, confirmed by {room.officer}: Lives with her" in page


def test_who_loses_responsibility_after_the_approval_gets_no_letter(client):
    """At sending each recipient is looked at once more."""
    room = room_with_letters(client, 1, parents=2)
    letter = first()
    copies = list(letter.copies.order_by("pk"))
    deciding.approve_letter(
        letter_id=letter.pk, digests=[one.digest for one in copies], by=room.officer
    )
    lost = Relationship.objects.get(person=copies[1].person)
    contacts_actions.change_contact(relationship=lost, tie=Tie("mother"), by=room.officer)
    back = sending.check_again(copies)
    assert "may no longer be written to" in back[letter.pk]
    copies[1].refresh_from_db()
    assert copies[1].state == "left_out"


@pytest.mark.slow
def test_what_was_opened_by_default_is_closed_by_the_migration(racing_db):
    before = [("registers", "0013_ground_of_writing")]
    executor = MigrationExecutor(connection)
    leaf = executor.loader.graph.leaf_nodes()  # other apps go back with it
    guards.lift(connection)  # as the command does before it migrates
    executor.migrate(before)
    try:
        old = MigrationExecutor(connection).loader.project_state(before).apps
        relationship = old.get_model("registers", "Relationship")
        user = old.get_model("registers", "User").objects.create(username="u")
        school = old.get_model("registers", "School").objects.create(urn="900999", name="Old")
        pupil = old.get_model("registers", "Pupil").objects.create(school=school, upn="X1")
        person = old.get_model("registers", "Person")
        said = {
            "mother": {"has_responsibility": True},
            "minder": {"has_responsibility": False},
            "carer": {"confirmed_by": user, "confirmed_at": timezone.now()},
            "half": {"confirmed_by": user},
        }
        for name, fields in said.items():
            who = person.objects.create(school=school, name=name)
            relationship.objects.create(pupil=pupil, person=who, may_be_written_to=True, **fields)
        MigrationExecutor(connection).migrate(leaf)
        assert of_name("mother").is_written_to
        assert of_name("carer").is_written_to
        assert of_name("carer").ground == "Confirmed before Rollbook asked for the ground"
        assert not of_name("minder").may_be_written_to
        assert not of_name("half").may_be_written_to
    finally:
        MigrationExecutor(connection).migrate(leaf)
        guards.install(connection)
