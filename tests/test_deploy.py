"""The files in deploy/ say what the service is: its settings, paths, ports and times."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.processors import SPINS
from service import __version__
from service.api import create_app
from service.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
FILES = sorted(DEPLOY.iterdir())
KUBERNETES: list[dict[str, Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")))
UNIT = (DEPLOY / "breve.service").read_text(encoding="utf-8")
POD = KUBERNETES[0]["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]


@pytest.mark.parametrize("path", [*FILES, ROOT / "compose.yaml", ROOT / "README.md"], ids=lambda path: path.name)
def test_settings_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"BREVE_([A-Z_]+)\b", path.read_text(encoding="utf-8")))
    others = {"CACHE", "TORCH", "EXTRAS", "URL", "KEY"}  # read elsewhere than in settings.py
    assert {name for name in named - others if name.lower() not in Settings.model_fields} == set()


def test_the_threads_wait_that_is_named_is_the_real_one() -> None:
    assert re.findall(r"`GOMP_SPINCOUNT=(\d+)`", (DEPLOY / "README.md").read_text(encoding="utf-8")) == [SPINS]


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
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["breve"]
    assert compose["environment"]["BREVE_ALLOW_OPEN"] == "true"
    assert all(port.startswith("127.0.0.1:") for port in compose["ports"])
    assert "BREVE_HOST" not in re.sub(r"#.*", "", UNIT)


def test_stopping_has_the_time_that_it_takes() -> None:
    cli = (ROOT / "service" / "cli.py").read_text(encoding="utf-8")
    grace = int(re.findall(r"timeout_graceful_shutdown=(\d+)", cli)[0])
    assert POD["terminationGracePeriodSeconds"] > grace
    assert int(re.findall(r"TimeoutStopSec=(\d+)", UNIT)[0]) > grace


def test_broken_service_is_started_anew() -> None:
    assert "BREVE_EXIT_WHEN_BROKEN=true" in UNIT
    assert "Restart=always" in UNIT
    assert {"name": "BREVE_EXIT_WHEN_BROKEN", "value": "true"} in CONTAINER["env"]
