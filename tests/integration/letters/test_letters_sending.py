"""Approved letters on their way: print runs, e-mail, and what is checked just before they go."""

import io
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from interventions import tasks
from interventions.letters.actions import deciding, drawing, letters, print_runs, sending
from interventions.models import Letter, LetterCopy, PrintRun
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Job, Person, Relationship
from registers.policies import Refused
from registers.web.documents.storage import read_pdf
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import write_all
from tests.integration.letters.test_letters_flow import absent_pupil, propose

pytestmark = pytest.mark.django_db
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch):
    """Jobs are run by the tests themselves."""
    monkeypatch.setattr("registers.web.jobs.actions._send", lambda job: None)


def approved(pupils: int = 2, *, parents: int = 1, **person):
    """A class of pupils, each with a drawn and approved letter."""
    room = make_class(pupils)
    for pupil in range(pupils):
        for relationship in absent_pupil(room, pupil=pupil, parents=parents):
            Person.objects.filter(pk=relationship.person_id).update(**person)
    for letter in propose(room):
        for copy in letter.copies.all():
            drawing.render_copy(copy.pk)
        approve(letter, room)
    return room


def approve(letter: Letter, room) -> None:
    digests = [copy.digest for copy in letter.copies.all()]
    deciding.approve_letter(letter_id=letter.pk, digests=digests, by=room.officer)


def start(room, **more) -> PrintRun:
    return print_runs.start_print_run(school=room.school, by=room.officer, **more)


def work(run: PrintRun) -> Job:
    tasks.print_letters(str(run.job_id))
    return Job.objects.get(pk=run.job_id)


def pages_of(job: Job) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(read_pdf(job.file.name)))
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def states() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("state", flat=True))


def test_a_print_run_is_one_pdf_with_every_letter_on_its_own_sheet_and_is_confirmed():
    room = approved(3)
    run = start(room)
    job = work(run)
    assert (job.state, job.said) == ("done", "3 letters on 3 sheets of paper.")
    pages = pages_of(job)
    assert [bool(page) for page in pages] == [True, False] * 3  # a blank back each
    assert job.answer["url"].endswith(f"/print-runs/{run.pk}/")
    assert states() == ["approved"] * 3
    assert print_runs.confirm_print_run(run_id=run.pk, by=room.officer) == 3
    assert states() == ["sent"] * 3
    copy = LetterCopy.objects.first()
    assert (copy.state, copy.sent_by) == ("sent", room.officer)
    with pytest.raises(Refused, match="has confirmed this print run already"):
        print_runs.confirm_print_run(run_id=run.pk, by=room.officer)


def test_single_sided_paper_has_no_blank_backs():
    job = work(start(approved(2), double_sided=False))
    assert all(pages_of(job))
    assert job.said == "2 letters on 2 sheets of paper."


def test_they_lie_in_the_order_of_the_postcodes_or_of_the_names():
    room = approved(3)
    copies = list(LetterCopy.objects.order_by("letter__enrolment__pupil__surname"))
    for copy, postcode in zip(copies, ("EW9 1AA", "EW4 3HN", "ew4 2bd"), strict=True):
        Person.objects.filter(pk=copy.person_id).update(postcode=postcode)
        LetterCopy.objects.filter(pk=copy.pk).update(
            address=letters.address_of(Person.objects.get(pk=copy.person_id))
        )
    run = start(room)
    assert work(run).answer["copies"] == [copies[2].pk, copies[1].pk, copies[0].pk]
    print_runs.undo_print_run(run_id=run.pk, by=room.officer)
    assert work(start(room, order="name")).answer["copies"] == [copy.pk for copy in copies]


def test_a_copy_is_in_one_print_run_only():
    room = approved(1)
    start(room)
    with pytest.raises(Refused, match="No approved letter waits"):
        start(room)


def test_a_letter_whose_figures_have_moved_goes_back_with_words_and_is_not_printed():
    room = approved(2)
    first = Letter.objects.order_by("pk").first()
    key = MarkKey(first.enrolment_id, room.sessions[0].date, 0)
    write_all([MarkChange(key, "I", 1, reason="Parent rang")])
    job = work(start(room))
    assert job.said == "1 letter on 1 sheets of paper. 1 went back to the queue."
    first.refresh_from_db()
    assert (first.state, first.approved_by) == ("proposed", None)
    said = "Back from sending. The figures have changed since it was approved. The dates of "
    assert first.reason == said + "the absences; the reasons."
    assert first.copies.get().print_run is None
    assert job.answer["back"] == {str(first.pk): first.reason.removeprefix("Back from sending. ")}
    drawing.render_copy(first.copies.get().pk)
    first.refresh_from_db()
    assert first.state == "ready"
    approve(first, room)
    first.refresh_from_db()
    assert (first.state, first.reason) == ("approved", "")


