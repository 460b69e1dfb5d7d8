"""Letters: the queue, one by hand, print runs."""

from django.urls import path

from interventions.letters.views import (
    copies,
    decide,
    decide_many,
    print_runs,
    queue,
    write_one,
    write_several,
)

SCHOOL = "schools/<str:urn>/"
LETTER = f"{SCHOOL}letters/<int:letter_id>/"
COPY = f"{LETTER}copies/<int:copy_id>"
RUN = f"{SCHOOL}letters/print-runs/<int:run_id>/"

urlpatterns = [
    path(f"{SCHOOL}letters/", queue.letters, name="letters"),
    path(f"{SCHOOL}letters/many/", decide_many.letters_many, name="letters_many"),
    path(f"{SCHOOL}letters/new/", write_several.letters_new, name="letters_new"),
    path(LETTER, queue.letter, name="letter"),
    path(f"{LETTER}approve/", decide.letter_approve, name="letter_approve"),
    path(f"{LETTER}hold/", decide.letter_hold, name="letter_hold"),
    path(f"{LETTER}drop/", decide.letter_drop, name="letter_drop"),
    path(f"{LETTER}release/", decide.letter_release, name="letter_release"),
    path(f"{LETTER}draw-anew/", decide.letter_draw, name="letter_draw"),
    path(f"{LETTER}answered/", decide.letter_answered, name="letter_answered"),
    path(f"{COPY}.pdf", copies.copy_pdf, name="copy_pdf"),
    path(f"{COPY}/leave-out/", copies.copy_leave_out, name="copy_leave_out"),
    path(f"{COPY}/channel/", copies.copy_channel, name="copy_channel"),
    path(f"{COPY}/try-again/", copies.copy_try_again, name="copy_try_again"),
    path(f"{SCHOOL}pupils/<int:pupil_id>/letters/new/", write_one.letter_new, name="letter_new"),
    path(f"{SCHOOL}letters/print-runs/", print_runs.print_runs, name="print_runs"),
    path(f"{SCHOOL}letters/e-mail/", print_runs.email_letters, name="email_letters"),
    path(RUN, print_runs.print_run, name="print_run"),
    path(f"{RUN}confirm/", print_runs.print_run_confirm, name="print_run_confirm"),
    path(f"{RUN}undo/", print_runs.print_run_undo, name="print_run_undo"),
    path(f"{RUN}again/", print_runs.print_run_again, name="print_run_again"),
]
