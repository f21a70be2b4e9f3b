"""What operations watch: Prometheus metrics, of one worker or summed over all of a service."""

import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MEDIA_TYPE = CONTENT_TYPE_LATEST
STAGES = ("read", "features", "model", "reasons", "limit", "document", "commit")
"""Parts of one answer, in their order."""
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable with the folder in which the workers of one service count together; without
it each counts for itself. ``prometheus_client`` reads it when it is imported."""
_BUCKETS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class Metrics:
    """What is counted, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._stage = Histogram(
            "cargoworthy_stage_seconds",
            "Time of each stage of an answer",
            ["stage"],
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._request = Histogram(
            "cargoworthy_request_seconds",
            "Time of a request by route, method and status",
            ["route", "method", "status"],
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._scores = Counter(
            "cargoworthy_scores", "Scores answered", ["grade"], registry=self._registry
        )
        self._insufficient = Counter(
            "cargoworthy_insufficient_data",
            "Answers that gave no score because too little is known, by its first cause",
            ["cause"],
            registry=self._registry,
        )
        self._refused = Counter(
            "cargoworthy_problems", "Problem documents sent", ["code"], registry=self._registry
        )
        self._rows = Counter(
            "cargoworthy_row_problems",
            "Rows of batches that were refused, by the code of their problem",
            ["code"],
            registry=self._registry,
        )
        self._messages = Counter(
            "cargoworthy_messages",
            "Messages of providers by stream and what became of them",
            ["stream", "outcome"],
            registry=self._registry,
        )
        self._champion: dict[str, str] | None = None
        self._stages = {stage: self._stage.labels(stage) for stage in STAGES}

    def stages(self, seconds: dict[str, float]) -> None:
        """Take note of the time of each stage of one answer."""
        for stage, taken in seconds.items():
            self._stages[stage].observe(taken)

    def scored(self, grade: str) -> None:
        """Count a score."""
        self._scores.labels(grade).inc()

    def insufficient(self, cause: str) -> None:
        """Count an answer without a score, once, by the first of its causes."""
        self._insufficient.labels(cause).inc()

    def problem(self, code: str) -> None:
        """Count a problem document."""
        self._refused.labels(code).inc()

    def row_problem(self, code: str) -> None:
        """Count a row of a batch that was refused."""
        self._rows.labels(code).inc()

    def messages(self, stream: str, accepted: int, quarantined: int, duplicate: int) -> None:
        """Count messages that a provider sent."""
        counts = {"accepted": accepted, "quarantined": quarantined, "duplicate": duplicate}
        for outcome, count in counts.items():
            self._messages.labels(stream, outcome).inc(count)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Take note of one request; ``route`` is the path's template, never its values."""
        self._request.labels(route, method, str(status)).observe(seconds)

    def champion(self, name: str, version: str, model_hash: str) -> None:
        """Name the model by which this worker answers now."""
        self._champion = {"name": name, "version": version, "hash": model_hash}

    def text(self, present: Iterable[Metric] = ()) -> bytes:
        """All metrics, in Prometheus' text format.

        Parameters
        ----------
        present : iterable of Metric
            What is not counted but holds at this moment.
        """
        told = CollectorRegistry()
        champion = InfoMetricFamily(
            "cargoworthy_champion", "The model that answers", self._champion
        )
        told.register(_Present((champion, *present)))
        return generate_latest(self._counted()) + generate_latest(told)

    def _counted(self) -> CollectorRegistry:
        if SHARED not in os.environ:
            return self._registry
        summed = CollectorRegistry()
        MultiProcessCollector(summed)  # type: ignore[no-untyped-call]
        return summed


class _Present(Collector):
    def __init__(self, metrics: tuple[Metric, ...]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """Give each once."""
        yield from self._metrics
