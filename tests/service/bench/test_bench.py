"""`breve bench` on small checkpoints and a scripted engine: what it reports, and that nothing is
left running."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from models.engine import EngineDescription, GenerateRequest, GenerateResult, Weights, never
from service.bench import comparison, contenders, measures, table
from service.bench.checkpoints import BARTHEZ, MT5_BASE, OPUS_MT, PLAIN, Recipe, make
from service.bench.contenders import CONTENDERS, Contender, running
from service.bench.limit import Machine, first_request, measure_answer
from service.bench.measures import Effort, spread
from service.bench.texts import BUNDLED, BenchArticle, BenchError
from service.cli.main import main
from tests.engines import ScriptedEngine, until

ROOT = Path(__file__).parents[3]
SCRIPTED = (
    "import models.loading as loading\nfrom tests.engines import ScriptedEngine\n"
    "loading.load_engine = lambda *_, **__: ScriptedEngine()\nfrom service.cli.main import "
    "main\nmain()"
)
DYING = "import sys; sys.exit('nothing to serve here')"
SLEEPING = "import time; print('up', flush=True); time.sleep(600)"
# Answers three times, then is gone.
FALTERING = (
    "import os, sys\nfrom http.server import *\nanswered = []\n"
    "class Server(BaseHTTPRequestHandler):\n"
    "    def do_GET(self): self.send_response(200); self.end_headers()\n"
    "    def do_POST(self):\n"
    "        if len(answered) == 3: os._exit(7)\n"
    '        answered.append(1); body = b\'{"coverage": {"used_tokens": 3}}\'\n'
    "        self.send_response(200); self.send_header('Content-Length', str(len(body))); "
    "self.end_headers()\n"
    "        self.wfile.write(body)\n"
    "HTTPServer(('127.0.0.1', int(sys.argv[-1])), Server).serve_forever()"
)
TINY = Effort(
    repeats=2,
    clients=(1, 16),
    one_at_a_time_clients=(1,),
    least_articles=1,
    lengths=(60, 500),
    length_repeats=1,
)
SMALL = {"d_model": 8, "vocab_size": 60}
SMALL_T5 = {
    **MT5_BASE,
    **SMALL,
    "d_kv": 4,
    "d_ff": 8,
    "num_layers": 1,
    "num_decoder_layers": 1,
    "num_heads": 2,
}
SMALL_BART = {
    "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 8, "decoder_ffn_dim": 8,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, **SMALL,
}  # fmt: skip
SMALL_MARIAN = {**OPUS_MT, **SMALL_BART, "pad_token_id": 59, "decoder_start_token_id": 59}
RECIPE = Recipe(window=16, characters=4, new_tokens=5, translation_tokens=7)


def breve(name: str = "breve", runtime: str = "auto") -> Contender:
    """`breve serve` with an engine that needs no model."""
    known = next(contender for contender in CONTENDERS if contender.name == name)
    assert known.environment["BREVE_RUNTIME"] == runtime
    return dataclasses.replace(
        known,
        command=(sys.executable, "-c", SCRIPTED, *known.command[known.command.index("serve") :]),
    )


def program(name: str, code: str) -> Contender:
    return Contender(name, "for a test", (sys.executable, "-c", code))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Contender:
    """The plain service on a small checkpoint."""
    folder = tmp_path_factory.mktemp("plain")
    make(folder, SMALL_T5, SMALL_MARIAN, RECIPE)
    known = next(contender for contender in CONTENDERS if contender.name == "plain-mt5-base")
    command = tuple(part.replace("{folder}", str(folder)) for part in known.command)
    return dataclasses.replace(known, prepare=(), command=command)


@pytest.fixture
def article() -> BenchArticle:
    return BenchArticle.read(BUNDLED)


@pytest.fixture(autouse=True)
def no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Remembers every process that is started, and looks for it at the end."""
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def noted(*arguments: Any, **options: Any) -> Any:
        started.append(real(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    monkeypatch.chdir(ROOT)
    yield started
    assert all(process.poll() is not None for process in started)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["bench", *arguments])


def use(monkeypatch: pytest.MonkeyPatch, *chosen: Contender) -> None:
    monkeypatch.setattr(comparison, "CONTENDERS", chosen)
    monkeypatch.setattr(measures, "QUICK", TINY)


def compare(
    *chosen: Contender, others: Sequence[str] = (), say: Callable[[str], None] = print
) -> dict[str, Any]:
    return comparison.run(
        chosen, (), measures.Work(BenchArticle.read(BUNDLED), tuple(others), TINY), say
    )


def test_report(monkeypatch: pytest.MonkeyPatch, plain: Contender, tmp_path: Path) -> None:
    """The whole command, once: our service, the plain one, a dead one, and articles of a file."""
    data = tmp_path / "data.jsonl"
    body = "Le groupe Nuagis ouvre une région à Lille. " * 5
    rows = [
        {"title": "Un titre", "text": text, "reference": "Une phrase."}
        for text in (body, "Trop court.", body + "Fin.")
    ]
    data.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    use(monkeypatch, breve(), plain, program("plain-barthez", DYING))
    limit = json.dumps({"answer": {"times_above": 2.5}, "together_limit_seconds": 0.01})
    monkeypatch.setattr(comparison, "LIMIT_COMMAND", (sys.executable, "-c", f"print({limit!r})"))
    result = run("--json", "--quick", "--data", str(data), "--items", "3")
    assert result.exit_code == 1  # because of the dead one
    assert (
        "plain-barthez: the process ended with status 1. Its last words: nothing to serve here"
        in result.stderr
    )
    assert "breve bench: breve: the article, fr, 2 times" in result.stderr
    report = json.loads(result.stdout)
    ours, theirs, dead = (
        report["contenders"][name] for name in ("breve", "plain-mt5-base", "plain-barthez")
    )
    assert dead.keys() == {"about", "error"}
    for figures in (ours, theirs):
        assert "error" not in figures
        assert figures["seconds_to_first_summary"] > figures["latency"]["fr"]["p50"] > 0
        assert figures["latency"]["en"]["count"] == 2
        assert [row["words"] for row in figures["lengths"]] == [60, 500]
        assert figures["peak_memory_mb"] is None or figures["peak_memory_mb"] > 10
    assert (ours["data_latency"]["en"]["count"], ours["data_latency"]["en"]["refused"]) == (2, 1)
    assert (ours["articles_per_minute"].keys(), theirs["articles_per_minute"].keys()) == (
        {"1", "16"},
        {"1"},
    )
    assert theirs["lengths"][1]["tokens_read"] == RECIPE.window
    assert (
        60 < ours["lengths"][1]["tokens_read"] < 300
    )  # its opening; a token of the scripted engine is a word
    rates = ours["articles_per_minute"]
    assert report["ratios"] == {
        "plain_mt5_base": theirs["latency"]["fr"]["p50"] / ours["latency"]["fr"]["p50"],
        "plain_barthez": None,
        "above_limit": 2.5, "throughput_16_clients": rates["16"] / rates["1"],
        "above_limit_16_clients": 60 / rates["16"] / 0.01,
    }  # fmt: skip
    assert "random weights" in " ".join(report["notes"])


def test_table(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, breve(), breve("breve-torch", "torch"), program("plain-barthez", DYING))
    result = run("--quick", "--contenders", "breve,plain-barthez")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert any(line.startswith("breve  ") and "/" in line for line in lines)
    assert any(line.startswith("plain-barthez failed: the process ended") for line in lines)
    assert not any(line.startswith("breve-torch") for line in lines)
    assert "Limit of the machine: not measured" in lines
    assert "     - times faster than plain BARThez" in lines
    assert any("random weights" in line for line in lines)


def test_table_of_the_limit() -> None:
    run = {
        "beams": 1,
        "prompt_tokens": 600,
        "new_tokens": 50,
        "seconds": 3.0,
        "limit_seconds": 1.5,
        "times_above": 2.0,
    }
    limit = {
        "runtime": "breve int8", "bandwidth_gb_s": 20.0,
        "gflops": {"float32": 160.0, "bfloat16": 420.0},
        "gflops_used": "bfloat16",
        "weights": {"step_bytes": 150_000_000, "prompt_parameters": 100_000_000}, "answer": run,
        "together_limit_seconds": 0.25,
    }  # fmt: skip
    report = {**compare(), "limit": limit}
    text = table.as_table({**report, "ratios": comparison.ratios({}, limit)})
    assert "one answer: 600 tokens in, 50 out: 3.00 s, limit 1.50 s, 2.0 times above it" in text
    assert "150 MB of weights for each new token" in text
    assert "16 at once: limit 0.25 s each" in text
    assert "  2.00 times above the limit (one answer)" in text


def test_figures_before_a_failure_are_kept() -> None:
    messages: list[str] = []
    figures = compare(program("faltering", FALTERING), say=messages.append)["contenders"][
        "faltering"
    ]
    assert "seconds_to_first_summary" in figures
    assert "latency" not in figures
    assert figures["error"].startswith("the process ended with status 7")
    assert messages[-1].startswith("faltering: failed")


@pytest.mark.parametrize("code", ["import sys; sys.exit('no room')", "raise OSError('no room')"])
def test_checkpoint_that_cannot_be_made(code: str, plain: Contender) -> None:
    broken = dataclasses.replace(plain, prepare=(sys.executable, "-c", code))
    figures = compare(broken)["contenders"][plain.name]
    assert "its checkpoint could not be made (status 1)" in figures["error"]
    assert "no room" in figures["error"]


def test_limit_that_fails_loses_nothing_else() -> None:
    work = measures.Work(BenchArticle.read(BUNDLED), (), TINY)
    report = comparison.run(
        [breve()], (sys.executable, "-c", "raise SystemExit('no torch')"), work, print
    )
    assert comparison.list_failures(report) == ["limit: no torch"]
    assert report["ratios"]["above_limit"] is None
    assert report["ratios"]["throughput_16_clients"] > 0
    assert "Limit of the machine: failed: no torch" in table.as_table(report)


def test_unknown_contender() -> None:
    result = run("--contenders", "breve,plain-gpt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        "plain-gpt is not known; known are: breve, breve-torch, plain-mt5-base, plain-barthez, "
        "limit" in result.stderr
    )


def test_article_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("service.bench.texts.BUNDLED", tmp_path / "none.txt")
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "name an article with --article FILE" in result.stderr


def test_article_and_data_that_hold_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    for option in ("--article", "--data"):
        result = run(option, str(empty))
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("breve: ")


def test_article_that_is_no_text(tmp_path: Path) -> None:
    latin = tmp_path / "article.txt"
    latin.write_bytes("L'hébergeur ouvre.".encode("latin-1"))
    result = run("--article", str(latin))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"breve: {latin} cannot be read as UTF-8 text")


