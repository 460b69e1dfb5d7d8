"""A school's files through the browser: stored safely, checked, looked at, brought in."""

import io
import os
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registers import tasks
from registers.exchange import upload
from registers.exchange.pages import actions as pages_actions
from registers.exchange.pages.actions import work
from registers.exchange.pages.words import count_lines
from registers.exchange.upload import UploadRefused, receive
from registers.models import Enrolment, Import, ImportMapping, Job, Mark, Pupil, School
from registers.policies import Refused
from tests import factories
from tests.factories import make_upn
from tests.factories.school_files import AMIRA, BEN, DAYS, SchoolFiles
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
ON_A_SATURDAY = (f"{AMIRA},2025-09-01,AM", f"{AMIRA},2025-09-06,AM")


@pytest.fixture
def files(tmp_path, settings) -> SchoolFiles:
    settings.VAR = tmp_path / "var"
    return SchoolFiles(tmp_path / "school")


@pytest.fixture
def school(client, monkeypatch) -> School:
    """Only its row is there; its administrator is signed in."""
    school = School.objects.create(urn="900123", name="Ellerwick School")
    client.force_login(factories.AppointmentFactory(school=school, role="administrator").user)
    monkeypatch.setattr("registers.web.jobs.actions._send", lambda job: None)
    return school


def packed(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def as_uploads(files: SchoolFiles, *names: str) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, files.text(name).encode()) for name in names or files.rows]


def as_zip(files: SchoolFiles) -> SimpleUploadedFile:
    members = [(f"export/{name}", files.text(name).encode()) for name in files.rows]
    return SimpleUploadedFile("export.zip", packed(*members))


def address(name: str, school: School, **kwargs) -> str:
    return reverse(f"registers:{name}", kwargs={"urn": school.urn, **kwargs})


def page_of(job: Job) -> str:
    return address("import_page", job.school, upload_id=job.asked["upload"])


def send(client, school, *uploads):
    return client.post(address("import_new", school), {"uploads": list(uploads)})


def checked(client, school, *uploads) -> Job:
    """The job of the check of these files, done by its task."""
    response = send(client, school, *uploads)
    assert response.status_code == 302, response.context["form"].errors
    job = Job.objects.get(kind=pages_actions.CHECK, state=Job.State.QUEUED)
    tasks.check_import(str(job.pk))
    job.refresh_from_db()
    return job


def go_ahead(client, school, check: Job, **sent):
    return client.post(page_of(check), {"skip": ""} | sent)


def brought_in(client, school, check: Job, **sent) -> Job:
    response = go_ahead(client, school, check, **sent)
    assert response.status_code == 302, response.text
    job = Job.objects.get(kind=pages_actions.BRING_IN, state=Job.State.QUEUED)
    tasks.bring_in(str(job.pk))
    job.refresh_from_db()
    return job


def stored() -> list[str]:
    root = upload.folder_of("00000000-0000-0000-0000-000000000000").parent
    return sorted(path.name for path in root.glob("*/files/*"))


# --- from the first file to the pupils


def test_a_first_import_into_an_empty_school(client, school, files):
    check = checked(client, school, as_zip(files))
    assert check.state == Job.State.DONE
    assert not Enrolment.objects.exists()
    page = client.get(page_of(check))
    assert "Every row is good" in page.text
    lines = {line.what: line.new for line in page.context["lines"]}
    assert (lines["Pupils"], lines["Marks"]) == (3, 48)
    job = brought_in(client, school, check)
    assert job.state == Job.State.DONE
    assert Mark.objects.count() == 48
    assert (job.done, job.total) == (48, 48)
    page = client.get(page_of(job))
    assert "Every row came in" in page.text
    assert "See the pupils" in page.text
    assert stored() == []  # children's data is kept no longer than it is needed
    listed = client.get(address("imports", school))
    assert "Pupils: 3 new" in listed.text
    assert Import.objects.get().by == check.started_by


def test_the_preview_is_what_is_written(client, school, files):
    check = checked(client, school, *as_uploads(files))
    job = brought_in(client, school, check)
    assert job.answer["counts"] == check.answer["counts"]


