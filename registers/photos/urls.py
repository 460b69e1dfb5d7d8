"""Pupils’ photos: one by one, a whole school’s, and those of a register."""

from django.urls import path

from registers.photos import views

SCHOOL = "schools/<str:urn>/"
PHOTO = f"{SCHOOL}roll/<int:pupil_id>/photo/"
UPLOAD = f"{SCHOOL}set-up/photos/"

urlpatterns = [
    path(
        f"{SCHOOL}registers/<int:group_id>/<day:date>/<str:faces>.jpg",
        views.photos_of_group,
        name="photos_of_group",
    ),
    path(f"{SCHOOL}photos/<int:pupil_id>/<str:digest>.jpg", views.photo, name="photo"),
    path(PHOTO, views.photo_edit, name="photo_edit"),
    path(f"{PHOTO}remove/", views.photo_remove, name="photo_remove"),
    path(UPLOAD, views.photos_new, name="photos_new"),
    path(f"{UPLOAD}<uuid:job_id>/", views.photos_done, name="photos_done"),
]
