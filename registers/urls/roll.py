"""The admission register: pupils, enrolments, people."""

from django.urls import path

from registers.views import merging, people, photos, roll, spells

PUPIL = "schools/<str:urn>/roll/<int:pupil_id>/"
SPELL = f"{PUPIL}enrolments/<int:enrolment_id>/"
CONTACT = f"{PUPIL}contacts/<int:relationship_id>/"
TRUE_OF = f"{PUPIL}characteristics/<int:characteristic_id>/"

urlpatterns = [
    path("schools/<str:urn>/roll/", roll.roll, name="roll"),
    path("schools/<str:urn>/roll/new/", roll.pupil_new, name="pupil_new"),
    path(PUPIL, roll.pupil_edit, name="pupil_edit"),
    path(f"{PUPIL}merge/", merging.merge, name="merge_pupils"),
    path(f"{PUPIL}merges/<int:merge_id>/undo/", merging.merge_undo, name="merge_undo"),
    path(f"{PUPIL}photo/", photos.photo_edit, name="photo_edit"),
    path(f"{PUPIL}photo/remove/", photos.photo_remove, name="photo_remove"),
    path(f"{PUPIL}enrolments/new/", roll.enrolment_new, name="enrolment_new"),
    path(SPELL, spells.enrolment_edit, name="enrolment_edit"),
    path(f"{SPELL}leave/", spells.enrolment_leave, name="enrolment_leave"),
    path(f"{SPELL}place/", roll.enrolment_place, name="enrolment_place"),
    path(f"{PUPIL}characteristics/new/", roll.characteristic_new, name="characteristic_new"),
    path(TRUE_OF, roll.characteristic, name="characteristic"),
    path(f"{TRUE_OF}remove/", roll.characteristic_remove, name="characteristic_remove"),
    path(f"{PUPIL}contacts/new/", people.contact_new, name="contact_new"),
    path(CONTACT, people.contact, name="contact"),
    path(f"{CONTACT}move/", people.contact_move, name="contact_move"),
    path(f"{CONTACT}remove/", people.contact_remove, name="contact_remove"),
    path("schools/<str:urn>/people/<int:person_id>/", people.person, name="person"),
]
