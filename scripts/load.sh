#!/usr/bin/env bash
# make load: the built-in model on a free port of this machine under 1, 8 and 64 clients, then short articles while its memory
# is watched; then it is stopped again. REQUESTS each (24, and at least one for each client), MEMORY short articles (2000; four times
# REQUESTS where that is given); after SECONDS_MOST (3600) refusals are final and memory is watched no longer. The cache of answers is
# small, so that it is full, and memory flat, from early on.
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
