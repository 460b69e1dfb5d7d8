"""Which saves have been received, so that a repeat changes nothing."""

from django.conf import settings
from django.db import models


class SaveReceipt(models.Model):
    """What a save answered, kept under the key that came with it: a repeat gets the same answer."""

    key = models.UUIDField(primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.JSONField(default=dict)

    def __str__(self):
        return str(self.key)
