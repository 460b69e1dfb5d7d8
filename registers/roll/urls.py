"""The admission register: pupils, enrolments, people."""

from django.urls import path

from registers.roll.characteristics import views as characteristics
from registers.roll.contacts import views as contacts_views
from registers.roll.enrolments import views as enrolments_views
from registers.roll.groups.urls import urlpatterns as groups
from registers.roll.merging import views as merging_views
from registers.roll.places import views as places_views
from registers.roll.pupils import views as pupils_views

PUPIL = "schools/<str:urn>/roll/<int:pupil_id>/"
SPELL = f"{PUPIL}enrolments/<int:enrolment_id>/"
CONTACT = f"{PUPIL}contacts/<int:relationship_id>/"
TRUE_OF = f"{PUPIL}characteristics/<int:characteristic_id>/"

urlpatterns = [
    path("schools/<str:urn>/roll/", pupils_views.roll, name="roll"),
    path("schools/<str:urn>/roll/new/", pupils_views.pupil_new, name="pupil_new"),
    path(PUPIL, pupils_views.pupil_edit, name="pupil_edit"),
    path(f"{PUPIL}merge/", merging_views.merge, name="merge_pupils"),
    path(f"{PUPIL}merges/<int:merge_id>/undo/", merging_views.merge_undo, name="merge_undo"),
    path(f"{PUPIL}enrolments/new/", places_views.enrolment_new, name="enrolment_new"),
    path(SPELL, enrolments_views.enrolment_edit, name="enrolment_edit"),
    path(f"{SPELL}leave/", enrolments_views.enrolment_leave, name="enrolment_leave"),
    path(f"{SPELL}place/", places_views.enrolment_place, name="enrolment_place"),
    path(
        f"{PUPIL}characteristics/new/",
        characteristics.characteristic_new,
        name="characteristic_new",
    ),
    path(TRUE_OF, characteristics.characteristic, name="characteristic"),
    path(
        f"{TRUE_OF}remove/",
        characteristics.characteristic_remove,
        name="characteristic_remove",
    ),
    path(f"{PUPIL}contacts/new/", contacts_views.contact_new, name="contact_new"),
    path(CONTACT, contacts_views.contact, name="contact"),
    path(f"{CONTACT}move/", contacts_views.contact_move, name="contact_move"),
    path(f"{CONTACT}remove/", contacts_views.contact_remove, name="contact_remove"),
    path("schools/<str:urn>/people/<int:person_id>/", contacts_views.person, name="person"),
    *groups,
]
