"""The files in deploy/ say what the service is: its settings, paths, ports and times."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from pydantic import ValidationError

from models.checkpoints.catalog import AUTO
from models.cpu.processors import SPINS
from service import __version__
from service.api.app import create_app
from service.api.entry.access import Keys
from service.api.server import ABANDON_AFTER, GRACE_SECONDS, KEEP_ALIVE_SECONDS, make_server
from service.cli.digest import RUN_SECONDS
from service.cli.main import main
from service.settings import Settings
from tests.engines import ScriptedEngine

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".png")
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
KUBERNETES: list[dict[str, Any]] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
)
CRON_JOB: dict[str, Any] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes-digest.yaml").read_text(encoding="utf-8"))
)[1]["spec"]
DIGEST_UNIT = (DEPLOY / "breve-digest.service").read_text(encoding="utf-8")
TIMER = (DEPLOY / "breve-digest.timer").read_text(encoding="utf-8")
UNIT = (DEPLOY / "breve.service").read_text(encoding="utf-8")
POD = KUBERNETES[0]["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))[
    "services"
]["breve"]
# What compose.yaml does not pass on: where the service listens, and what names files of this
# machine.
KEPT_OUT = {"host", "port", "model", "allow_pickle", "glossary_file"}


@pytest.mark.parametrize(
    "path", [*FILES, ROOT / "compose.yaml", ROOT / "README.md"], ids=lambda path: path.name
)
def test_settings_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"BREVE_([A-Z_]+)\b", path.read_text(encoding="utf-8")))
    # Read elsewhere than in settings.py.
    others = {"CACHE", "TORCH", "EXTRAS", "URL", "KEY", "WEBHOOK", "WEBHOOK_SECRET"}
    assert {name for name in named - others if name.lower() not in Settings.model_fields} == set()


def test_the_threads_wait_that_is_named_is_the_real_one() -> None:
    assert re.findall(
        r"`GOMP_SPINCOUNT=(\d+)`", (DEPLOY / "README.md").read_text(encoding="utf-8")
    ) == [SPINS]


def test_probes_ask_what_the_service_answers() -> None:
    paths = create_app(Settings()).openapi()["paths"]
    (port,) = CONTAINER["ports"]
    assert port["containerPort"] == Settings().port
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert CONTAINER[probe]["httpGet"]["path"] in paths
        assert CONTAINER[probe]["httpGet"]["port"] == port["name"]
    assert CONTAINER["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert CONTAINER["livenessProbe"]["httpGet"]["path"] == "/livez"


def test_pod_is_closed_and_bounded() -> None:
    security = CONTAINER["securityContext"]
    assert POD["securityContext"]["runAsNonRoot"]
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"]["drop"] == ["ALL"]
    assert CONTAINER["resources"]["limits"].keys() == {"cpu", "memory"}
    assert [mount["mountPath"] for mount in CONTAINER["volumeMounts"]] == ["/tmp"]
    assert CONTAINER["image"] == f"breve:{__version__}"


def test_labels_lead_to_the_pod() -> None:
    labels = KUBERNETES[0]["spec"]["template"]["metadata"]["labels"]
    assert KUBERNETES[0]["spec"]["selector"]["matchLabels"] == labels
    assert KUBERNETES[1]["spec"]["selector"] == labels
    assert KUBERNETES[2]["spec"]["podSelector"]["matchLabels"] == labels


def test_a_service_that_others_reach_has_keys_or_is_told_that_it_needs_none() -> None:
    environment = {entry["name"]: entry for entry in CONTAINER["env"]}
    assert "secretKeyRef" in environment["BREVE_API_KEYS"]["valueFrom"]
    assert COMPOSE["environment"]["BREVE_ALLOW_OPEN"] == "true"
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["ports"])
    assert "BREVE_HOST" not in re.sub(r"#.*", "", UNIT)


def test_stopping_has_the_time_that_it_takes() -> None:
    pause = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert pause > 0
    assert POD["terminationGracePeriodSeconds"] > pause + GRACE_SECONDS
    assert int(re.findall(r"TimeoutStopSec=(\d+)", UNIT)[0]) > GRACE_SECONDS
    assert int(re.findall(r"^(\d+)s$", COMPOSE["stop_grace_period"])[0]) > GRACE_SECONDS
    assert (
        f"{GRACE_SECONDS} seconds to end; after {ABANDON_AFTER * GRACE_SECONDS:.0f} who" in README
    )


def test_compose_is_asked_by_the_names_that_it_has() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    (default,) = re.findall(
        r"^\$\{BREVE_ALLOWED_HOSTS-(\w+)\}$", COMPOSE["environment"]["BREVE_ALLOWED_HOSTS"]
    )
    assert default in services
    assert Settings(host="0.0.0.0", allow_open=True, allowed_hosts=default).hosts >= {
        "localhost",
        default,
    }


def test_broken_service_is_started_anew() -> None:
    assert "BREVE_EXIT_WHEN_BROKEN=true" in UNIT
    assert "Restart=always" in UNIT
    assert {"name": "BREVE_EXIT_WHEN_BROKEN", "value": "true"} in CONTAINER["env"]
    assert COMPOSE["restart"] == "unless-stopped"
    assert (
        COMPOSE["environment"]["BREVE_EXIT_WHEN_BROKEN"] == "true"
    )  # Docker restarts nothing for being unhealthy


def test_wrong_settings_are_not_tried_again() -> None:
    wrong = CliRunner().invoke(main, ["serve"], env={"BREVE_PORT": "none"}).exit_code
    assert re.findall(r"^RestartPreventExitStatus=(\d+)$", UNIT, re.MULTILINE) == [str(wrong)]


def test_settings_get_into_compose_by_name() -> None:
    environment = COMPOSE["environment"]
    passed_on = {name for name, value in environment.items() if value is None}
    recommended = set(re.findall(r"`((?:OMP|GOMP|NUMBA|OTEL)_[A-Z_]+)", README))
    assert recommended | {"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME"} <= passed_on
    assert environment.keys() - passed_on == {
        "BREVE_ALLOW_OPEN",
        "BREVE_ALLOWED_HOSTS",
        "BREVE_EXIT_WHEN_BROKEN",
    }
    settings = {f"BREVE_{name.upper()}" for name in Settings.model_fields.keys() - KEPT_OUT}
    assert settings == {name for name in environment if name.startswith("BREVE_")}


# ---- The digest, by itself


def digest_commands() -> dict[str, list[str]]:
    """The arguments of `breve digest` in the unit and in the job."""
    (line,) = re.findall(r"^ExecStart=/opt/breve/.venv/bin/breve digest (.+)$", DIGEST_UNIT, re.M)
    (container,) = CRON_JOB["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["args"][0] == "digest"
    return {"unit": line.split(), "job": container["args"][1:]}


@pytest.mark.parametrize("name", ["unit", "job"])
def test_the_digest_is_a_command_of_this_program(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVE_WEBHOOK_SECRET", "x")
    monkeypatch.setenv("BREVE_WEBHOOK", "https://hook.example/")
    words = digest_commands()[name]
    options = main.commands["digest"].make_context("digest", words).params
    assert "--webhook" not in words  # All users of the machine see arguments.
    assert options["webhook"]
    assert options["sources"][0].endswith("/feeds.opml")
    assert options["store"].parent.name in ("breve-digest", "state")


def test_the_digest_has_the_time_of_a_run() -> None:
    (limit,) = re.findall(r"^TimeoutStartSec=(\d+)$", DIGEST_UNIT, re.M)
    job = CRON_JOB["jobTemplate"]["spec"]
    assert min(int(limit), job["activeDeadlineSeconds"]) > RUN_SECONDS


def test_the_digest_is_made_once_and_one_at_a_time() -> None:
    assert CRON_JOB["concurrencyPolicy"] == "Forbid"
    assert CRON_JOB["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert "Type=oneshot" in DIGEST_UNIT
    assert not re.search(r"^Restart=", DIGEST_UNIT, re.M)
    assert re.search(r"^OnCalendar=", TIMER, re.M)
    assert re.search(r"^WantedBy=timers.target$", TIMER, re.M)


def test_the_digest_is_as_closed_as_the_service() -> None:
    hardening = re.findall(r"^(?:No|Protect|Private|Restrict[AN]|Lock|Cap|System).+$", UNIT, re.M)
    assert len(hardening) > 8
    assert all(f"{line}\n" in DIGEST_UNIT for line in hardening)
    pod = CRON_JOB["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == CONTAINER["securityContext"]
    assert container["image"] == CONTAINER["image"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes


@pytest.mark.parametrize("directive", ["proxy_pass", "reverse_proxy"])
def test_a_proxy_keeps_the_metrics_inside_and_large_bodies_out(directive: str) -> None:
    blocks = re.findall(
        r"^```\w*\n(.*?)^```$",
        (DEPLOY / "README.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    (block,) = [block for block in blocks if directive in block]
    assert re.search(r"/metrics .*404", block)
    assert re.search(r"max_(body_)?size 2(m|MB)\b", block)
    assert Settings().max_body_bytes == 2_000_000


def test_a_proxy_says_which_host_was_asked() -> None:
    assert "proxy_set_header Host $host;" in README


def test_the_unit_has_descriptors_for_all_connections() -> None:
    (descriptors,) = re.findall(r"^LimitNOFILE=(\d+)$", UNIT, re.MULTILINE)
    assert int(descriptors) // 2 >= Settings().max_connections


def test_idle_connections_outlast_those_of_proxies() -> None:
    assert KEEP_ALIVE_SECONDS > 60
    assert f"idle connections for {KEEP_ALIVE_SECONDS} seconds" in README
    assert make_server(Settings(), ScriptedEngine).config.timeout_keep_alive == KEEP_ALIVE_SECONDS


def test_the_image_has_one_name() -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "README.md", DEPLOY / "README.md", ROOT / "Dockerfile")
    ]
    named = [
        name
        for text in texts
        for name in re.findall(r"docker (?:build|run) .*?(?<=\s)(breve(?::[\w.]+)?)(?=\s)", text)
    ]
    assert len(named) >= 4
    assert {*named, COMPOSE["image"], CONTAINER["image"]} == {f"breve:{__version__}"}


# ---- Settings as such files give them


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"BREVE_{name.upper()}", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(f"BREVE_{name}", value)
    return Settings()


@pytest.mark.parametrize("value", ["", " ", "\t\n"])
def test_a_setting_that_is_empty_means_the_default(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = read(monkeypatch)
    settings = read(monkeypatch, **{name.upper(): value for name in Settings.model_fields})
    assert settings.model_dump(exclude={"translator"}) == defaults.model_dump(
        exclude={"translator"}
    )
    assert settings.translator == ""  # none
    assert defaults.translator == AUTO


def test_white_space_around_a_setting_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        MODEL=" m ",
        TRANSLATOR=" auto",
        RUNTIME="torch\r",
        ALLOW_URLS=" true ",
        RATE_LIMIT="1/day\n",
    )
    assert (settings.model, settings.translator, settings.runtime) == ("m", AUTO, "torch")
    assert (settings.allow_urls, settings.rate_limit) == (True, "1/day")


def test_levels_and_digests_may_be_written_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, LOG_LEVEL="INFO").log_level == "info"
    digest = hashlib.sha256(b"secret").hexdigest().upper()
    keys = read(monkeypatch, API_KEYS=f"Plain, SHA256:{digest},Sha256:{digest}").keys
    assert keys == ("Plain", f"sha256:{digest}", f"sha256:{digest}")
    assert Keys(keys).client("Bearer secret", "") == digest.lower()
    with pytest.raises(ValidationError, match="64 hexadecimal digits"):
        read(monkeypatch, API_KEYS="SHA256:abc")
