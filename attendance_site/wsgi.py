"""The web server's door."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attendance_site.settings")
try:
    application = get_wsgi_application()
except SystemExit:  # the settings have said what is wrong
    sys.exit(3)  # to gunicorn: do not try again
