# Rollbook on a server: the same Debian and Python as everywhere else.
FROM debian:bookworm-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
      fonts-dejavu-core fonts-droid-fallback tzdata ca-certificates postgresql-common \
 # pg_dump must not be older than the server: PostgreSQL's own archive has version 16 for Debian 12
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install -y --no-install-recommends postgresql-client-16 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home /srv/rollbook --uid 900 rollbook \
 && install -d -o rollbook -g rollbook -m 700 /var/lib/rollbook

WORKDIR /srv/rollbook
COPY requirements.txt ./
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
ENV PATH=/srv/rollbook/.venv/bin:$PATH ROLLBOOK_MODE=production ROLLBOOK_VAR=/var/lib/rollbook
USER rollbook
EXPOSE 8000
CMD ["gunicorn", "attendance_site.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--no-control-socket"]
