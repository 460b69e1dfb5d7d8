"""Whether this server can send e-mail, and the words for where it cannot."""

from django.conf import settings

NO_EMAIL_SERVER = (
    "This server has no mail server to hand letters to (EMAIL_URL is not set), so they go by post."
)


def can_send_email() -> bool:
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")
