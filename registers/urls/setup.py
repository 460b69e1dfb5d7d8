"""The school's set-up: details, calendar, groups, imports."""

from django.urls import URLPattern, path

from registers.views import photos, setup, setup_calendar, setup_groups, setup_times
from registers.views.importing import pages, templates

HERE = "schools/<str:urn>/set-up/"
UPLOAD = f"{HERE}imports/files/<uuid:upload_id>/"

urlpatterns: list[URLPattern] = [
    path(HERE, setup.set_up, name="set_up"),
    path(f"{HERE}finish/", setup.set_up_finish, name="set_up_finish"),
    path(f"{HERE}school/", setup.school_details, name="school_details"),
    path(f"{HERE}times/", setup_times.times, name="register_times"),
    path(f"{HERE}times/withdraw/", setup_times.times_withdraw, name="register_times_withdraw"),
    path(f"{HERE}calendar/", setup_calendar.calendar, name="calendar"),
    path(f"{HERE}calendar/new/", setup_calendar.calendar_new, name="calendar_new"),
    path(f"{HERE}calendar/<int:year_id>/", setup_calendar.calendar_year, name="calendar_year"),
    path(f"{HERE}groups/", setup_groups.groups, name="groups"),
    path(f"{HERE}groups/<int:group_id>/", setup_groups.group, name="group"),
    path(f"{HERE}groups/<int:group_id>/end/", setup_groups.group_end, name="group_end"),
    path(f"{HERE}year-groups/", setup_groups.year_groups, name="year_groups"),
    path(f"{HERE}year-groups/<int:year_id>/", setup_groups.year_groups_of, name="year_groups_of"),
    path(
        f"{HERE}year-groups/<int:year_id>/move-up/", setup_groups.year_move_up, name="year_move_up"
    ),
    path(f"{HERE}photos/", photos.photos_new, name="photos_new"),
    path(f"{HERE}photos/<uuid:job_id>/", photos.photos_done, name="photos_done"),
    path(f"{HERE}imports/", pages.imports, name="imports"),
    path(
        f"{HERE}imports/templates/<slug:template>.xlsx",
        templates.import_template,
        name="import_template",
    ),
    path(f"{HERE}imports/new/", pages.import_new, name="import_new"),
    path(UPLOAD, pages.import_page, name="import_page"),
    path(f"{UPLOAD}delete/", pages.import_throw_away, name="import_throw_away"),
    path(f"{HERE}imports/<int:import_id>/go-on/", pages.import_go_on, name="import_go_on"),
    path(
        f"{HERE}imports/answers/<int:mapping_id>/delete/",
        pages.mapping_delete,
        name="mapping_delete",
    ),
]
