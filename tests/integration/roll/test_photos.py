"""Pupils' photos: what is taken and what is refused, who sees them, and how they go."""

import io
import stat
import struct
import zipfile
import zlib
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageFile

from registers import tasks
from registers.exchange.upload import UploadRefused
from registers.models import Job, Photo, Pupil
from registers.photos import actions
from registers.photos import archive as from_zip
from registers.policies import Refused
from registers.rules.pupils import photo_files as rules
from registers.rules.pupils.photo_files import PhotoRefused, made_small
from tests import factories
from tests.factories.classes import make_class
from tests.factories.pictures import a_face, a_picture
from tests.html_page import read_page, words_of
from tests.integration.office.test_today import at, room_today
from tests.integration.register.test_register_page import Visit

pytestmark = pytest.mark.django_db
SECRET = b"Mill Lane 4, 51.5N"
CUT_OFF = a_picture((900, 900))[:3000]


def drawn(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def colour_at(picture: Image.Image, x: int, y: int) -> str:
    red, green, blue = picture.convert("RGB").getpixel((x, y))
    return "white" if min(red, green, blue) > 200 else "red" if red > blue else "blue"


# ---------- what a picture becomes


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_small_square_of_its_middle(kind):
    small = drawn(made_small(a_picture((900, 400), kind)))
    assert (small.format, small.size, small.mode) == ("JPEG", (192, 192), "RGB")
    assert [colour_at(small, x, 96) for x in (20, 170)] == ["red", "blue"]


def test_nothing_but_the_face_is_kept():
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    picture = a_picture(exif=exif, comment=SECRET, icc_profile=SECRET, xmp=SECRET)
    assert picture.count(SECRET) == 4
    small = made_small(picture)
    assert SECRET not in small
    assert not drawn(small).getexif()
    assert set(drawn(small).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("orientation", "top", "bottom"), [(6, "red", "blue"), (8, "blue", "red")])
def test_a_telephone_held_upright_is_turned(orientation, top, bottom):
    exif = Image.Exif()
    exif[0x0112] = orientation
    small = drawn(made_small(a_picture((400, 400), exif=exif)))
    assert (colour_at(small, 96, 20), colour_at(small, 96, 170)) == (top, bottom)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "I;16", "LA", "RGBA"])
def test_every_way_of_writing_colours_is_read(mode):
    plain = Image.new("RGB", (100, 100), "white")
    converted = Image.new("I;16", (100, 100), 60_000) if mode == "I;16" else plain.convert(mode)
    written = io.BytesIO()
    converted.save(written, "JPEG" if mode == "CMYK" else "PNG")
    assert colour_at(drawn(made_small(written.getvalue())), 96, 96) == "white"


def test_what_cannot_be_seen_through_is_white():
    assert colour_at(drawn(made_small(clear_picture())), 96, 96) == "white"


def clear_picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(written, "PNG")
    return written.getvalue()


def test_a_telephones_picture_with_depth_is_no_film():
    written = io.BytesIO()
    first, depth = (Image.new("RGB", (100, 100), name) for name in ("red", "white"))
    first.save(written, "MPO", save_all=True, append_images=[depth])
    assert colour_at(drawn(made_small(written.getvalue())), 96, 96) == "red"


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG whose head promises more than any memory holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


def film(kind: str) -> bytes:
    written = io.BytesIO()
    first, second = (Image.new("RGB", (100, 100), name) for name in ("red", "blue"))
    first.save(written, kind, save_all=True, append_images=[second])
    return written.getvalue()