def test_a_letter_that_is_no_longer_due_is_held_at_sending():
    room = approved(1)
    keys = [MarkKey(room.enrolments[0].pk, s.date, s.half) for s in room.sessions[:3]]
    write_all([MarkChange(key, "V", 1, reason="Wrong child") for key in keys])
    job = work(start(room))
    assert job.state == "failed"
    assert "Every letter went back to the queue" in job.said
    assert Letter.objects.get().state == "held"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"address": "1 New Road"}, "The address of"),
        ({"name": "Mrs Meiling Wu"}, "is now called Mrs Meiling Wu"),
    ],
)
def test_a_recipient_who_has_moved_or_married_gets_the_letter_drawn_anew(change, words):
    room = approved(1)
    Person.objects.update(**change)
    work(start(room))
    letter = Letter.objects.get()
    assert letter.state == "proposed"
    assert words in letter.reason
    copy = letter.copies.get()
    assert copy.address.startswith(change.get("address", "104"))
    assert copy.recipient == change.get("name", copy.recipient)


def test_who_may_no_longer_be_written_to_is_left_out_and_the_other_looked_at_again():
    room = approved(1, parents=2)
    gone = Relationship.objects.order_by("pk").first()
    Relationship.objects.filter(pk=gone.pk).update(may_be_written_to=False)
    work(start(room))
    letter = Letter.objects.get()
    assert letter.state == "proposed"
    assert {copy.state for copy in letter.copies.all()} == {"left_out", "queued"}
    drawing.render_copy(letter.copies.get(state="queued").pk)
    letter.refresh_from_db()
    assert letter.state == "ready"


def test_a_letter_that_nobody_may_get_any_more_is_held():
    room = approved(1)
    Relationship.objects.update(may_be_written_to=False)
    work(start(room))
    letter = Letter.objects.get()
    assert (letter.state, "may no longer be written to" in letter.reason) == ("held", True)


def test_a_letter_that_is_taken_back_after_printing_is_not_sent():
    room = approved(2)
    run = start(room)
    work(run)
    first = Letter.objects.order_by("pk").first()
    deciding.hold_letter(letter_id=first.pk, reason="Bereavement", by=room.officer)
    assert print_runs.confirm_print_run(run_id=run.pk, by=room.officer) == 1
    assert states() == ["held", "sent"]
    with pytest.raises(Refused, match="has been sent"):
        deciding.hold_letter(letter_id=Letter.objects.last().pk, reason="Late", by=room.officer)


def test_a_pdf_that_was_changed_on_disk_stops_the_run_in_words():
    room = approved(1)
    copy = LetterCopy.objects.get()
    Path(django_settings.MEDIA_ROOT, copy.pdf.name).write_bytes(b"%PDF another")
    run = start(room)
    job = work(run)
    assert job.state == "failed"
    assert f"letter {copy.letter.reference} is not the one that was approved" in job.said
    again = print_runs.try_print_run_again(run_id=run.pk, by=room.officer)
    assert again.job_id != job.pk


def test_a_run_cannot_be_confirmed_before_its_pdf_is_there_nor_undone_afterwards():
    room = approved(1)
    run = start(room)
    with pytest.raises(Refused, match="not ready yet"):
        print_runs.confirm_print_run(run_id=run.pk, by=room.officer)
    work(run)
    print_runs.confirm_print_run(run_id=run.pk, by=room.officer)
    with pytest.raises(Refused, match="cannot be undone"):
        print_runs.undo_print_run(run_id=run.pk, by=room.officer)


@pytest.mark.parametrize("action", ["confirm_print_run", "undo_print_run", "try_print_run_again"])
def test_only_who_may_decide_may_send(action):
    room = approved(1)
    run = start(room)
    with pytest.raises(Refused):
        getattr(print_runs, action)(run_id=run.pk, by=room.teacher)
    with pytest.raises(Refused):
        print_runs.start_print_run(school=room.school, by=room.teacher)


