"""The interface of workers: one runs the model in this process, another passes the jobs on."""

from typing import Protocol

from models.engine import EngineDescription
from service.api.refusals import State
from service.api.work.admission import AdmissionQueue, Job


class JobTaker(Protocol):
    """A worker, as the service knows it.

    `service/api/work/worker.py` runs the model in this process. `service/cluster/remote_worker.py`
    passes the jobs on to replicas.
    """

    @property
    def queue(self) -> AdmissionQueue:
        """The jobs that wait."""
        ...

    @property
    def description(self) -> EngineDescription | None:
        """The model that answers; None until it is loaded."""
        ...

    @property
    def running(self) -> int:
        """How many jobs are being done."""
        ...

    def start(self) -> None:
        """Begins to get ready; returns at once."""
        ...

    def stop(self) -> None:
        """Refuses the jobs that wait, and takes no more; called in a thread."""
        ...

    def give_up(self) -> None:
        """Ends all jobs, waiting or running, with an error that says what is wrong."""
        ...

    def state(self) -> tuple[State, str]:
        """What the worker is doing, and a sentence about it."""
        ...

    def check(self) -> None:
        """Raises NotReady unless the worker takes work."""
        ...

    def submit(self, job: Job) -> None:
        """Puts a job into the queue. Raises NotReady or QueueFull."""
        ...

    def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the model's own count; any thread may ask. Raises NotReady."""
        ...
