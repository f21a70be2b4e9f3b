# The service, and with `--target training` what trains its models. See docs/runbook.md.

FROM python:3.11-slim-bookworm AS installer
WORKDIR /app
COPY locks locks
RUN python -m venv .venv
RUN .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/installer.lock


FROM installer AS training-build
RUN .venv/bin/uv pip install --quiet --require-hashes --python .venv/bin/python -r locks/development.lock
COPY . .
RUN .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
RUN .venv/bin/python -m compileall -q .


FROM installer AS serving-build
RUN .venv/bin/uv pip install --quiet --require-hashes --python .venv/bin/python -r locks/serving.lock
COPY . .
RUN .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
# What installs is not needed by what serves.
RUN .venv/bin/uv pip uninstall --quiet --python .venv/bin/python pip setuptools uv
RUN .venv/bin/python -m compileall -q .


FROM python:3.11-slim-bookworm AS base
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MLFLOW_DISABLE_TELEMETRY=true \
    MPLCONFIGDIR=/tmp/matplotlib \
    NUMBA_CACHE_DIR=/var/cache/cargoworthy
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin cargoworthy
# All that is written at run time: the state, the runs, the compiled loops. The rest may be read-only.
RUN mkdir -p var mlruns /var/cache/cargoworthy && chown cargoworthy var mlruns /var/cache/cargoworthy
ENTRYPOINT ["cargoworthy"]


FROM base AS training
# LightGBM's own library asks for it.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
COPY --from=training-build /app /app
USER 10001
VOLUME ["/app/var", "/app/mlruns", "/var/cache/cargoworthy"]


FROM base AS serving
COPY --from=serving-build /app /app
USER 10001
# A volume begins with what the image has there, so no container compiles at its start.
RUN python -m serving.compiling
VOLUME ["/app/var", "/var/cache/cargoworthy"]
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
