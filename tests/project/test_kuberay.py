"""The manifest for KubeRay says what the service and its image are, and opens no more than that."""

from typing import Any

import yaml

from service import __version__
from service.cluster import THREADS
from service.settings import Settings
from tests.project.test_deploy import CONTAINER, DEPLOY, POD, ROOT
from tests.project.test_environment import releases

SERVICE, CLUSTER_POLICY, HEAD_POLICY = yaml.safe_load_all(
    (DEPLOY / "kuberay.yaml").read_text(encoding="utf-8")
)
RAY_SERVICE: dict[str, Any] = SERVICE["spec"]
CLUSTER: dict[str, Any] = RAY_SERVICE["rayClusterConfig"]
AUTOSCALER: dict[str, Any] = CLUSTER["autoscalerOptions"]
HEAD: dict[str, Any] = CLUSTER["headGroupSpec"]
(WORKERS,) = CLUSTER["workerGroupSpecs"]
PODS = [group["template"] for group in (HEAD, WORKERS)]
CONTAINERS = [pod["spec"]["containers"][0] for pod in PODS]
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
SERVE: dict[str, Any] = yaml.safe_load(RAY_SERVICE["serveConfigV2"])
# KubeRay finds a RayService's head by its own value of this label.
KUBERAYS_OWN = "app.kubernetes.io/name"


def ports_of(container: dict[str, Any]) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for port in container["ports"]}


def test_the_application_is_served_at_the_port_of_the_service() -> None:
    (application,) = SERVE["applications"]
    assert SERVE["http_options"]["port"] == Settings().port
    assert application["route_prefix"] == "/"
    assert all(ports_of(container)["serve"] == Settings().port for container in CONTAINERS)


def test_the_application_is_in_the_code() -> None:
    (application,) = SERVE["applications"]
    module, _, name = application["import_path"].partition(":")
    path = ROOT / f"{module.replace('.', '/')}.py"
    assert f"def {name}(" in path.read_text(encoding="utf-8")


def test_ray_is_the_release_that_is_locked() -> None:
    assert releases("ray")["ray"] == {CLUSTER["rayVersion"]}


def test_the_pods_are_as_closed_as_those_of_the_service() -> None:
    for pod, container in zip(PODS, CONTAINERS, strict=True):
        assert pod["spec"]["securityContext"] == POD["securityContext"]
        assert container["securityContext"] == CONTAINER["securityContext"]
        assert container["image"] == f"breve:{__version__}-ray"
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}
        assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/tmp"]
    assert AUTOSCALER["securityContext"] == CONTAINER["securityContext"]
    assert WORKERS["template"]["spec"]["automountServiceAccountToken"] is False


def test_a_worker_has_what_one_replica_needs() -> None:
    assert CONTAINERS[1]["resources"] == CONTAINER["resources"]
    assert CONTAINERS[1]["resources"]["limits"]["cpu"] == str(THREADS)


def test_there_are_as_many_replicas_as_workers() -> None:
    (application,) = SERVE["applications"]
    numbers = {"min_replicas": WORKERS["minReplicas"], "max_replicas": WORKERS["maxReplicas"]}
    assert application["args"] == numbers


def test_ray_tells_nobody_how_it_is_used_and_logs_no_paths() -> None:
    for variables in (AUTOSCALER["env"], *(container["env"] for container in CONTAINERS)):
        assert {"name": "RAY_USAGE_STATS_ENABLED", "value": "0"} in variables
    assert SERVE["logging_config"]["enable_access_log"] is False


def test_who_reaches_the_head_needs_a_token_to_run_code() -> None:
    assert CLUSTER["authOptions"] == {"mode": "token"}


def test_the_programs_are_found_in_the_image() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for variables in (AUTOSCALER["env"], *(container["env"] for container in CONTAINERS)):
        (path,) = [each["value"] for each in variables if each["name"] == "PATH"]
        folder = path.split(":")[0]
        assert f'ENTRYPOINT ["{folder}/breve"]' in dockerfile


def test_no_probe_is_left_to_kuberay() -> None:
    # Those that KubeRay adds call wget, which the image lacks.
    for container in CONTAINERS:
        assert all("httpGet" in container[probe] for probe in PROBES)
        assert container["livenessProbe"]["httpGet"]["path"] == "/api/healthz"
    assert CONTAINERS[1]["readinessProbe"]["httpGet"] == {"path": "/-/healthz", "port": "serve"}


def test_labels_lead_to_the_pods_and_leave_kuberays_alone() -> None:
    labels = [pod["metadata"]["labels"] for pod in PODS]
    everywhere = CLUSTER_POLICY["spec"]["podSelector"]["matchLabels"]
    assert all(everywhere.items() <= each.items() for each in labels)
    assert not any(KUBERAYS_OWN in each for each in labels)
    assert HEAD_POLICY["spec"]["podSelector"]["matchLabels"] == labels[0]


def test_only_ray_and_its_operator_reach_the_dashboard() -> None:
    dashboard = ports_of(CONTAINERS[0])["dashboard"]
    everywhere, *others = CLUSTER_POLICY["spec"]["ingress"]
    assert {port["port"] for port in everywhere["ports"]} == {Settings().port, 8080}
    assert all("from" in rule for rule in others)
    operator = [rule for rule in others if {"port": dashboard} in rule.get("ports", [])]
    assert ["namespaceSelector" in rule["from"][0] for rule in operator] == [True]
