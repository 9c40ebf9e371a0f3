# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/venv PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml ./
RUN uv sync --no-dev --no-install-project
COPY . .
# The pages' files are gathered here, so that the running container needs neither Node nor a writable code folder.
RUN MTO_DATA=/opt/mto /opt/venv/bin/python manage.py assets \
 && MTO_DATA=/opt/mto /opt/venv/bin/python manage.py collectstatic --no-input -v 0 --ignore "*.map" --ignore rest_framework \
 && rm -rf node_modules /opt/mto/secret-key /opt/mto/logs

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=mto.settings.production MTO_DATA=/opt/mto NUMBA_CACHE_DIR=/tmp/numba
RUN groupadd --system --gid 10001 mto && useradd --system --uid 10001 --gid mto --home-dir /nonexistent mto
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
COPY --from=build --chown=mto:mto /opt/mto /opt/mto
WORKDIR /app
USER mto
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=4 \
  CMD ["python", "-m", "mto.probe"]
CMD ["gunicorn", "mto.wsgi:application", "--config", "python:mto.server", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket", "--timeout", "60", "--access-logfile", "-"]
