"""A bounded load run against a service on this machine: every request gets exactly one correct answer, or the run fails.

    python scripts/load_run.py URL [--clients 1,8,64] [--requests 40] [--seconds 900]

Each article carries a marker (a number that no other article has) in its first sentence, and the evidence of its
summary must show that marker and no other: no answer ever reaches the wrong client. A request that is refused with 503
or 429 waits as long as Retry-After says and is sent again, up to the run's time. Prints one line for each number of
clients: requests, refusals, seconds, p50, p95, resident memory of the service.
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
# Sentences of our own, to make articles of several lengths.
FILLING = (
    "Les équipements sont refroidis à l'eau de pluie et alimentés par un parc solaire voisin.",
    "L'entreprise emploie des ingénieurs dans quatre villes et compte en embaucher d'autres avant l'été.",
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


def article(marker: int, sentences: int) -> str:
    """An article of its own, whose first sentences hold its marker."""
    rest = [f"{FILLING[k % len(FILLING)][:-1]}, point {k}." for k in range(sentences)]
    first = f"L'hébergeur français Nuagis ouvre une région à Lille avec {marker} serveurs, a annoncé sa directrice."
    return " ".join([first, f"Le site et ses {marker} serveurs ont coûté 45 millions d'euros.", *rest])


def wrong(text: str, marker: int, body: dict[str, Any]) -> str:
    """What is wrong with an answer; empty if nothing is."""
    evidence = [found for sentence in body["sentences"] for found in sentence["evidence"]]
    markers = set(MARKER.findall(body["summary"])) | {one for found in evidence for one in MARKER.findall(found["text"])}
    if markers - {str(marker)}:
        return f"markers {sorted(markers)} in the answer to {marker}"
    if str(marker) not in markers:
        return f"no marker in the answer to {marker}: {body['summary'][:200]}"
    if any(text[found["start"] : found["end"]] != found["text"] for found in evidence):
        return f"offsets of {marker} lead elsewhere"
    return ""


async def ask(client: httpx.AsyncClient, marker: int, sentences: int, tally: Tally, end: float) -> None:
    """One request until it is answered; its time is that of the last attempt, the waiting in the queue included."""
    text = article(marker, sentences)
    body = {"text": text, "length": random.choice(["short", "medium", "long"])}
    while True:
        start = time.perf_counter()
        response = await client.post("/summarize", json=body)
        if response.status_code in (429, 503) and time.monotonic() < end:
            tally.refused += 1
            await asyncio.sleep(min(MOST_WAIT_SECONDS, float(response.headers["retry-after"])) * random.uniform(0.5, 1))
            continue
        tally.seconds.append(time.perf_counter() - start)
        tally.origins[response.headers.get("x-cache", "?")] += 1
        if response.status_code != 200:
            tally.wrong.append(f"{marker}: status {response.status_code} {response.text[:200]}")
        elif complaint := wrong(text, marker, response.json()):
            tally.wrong.append(complaint)
        return


async def run(url: str, clients: int, markers: list[int], end: float) -> Tally:
    """All markers, shared out between so many clients that each send one request after the other."""
    tally = Tally()
    waiting = list(markers)
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)

    async with httpx.AsyncClient(base_url=url, timeout=600, limits=limits) as client:

        async def one() -> None:
            while waiting:
                marker = waiting.pop()
                await ask(client, marker, random.Random(marker).choice([2, 5, 10, 20]), tally, end)

        await asyncio.gather(*(one() for _ in range(clients)))
    return tally


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1] if len(values) > 1 else values[0]


def resident(url: str) -> float:
    """Memory of the service in MB, as it says itself."""
    found = re.search(r"^process_resident_memory_bytes (\S+)", httpx.get(f"{url}/metrics").text, re.MULTILINE)
    return float(found[1]) / 1e6 if found else float("nan")


def main() -> int:
    """Runs all numbers of clients; 1 if an answer was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("url")
    parser.add_argument("--clients", default="1,8,64")
    parser.add_argument("--requests", type=int, default=40, help="requests for each number of clients")
    parser.add_argument("--seconds", type=float, default=900, help="after so long, refusals are final")
    options = parser.parse_args()
    if urlsplit(options.url).hostname not in LOOPBACK:
        parser.error(f"only services on this machine are loaded ({', '.join(LOOPBACK)}), not {options.url}")
    end = time.monotonic() + options.seconds
    print("clients  requests  refused  seconds   p50 s   p95 s  RSS MB")
    failed = False
    for number, clients in enumerate(int(each) for each in options.clients.split(",")):
        first = 700_000 + number * 30_000 + random.randrange(10_000)
        start = time.perf_counter()
        tally = asyncio.run(run(options.url, clients, list(range(first, first + options.requests)), end))
        took = time.perf_counter() - start
        memory = resident(options.url)
        p50, p95 = percentile(tally.seconds, 0.5), percentile(tally.seconds, 0.95)
        print(f"{clients:7} {options.requests:9} {tally.refused:8} {took:8.1f} {p50:7.2f} {p95:7.2f} {memory:7.0f}", flush=True)
        answered = len(tally.seconds)
        if answered != options.requests or tally.wrong:
            failed = True
            print(f"  {answered} answers, {len(tally.wrong)} wrong: {tally.wrong[:5]}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
