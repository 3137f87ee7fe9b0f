"""Figures for Prometheus. Labels are route templates and codes, never a path, a name or a number."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One registry for each app, so that two apps in one test process do not share figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "damrong_console_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "damrong_console_request_seconds",
            "Time until the first byte of an answer.",
            ["route"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )
        self.streams = Gauge(
            "damrong_console_event_streams",
            "Browsers that follow live events.",
            registry=self.registry,
        )
        self.sign_ins = Counter(
            "damrong_console_sign_ins",
            "Attempts to sign in.",
            ["result"],
            registry=self.registry,
        )
        self.cases = Counter(
            "damrong_console_cases", "Cases opened.", ["channel"], registry=self.registry
        )

    def text(self) -> bytes:
        return generate_latest(self.registry)
