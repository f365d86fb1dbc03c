"""The Helm chart says what the service is: its settings, routes, metrics and times.

What it renders is checked where `helm` is on the PATH.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from service import __version__
from service.api import mcp, page
from service.api.app import create_app
from service.api.observing.metrics import Metrics
from service.settings import Settings
from tests.project.test_deploy import COMPOSE, CONTAINER, DEPLOY, POD
from tests.project.test_kuberay import AUTOSCALER, HEAD, RAY_SERVICE, WORKERS
from tests.project.test_kubernetes_schemas import CUSTOM, validate

CHART = DEPLOY / "helm" / "breve"
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
DIGEST = "sha256:" + 64 * "a"
OPERATION = {"/metrics", "/livez", "/readyz"}
HELM = shutil.which("helm")
needs_helm = pytest.mark.skipif(HELM is None, reason="helm is not on the PATH")


def merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The values with changes, as Helm merges them."""
    result = dict(values)
    for name, change in changes.items():
        before = result.get(name)
        if isinstance(before, dict) and isinstance(change, dict):
            result[name] = merged(before, change)
        else:
            result[name] = change
    return result


def missing_names(schema: dict[str, Any], values: dict[str, Any]) -> Iterator[str]:
    """The names that the schema knows and the values lack, at any depth."""
    for name, part in schema.get("properties", {}).items():
        if name not in values:
            yield name
        elif "properties" in part:
            yield from missing_names(part, values[name])


# ---- Values and schema


def test_the_values_fit_the_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(VALUES, SCHEMA, jsonschema.Draft7Validator)


def test_each_value_that_may_be_set_has_a_default() -> None:
    assert set(missing_names(SCHEMA, VALUES)) == {"global"}  # Helm's own.


