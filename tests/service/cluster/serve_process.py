"""Runs Serve: `python -m tests.service.cluster.serve_process PORT`.

A line of standard input is `null`, to count the replicas; KILL_INGRESS; or the settings and the
scaling of the application, to deploy it. Each is answered with a line: how many replicas run.
"""

import json
import sys
from typing import Any

import ray
import ray.util
from ray import serve

from service.cluster.serve import INGRESS, PIPELINE, make_application
from service.settings import Settings
from tests.service.cluster.applications import KILL_INGRESS, RevisedReplica


def deploy(settings: dict[str, Any], scaling: dict[str, Any]) -> None:
    """Deploys the application, or updates it. Returns once it is there."""
    serve.run(make_application(Settings(**settings), scaling, RevisedReplica))


def count_replicas() -> int:
    """How many replicas run."""
    deployments = serve.status().applications["default"].deployments
    return int(deployments[PIPELINE].replica_states.get("RUNNING", 0))


def kill_ingress() -> None:
    """Ends the ingress as a crash does."""
    for actor in ray.util.list_named_actors(all_namespaces=True):
        if f"#{INGRESS}#" in actor["name"]:
            ray.kill(ray.get_actor(actor["name"], actor["namespace"]))


def main() -> None:
    """Runs Serve until standard input ends."""
    ray.init(address="local", num_cpus=4, include_dashboard=False, log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    for line in sys.stdin:
        match json.loads(line):
            case [settings, scaling]:
                deploy(settings, scaling)
            case command if command == KILL_INGRESS:
                kill_ingress()
        print(f"REPLICAS {count_replicas()}", flush=True)
    serve.shutdown()


if __name__ == "__main__":
    main()
