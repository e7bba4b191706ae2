"""Questions, surroundings and gateways of the tests with real models."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import openai
import pytest

REALISM = Path(os.environ["QUALM_REALISM"])

# Where stack.sh puts them.
DRAFT = "http://127.0.0.1:18081"
EXPERT = "http://127.0.0.1:18086"
SLOW_EXPERT = "http://127.0.0.1:18089"


def questions() -> list[dict]:
    return [json.loads(line) for line in (REALISM / "tinyllm/questions.jsonl").read_text().splitlines() if line]


def is_right(question: dict, text: str) -> bool:
    folded = " ".join(text.split())
    return all(key in folded for key in question["key"])


def get_json(url: str):
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)


def processing(url: str) -> int:
    """Requests that a llama-server works on right now."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as response:
        for line in response.read().decode().splitlines():
            if line.startswith("llamacpp:requests_processing "):
                return int(float(line.split()[1]))
    raise AssertionError("llama-server shows no llamacpp:requests_processing")


def eventually(condition, what: str, seconds: float = 5):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@dataclass
class Answer:
    question: dict
    text: str
    model: str
    qualm: dict
    first_ms: float
    total_ms: float

    @property
    def right(self) -> bool:
        return is_right(self.question, self.text)

    @property
    def escalated(self) -> bool:
        return self.qualm["route"] == "heavyweight"


async def ask(client: openai.AsyncOpenAI, model: str, question: dict, stream: bool, release: str = "buffered", **more) -> Answer:
    began = time.monotonic()
    elapsed = lambda: (time.monotonic() - began) * 1_000  # noqa: E731
    messages = [{"role": "user", "content": question["q"]}]
    headers = {"x-qualm-release": release}
    if not stream:
        whole = await client.chat.completions.create(model=model, messages=messages, temperature=0, extra_headers=headers, **more)
        return Answer(question, whole.choices[0].message.content, whole.model, whole.model_extra["qualm"], elapsed(), elapsed())
    text, first, name, qualm = "", None, "", {}
    chunks = await client.chat.completions.create(
        model=model, messages=messages, temperature=0, stream=True, stream_options={"include_usage": True}, extra_headers=headers, **more
    )
    async for chunk in chunks:
        name = chunk.model or name
        qualm = (chunk.model_extra or {}).get("qualm", qualm)
        for choice in chunk.choices:
            if choice.delta.content and first is None:
                first = elapsed()
            text += choice.delta.content or ""
    return Answer(question, text, name, qualm, first or elapsed(), elapsed())


def ask_all(
    url: str, model: str, asked: list[dict], stream: bool = False, release: str = "buffered", at_once: int = 8, **more
) -> list[Answer]:
    """The answers in the order of the questions, `at_once` of them in flight. `more`: members of every request."""

    async def run():
        permits = asyncio.Semaphore(at_once)
        async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=60) as client:

            async def one(question):
                async with permits:
                    return await ask(client, model, question, stream, release, **more)

            return await asyncio.gather(*[one(question) for question in asked])

    return asyncio.run(run())


@pytest.fixture(scope="session")
def slow_draft():
    """The drafter with a hosted model's timing, so that there is time to be saved: 100 ms to the first token, 15 tokens a second."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        str(REALISM / "throttle/server.py"),
        "--upstream",
        DRAFT,
        "--port",
        str(port),
        "--ttft-ms",
        "100",
        "--tps",
        "15",
    ]
    child = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}"

    def is_up():
        assert child.poll() is None, "throttle/server.py ended"
        try:
            return get_json(f"{url}/health") is not None
        except OSError:
            return False

    try:
        eventually(is_up, "throttle/server.py does not listen", 15)
        yield url
    finally:
        child.terminate()
        child.wait(10)
