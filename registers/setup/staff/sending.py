"""Whether Rollbook can send e-mail here, which links for colleagues may go by."""

from django.conf import settings

CANNOT_SEND = "django.core.mail.backends.dummy.EmailBackend"


def can_send_email() -> bool:
    return settings.EMAIL_BACKEND != CANNOT_SEND
