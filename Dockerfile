# Installs from the lock, every package checked against its hash; what installs stays behind in this stage.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements-uv.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && python -m venv --without-pip /desk \
    && uv pip sync --no-cache --compile-bytecode --require-hashes --python /desk/bin/python requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY navigator navigator
COPY api api
COPY web web
COPY migrations migrations
RUN uv pip install --no-cache --compile-bytecode --offline --no-deps --python /desk/bin/python . \
    && cd / && /desk/bin/python -c "from web.kit.templating import compile_all; compile_all()"

FROM python:3.11-slim-bookworm
# PostgreSQL’s client, of the version of compose.yaml’s server: for `navigator backup`.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && python -m pip uninstall --yes pip setuptools wheel \
    && useradd --system --uid 10001 --home-dir /data desk \
    && install --directory --owner desk --mode 700 /data /backups
COPY --from=build /desk /desk
ENV PATH=/desk/bin:$PATH PYTHONUNBUFFERED=1 NAVIGATOR_DATA_DIR=/data NAVIGATOR_DEMONSTRATION=off
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["navigator", "serve", "--host", "0.0.0.0", "--port", "8000"]