WRONG = {
    "empty": (b"", "The picture is empty"),
    "too large": (b"\xff\xd8\xff" + b"x" * rules.MOST_BYTES, "larger than 10 MB"),
    "a text": (b"<html>not a picture</html>", "not a JPEG, PNG or WebP picture"),
    "a program": (b"MZ" + b"\0" * 500, "not a JPEG, PNG or WebP picture"),
    "a vector": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG, PNG or WebP"),
    "a still GIF": (a_picture(kind="GIF"), "not a JPEG, PNG or WebP picture"),
    "a bitmap": (a_picture(kind="BMP"), "not a JPEG, PNG or WebP picture"),
    "cut off": (CUT_OFF, "damaged or was cut off"),
    "a cut off PNG": (a_picture((900, 900), "PNG")[:600], "damaged or was cut off"),
    "a head alone": (a_picture()[:20], "PNG or WebP picture"),
    "a bomb": (bomb(), "more than 60 million pixels"),
    "a small bomb": (bomb(9_000, 9_000), "more than 60 million pixels"),
    "no height": (bomb(100, 0), "picture"),
    "tiny": (a_picture((63, 400)), "63 by 400 pixels"),
    "a film": (film("PNG"), "The picture moves"),
    "a WebP film": (film("WEBP"), "The picture moves"),
}


