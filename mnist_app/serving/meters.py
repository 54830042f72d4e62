"""What a server measures of itself, for Prometheus: ``/api/metrics`` shows it.

Each process has its own; to add them up is for whoever asks.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # upper bounds

ANSWERS = Histogram(
    "digit_lab_answer_seconds",
    "From a stroke's arrival to the answer with all maps, in the server.",
    ["page"],
    buckets=SECONDS,
)
REQUESTS = Histogram(
    "digit_lab_request_seconds",
    "From a request to its response, for programs.",
    ["address", "status"],
    buckets=SECONDS,
)
IMAGES = Counter("digit_lab_images", "Images that programs had read.", ["model"])
TRAININGS = Gauge("digit_lab_trainings", "Trainings in the queue of this folder of runs.", ["state"])