# --- e-mail


@pytest.fixture
def by_email(settings):
    settings.EMAIL_BACKEND = LOCMEM
    room = approved(2, email="parent@post.example")
    for copy in LetterCopy.objects.all():
        deciding.change_channel(copy_id=copy.pk, channel="email", by=room.officer)
    return room


def send(room) -> Job:
    job = sending.start_emails(school=room.school, by=room.officer)
    tasks.email_letters(str(job.pk))
    job.refresh_from_db()
    return job


def test_an_e_mail_has_the_pdf_and_no_childs_name_in_its_subject(by_email):
    job = send(by_email)
    assert job.said == "2 sent."
    assert states() == ["sent", "sent"]
    message = mail.outbox[0]
    assert message.subject == f"A letter from {by_email.school.name}"
    assert message.to == ["parent@post.example"]
    assert message.reply_to == [by_email.school.email]
    name, pdf, kind = message.attachments[0]
    assert (name[:9], kind) == ("letter-PA", "application/pdf")
    assert pdf == read_pdf(LetterCopy.objects.order_by("pk").first().pdf.name)


def test_nobody_gets_an_e_mail_twice(by_email):
    job = send(by_email)
    copy = LetterCopy.objects.first()
    assert sending.email_copy(copy.pk, by=by_email.officer) is None
    Job.objects.filter(pk=job.pk).update(state="queued")  # as the sweep would
    tasks.email_letters(str(job.pk))
    assert len(mail.outbox) == 2
    with pytest.raises(Refused, match="No approved letter waits"):
        sending.start_emails(school=by_email.school, by=by_email.officer)


def test_an_e_mail_that_fails_says_so_and_can_be_sent_again(by_email, monkeypatch):
    def refused(self, **_):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refused)
    assert send(by_email).said == "0 sent. 2 could not be sent: they say why."
    copy = LetterCopy.objects.order_by("pk").first()
    assert (copy.state, copy.problem) == (
        "unsent",
        "The mail server did not take it (ConnectionRefusedError).",
    )
    assert states() == ["approved", "approved"]
    monkeypatch.undo()
    sending.try_copy_again(copy_id=copy.pk, by=by_email.officer)
    sending_on = sending.email_copy(copy.pk, by=by_email.officer)
    assert sending_on == "sent"
    other = LetterCopy.objects.exclude(pk=copy.pk).get()
    moved = deciding.change_channel(copy_id=other.pk, channel="post", by=by_email.officer)
    assert (moved.state, moved.channel, moved.problem) == ("rendered", "post", "")


def test_an_e_mail_whose_worker_ended_is_not_sent_again_by_itself(by_email):
    copy = LetterCopy.objects.first()
    LetterCopy.objects.filter(pk=copy.pk).update(
        state="sending", claimed_at=timezone.now() - timedelta(hours=1)
    )
    drawing.sweep(send=False)
    copy.refresh_from_db()
    assert copy.state == "unsent"
    assert "It may have arrived" in copy.problem


def test_a_changed_e_mail_address_is_looked_at_again(by_email):
    Person.objects.update(email="new@post.example")
    assert send(by_email).said == "0 sent. 2 went back to the queue."
    assert mail.outbox == []
    assert LetterCopy.objects.first().email == "new@post.example"


def test_a_letter_goes_to_one_by_post_and_to_the_other_by_e_mail(settings):
    settings.EMAIL_BACKEND = LOCMEM
    room = approved(1, parents=2, email="parent@post.example")
    first, second = LetterCopy.objects.order_by("pk")
    deciding.change_channel(copy_id=first.pk, channel="email", by=room.officer)
    assert send(room).said == "1 sent."
    assert states() == ["approved"]
    # What has gone to one is not drawn anew for the other.
    key = MarkKey(room.enrolments[0].pk, room.sessions[0].date, 0)
    write_all([MarkChange(key, "I", 1, reason="Parent rang")])
    run = start(room)
    assert work(run).state == "done"
    print_runs.confirm_print_run(run_id=run.pk, by=room.officer)
    assert states() == ["sent"]
    second.refresh_from_db()
    assert second.print_run == run


