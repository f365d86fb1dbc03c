"""Loads a service on this machine: every request gets exactly one correct answer, or the run fails.

    python scripts/load_run.py URL [--clients 1,8,64] [--requests 40] [--memory 2000]
                               [--seconds 900]

Each article has a marker in its first sentence: a number that no other article has. The evidence of
its summary must show that marker and no other, so that no answer reaches the wrong client. A
request that is refused with 503 or 429 waits as long as Retry-After says, and is sent again up to
the run's time.

For each number of clients it prints a line: requests, refusals, seconds, p50, p95, the slowest
answer of /livez meanwhile (the event loop must not be blocked), and the service's resident memory.
Then it sends short articles and prints the memory at each twentieth of them. The run fails if the
memory grows.
"""

import argparse
import asyncio
import random
import re
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

MARKER = re.compile(r"\b7\d{5}\b")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_WAIT_SECONDS = 5.0
PROBE_SECONDS = 0.1
MOST_LATE_SECONDS = 5.0  # of /livez; a busy machine of two processors takes 0.3 s
MEMORY_CLIENTS = 8
MEMORY_POINTS = 20
# From the median of the curve's second quarter to that of its last; the first is warming up
# (allocator, cache of answers).
MOST_GROWTH_MB = 20.0
MIXED = [2, 5, 10, 20]  # sentences of an article beside the two with its marker
SHORT = [1]
# Sentences of our own, to make articles of several lengths.
FILLING = (
    "Les équipements sont refroidis à l'eau de pluie et alimentés par un parc solaire voisin.",
    "L'entreprise emploie des ingénieurs dans quatre villes et compte en embaucher d'autres avant "
    "l'été.",
    "Les administrations cherchent depuis deux ans à quitter les fournisseurs américains.",
    "Le contrat prévoit des pénalités si les délais de livraison ne sont pas tenus.",
    "Un premier client public a déjà déménagé ses archives vers le nouveau site.",
    "Les syndicats demandent des garanties sur les horaires de nuit et sur la formation.",
)


@dataclass
class Tally:
    """What happened in one run."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    origins: Counter[str] = field(default_factory=Counter)
    late: float = 0.0  # seconds of the slowest probe

    def complaints(self, requests: int) -> list[str]:
        """What is wrong with the run; empty if all is well."""
        complaints = self.wrong[:5]
        if len(self.seconds) != requests:
            complaints.append(f"{len(self.seconds)} answers to {requests} requests")
        if self.late > MOST_LATE_SECONDS:
            complaints.append(f"/livez was answered after {self.late:.1f} s")
        return complaints


def article(marker: int, sentences: int) -> str:
    """An article of its own, whose first sentences hold its marker."""
    rest = [f"{FILLING[k % len(FILLING)][:-1]}, point {k}." for k in range(sentences)]
    first = (
        f"L'hébergeur français Nuagis ouvre une région à Lille avec {marker} serveurs, a annoncé "
        "sa directrice."
    )
    second = f"Le site et ses {marker} serveurs ont coûté 45 millions d'euros."
    return " ".join([first, second, *rest])


def find_fault(text: str, marker: int, body: dict[str, Any]) -> str:
    """What is wrong with an answer; empty if nothing is."""
    evidence = [source for sentence in body["sentences"] for source in sentence["evidence"]]
    texts = [body["summary"], *(source["text"] for source in evidence)]
    markers = {number for shown in texts for number in MARKER.findall(shown)}
    if markers - {str(marker)}:
        return f"markers {sorted(markers)} in the answer to {marker}"
    if str(marker) not in markers:
        return f"no marker in the answer to {marker}: {body['summary'][:200]}"
    if any(text[source["start"] : source["end"]] != source["text"] for source in evidence):
        return f"offsets of {marker} lead elsewhere"
    return ""


async def ask(
    client: httpx.AsyncClient, marker: int, lengths: list[int], tally: Tally, end: float
) -> None:
    """Sends one request until it is answered.

    Its time is that of the last attempt, with the waiting in the queue.
    """
    text = article(marker, random.Random(marker).choice(lengths))
    body = {
        "text": text,
        "length": "short" if lengths is SHORT else random.choice(["short", "medium", "long"]),
    }
    while True:
        start = time.perf_counter()
        response = await client.post("/summarize", json=body)
        retry_after = response.headers.get("retry-after")
        if response.status_code in (429, 503) and retry_after and time.monotonic() < end:
            tally.refused += 1
            wait = min(MOST_WAIT_SECONDS, float(retry_after))
            await asyncio.sleep(wait * random.uniform(0.5, 1))
            continue
        tally.seconds.append(time.perf_counter() - start)
        tally.origins[response.headers.get("x-cache", "?")] += 1
        if response.status_code != 200:
            tally.wrong.append(f"{marker}: status {response.status_code} {response.text[:200]}")
        elif complaint := find_fault(text, marker, response.json()):
            tally.wrong.append(complaint)
        return


async def probe(client: httpx.AsyncClient, tally: Tally) -> None:
    """Asks again and again whether the service is alive: an event loop that is blocked answers
    late."""
    while True:
        start = time.perf_counter()
        await client.get("/livez")
        tally.late = max(tally.late, time.perf_counter() - start)
        await asyncio.sleep(PROBE_SECONDS)


async def run(
    url: str, clients: int, markers: list[int], end: float, lengths: list[int] = MIXED
) -> Tally:
    """Sends an article with each marker, by so many clients. Each sends one request after the
    other."""
    tally = Tally()
    waiting = list(markers)
    limits = httpx.Limits(max_connections=clients + 1, max_keepalive_connections=clients + 1)

    async with httpx.AsyncClient(base_url=url, timeout=600, limits=limits) as client:

        async def ask_in_turn() -> None:
            while waiting:
                marker = waiting.pop()
                await ask(client, marker, lengths, tally, end)

        probing = asyncio.create_task(probe(client, tally))
        try:
            await asyncio.gather(*(ask_in_turn() for _ in range(clients)))
        finally:
            probing.cancel()
    return tally


def memory_curve(
    url: str, first: int, requests: int, end: float
) -> tuple[Tally, list[tuple[int, float]]]:
    """Sends short articles, at most `requests` as far as the time goes.

    The curve holds (requests done, MB of the service) at each point.
    """
    tally = Tally()
    curve = [(0, resident_mb(url))]
    done = 0
    while done < requests and time.monotonic() < end:
        size = min(max(1, requests // MEMORY_POINTS), requests - done)
        markers = list(range(first + done, first + done + size))
        part = asyncio.run(run(url, MEMORY_CLIENTS, markers, end, SHORT))
        done += size
        tally.seconds += part.seconds
        tally.wrong += part.wrong
        tally.late = max(tally.late, part.late)
        curve.append((done, resident_mb(url)))
    return tally, curve


def growth(curve: list[tuple[int, float]]) -> float:
    """MB by which the memory grew from the second quarter of the curve to the last.

    0 for a curve of a few points.
    """
    values = [megabytes for _, megabytes in curve]
    quarter = len(values) // 4
    if quarter < 2:
        return 0.0
    return statistics.median(values[-quarter:]) - statistics.median(values[quarter : 2 * quarter])


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    if len(values) == 1:
        return values[0]
    percentiles = statistics.quantiles(values, n=100, method="inclusive")
    return percentiles[round(share * 100) - 1]


def resident_mb(url: str) -> float:
    """Memory of the service in MB, by its own metrics."""
    metrics = httpx.get(f"{url}/metrics").text
    memory = re.search(r"^process_resident_memory_bytes (\S+)", metrics, re.MULTILINE)
    return float(memory[1]) / 1e6 if memory else float("nan")


def parse_arguments() -> argparse.Namespace:
    """The command line's arguments."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("url")
    parser.add_argument("--clients", default="1,8,64")
    parser.add_argument(
        "--requests",
        type=int,
        default=40,
        help="requests for each number of clients, at least one a client",
    )
    parser.add_argument(
        "--memory", type=int, default=2_000, help="short articles during which memory is watched"
    )
    parser.add_argument(
        "--seconds", type=float, default=900, help="after so long, refusals are final"
    )
    options = parser.parse_args()
    if urlsplit(options.url).hostname not in LOOPBACK:
        parser.error(
            f"only services on this machine are loaded ({', '.join(LOOPBACK)}), not {options.url}"
        )
    return options


