"""The school's set-up: details, calendar, groups, imports."""

from django.urls import URLPattern, path

from registers.exchange.pages import template_views
from registers.exchange.pages import views as pages_views
from registers.photos import views as photos_views
from registers.roll.groups import views as groups_views
from registers.setup.calendar import views as calendar_views
from registers.setup.register_times import views as register_times_views
from registers.setup.school import views as school_views

HERE = "schools/<str:urn>/set-up/"
UPLOAD = f"{HERE}imports/files/<uuid:upload_id>/"

urlpatterns: list[URLPattern] = [
    path(HERE, school_views.set_up, name="set_up"),
    path(f"{HERE}finish/", school_views.set_up_finish, name="set_up_finish"),
    path(f"{HERE}school/", school_views.school_details, name="school_details"),
    path(f"{HERE}times/", register_times_views.times, name="register_times"),
    path(
        f"{HERE}times/withdraw/",
        register_times_views.times_withdraw,
        name="register_times_withdraw",
    ),
    path(f"{HERE}calendar/", calendar_views.calendar, name="calendar"),
    path(f"{HERE}calendar/new/", calendar_views.calendar_new, name="calendar_new"),
    path(f"{HERE}calendar/<int:year_id>/", calendar_views.calendar_year, name="calendar_year"),
    path(f"{HERE}groups/", groups_views.groups, name="groups"),
    path(f"{HERE}groups/<int:group_id>/", groups_views.group, name="group"),
    path(f"{HERE}groups/<int:group_id>/end/", groups_views.group_end, name="group_end"),
    path(f"{HERE}year-groups/", groups_views.year_groups, name="year_groups"),
    path(f"{HERE}year-groups/<int:year_id>/", groups_views.year_groups_of, name="year_groups_of"),
    path(
        f"{HERE}year-groups/<int:year_id>/move-up/", groups_views.year_move_up, name="year_move_up"
    ),
    path(f"{HERE}photos/", photos_views.photos_new, name="photos_new"),
    path(f"{HERE}photos/<uuid:job_id>/", photos_views.photos_done, name="photos_done"),
    path(f"{HERE}imports/", pages_views.imports, name="imports"),
    path(
        f"{HERE}imports/templates/<slug:template>.xlsx",
        template_views.import_template,
        name="import_template",
    ),
    path(f"{HERE}imports/new/", pages_views.import_new, name="import_new"),
    path(UPLOAD, pages_views.import_page, name="import_page"),
    path(f"{UPLOAD}delete/", pages_views.import_throw_away, name="import_throw_away"),
    path(f"{HERE}imports/<int:import_id>/go-on/", pages_views.import_go_on, name="import_go_on"),
    path(
        f"{HERE}imports/answers/<int:mapping_id>/delete/",
        pages_views.mapping_delete,
        name="mapping_delete",
    ),
]
