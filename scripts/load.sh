#!/usr/bin/env bash
# Loads a service with the built-in model on a free port of this machine: `make load`.
#
# 1, 8 and 64 clients send articles. Then short articles are sent while the memory is watched, and
# the service is stopped. The cache of answers is small, so that it is full, and memory flat, from
# early on. Parameters, as environment variables:
#
#   REQUESTS      requests for each number of clients, at least one a client     (24)
#   MEMORY        short articles                        (2000, or four times REQUESTS if that is set)
#   SECONDS_MOST  after so long refusals are final, and memory is watched no more (3600)
set -euo pipefail
cd "$(dirname "$0")/.."
python="${1:-.venv/bin/python}"
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
BREVE_API_KEYS='' BREVE_RATE_LIMIT='' BREVE_LOG_LEVEL=warning BREVE_DEADLINE_SECONDS=1200 BREVE_CACHE_BYTES=200000 \
    "$python" -c 'from service.cli.main import main; main()' serve --host 127.0.0.1 --port "$port" &
service=$!
memory="${MEMORY:-${REQUESTS:+$((4 * REQUESTS))}}"
trap 'kill "$service" 2>/dev/null; wait "$service" 2>/dev/null || true' EXIT
for _ in $(seq 120); do
    kill -0 "$service" || { echo "The service did not start." >&2; exit 1; }
    "$python" -c "import httpx, sys; sys.exit(httpx.get('http://127.0.0.1:$port/readyz').status_code != 200)" 2>/dev/null && break
    sleep 1
done
"$python" scripts/load_run.py "http://127.0.0.1:$port" --requests "${REQUESTS:-24}" --memory "${memory:-2000}" --seconds "${SECONDS_MOST:-3600}"
