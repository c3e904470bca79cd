# One image for all services; what it runs is the command: python -m ingest, detectors, alerts, history, console, or homes enrol keep.
FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --home-dir /srv/dolbom dolbom
WORKDIR /srv/dolbom

# What the console prints certificates with, and the letters of Korean.
RUN apt-get update && apt-get install --yes --no-install-recommends \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk && rm -rf /var/lib/apt/lists/*

# The services' own libraries only; neither the embedded brokers nor the tools of development.
COPY deploy/requirements.lock deploy/requirements.lock
RUN pip install --no-cache-dir --no-compile --require-hashes -r deploy/requirements.lock

COPY contracts contracts
COPY runtime runtime
COPY homes homes
COPY ingest ingest
COPY detectors detectors
COPY alerts alerts
COPY history history
COPY console console
COPY deploy/__init__.py deploy/__init__.py
COPY deploy/release.py deploy/release.py
COPY deploy/roles deploy/roles
# `python -m deploy.backup versions` and `after-restore` run here; a backup itself wants PostgreSQL's pg_dump beside it.
COPY deploy/backup deploy/backup
COPY deploy/embedded/__init__.py deploy/embedded/__init__.py
COPY deploy/embedded/postgres_binaries.py deploy/embedded/postgres_binaries.py
COPY deploy/schema deploy/schema
COPY deploy/mosquitto/acl deploy/mosquitto/acl
RUN python -m compileall -q . && mkdir -p /var/lib/dolbom && chown dolbom /var/lib/dolbom

USER dolbom
ENV PYTHONUNBUFFERED=1 \
    DOLBOM_SERVICE_PROBE_HOST=0.0.0.0 \
    DOLBOM_SERVICE_PROBE_PORT=9100 \
    DOLBOM_DETECTORS_DATA_DIR=/var/lib/dolbom/faust
EXPOSE 9100
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9100/ready', timeout=2)"]
STOPSIGNAL SIGTERM
