"""One simulator, and two gateways before it: an open one with a route per behaviour, and a strict one with keys and small bounds."""

from __future__ import annotations

import itertools
import json
import time
import urllib.request

import openai
import pytest
from processes import Gateway, Simulator

# Each route has a drafter and a heavyweight scripted by their names (docs/simulator.md).
ROUTES = {
    "doubtful": ("unsure", "heavyweight"),
    "echo": ("echo", "heavyweight"),
    "slow-draft": ("confident-n400-d20000", "heavyweight"),
    "silent-draft": ("stallfirst", "stallfirst-heavyweight"),
    "wavering": ("recovering-s6-n120-d15000", "heavyweight-f4000000"),
    "tool": ("tool", "heavyweight-tool"),
    "bad-tool": ("badtool", "heavyweight-tool"),
    "unknown-tool": ("unknowntool", "heavyweight-tool"),
    "parallel-tools": ("paralleltools", "heavyweight-paralleltools"),
    "structured": ("json", "heavyweight-json"),
    "wrong-structure": ("wrongjson", "heavyweight-json"),
    "broken-json": ("badjson", "heavyweight-json"),
    "refusing": ("refusal", "heavyweight"),
    "truncated": ("length", "heavyweight"),
    "blind": ("nologprobs", "heavyweight"),
    "blind-slow": ("nologprobs-n80-d5000", "heavyweight"),
    "drafter-down": ("err503", "heavyweight"),
    "both-down": ("err503", "err500"),
    "limited": ("err429-r7", "err429-r7"),
    "breaks-after-release": ("resetmid-n200-d2000", "err500"),
    "unicode": ("unicode-n60", "heavyweight"),
    "reasoning": ("reasoning", "heavyweight"),
}

# A rate limit that ends after two requests: what the SDK's own retries are for.
SCENARIO = {
    "models": ["sim-drafter", "sim-heavyweight"],
    "rules": [{"model": "passing-limit", "behaviour": "err429-r1", "times": 2}],
}


def configuration(simulator: Simulator, server: str = "") -> str:
    routes = "".join(
        f"  {name}:\n    drafter: sim:{drafter}\n    heavyweight: sim:{heavyweight}\n" for name, (drafter, heavyweight) in ROUTES.items()
    )
    return f"""
server:
  host: 127.0.0.1
  drain_seconds: 1
{server}
routing:
  drafter: sim:sim-drafter
  heavyweight: sim:sim-heavyweight
routes:
{routes}
prefire:
  budget_ratio: 1
providers:
  sim:
    base_url: {simulator.url}/v1
    api_key: upstream-key
  hasty:
    base_url: {simulator.url}/v1
    first_byte_timeout_ms: 300
prices:
  sim:sim-drafter: {{input: 0.1, output: 0.4}}
  sim:sim-heavyweight: {{input: 2, output: 8}}
logging:
  level: warning
"""


class Upstream:
    """What the simulator saw."""

    def __init__(self, simulator: Simulator):
        self.url = simulator.url

    def report(self) -> dict:
        with urllib.request.urlopen(f"{self.url}/_sim/report", timeout=10) as response:
            return json.load(response)

    def seen(self, marker: str) -> list[dict]:
        """The requests whose body holds the marker, oldest first."""
        return [record for record in self.report()["records"] if marker in (record["body"] or "")]

    def eventually(self, marker: str, condition, seconds: float = 5) -> list[dict]:
        """Waits until `condition(records)` holds; fails with the records otherwise."""
        deadline = time.monotonic() + seconds
        while True:
            records = self.seen(marker)
            if condition(records):
                return records
            if time.monotonic() > deadline:
                pytest.fail(f"the upstream saw: {json.dumps([{**record, 'body': None} for record in records], indent=1)}")
            time.sleep(0.02)


@pytest.fixture(scope="session")
def simulator():
    process = Simulator(json.dumps(SCENARIO))
    yield process
    process.stop()


@pytest.fixture(scope="session")
def gateway(simulator):
    process = Gateway(configuration(simulator))
    yield process
    assert process.stop() == 0, "the gateway must end by SIGTERM with status 0"


@pytest.fixture(scope="session")
def strict_gateway(simulator):
    process = Gateway(
        configuration(simulator, "  api_keys: [right-key, other-key]\n  max_body_bytes: 4096\n  max_concurrent_requests: 2\n")
    )
    yield process
    assert process.stop() == 0, "the gateway must end by SIGTERM with status 0"


@pytest.fixture
def upstream(simulator):
    return Upstream(simulator)


@pytest.fixture
def client(gateway):
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="any", max_retries=0, timeout=30) as client:
        yield client


@pytest.fixture
def async_client(gateway):
    """A function: an asynchronous client belongs to the event loop of its test."""
    return lambda: openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key="any", max_retries=0, timeout=30)


@pytest.fixture
def strict_client(strict_gateway):
    with openai.OpenAI(base_url=f"{strict_gateway.url}/v1", api_key="right-key", max_retries=0, timeout=30) as client:
        yield client


_markers = itertools.count(1)


@pytest.fixture
def marker():
    """A word that occurs in no other request."""
    return f"marker-{next(_markers):04d}-{time.time_ns():x}"


def ask(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]