def test_server_that_ignores_sigterm_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(contenders, "STOP_SECONDS", 0.2)
    stubborn = program(
        "stubborn", "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPING
    )
    with running(stubborn, tmp_path) as server:
        until(lambda: server.log.read_bytes() == b"up\n")
    assert server.process.returncode == -signal.SIGKILL


def test_server_that_is_never_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contenders, "START_SECONDS", 0.2)
    figures = compare(program("slow", SLEEPING))["contenders"]["slow"]
    assert figures["error"].startswith("not ready after 0.2 s")


def test_interrupt_stops_the_server(no_process_is_left: list[Any]) -> None:
    def interrupt(step: str) -> None:
        if len(no_process_is_left) == 1 and step.startswith("breve: the article"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(breve(), say=interrupt)
    assert no_process_is_left[0].returncode is not None


def test_sigterm_stops_the_server() -> None:
    """Ended from outside, the command still ends what it started."""

    def end(step: str) -> None:
        if step == "slow: starting":
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()

    with pytest.raises(SystemExit):
        compare(program("slow", SLEEPING), say=end)


def test_environment_is_the_same_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BREVE_API_KEYS", "BREVE_MODEL", "BREVE_CACHE"):
        monkeypatch.setenv(name, "mine")
    environment = contenders.environment_of(breve())
    assert environment["BREVE_CACHE"] == "mine"
    assert environment["BREVE_CACHE_BYTES"] == "0"  # no answer from a cache
    assert not {"BREVE_API_KEYS", "BREVE_MODEL"} & environment.keys()


def test_articles_of_any_length(article: BenchArticle) -> None:
    assert 300 < article.words < 500
    for words in (30, article.words, 2000):
        text = article.make_length(words)
        title, _, body = text.partition("\n\n")
        assert title == f"# {article.title}"
        assert len(body.split()) == words


def test_articles_in_other_orders(article: BenchArticle) -> None:
    texts = [article.reorder_paragraphs(number) for number in range(16)]
    assert len(set(texts)) == 16
    assert {tuple(sorted(text.split())) for text in texts} == {tuple(sorted(texts[0].split()))}


def test_spread() -> None:
    assert spread([0.5]) == {"p50": 0.5, "p95": 0.5, "count": 1}
    assert spread([float(k) for k in range(100, 0, -1)]) == {"p50": 50.5, "p95": 95.0, "count": 100}


class Weighing(ScriptedEngine):
    """Says what it reads for a token, and counts what it is asked for."""

    def describe(self) -> EngineDescription:
        return dataclasses.replace(
            super().describe(), weights=Weights(2_000_000, 1_000_000, 1_000_000)
        )

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        time.sleep(0.001)
        return super().generate(requests, cancelled)


MACHINE = Machine(bandwidth=1e9, flops={"float32": 1e11, "bfloat16": 2e11})


def test_limit_is_reading_the_prompt_and_the_weights() -> None:
    weights = Weights(
        step_bytes=150_000_000, prompt_parameters=100_000_000, output_parameters=50_000_000
    )
    assert MACHINE.seconds(weights, prompt_tokens=500, new_tokens=0) == pytest.approx(
        2 * 1e8 * 500 / 2e11
    )
    assert MACHINE.seconds(weights, prompt_tokens=0, new_tokens=10) == pytest.approx(10 * 0.15)
    together = MACHINE.seconds_together(weights, prompt_tokens=500, new_tokens=10, beams=4)
    assert together == pytest.approx(2 * (1e8 * 540 + 5e7 * 40) / 2e11 + 10 * 0.15 / 16)


def test_limit_is_measured_on_what_the_product_asks(article: BenchArticle) -> None:
    asked = first_request(Weighing(), article.text)
    assert "Nuagis" in asked.text
    answer = measure_answer(Weighing(), article.text, 2, MACHINE)["answer"]
    assert answer["beams"] == asked.candidates
    assert answer["new_tokens"] > 0
    least = MACHINE.seconds(
        Weights(2_000_000, 1_000_000, 1_000_000), answer["prompt_tokens"], answer["new_tokens"]
    )
    assert answer["limit_seconds"] == pytest.approx(least)
    assert answer["times_above"] == pytest.approx(answer["seconds"] / least)


def test_limit_needs_an_article_that_is_summarised() -> None:
    with pytest.raises(BenchError, match="too short"):
        first_request(
            ScriptedEngine(),
            "Nuagis ouvre une région à Lille cette semaine, dit-on. Elle compte mille serveurs.",
        )


def test_engine_that_does_not_say_what_it_reads(article: BenchArticle) -> None:
    with pytest.raises(BenchError, match="'python' does not say how many weights"):
        measure_answer(ScriptedEngine(), article.text, 1, MACHINE)


@pytest.mark.parametrize(
    ("name", "millions"), [("mt5-base", 390), ("barthez", 139), ("opus-mt", 75)]
)
def test_sizes_are_those_of_the_published_models(name: str, millions: int) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForSeq2SeqLM

    sizes = dict(OPUS_MT if name == "opus-mt" else PLAIN[name][0])
    with torch.device("meta"):
        model = AutoModelForSeq2SeqLM.from_config(
            AutoConfig.for_model(sizes.pop("model_type"), **sizes)
        )
    assert sum(weight.numel() for weight in model.parameters()) / 1e6 == pytest.approx(
        millions, rel=0.02
    )


def test_plain_service_writes_as_much_as_it_is_told(tmp_path: Path) -> None:
    from service.bench.plain import Body, PlainSummarizer

    make(tmp_path, {**BARTHEZ, **SMALL_BART}, SMALL_MARIAN, RECIPE)
    summarizer = PlainSummarizer(tmp_path)
    french, english = (
        summarizer.summarize(Body(text="Un texte assez long. " * 9, language=code))
        for code in ("fr", "en")
    )
    assert len(french["summary"].split()) == RECIPE.new_tokens
    assert len(english["summary"].split()) == RECIPE.translation_tokens
    assert french["coverage"] == {"tokens": 49, "used_tokens": 16, "truncated": True}