@pytest.mark.parametrize(("picture", "words"), WRONG.values(), ids=WRONG)
def test_what_is_no_photo_is_refused_in_words(picture, words, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    with pytest.raises(PhotoRefused, match=words):
        made_small(picture)


# ---------- kept, replaced, taken away


@pytest.fixture
def room(db):
    return make_class(3)


def of_pupil(room, name, number=0):
    kwargs = {"urn": room.school.urn, "pupil_id": room.enrolments[number].pupil_id}
    return reverse(f"registers:{name}", kwargs=kwargs)


def send(client, room, content, name="face.jpg"):
    client.force_login(room.officer)
    picture = SimpleUploadedFile(name, content)
    return client.post(of_pupil(room, "photo_edit"), {"picture": picture})


def files(settings) -> list[Path]:
    return sorted((Path(settings.MEDIA_ROOT) / "photos").rglob("*.*"))


def test_the_office_keeps_a_photo(client, room, settings):
    assert pupil_page(client, room).has_link("Add a photo")
    assert send(client, room, a_picture()).status_code == 302
    photo = Photo.objects.get()
    (file,) = files(settings)
    assert photo.file == f"photos/{room.school.pk}/{file.name}"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (photo.digest, photo.added_by) == (rules.digest_of(file.read_bytes()), room.officer)
    assert not pupil_page(client, room).has_link("Add a photo")
    assert pupil_page(client, room).link("Change or take away") == of_pupil(room, "photo_edit")


def pupil_page(client, room):
    client.force_login(room.officer)
    return read_page(client.get(of_pupil(room, "pupil_edit")))


def test_another_takes_its_place_and_the_old_file_goes_when_that_is_certain(
    client, room, settings, django_capture_on_commit_callbacks
):
    send(client, room, a_picture())
    (old,) = files(settings)
    with django_capture_on_commit_callbacks() as later:
        send(client, room, a_picture(kind="PNG", size=(80, 80)))
    assert len(files(settings)) == 2
    for callback in later:
        callback()
    (new,) = files(settings)
    assert new != old
    assert Photo.objects.get().file.endswith(new.name)


def test_the_same_again_changes_nothing(room, settings):
    pupil = room.enrolments[0].pupil
    assert actions.put_photo(pupil=pupil, picture=a_picture(), by=room.officer)
    before = Photo.objects.get()
    assert not actions.put_photo(pupil=pupil, picture=a_picture(), by=room.officer)
    assert (Photo.objects.get().file, len(files(settings))) == (before.file, 1)


def test_a_refused_picture_leaves_the_one_that_is_there(client, room, settings):
    send(client, room, a_picture())
    before = Photo.objects.get()
    response = send(client, room, CUT_OFF)
    assert response.status_code == 200
    assert list(read_page(response).wrong) == ["picture"]
    assert Photo.objects.get().digest == before.digest
    assert len(files(settings)) == 1
    unsent = client.post(of_pupil(room, "photo_edit"), {})
    assert unsent.context["form"].has_error("picture", "required")


def test_a_disk_that_is_full_leaves_no_row_and_no_half_file(room, settings, monkeypatch):
    def full(handle):
        raise OSError("No space left on device")

    monkeypatch.setattr("registers.photos.actions.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        actions.put_photo(pupil=room.enrolments[0].pupil, picture=a_picture(), by=room.officer)
    assert not Photo.objects.exists()
    assert not files(settings)


def test_taken_away_row_and_file_are_gone(
    client, room, settings, django_capture_on_commit_callbacks
):
    send(client, room, a_picture())
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(of_pupil(room, "photo_remove"), follow=True)
    assert "Nothing of it is kept" in response.text
    assert not Photo.objects.exists()
    assert not files(settings)
    again = client.post(of_pupil(room, "photo_remove"), follow=True)
    assert read_page(again).notice("info")


def test_a_teacher_keeps_no_photos(client, room):
    client.force_login(room.teacher)
    assert client.get(of_pupil(room, "photo_edit")).status_code == 403
    with pytest.raises(Refused):
        actions.put_photo(pupil=room.enrolments[0].pupil, picture=a_picture(), by=room.teacher)
    with pytest.raises(Refused):
        actions.take_photo_away(pupil=room.enrolments[0].pupil, by=room.teacher)


def test_those_of_leavers_go_after_a_month(room, settings, django_capture_on_commit_callbacks):
    stays, left, long_gone = room.enrolments
    today = date(2026, 11, 24)
    for enrolment, days in ((left, 30), (long_gone, 31)):
        enrolment.leaves_on = today - timedelta(days=days)
        enrolment.save()
    for enrolment in room.enrolments:
        factories.PhotoFactory(pupil=enrolment.pupil)
    with time_machine.travel(at(4), tick=False), django_capture_on_commit_callbacks(execute=True):
        tasks.forget_photos()
    assert set(Photo.objects.values_list("pupil", flat=True)) == {stays.pupil_id, left.pupil_id}
    assert len(files(settings)) == 2


# ---------- who sees one


def photo_url(room, number=0, urn=None, digest=None):
    photo = Photo.objects.get(pupil=room.enrolments[number].pupil)
    kwargs = {
        "urn": urn or room.school.urn,
        "pupil_id": photo.pupil_id,
        "digest": digest or photo.short_digest,
    }
    return reverse("registers:photo", kwargs=kwargs)


def test_the_pupils_teacher_and_the_office_see_it_and_no_browser_keeps_it(client, room):
    photo = factories.PhotoFactory(pupil=room.enrolments[0].pupil)
    for person in (room.teacher, room.officer):
        client.force_login(person)
        response = client.get(photo_url(room))
        assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
        assert rules.digest_of(response.content) == photo.digest
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]


def test_a_teacher_of_another_group_gets_none_but_who_covers_today_does(client, room):
    factories.PhotoFactory(pupil=room.enrolments[0].pupil)
    other = factories.AppointmentFactory(school=room.school, role="teacher")
    other.groups.add(factories.GroupFactory(school=room.school))
    client.force_login(other.user)
    with time_machine.travel("2025-09-01T09:00Z", tick=False):
        assert client.get(photo_url(room)).status_code == 404
        factories.CoverFactory(group=room.group, date=date(2025, 9, 1), user=other.user)
        assert client.get(photo_url(room)).status_code == 200
    with time_machine.travel("2025-09-02T09:00Z", tick=False):
        assert client.get(photo_url(room)).status_code == 404


def test_another_schools_photo_is_not_there(client, room):
    factories.PhotoFactory(pupil=room.enrolments[0].pupil)
    other = factories.AppointmentFactory(role="administrator")
    client.force_login(other.user)
    assert client.get(photo_url(room)).status_code == 404
    assert client.get(photo_url(room, urn=other.school.urn)).status_code == 404


def test_an_old_address_or_a_lost_file_is_not_there(client, room, settings):
    factories.PhotoFactory(pupil=room.enrolments[0].pupil)
    client.force_login(room.teacher)
    assert client.get(photo_url(room, digest="0" * 16)).status_code == 404
    assert client.get(photo_url(room, digest="é")).status_code == 404
    files(settings)[0].unlink()
    assert client.get(photo_url(room)).status_code == 404


# ---------- in the register


def faces_of(visit) -> str:
    return visit.response.context["faces"]


def test_the_register_has_all_faces_as_one_picture_in_the_order_of_its_rows(client):
    room = room_today(3)
    for number in (0, 2):
        factories.PhotoFactory(pupil=room.enrolments[number].pupil)
    visit = Visit(client, room)
    rows = {row.enrolment_id: row for row in visit.response.context["sheet"].rows}
    in_order = [row for row in rows.values() if row.photo]
    assert [row.face for row in in_order] == [(0, 192), (96, 192)]
    faces = [image.get("href") for image in visit.page.all_of("image")]
    assert faces == [faces_of(visit)] * 2
    with time_machine.travel(visit.now, tick=False):
        response = client.get(faces_of(visit))
    column = drawn(response.content)
    assert column.size == (96, 192)
    for place, row in enumerate(in_order):
        upn = next(one.pupil.upn for one in room.enrolments if one.pupil_id == row.pupil_id)
        face = drawn(a_face(upn)).getpixel((4, 4))
        seen = column.getpixel((2, 96 * place + 2))
        assert max(abs(one - other) for one, other in zip(face, seen, strict=True)) < 12


def test_without_photos_there_are_initials_and_no_picture(client):
    room = room_today(2)
    room.enrolments[0].pupil.preferred_name = "Zoë"
    room.enrolments[0].pupil.save()
    visit = Visit(client, room)
    assert faces_of(visit) == ""
    assert not visit.page.all_of("image")
    initials = [words_of(face) for face in visit.page.all_of("span", class_="avatar")]
    assert any(letters.startswith("Z") for letters in initials)


def test_when_a_photo_has_changed_meanwhile_no_face_stands_by_another_name(client):
    room = room_today(2)
    photos = [factories.PhotoFactory(pupil=one.pupil) for one in room.enrolments]
    visit = Visit(client, room)
    photos[0].delete()
    with time_machine.travel(visit.now, tick=False):
        assert client.get(faces_of(visit)).status_code == 404
        assert client.get(faces_of(visit.look())).status_code == 200


def test_a_lost_file_leaves_one_square_empty(client, settings):
    room = room_today(2)
    for one in room.enrolments:
        factories.PhotoFactory(pupil=one.pupil)
    files(settings)[0].unlink()
    visit = Visit(client, room)
    with time_machine.travel(visit.now, tick=False):
        assert drawn(client.get(faces_of(visit)).content).size == (96, 192)


def test_the_faces_are_for_who_takes_the_register(client):
    room = room_today(2)
    factories.PhotoFactory(pupil=room.enrolments[0].pupil)
    address = faces_of(Visit(client, room))
    other = factories.AppointmentFactory(school=room.school, role="teacher").user
    with time_machine.travel(at(9), tick=False):
        for person, status in (
            (room.officer, 200),
            (other, 404),
            (factories.AppointmentFactory(role="administrator").user, 404),
            (factories.AppointmentFactory(school=room.school, role="trust_leader").user, 403),
        ):
            client.force_login(person)
            assert client.get(address).status_code == status


# ---------- a whole school's


def packed(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def bring(client, room, content, name="photos.zip"):
    client.force_login(room.officer)
    url = reverse("registers:photos_new", kwargs={"urn": room.school.urn})
    return client.post(url, {"upload": SimpleUploadedFile(name, content)})


@pytest.fixture
def _no_broker(monkeypatch):
    monkeypatch.setattr("registers.web.jobs.actions._send", lambda job: None)


@pytest.mark.usefixtures("_no_broker")
def test_a_zip_is_matched_by_upn_and_every_other_file_is_named(client, room, settings):
    one, two, three = (enrolment.pupil for enrolment in room.enrolments)
    former = factories.FormerUpnFactory(pupil=two).upn
    other_school = factories.PupilFactory()
    content = packed(
        {
            f"Year 9/{one.upn}.jpg": a_picture(),
            f"{former.lower()} Ben Adams.PNG": a_picture(kind="PNG"),
            f"{three.upn}.jpg": CUT_OFF,
            f"copy/{one.upn}.jpeg": a_picture(),
            f"../../{three.upn}.webp": bomb(),
            f"{other_school.upn}.jpg": a_picture(),
            "A123.jpg": a_picture(),
            "Smith-Ben.jpg": a_picture(),
            "list.csv": b"UPN",
            "__MACOSX/._x.jpg": b"x",
            "Thumbs.db": b"x",
        }
    )
    response = bring(client, room, content)
    job = Job.objects.get()
    assert response.url.endswith(f"{job.pk}/")
    assert read_page(client.get(response.url)).looks_again
    tasks.bring_photos(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.said) == ("done", "2 photos are kept.")
    assert set(Photo.objects.values_list("pupil", flat=True)) == {one.pk, two.pk}
    text = client.get(response.url).text
    for words in (
        "2 photos are kept",
        "7 files were left out",
        "damaged or was cut off",
        "There are two pictures of this UPN",
        "more than 60 million pixels",
        "does not begin with a UPN",
        "It is not a JPEG, PNG or WebP picture.",
        f"{other_school.upn}.jpg",
        "No pupil of this UPN",
    ):
        assert words in text, words
    assert not list((Path(settings.MEDIA_ROOT) / "imports").glob("*"))
    again = bring(client, room, packed({f"{one.upn}.jpg": a_picture()}))
    tasks.bring_photos(str(Job.objects.get(state="queued").pk))
    answer = client.get(again.url).context["answer"]
    assert (answer["new"], answer["same"]) == (0, 1)


@pytest.mark.usefixtures("_no_broker")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip", "cannot be opened as a zip file"),
        (packed({}), "There is no file in"),
        (packed({"__MACOSX/x": b""}), "There is no file in"),
    ],
)
def test_a_zip_that_is_none_is_refused_and_not_kept(client, room, settings, content, words):
    response = bring(client, room, content)
    assert words in response.text
    assert not Job.objects.exists()
    assert not list((Path(settings.MEDIA_ROOT) / "imports").glob("*"))