def test_a_page_of_work_shows_how_far_it_is_and_needs_no_script(client, school, files):
    send(client, school, as_zip(files))
    job = Job.objects.get()
    page = read_page(client.get(page_of(job)))
    assert "Waits for a worker" in page.text
    (again,) = page.all_of("meta", http_equiv="refresh")
    assert again.getparent().tag == "noscript"


def test_the_schools_own_details_stand_in_for_a_missing_school_file(client, school, files):
    uploads = as_uploads(files, "calendar.csv", "pupils.csv")
    brought_in(client, school, checked(client, school, *uploads))
    school.refresh_from_db()
    assert school.name == "Ellerwick School"
    assert Enrolment.objects.count() == 3


def test_the_files_of_another_school_are_refused(client, school, files):
    files.change("school.csv", "900123", "900999")
    check = checked(client, school, as_zip(files))
    assert check.answer["stage"] == "refused"
    page = client.get(page_of(check))
    text = " ".join(page.text.split())
    assert "URN is 900999, and this is Ellerwick School, 900123" in text
    assert School.objects.count() == 1
    assert go_ahead(client, school, check, skip="on").status_code == 200


def test_the_same_files_again_change_nothing_and_say_so(client, school, files):
    brought_in(client, school, checked(client, school, as_zip(files)))
    check = checked(client, school, as_zip(files))
    page = client.get(page_of(check))
    assert "the files would change nothing" in page.text


# --- wrong rows


def test_wrong_rows_are_shown_with_how_to_mend_them(client, school, files):
    files.change("marks.csv", *ON_A_SATURDAY)
    check = checked(client, school, as_zip(files))
    assert check.answer["wrong_rows"] == 1
    page = client.get(page_of(check))
    assert "marks.csv, line 2" in page.text
    assert "Leave it unmarked, or add the session to the calendar" in page.text
    refused = go_ahead(client, school, check)
    assert "Tick this to bring the good rows in" in refused.text
    assert not Job.objects.filter(kind=pages_actions.BRING_IN).exists()


