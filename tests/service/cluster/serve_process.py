"""Runs Serve: `python -m tests.service.cluster.serve_process PORT`.

A line of standard input is `null`, to count the replicas, or the settings and the scaling of the
application, to deploy it. Each is answered with a line: how many replicas run.
"""

import json
import sys
from typing import Any

import ray
from ray import serve

from service.cluster.serve import PIPELINE, make_application
from service.settings import Settings
from tests.service.cluster.applications import RevisedReplica


def deploy(settings: dict[str, Any], scaling: dict[str, Any]) -> None:
    """Deploys the application, or updates it. Returns once it is there."""
    serve.run(make_application(Settings(**settings), scaling, RevisedReplica))


def count_replicas() -> int:
    """How many replicas run."""
    deployments = serve.status().applications["default"].deployments
    return int(deployments[PIPELINE].replica_states.get("RUNNING", 0))


def main() -> None:
    """Runs Serve until standard input ends."""
    ray.init(address="local", num_cpus=4, include_dashboard=False, log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    for line in sys.stdin:
        if arguments := json.loads(line):
            deploy(*arguments)
        print(f"REPLICAS {count_replicas()}", flush=True)
    serve.shutdown()


if __name__ == "__main__":
    main()
