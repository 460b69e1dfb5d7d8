"""The clock's door to the registers. Ids only, safe to repeat."""

from celery import shared_task

from registers.closures.actions import closing
from registers.exchange.pages import actions as pages_actions
from registers.office.on_site import actions as on_site_actions
from registers.photos import actions as photos_actions
from registers.register.actions import answers, bell, registers
from registers.register.printed import actions as printed_actions
from registers.setup.staff.actions import account_links
from registers.web.jobs import actions as jobs_actions


@shared_task
def sweep_jobs() -> None:
    """Every few minutes: the jobs whose message or worker was lost."""
    jobs_actions.sweep()


@shared_task
def check_import(job_id: str) -> None:
    """What a school's uploaded files would change: nothing is written."""
    jobs_actions.run_job(job_id, pages_actions.check_upload)


@shared_task
def bring_in(job_id: str) -> None:
    """Read a school's uploaded files in; a second time goes on where the first broke off."""
    jobs_actions.run_job(job_id, pages_actions.bring_in)


@shared_task
def send_account_links(job_id: str) -> None:
    """The links of colleagues whose accounts came with a file, by e-mail."""
    jobs_actions.run_job(job_id, account_links.send_links)


@shared_task
def print_registers(job_id: str) -> None:
    """All registers of a session as one file to print."""
    jobs_actions.run_job(job_id, printed_actions.make_registers)


@shared_task
def print_evacuation_list(job_id: str) -> None:
    """Who should be on the site as one file to print."""
    jobs_actions.run_job(job_id, on_site_actions.draw_evacuation_list)


@shared_task
def write_closure(job_id: str) -> None:
    """The marks of a closure, for the sessions that have begun."""
    jobs_actions.run_job(job_id, closing.write_marks_of)


@shared_task
def undo_closure(job_id: str) -> None:
    """What stood in the register before a closure that was undone."""
    jobs_actions.run_job(job_id, closing.undo_marks_of)


@shared_task
def bring_photos(job_id: str) -> None:
    """A school's photos from an uploaded zip; those that are kept already stay."""
    jobs_actions.run_job(job_id, photos_actions.bring_photos)


@shared_task
def forget_photos() -> None:
    """Every night: the photos of pupils who left a month ago."""
    photos_actions.forget_photos_of_leavers()


@shared_task
def forget_receipts() -> None:
    """Every night: what a month of saves answered."""
    answers.forget_receipts()


@shared_task
def end_registers() -> None:
    """Every minute: the registers whose time is over end, at the time when it was."""
    registers.end_registers()


@shared_task
def fill_plans() -> None:
    """Every minute: what is planned for the sessions that have just begun, closures first."""
    closing.write_begun()
    bell.fill_plans()