def test_the_good_rows_come_in_and_the_wrong_ones_follow_once_they_are_mended(
    client, school, files
):
    files.change("marks.csv", *ON_A_SATURDAY)
    check = checked(client, school, as_zip(files))
    job = brought_in(client, school, check, skip="on")
    assert Mark.objects.count() == 47
    page = client.get(page_of(job))
    assert "1 row was left out" in " ".join(page.text.split())
    wrong = client.get(address("job_file", school, job_id=job.pk))
    assert wrong["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(wrong.content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert set(members) == {"marks.csv", upload.REPORT}
    members["marks.csv"] = members["marks.csv"].replace(b"2025-09-06", b"2025-09-01")
    mended = SimpleUploadedFile("wrong-rows.zip", packed(*members.items()))
    again = checked(client, school, mended)
    assert again.answer["wrong_rows"] == 0
    brought_in(client, school, again)
    assert Mark.objects.count() == 48


def test_no_report_with_childrens_names_is_left_on_the_server(client, school, files, settings):
    files.change("marks.csv", *ON_A_SATURDAY)
    brought_in(client, school, checked(client, school, as_zip(files)), skip="on")
    assert not list((Path(settings.VAR) / "imports").rglob("*.csv"))


def test_a_table_that_lacks_a_column_stops_everything(client, school, files):
    uploads = as_uploads(files)
    uploads[-1] = SimpleUploadedFile("marks.csv", f"UPN,Date\r\n{AMIRA},2025-09-01\r\n".encode())
    check = checked(client, school, *uploads)
    page = client.get(page_of(check))
    assert "Something is missing in the files" in page.text
    assert "Has no column for Session" in page.text


def test_who_is_no_longer_in_the_files_is_named_with_the_way_to_a_date_of_leaving(
    client, school, files
):
    brought_in(client, school, checked(client, school, as_zip(files)))
    only_amira = SchoolFiles(files.folder)
    only_amira.rows["pupils.csv"] = only_amira.rows["pupils.csv"][:1]
    with time_machine.travel(datetime(2025, 9, 9, 12, tzinfo=UTC)):
        check = checked(client, school, *as_uploads(only_amira, "pupils.csv"))
        page = client.get(page_of(check))
    assert [pupil.forename for pupil in page.context["gone"]] == ["Ben", "Chidi"]
    assert "Haddad" not in str(check.answer["gone"])
    ben = page.context["gone"][0]
    assert address("pupil_edit", school, pupil_id=ben.pk) in page.text


# --- questions


def asked(client, page: str, **given: str) -> dict[str, str]:
    """What the form of questions sends as it starts, but `given`, by a word of its question."""
    form = client.get(page).context["form"]
    sent = {"seen": form.digest}
    for number, question in enumerate(form.questions):
        start = question["answer"] or question["suggested"] or ""
        said = next((value for word, value in given.items() if word in question["words"]), start)
        sent[f"q{number}"] = said
    return sent


def test_a_private_code_is_asked_and_its_answer_serves_the_import(client, school, files):
    files.mark(AMIRA, DAYS[0], "AM", "QQ,,")
    check = checked(client, school, as_zip(files))
    assert check.answer["stage"] == work.ASKS
    page = client.get(page_of(check))
    assert "Rollbook needs one thing of you" in page.text
    assert "QQ" in page.context["form"]["q0"].label
    response = client.post(page_of(check), asked(client, page_of(check), QQ="I"))
    assert response.url == page_of(check)
    check = worked_off(pages_actions.CHECK)
    assert check.answer["stage"] == work.CHECKED
    brought_in(client, school, check, keep_as="Our old system")
    assert Mark.objects.filter(code_id="I").count() == 1
    [kept] = ImportMapping.objects.all()
    assert (kept.name, list(kept.answers.values())) == ("Our old system", ["I"])


def worked_off(kind: str) -> Job:
    job = Job.objects.get(kind=kind, state=Job.State.QUEUED)
    (tasks.check_import if kind == pages_actions.CHECK else tasks.bring_in)(str(job.pk))
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(("said", "pupils"), [("same", 3), ("another", 4)])
def test_whether_two_of_one_name_and_birthday_are_one_is_asked_of_a_person(
    client, school, files, said, pupils
):
    brought_in(client, school, checked(client, school, as_zip(files)))
    files.change("pupils.csv", AMIRA, make_upn(77))
    check = checked(client, school, *as_uploads(files, "pupils.csv"))
    assert check.answer["stage"] == work.ASKS
    sent = asked(client, page_of(check), Haddad=said)
    assert client.post(page_of(check), sent).status_code == 302
    check = worked_off(pages_actions.CHECK)
    assert check.answer["stage"] == work.CHECKED
    brought_in(client, school, check, keep_as="Pupils")
    assert Pupil.objects.count() == pupils
    assert ImportMapping.objects.get().answers == {}  # it is about a child


def test_answers_that_are_kept_ask_nothing_the_next_time(client, school, files):
    files.mark(AMIRA, DAYS[0], "AM", "QQ,,")
    factories.ImportMappingFactory(school=school, name="Ours", answers={"code:QQ": "I"})
    uploads = {"uploads": [as_zip(files)], "mapping": "Ours"}
    assert client.post(address("import_new", school), uploads).status_code == 302
    assert worked_off(pages_actions.CHECK).answer["stage"] == work.CHECKED


def test_a_mapping_that_is_not_there_is_said_at_its_field(client, school, files):
    factories.ImportMappingFactory(school=school, name="Ours")
    uploads = {"uploads": [as_zip(files)], "mapping": "Theirs"}
    response = client.post(address("import_new", school), uploads)
    assert response.context["form"].errors == {"mapping": ["Choose one of the list"]}


def test_a_wrong_answer_is_said_at_its_question_and_loses_nothing(client, school, files):
    files.mark(AMIRA, DAYS[0], "AM", "QQ,,").mark(AMIRA, DAYS[0], "PM", "QX,,")
    check = checked(client, school, as_zip(files))
    sent = asked(client, page_of(check), QQ="I", QX="no such code")
    page = client.post(page_of(check), sent)
    assert list(page.context["form"].errors.values()) == [["Choose one of the list"]]
    assert page.context["form"]["q0"].value() == "I"
    assert stored() == ["export.zip"]


def test_an_answer_can_be_changed_after_the_check(client, school, files):
    files.mark(AMIRA, DAYS[0], "AM", "QQ,,")
    page = page_of(checked(client, school, as_zip(files)))
    client.post(page, asked(client, page, QQ="I"))
    worked_off(pages_actions.CHECK)
    everything = asked(client, f"{page}?change", QQ="M")
    assert client.post(f"{page}?change", everything).url == page
    check = worked_off(pages_actions.CHECK)
    brought_in(client, school, check)
    assert set(Mark.objects.values_list("code_id", flat=True)) == {"/", "\\", "M"}


def test_answers_that_are_kept_can_be_deleted(client, school):
    mapping = factories.ImportMappingFactory(school=school)
    assert mapping.name in client.get(address("imports", school)).text
    client.post(address("mapping_delete", school, mapping_id=mapping.pk))
    assert not ImportMapping.objects.exists()


# --- broken off, and gone on with


def test_an_import_that_was_broken_off_can_go_on(client, school, files, monkeypatch):
    check = checked(client, school, as_zip(files))

    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("registers.exchange.actions.marks.write_marks", full)
    job = brought_in(client, school, check)
    assert job.state == Job.State.FAILED
    assert "The disk is full" in job.said
    page = client.get(page_of(job))
    assert "can go on from there" in page.text
    monkeypatch.undo()
    monkeypatch.setattr("registers.web.jobs.actions._send", lambda job: None)
    stopped = Import.objects.get()
    listed = client.get(address("imports", school))
    assert "was broken off" in listed.text
    assert "Go on with it" in listed.text
    response = client.post(address("import_go_on", school, import_id=stopped.pk))
    job = Job.objects.get(kind=pages_actions.BRING_IN, state=Job.State.QUEUED)
    assert response.url == page_of(job)
    tasks.bring_in(str(job.pk))
    assert Mark.objects.count() == 48
    job.refresh_from_db()
    assert job.answer["finished"]
    assert "was broken off" not in client.get(address("imports", school)).text


def test_two_imports_of_a_school_are_not_at_work_at_once(client, school, files):
    check = checked(client, school, as_zip(files))
    other = checked(client, school, as_zip(files))
    assert go_ahead(client, school, check).status_code == 302
    assert "at work already" in go_ahead(client, school, other).text
    go_ahead(client, school, check)  # pressed twice
    assert Job.objects.filter(kind=pages_actions.BRING_IN).count() == 1


def test_a_check_whose_files_are_gone_says_so(client, school, files):
    check = checked(client, school, as_zip(files))
    upload.forget(check.asked["upload"])
    assert "no longer kept" in client.get(page_of(check)).text
    assert "no longer kept" in go_ahead(client, school, check).text
    assert not Job.objects.filter(kind=pages_actions.BRING_IN).exists()


def test_what_was_checked_and_left_is_offered_again(client, school, files):
    check = checked(client, school, as_zip(files))
    assert page_of(check) in client.get(address("imports", school)).text


def test_files_that_nobody_wants_are_deleted_at_a_press(client, school, files):
    check = checked(client, school, as_zip(files))
    names = {"upload_id": check.asked["upload"]}
    client.post(address("import_throw_away", school, **names))
    assert stored() == []
    assert page_of(check) not in client.get(address("imports", school)).text


def test_files_are_not_deleted_under_the_worker_s_hands(client, school, files):
    check = checked(client, school, as_zip(files))
    go_ahead(client, school, check)
    client.post(address("import_throw_away", school, upload_id=check.asked["upload"]))
    assert stored() == ["export.zip"]


def test_what_is_no_table_in_a_zip_is_named_and_stops_nothing(client, school, files):
    members = [(name, files.text(name).encode()) for name in files.rows]
    mixed = SimpleUploadedFile("all.zip", packed(*members, ("letter.docx", b"x")))
    check = checked(client, school, mixed)
    assert check.answer["stage"] == work.CHECKED
    assert "letter.docx" in client.get(page_of(check)).text


# --- one page


def test_an_upload_has_one_address_from_first_to_last(client, school, files):
    page = send(client, school, as_zip(files)).url
    assert "Looking at the files" in client.get(page).text
    check = Job.objects.get()
    tasks.check_import(str(check.pk))
    assert "What the files would change" in client.get(page).text
    assert go_ahead(client, school, check).url == page
    assert "Bringing the files in" in client.get(page).text
    tasks.bring_in(str(Job.objects.get(kind=pages_actions.BRING_IN).pk))
    assert "The files are in" in client.get(page).text


def test_the_page_moves_forward_by_itself(client, school, files):
    page = send(client, school, as_zip(files)).url
    asked = {"HX-Request": "true"}
    part = client.get(page, headers=asked)
    assert read_page(part).all_of("progress")
    assert "HX-Refresh" not in part
    tasks.check_import(str(Job.objects.get().pk))
    assert client.get(page, headers=asked)["HX-Refresh"] == "true"


def test_the_rows_are_shown_as_they_would_become(client, school, files):
    page = client.get(page_of(checked(client, school, as_zip(files))))
    [pupils] = [table for table in page.context["tables"] if "pupils.csv" in table.source]
    line, cells = pupils.previews[0].rows[0]
    assert line == 2
    assert "Haddad" in cells


def test_what_is_kept_beside_the_files_goes_with_them(client, school, files):
    """It shows children's names, and no job has them."""
    check = checked(client, school, as_zip(files))
    assert "Haddad" not in str(Job.objects.values())
    folder = upload.folder_of(check.asked["upload"])
    beside = [path for path in folder.iterdir() if path.is_file()]
    assert {path.name for path in beside} == {upload.ANSWERS, upload.PROPOSAL}
    assert {path.stat().st_mode & 0o077 for path in beside} == {0}
    brought_in(client, school, check)
    assert not folder.exists()


def test_only_the_school_s_own_administrator_brings_files_in(school, files):
    officer = factories.AppointmentFactory(school=school).user
    with pytest.raises(Refused):
        pages_actions.start_check(school=school, uploads=as_uploads(files), answers={}, by=officer)
    assert stored() == []


# --- what may be uploaded


def test_no_file_at_all_is_asked_for(client, school):
    assert "error-summary" not in client.get(address("import_new", school)).text
    response = client.post(address("import_new", school), {})
    assert "Choose the files" in response.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("report.pdf", b"%PDF-1.7", "is a PDF, in which no table can be read"),
        ("marks.csv", b"%PDF-1.7", "is a PDF, in which no table can be read"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "is a picture"),
        ("pupils.csv", b"", "is empty. Export it again"),
        ("letter.rtf", b"{\\rtf1", "is a document"),
    ],
)
def test_what_holds_no_table_is_named_and_nothing_is_kept(client, school, name, content, said):
    response = send(client, school, SimpleUploadedFile(name, content))
    assert response.status_code == 200
    [error] = response.context["form"].errors["uploads"]
    assert error.startswith(f"“{name}” {said}")
    assert stored() == []
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("export.zip", b"PK\3\4 not a zip"),
        ("bomb.zip", packed(("marks.csv", b"0" * 40_000_000))),
        ("out.zip", packed(("../../evil.csv", b"UPN,Date\r\n1,2\r\n"))),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("all.zip", packed()),
    ],
)
def test_what_turns_out_to_hold_no_table_is_named_too(client, school, name, content):
    """Its own word for its size is not believed."""
    job = checked(client, school, SimpleUploadedFile(name, content))
    page = client.get(page_of(job))
    assert "No table was found" in page.text
    assert name in page.text
    assert "Choose files" in page.text
    assert go_ahead(client, school, job).status_code == 200


