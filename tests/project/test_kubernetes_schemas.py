"""The manifests fit the schemas of Kubernetes: no field is misspelt or in a wrong place."""

from typing import Any

import pytest

from tests.project.test_deploy import KUBERNETES
from tests.project.test_kuberay import AUTOSCALER, CLUSTER_POLICY, HEAD, HEAD_POLICY, WORKERS

RELEASE = "1.34"
# Kinds that operators add, whose schemas are theirs.
CUSTOM = {"RayService", "ScaledObject", "ServiceMonitor", "PodMonitor"}


def validate(resource: dict[str, Any]) -> None:
    reason = "kubernetes-validate is not installed: make setup"
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason=reason)
    kubernetes_validate.validate(resource, RELEASE, strict=True)


def as_pod(template: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", **template}


@pytest.mark.parametrize(
    "resource", [*KUBERNETES, CLUSTER_POLICY, HEAD_POLICY], ids=lambda each: str(each["kind"])
)
def test_the_manifests_fit(resource: dict[str, Any]) -> None:
    validate(resource)


@pytest.mark.parametrize("group", [HEAD, WORKERS], ids=["head", "workers"])
def test_the_pods_of_ray_fit(group: dict[str, Any]) -> None:
    validate(as_pod(group["template"]))


def test_the_options_of_rays_autoscaler_are_those_of_a_container() -> None:
    container = {"name": "autoscaler", "image": "breve", **AUTOSCALER}
    validate(as_pod({"metadata": {"name": "head"}, "spec": {"containers": [container]}}))
