"""Letters: the queue, one by hand, print runs."""

from django.urls import path

from interventions.letters.views import (
    letter_new,
    letters,
    letters_many,
    letters_new,
    sending,
)

SCHOOL = "schools/<str:urn>/"
LETTER = f"{SCHOOL}letters/<int:letter_id>/"
COPY = f"{LETTER}copies/<int:copy_id>"
RUN = f"{SCHOOL}letters/print-runs/<int:run_id>/"

urlpatterns = [
    path(f"{SCHOOL}letters/", letters.letters, name="letters"),
    path(f"{SCHOOL}letters/many/", letters_many.letters_many, name="letters_many"),
    path(f"{SCHOOL}letters/new/", letters_new.letters_new, name="letters_new"),
    path(LETTER, letters.letter, name="letter"),
    path(f"{LETTER}approve/", letters.letter_approve, name="letter_approve"),
    path(f"{LETTER}hold/", letters.letter_hold, name="letter_hold"),
    path(f"{LETTER}drop/", letters.letter_drop, name="letter_drop"),
    path(f"{LETTER}release/", letters.letter_release, name="letter_release"),
    path(f"{LETTER}draw-anew/", letters.letter_draw, name="letter_draw"),
    path(f"{LETTER}answered/", letters.letter_answered, name="letter_answered"),
    path(f"{COPY}.pdf", letters.copy_pdf, name="copy_pdf"),
    path(f"{COPY}/leave-out/", letters.copy_leave_out, name="copy_leave_out"),
    path(f"{COPY}/channel/", letters.copy_channel, name="copy_channel"),
    path(f"{COPY}/try-again/", sending.copy_try_again, name="copy_try_again"),
    path(f"{SCHOOL}pupils/<int:pupil_id>/letters/new/", letter_new.letter_new, name="letter_new"),
    path(f"{SCHOOL}letters/print-runs/", sending.print_runs, name="print_runs"),
    path(f"{SCHOOL}letters/e-mail/", sending.email_letters, name="email_letters"),
    path(RUN, sending.print_run, name="print_run"),
    path(f"{RUN}confirm/", sending.print_run_confirm, name="print_run_confirm"),
    path(f"{RUN}undo/", sending.print_run_undo, name="print_run_undo"),
    path(f"{RUN}again/", sending.print_run_again, name="print_run_again"),
]