def test_files_that_are_too_large_together_are_refused(school, monkeypatch):
    monkeypatch.setattr(upload, "MOST_BYTES", 10)
    with pytest.raises(UploadRefused, match="larger than"):
        receive([SimpleUploadedFile("marks.csv", b"0" * 11)])


def test_files_are_stored_for_their_owner_alone(school, files):
    received = receive(as_uploads(files))
    folder = upload.folder_of(received.upload)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*.csv")} == {0}


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\Year 7.xlsx", "Year 7.xlsx"),
        ("a\r\nb\u202ecsv.exe", "abcsv.exe"),
        ("  . ", "file"),
        ("ü" * 400 + ".csv", "ü" * 116 + ".csv"),
    ],
)
def test_a_files_name_keeps_no_path_and_no_hidden_signs(name, clean):
    assert upload.clean_name(name) == clean


def test_two_files_of_one_name_are_both_kept(school):
    twice = [SimpleUploadedFile("marks.csv", b"a"), SimpleUploadedFile("marks.csv", b"b")]
    assert receive(twice).files == ["marks.csv", "marks (2).csv"]


def test_uploads_that_nobody_went_on_with_are_forgotten(school, files):
    received = receive(as_uploads(files))
    folder = upload.folder_of(received.upload)
    os.utime(folder, (0, 0))
    assert upload.forget_old() == 1
    assert not upload.is_there(received.upload)