def test_without_a_mail_server_e_mail_is_refused_with_the_reason(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    room = approved(1, email="parent@post.example")
    copy = LetterCopy.objects.get()
    for action in (
        lambda: deciding.change_channel(copy_id=copy.pk, channel="email", by=room.officer),
        lambda: sending.start_emails(school=room.school, by=room.officer),
    ):
        with pytest.raises(Refused, match="no mail server"):
            action()


def test_a_recipient_can_be_left_out_with_a_reason_but_not_the_last_one():
    room = approved(1, parents=2)
    first, second = LetterCopy.objects.order_by("pk")
    with pytest.raises(Refused, match="Say why"):
        deciding.leave_out_copy(copy_id=first.pk, reason=" ", by=room.officer)
    left = deciding.leave_out_copy(copy_id=first.pk, reason="Abroad", by=room.officer)
    assert (left.state, left.problem) == ("left_out", "Abroad")
    with pytest.raises(Refused, match="Nobody else would get this letter"):
        deciding.leave_out_copy(copy_id=second.pk, reason="Abroad", by=room.officer)
    assert work(start(room)).said.startswith("1 letter on")


# --- the pages


def address(name: str, room, **kwargs) -> str:
    return reverse(f"interventions:{name}", kwargs={"urn": room.school.urn, **kwargs})


@pytest.mark.parametrize("number", [1, 8])
def test_the_pages_take_as_few_statements_for_many_letters(
    client, number, django_assert_max_num_queries
):
    room = approved(number)
    run = start(room)
    work(run)
    client.force_login(room.officer)
    with django_assert_max_num_queries(8):
        assert client.get(address("print_runs", room)).status_code == 200
    with django_assert_max_num_queries(6):
        response = client.get(address("print_run", room, run_id=run.pk))
    assert len(response.context["page"].copies) == number


def test_from_the_page_to_the_post(client):
    room = approved(2)
    client.force_login(room.officer)
    started = client.post(address("print_runs", room), {"order": "postcode", "double_sided": "on"})
    run = PrintRun.objects.get()
    assert started.url == reverse(
        "registers:job", kwargs={"urn": room.school.urn, "job_id": run.job_id}
    )
    work(run)
    file = client.get(
        reverse("registers:job_file", kwargs={"urn": room.school.urn, "job_id": run.job_id})
    )
    assert file["Content-Type"] == "application/pdf"
    first = Letter.objects.order_by("pk").first()
    deciding.hold_letter(letter_id=first.pk, reason="Bereavement", by=room.officer)
    assert "Take out of the pile." in client.get(address("print_run", room, run_id=run.pk)).text
    client.post(address("print_run_confirm", room, run_id=run.pk))
    text = client.get(address("print_run", room, run_id=run.pk)).text
    assert "In the post." in text
    refused = client.post(address("print_runs", room), {"order": "postcode"})
    assert "No approved letter waits to be printed." in refused.text
    wrong = client.post(address("print_runs", room), {"order": "colour"})
    assert "Choose the order" in wrong.text


def test_the_page_says_why_there_is_no_e_mail(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    room = make_class(1)
    client.force_login(room.officer)
    assert "no mail server to hand letters to" in client.get(address("print_runs", room)).text


def test_what_could_not_be_sent_stands_on_the_page_with_both_ways_on(client, by_email):
    LetterCopy.objects.update(state="unsent", problem="The mail server did not take it (X).")
    client.force_login(by_email.officer)
    copy = LetterCopy.objects.first()
    text = client.get(address("print_runs", by_email)).text
    assert "The mail server did not take it (X)." in text
    again = address("copy_try_again", by_email, letter_id=copy.letter_id, copy_id=copy.pk)
    assert client.post(again).status_code == 302
    copy.refresh_from_db()
    assert copy.state == "rendered"


def test_a_print_run_of_another_school_is_not_found(client):
    room, other = approved(1), approved(1)
    run = start(other)
    client.force_login(room.officer)
    for name in ("print_run", "print_run_confirm", "print_run_undo", "print_run_again"):
        url = address(name, room, run_id=run.pk)
        answer = client.get(url) if name == "print_run" else client.post(url)
        assert answer.status_code == 404


def test_a_run_of_before_jobs_were_kept_still_has_its_page(client):
    room = make_class(1)
    run = factories.PrintRunFactory(school=room.school)
    client.force_login(room.officer)
    assert "Nothing is left in it." in client.get(address("print_run", room, run_id=run.pk)).text
