"""What operations watch: Prometheus metrics of one worker."""

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MEDIA_TYPE = CONTENT_TYPE_LATEST
STAGES = ("read", "features", "model", "reasons", "limit", "document", "commit")
"""Parts of one answer, in their order."""
_BUCKETS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class Metrics:
    """The metrics of one worker, in a registry of their own."""

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
            "Answers that gave no score because too little is known",
            registry=self._registry,
        )
        self._refused = Counter(
            "cargoworthy_problems", "Problem documents sent", ["code"], registry=self._registry
        )
        self._champion = Info(
            "cargoworthy_champion", "The model that answers", registry=self._registry
        )
        for stage in STAGES:
            self._stage.labels(stage)

    def stages(self, seconds: dict[str, float]) -> None:
        """Take note of the time of each stage of one answer."""
        for stage, taken in seconds.items():
            self._stage.labels(stage).observe(taken)

    def scored(self, grade: str) -> None:
        """Count a score."""
        self._scores.labels(grade).inc()

    def insufficient(self) -> None:
        """Count an answer without a score."""
        self._insufficient.inc()

    def problem(self, code: str) -> None:
        """Count a problem document."""
        self._refused.labels(code).inc()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Take note of one request; ``route`` is the path's template, never its values."""
        self._request.labels(route, method, str(status)).observe(seconds)

    def champion(self, name: str, version: str, model_hash: str) -> None:
        """Name the model that answers now."""
        self._champion.info({"name": name, "version": version, "hash": model_hash})

    def text(self) -> bytes:
        """All metrics, in Prometheus' text format."""
        return generate_latest(self._registry)