def main() -> int:
    """Runs all. The exit status is 1 if something was wrong."""
    options = parse_arguments()
    end = time.monotonic() + options.seconds
    clients = [int(number) for number in options.clients.split(",")]
    complaints = [
        *load(options.url, clients, options.requests, end),
        *watch_memory(options.url, options.memory, end),
    ]
    print(*complaints, sep="\n", end="\n" if complaints else "", file=sys.stderr)
    return 1 if complaints else 0


def load(url: str, clients: list[int], requests: int, end: float) -> list[str]:
    """Runs all numbers of clients, prints a line for each, and says what was wrong."""
    print("clients  requests  refused  seconds   p50 s   p95 s  livez s  RSS MB")
    complaints = []
    for place, number in enumerate(clients):
        first = 700_000 + place * 20_000 + random.randrange(10_000)
        sent = max(requests, number)  # each client has something to ask
        markers = list(range(first, first + sent))
        start = time.perf_counter()
        tally = asyncio.run(run(url, number, markers, end))
        took = time.perf_counter() - start
        p50, p95 = percentile(tally.seconds, 0.5), percentile(tally.seconds, 0.95)
        times = f"{took:8.1f} {p50:7.2f} {p95:7.2f} {tally.late:8.2f}"
        print(f"{number:7} {sent:9} {tally.refused:8} {times} {resident_mb(url):7.0f}", flush=True)
        complaints += tally.complaints(sent)
    return complaints


def watch_memory(url: str, requests: int, end: float) -> list[str]:
    """Prints the memory curve, and says what was wrong."""
    tally, curve = memory_curve(url, 780_000, requests, end)
    points = [f"{done:8} {megabytes:7.0f}" for done, megabytes in curve]
    print("\nrequests  RSS MB", *points, sep="\n")
    grown = growth(curve)
    done, _ = curve[-1]
    print(
        f"memory grew by {grown:.1f} MB from the second quarter to the last, in {done} of "
        f"{requests} requests"
    )
    complaints = tally.complaints(done)
    if grown > MOST_GROWTH_MB:
        complaints.append(f"memory grows: {grown:.1f} MB")
    return complaints


if __name__ == "__main__":
    sys.exit(main())