@pytest.mark.parametrize(
    "changes",
    [
        {"replica": 3},
        {"kind": "StatefulSet"},
        {"environment": {"BREVE_PORT": "9000"}},  # The probes and the Service ask at 8000.
        {"environment": {"BREVE_QUEUE_TOKENS": 64000}},  # Helm writes large numbers as 6.4e+07.
        {"keys": {"digests": ["secret"]}},
        {"autoscaling": {"kind": "cpu"}},
        {"kind": "RayService", "autoscaling": {"kind": "keda"}},  # Ray scales itself.
        {"resources": {"limits": {"memory": None}}},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused(changes: dict[str, Any]) -> None:
    assert not jsonschema.Draft7Validator(SCHEMA).is_valid(merged(VALUES, changes))


def test_the_settings_are_those_that_compose_passes_on() -> None:
    names = SCHEMA["properties"]["environment"]["propertyNames"]["enum"]
    # Two come from Secrets, and the pod itself says when it ends.
    fixed = {"BREVE_API_KEYS", "BREVE_RATE_LIMIT_STORE", "BREVE_EXIT_WHEN_BROKEN"}
    assert set(names) == COMPOSE["environment"].keys() - fixed


def test_the_chart_is_of_this_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert chart["appVersion"] == __version__
    assert f"{VALUES['image']['repository']}:{chart['appVersion']}" == CONTAINER["image"]


# ---- What the templates name


def test_the_metrics_that_scale_exist() -> None:
    template = (CHART / "templates" / "autoscaling.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r'"(breve_\w+)"', template))
    metrics = Metrics().text().decode()
    assert named == {"breve_queue_tokens", "breve_running_jobs"}
    assert all(f"# TYPE {name} gauge" in metrics for name in named)
    assert VALUES["autoscaling"]["queueTokens"] < Settings().queue_tokens
    assert VALUES["autoscaling"]["runningJobs"] < Settings().concurrency


def test_the_ingress_leads_to_all_routes_but_those_for_operation() -> None:
    template = (CHART / "templates" / "ingress.yaml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"range list ((?:\"/[\w./-]+\" ?)+)", template)
    prefixes = re.findall(r"\"(/[^\"]+)\"", listed)
    routes = {*create_app(Settings()).openapi()["paths"], *page.page_files(), mcp.PATH}
    routes |= {"/docs", "/openapi.json", "/static-offline-docs/swagger-ui.css"}
    outside = {
        route
        for route in routes
        if not any(route == prefix or route.startswith(f"{prefix}/") for prefix in prefixes)
    }
    assert re.search(r"- path: /\n +pathType: Exact\n", template)
    assert outside == {"/", *OPERATION}


# ---- What Helm makes of it


def render(changes: dict[str, Any], folder: Path) -> dict[str, dict[str, Any]]:
    """What a release named breve consists of, by kind; the last of several policies counts."""
    done = run_helm("template", changes, folder)
    assert done.returncode == 0, done.stderr
    return {each["kind"]: each for each in yaml.safe_load_all(done.stdout) if each}


def run_helm(
    command: str, changes: dict[str, Any], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Runs `helm template` or `helm lint` with changed values."""
    values = folder / "values.yaml"
    values.write_text(yaml.safe_dump(changes), encoding="utf-8")
    words = ["template", "breve"] if command == "template" else ["lint", "--strict"]
    return subprocess.run(
        [HELM or "", *words, str(CHART), "--values", str(values)],
        env={"PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


EVERYTHING = {
    "keys": {"digests": [DIGEST]},
    "environment": {"BREVE_RATE_LIMIT": "60/minute"},
    "rateLimitStore": {"existingSecret": "breve-store"},
    "ingress": {"enabled": True, "tlsSecret": "certificate"},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "networkPolicy": {"from": [{"namespaceSelector": {}}], "egress": [{"ports": [{"port": 443}]}]},
    "nodeSelector": {"kubernetes.io/arch": "amd64"},
    "tolerations": [{"operator": "Exists"}],
    "podAnnotations": {"example.org/team": "desk"},
    "image": {"pullSecrets": ["registry"]},
}


@needs_helm
@pytest.mark.parametrize("kind", ["Deployment", "RayService"])
@pytest.mark.parametrize("changes", [{}, EVERYTHING], ids=["defaults", "everything"])
def test_lint_finds_nothing(kind: str, changes: dict[str, Any], tmp_path: Path) -> None:
    done = run_helm("lint", {**changes, "kind": kind}, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_helm
@pytest.mark.parametrize("kind", ["Deployment", "RayService"])
def test_what_is_made_fits_the_schemas_of_kubernetes(kind: str, tmp_path: Path) -> None:
    for resource in render({**EVERYTHING, "kind": kind}, tmp_path).values():
        if resource["kind"] not in CUSTOM:
            validate(resource)


@needs_helm
def test_the_pods_are_those_of_the_plain_manifest(tmp_path: Path) -> None:
    pod = render({}, tmp_path)["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    container["env"].sort(key=lambda entry: entry["name"])
    plain = sorted(CONTAINER["env"], key=lambda entry: entry["name"])
    assert {name: container[name] for name in CONTAINER} == {**CONTAINER, "env": plain}
    assert {name: pod[name] for name in POD} == {**POD, "containers": [container]}


@needs_helm
def test_the_ray_service_is_that_of_the_plain_manifest(tmp_path: Path) -> None:
    spec = render({"kind": "RayService"}, tmp_path)["RayService"]["spec"]
    cluster = spec["rayClusterConfig"]
    (workers,) = cluster["workerGroupSpecs"]
    assert spec["serveConfigV2"] == RAY_SERVICE["serveConfigV2"]
    assert cluster["rayVersion"] == RAY_SERVICE["rayClusterConfig"]["rayVersion"]
    assert cluster["autoscalerOptions"] == AUTOSCALER
    for made, plain in ((cluster["headGroupSpec"], HEAD), (workers, WORKERS)):
        (container,) = made["template"]["spec"]["containers"]
        container.pop("imagePullPolicy")
        assert [container] == plain["template"]["spec"]["containers"]
        assert {**made, "template": {}} == {**plain, "template": {}}


@needs_helm
def test_all_that_is_made_finds_the_pods(tmp_path: Path) -> None:
    parts = render(EVERYTHING, tmp_path)
    labels = parts["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    assert parts["Deployment"]["spec"]["selector"]["matchLabels"].items() <= labels
    assert parts["Service"]["spec"]["selector"].items() <= labels
    assert parts["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"].items() <= labels
    assert parts["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"].items() <= labels
    service = parts["Service"]["metadata"]
    assert (
        parts["ServiceMonitor"]["spec"]["selector"]["matchLabels"].items()
        <= service["labels"].items()
    )
    (rule,) = parts["Ingress"]["spec"]["rules"]
    for path in rule["http"]["paths"]:
        assert path["backend"]["service"] == {"name": service["name"], "port": {"number": 80}}
    assert parts["Secret"]["stringData"] == {"keys": DIGEST}


@needs_helm
def test_keda_asks_for_what_waits_and_what_is_worked_on(tmp_path: Path) -> None:
    changes = {"autoscaling": {"kind": "keda"}, "serviceMonitor": {"enabled": True}}
    parts = render(changes, tmp_path)
    triggers = [each["metadata"] for each in parts["ScaledObject"]["spec"]["triggers"]]
    assert "replicas" not in parts["Deployment"]["spec"]
    assert {each["query"].partition("{")[0]: each["threshold"] for each in triggers} == {
        "sum(breve_queue_tokens": "8000",
        "sum(breve_running_jobs": "12",
    }


@needs_helm
def test_an_autoscaler_asks_for_the_same_and_never_for_the_processor(tmp_path: Path) -> None:
    parts = render({"autoscaling": {"kind": "hpa"}}, tmp_path)
    metrics = parts["HorizontalPodAutoscaler"]["spec"]["metrics"]
    assert "replicas" not in parts["Deployment"]["spec"]
    assert [(each["type"], each["pods"]["metric"]["name"]) for each in metrics] == [
        ("Pods", "breve_queue_tokens"),
        ("Pods", "breve_running_jobs"),
    ]


@needs_helm
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"keys": {"existingSecret": ""}}, "keys.existingSecret"),
        ({"autoscaling": {"kind": "keda", "maxReplicas": 1}}, "autoscaling.maxReplicas: 1"),
        ({"autoscaling": {"kind": "keda"}}, "serviceMonitor.enabled"),
        ({"kind": "RayService", "ray": {"workers": {"min": 5}}}, "ray.workers.max: 4"),
    ],
    ids=["no keys", "too few replicas", "no figures for KEDA", "too few workers"],
)
def test_what_cannot_run_is_refused(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    done = run_helm("template", changes, tmp_path)
    assert done.returncode != 0
    assert words in done.stderr


@needs_helm
@pytest.mark.parametrize("kind", ["Deployment", "RayService"])
def test_the_store_of_the_limits_comes_from_a_secret(kind: str, tmp_path: Path) -> None:
    changes = {"kind": kind, "rateLimitStore": {"existingSecret": "breve-store"}}
    text = json.dumps(render(changes, tmp_path)[kind])
    source = {"secretKeyRef": {"name": "breve-store", "key": "address"}}
    entry = {"name": "BREVE_RATE_LIMIT_STORE", "valueFrom": source}
    assert json.dumps(entry) in text


@needs_helm
def test_an_open_service_is_told_that_it_is_open(tmp_path: Path) -> None:
    changes = {"keys": {"existingSecret": ""}, "environment": {"BREVE_ALLOW_OPEN": "true"}}
    (container,) = render(changes, tmp_path)["Deployment"]["spec"]["template"]["spec"]["containers"]
    names = {entry["name"] for entry in container["env"]}
    assert names == {"BREVE_EXIT_WHEN_BROKEN", "BREVE_ALLOW_OPEN"}
