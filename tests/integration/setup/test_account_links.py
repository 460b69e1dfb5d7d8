"""Colleagues whose accounts came with a file get their links: by e-mail, or on a sheet."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from registers import tasks
from registers.models import Appointment, Invitation, Job, School, User
from registers.policies import Refused
from registers.setup.staff.actions import account_links
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a-slate-and-a-bell"


@pytest.fixture
def school(client, monkeypatch, settings) -> School:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr("registers.web.jobs.actions._send", lambda job: None)
    school = factories.SchoolFactory()
    client.force_login(factories.AppointmentFactory(school=school, role="administrator").user)
    return school


def imported(school, name: str = "Tom Brannigan", **words) -> User:
    """As `registers.exchange.actions.staff` makes an account."""
    given = {"name": name, "password": make_password(None), "last_login": None}
    given["email"] = f"{name.replace(' ', '.').lower()}@ellerwick.example"
    account = factories.UserFactory(**given | words)
    factories.AppointmentFactory(school=school, user=account, role="teacher", position="")
    return account


def address(school) -> str:
    return reverse("registers:staff_links", kwargs={"urn": school.urn})


def press(client, school, how: str, *accounts: User):
    return client.post(address(school), {"how": how, "accounts": [one.pk for one in accounts]})


def by_email(client, school, *accounts: User) -> Job:
    answer = press(client, school, "email", *accounts)
    assert answer.status_code == 302, answer.text
    job = Job.objects.get(kind=account_links.SEND, state=Job.State.QUEUED)
    tasks.send_account_links(str(job.pk))
    job.refresh_from_db()
    return job


def links_in(text: str) -> list[str]:
    return re.findall(r"/invitations/[^/\s<]+/", text)


def choose(client, link: str, password: str = PASSWORD):
    return client.post(link, {"password": password, "again": password})


# --- who is offered a link


def test_everybody_without_a_password_is_listed_and_ticked(client, school):
    imported(school), imported(school, "Ada Osei")
    page = client.get(address(school))
    assert [one.account.name for one in page.context["colleagues"]] == ["Ada Osei", "Tom Brannigan"]
    assert page.text.count("checked") == 2


@pytest.mark.parametrize(
    "words",
    [
        {"password": "pbkdf2_sha256$1$salt$digest"},
        {"is_active": False},
        {"last_login": timezone.now()},
    ],
    ids=["has a password", "closed", "has signed in"],
)
def test_nobody_else_is(client, school, words):
    account = imported(school, **words)
    assert not account_links.accounts_without_password(school).exists()
    press(client, school, "sheet", account)
    assert not Invitation.objects.exists()


def test_no_colleague_of_another_school_gets_a_link_from_here(client, school):
    stranger = imported(factories.SchoolFactory())
    assert "Look at the list again" in press(client, school, "sheet", stranger).text
    assert not Invitation.objects.exists()


def test_only_an_administrator_makes_links(school):
    account = imported(school)
    officer = factories.AppointmentFactory(school=school).user
    with pytest.raises(Refused):
        account_links.make_account_links(school=school, users=[account], by=officer)
    with pytest.raises(Refused):
        account_links.send_account_links(school=school, users=[account], site="", by=officer)


def test_nobody_ticked_is_said(client, school):
    imported(school)
    assert "Tick the colleagues who are to get a link" in press(client, school, "sheet").text


# --- by e-mail


def test_one_press_sends_each_colleague_a_link_that_sets_the_password(client, school):
    accounts = [imported(school, f"Colleague {number}") for number in range(26)]
    job = by_email(client, school, *accounts)
    assert job.said == "26 links are on the way."
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted(one.email for one in accounts)
    sent = next(one for one in mail.outbox if one.to == [accounts[3].email])
    assert accounts[3].username in sent.body
    client.logout()
    [link] = links_in(sent.body)
    assert "Colleague 3" in client.get(link).text
    assert choose(client, link).url == reverse("home")
    assert client.session["_auth_user_id"] == str(accounts[3].pk)
    accounts[3].refresh_from_db()
    assert accounts[3].check_password(PASSWORD)
    assert Appointment.objects.filter(user=accounts[3]).count() == 1


def test_no_secret_is_in_a_job_or_kept(client, school):
    job = by_email(client, school, imported(school))
    secret = links_in(mail.outbox[0].body)[0].split("/")[2]
    assert secret not in f"{job.asked}{job.answer}{job.said}{Invitation.objects.values().get()}"


def test_who_has_no_address_is_named_and_gets_none(client, school):
    job = by_email(client, school, imported(school), imported(school, "Ada Osei", email=""))
    assert job.said == (
        "1 link is on the way. Not sent: Ada Osei: no e-mail address. Print a sheet for them."
    )


def test_a_post_that_cannot_be_reached_is_said_and_its_link_ended(client, school, monkeypatch):
    account = imported(school)

    def down(*arguments, **words):
        raise ConnectionRefusedError

    monkeypatch.setattr(account_links, "send_mail", down)
    job = by_email(client, school, account)
    assert job.answer["sent"] == 0
    assert f"{account.email} could not be reached" in job.said
    assert Invitation.objects.get().withdrawn_at


def test_a_worker_that_begins_again_sends_nobody_a_second_one(client, school):
    first, second = imported(school, "Ada Osei"), imported(school)
    press(client, school, "email", first, second)
    job = Job.objects.get()
    account_links._send_link(job, first)  # then the worker ended
    tasks.send_account_links(str(job.pk))
    assert [sent.to for sent in mail.outbox] == [[first.email], [second.email]]


def test_who_got_one_is_said_and_not_ticked_again(client, school):
    account = imported(school)
    by_email(client, school, account)
    page = client.get(address(school))
    [line] = page.context["colleagues"]
    assert line.link.startswith("Sent by e-mail on ")
    assert not line.ticked


def test_where_no_email_can_be_sent_there_is_the_sheet(client, school, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    account = imported(school)
    assert "by e-mail" not in client.get(address(school)).text.split("<main")[1].split("<ul")[0]
    assert "Print a sheet instead" in press(client, school, "email", account).text


# --- on a sheet


def test_a_sheet_has_a_slip_for_each_and_is_kept_nowhere(client, school):
    accounts = [imported(school, "Ada Osei"), imported(school)]
    sheet = press(client, school, "sheet", *accounts)
    assert "no-store" in sheet["Cache-Control"]
    links = links_in(sheet.text)
    assert len(set(links)) == 2
    for link in links:
        assert re.fullmatch(r"/invitations/([a-hj-km-np-z2-9]{4}-){3}[a-hj-km-np-z2-9]{4}/", link)
    for account in accounts:
        assert account.username in sheet.text


def test_an_address_from_paper_may_be_typed_in_capitals(client, school):
    [link] = links_in(press(client, school, "sheet", imported(school)).text)
    client.logout()
    assert (
        client.get(
            link.replace("/invitations/", "").upper().join(["/invitations/", ""])
        ).status_code
        == 200
    )


# --- the link itself


def test_a_link_works_once_and_a_new_one_ends_the_one_before(client, school):
    account = imported(school)
    [old] = links_in(press(client, school, "sheet", account).text)
    [new] = links_in(press(client, school, "sheet", account).text)
    client.logout()
    assert "withdrawn" in client.get(old).text
    assert choose(client, old).status_code == 410
    choose(client, new)
    client.logout()
    assert client.get(new).status_code == 410
    assert choose(client, new, "another-slate-and-bell").status_code == 410
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_link_expires(client, school):
    [link] = links_in(press(client, school, "sheet", imported(school)).text)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client.logout()
    assert "expired" in client.get(link).text


def test_an_account_that_has_got_a_password_meanwhile_keeps_it(client, school):
    account = imported(school)
    [link] = links_in(press(client, school, "sheet", account).text)
    account.set_password("one-of-their-own")
    account.save()
    client.logout()
    assert "has been used" in choose(client, link).text
    account.refresh_from_db()
    assert account.check_password("one-of-their-own")


def test_whoever_is_signed_in_signs_out_first(client, school):
    account = imported(school)
    [link] = links_in(press(client, school, "sheet", account).text)
    assert "Sign out first" in choose(client, link).text
    account.refresh_from_db()
    assert not account.has_usable_password()


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "too short"),
        (PASSWORD, "another-slate", "are not the same"),
        ("t.brannigan-99", "t.brannigan-99", "too similar"),
        ("", "", "Choose a password"),
    ],
)
def test_a_password_that_will_not_do_says_why(client, school, password, again, said):
    account = imported(school, username="t.brannigan-9")
    [link] = links_in(press(client, school, "sheet", account).text)
    client.logout()
    assert said in client.post(link, {"password": password, "again": again}).text


@pytest.mark.parametrize("colleagues", [1, 20])
def test_the_page_takes_as_many_statements_for_one_as_for_many(
    client, school, colleagues, django_assert_max_num_queries
):
    for number in range(colleagues):
        imported(school, f"Colleague {number}")
    with django_assert_max_num_queries(9):
        client.get(address(school))


def test_the_staff_page_and_the_guide_lead_there(client, school):
    imported(school)
    for name in ("staff", "set_up"):
        page = client.get(reverse(f"registers:{name}", kwargs={"urn": school.urn}))
        assert "cannot sign in yet" in page.text
        assert address(school) in page.text