@pytest.mark.parametrize("name", ["../../etc", "", "x", "/etc"])
def test_an_upload_s_name_is_no_path(name):
    assert not upload.is_there(name)


def test_the_counts_of_an_import_are_lines_in_a_fixed_order():
    lines = count_lines({"new pupils": 2, "changed schools": 1, "unchanged marks": 9})
    assert [line.what for line in lines] == ["The school’s details", "Pupils", "Marks"]
    assert lines[2].unchanged == 9


@pytest.mark.parametrize("imports", [1, 20])
def test_the_list_takes_as_many_statements_for_one_as_for_many(
    client, school, imports, django_assert_max_num_queries
):
    for _ in range(imports):
        factories.ImportFactory(school=school, state="done", counts={"new pupils": 3})
    with django_assert_max_num_queries(10):
        client.get(address("imports", school))


def test_a_childs_name_is_in_no_message_of_the_page_of_work(client, school, files):
    files.change("pupils.csv", BEN, "Z" * 13)
    check = checked(client, school, as_zip(files))
    assert check.answer["wrong_rows"] >= 1
    assert "Haddad" not in check.said


def test_a_long_reading_of_files_gives_signs_of_life(racing_db, monkeypatch):
    """Without them the sweep would hand the job to another worker."""
    monkeypatch.setattr(work, "SIGN_EVERY", 0.02)
    job = factories.JobFactory(state="running", tries=1)
    with pages_actions.kept_alive(job):
        ends = time.monotonic() + 5
        while time.monotonic() < ends and not Job.objects.get(pk=job.pk).alive_at:
            time.sleep(0.02)
    assert Job.objects.get(pk=job.pk).alive_at


@pytest.mark.parametrize("pupils", [3, 30])
def test_every_stage_of_the_page_takes_as_many_statements_for_few_as_for_many(
    client, school, files, pupils, django_assert_max_num_queries
):
    for number in range(pupils - 3):
        files.add("pupils.csv", f"{make_upn(50 + number)},Okafor,Ada,,F,9,9A,2025-09-01,,,,,,,,,,,")
    files.mark(AMIRA, DAYS[0], "AM", "QQ,,")
    page = page_of(checked(client, school, as_zip(files)))
    with django_assert_max_num_queries(8):
        client.get(page)
    client.post(page, asked(client, page, QQ="I"))
    check = worked_off(pages_actions.CHECK)
    with django_assert_max_num_queries(8):
        client.get(page)
    with django_assert_max_num_queries(8):
        client.get(f"{page}?change")
    brought_in(client, school, check)
    with django_assert_max_num_queries(10):
        client.get(page)
