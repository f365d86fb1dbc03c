# Brève in a container: docker build -t breve:0.1.0 .
# The image holds the program and its model; a container needs no network, no particular user and nothing writable but
# /tmp (the language detector unpacks itself there for a moment when it is loaded):
#   docker run --read-only --tmpfs /tmp --network none -i breve:0.1.0 summarize - < article.txt
# Any base will do that has Python 3.11 or newer with venv, as python3. A tag moves: to build from the very same base again, give
# its digest, which your registry of images shows (docker buildx imagetools inspect python:3.11-slim):
#   docker build --build-arg BASE=python:3.11-slim@sha256:… .
ARG BASE=python:3.11-slim

# ---- Stage 1: the virtual environment and the model -------------------------------------------------------------
# The final stage needs the same base.
FROM ${BASE} AS build
# cpu: PyTorch's CPU build where its index can be reached. cuda: the registry's build (3 GB).
ARG BREVE_TORCH=cpu
# The program's extras, parted by commas. otel: OpenTelemetry spans (5 MB, sent only with BREVE_OTEL=true).
ARG BREVE_EXTRAS=otel
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY . .
# Only what requirements/ names is installed, each file with its hash (torch by its release: see requirements/torch.txt).
# Behind a company's package mirror: docker build --secret id=pip,src=$HOME/.config/pip/pip.conf .
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    BREVE_TORCH="${BREVE_TORCH}" python3 scripts/setup.py --fixed --extras "${BREVE_EXTRAS}" /opt/breve/venv
# From another folder than the checkout, so that the installed copy is what builds, as it is what will run. The weights are
# fetched, taken out and deleted again; what only reads them lies beside the environment, and neither it nor pip goes along.
WORKDIR /opt/breve
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    venv/bin/python -m pip install --quiet --no-deps --require-hashes --target /building --requirement /src/requirements/build.txt \
    && PYTHONPATH=/building BREVE_CACHE=/opt/breve/cache venv/bin/python -W ignore -m models.builtin \
    && rm -f cache/build.lock cache/convert.lock venv/setup.log \
    && venv/bin/python -m pip uninstall --quiet --yes pip \
    && chmod -R a+rX /opt/breve

# ---- Stage 2: what runs -----------------------------------------------------------------------------------------
FROM ${BASE}
LABEL org.opencontainers.image.title="Brève" \
      org.opencontainers.image.description="Short, faithful summaries of French tech news, in French or in English, offline on a CPU" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0 AND LicenseRef-Gemma-Terms"
COPY --from=build /opt/breve /opt/breve
ENV BREVE_CACHE=/opt/breve/cache \
    BREVE_HOST=0.0.0.0 \
    HF_HUB_OFFLINE=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:0
WORKDIR /tmp
# The health check asks 127.0.0.1 at BREVE_PORT: set another port by that variable, not with `serve --port`, and no BREVE_HOST
# that leaves 127.0.0.1 out (:: does). What does not serve has nothing to ask: docker run --no-healthcheck … batch …
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["/opt/breve/venv/bin/python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + (os.environ.get('BREVE_PORT', '').strip() or '8000') + '/readyz', timeout=4)"]
ENTRYPOINT ["/opt/breve/venv/bin/breve"]
CMD ["serve"]