def test_too_many_or_too_large_is_refused(monkeypatch, settings):
    monkeypatch.setattr(from_zip, "MOST_FILES", 2)
    upload = SimpleUploadedFile("p.zip", packed({f"{n}.jpg": b"x" for n in range(3)}))
    with pytest.raises(UploadRefused, match="There are 3 files in “p"):
        from_zip.keep_zip(upload)
    monkeypatch.setattr(from_zip, "MOST_BYTES", 10)
    with pytest.raises(UploadRefused, match="larger than 0 MB"):
        from_zip.keep_zip(upload)


@pytest.mark.usefixtures("_no_broker")
def test_a_file_that_unpacks_to_more_than_it_says_is_read_no_further(client, room):
    pupil = room.enrolments[0].pupil
    bring(client, room, packed({f"{pupil.upn}.jpg": b"\0" * (rules.MOST_BYTES + 5000)}))
    tasks.bring_photos(str(Job.objects.get().pk))
    ((_, why),) = Job.objects.get().answer["refused"]
    assert "larger than 10 MB" in why


@pytest.mark.usefixtures("_no_broker")
def test_who_may_no_longer_keep_pupils_brings_nothing_in(client, room):
    pupil = room.enrolments[0].pupil
    bring(client, room, packed({f"{pupil.upn}.jpg": a_picture()}))
    room.officer.appointments.update(role="teacher")
    tasks.bring_photos(str(Job.objects.get().pk))
    assert Job.objects.get().state == "failed"
    assert not Photo.objects.exists()


@pytest.mark.parametrize("pupils", [10, 60])
def test_faces_names_and_alerts_cost_no_statement_more(
    client, django_assert_max_num_queries, pupils
):
    room = room_today(pupils)
    Pupil.objects.update(preferred_name="Kit", medical_alert="Inhaler")
    for enrolment in room.enrolments:
        factories.PhotoFactory(pupil=enrolment.pupil)
    visit = Visit(client, room)
    with time_machine.travel(visit.now, tick=False):
        with django_assert_max_num_queries(8):
            assert client.get(visit.url).status_code == 200
        with django_assert_max_num_queries(7):
            assert client.get(faces_of(visit)).status_code == 200
