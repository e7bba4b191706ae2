"""What the SDK makes of answers from the cache: the very objects of the first time."""

import asyncio
import json
import uuid

import openai
import pytest
from conftest import ask, configuration
from processes import Gateway
from test_tools import CLOCK, WEATHER

CACHE = """
cache:
  mode: on
  deadline_ms: 5000
  shadow_share: 0
embeddings:
  model: sim:embed
"""


@pytest.fixture(scope="module")
def caching_gateway(simulator):
    process = Gateway(configuration(simulator) + CACHE)
    yield process
    assert process.stop() == 0, "the gateway must end by SIGTERM with status 0"


@pytest.fixture
def caching(caching_gateway):
    with openai.OpenAI(base_url=f"{caching_gateway.url}/v1", api_key="any", max_retries=0, timeout=30) as client:
        yield client


def without(answer, *names) -> dict:
    """The object without what may differ between an answer and its replay."""
    return {name: value for name, value in answer.to_dict().items() if name not in (*names, "qualm", "usage")}


def counts(usage) -> dict:
    return {name: getattr(usage, name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")}


@pytest.mark.parametrize("model", ["auto", "doubtful", "unicode"])
def test_the_second_answer_is_the_first_object_again(caching, upstream, marker, model):
    first = caching.chat.completions.create(model=model, messages=ask(marker))
    second = caching.chat.completions.create(model=model, messages=ask(marker))
    assert without(second) == without(first)
    assert counts(second.usage) == counts(first.usage)
    assert second.usage.model_extra["cached"] is True and "cached" not in (first.usage.model_extra or {})
    qualm = second.model_extra["qualm"]
    assert (qualm["route"], qualm["decision"], qualm["reason"]) == ("cache", "cache_hit", "cache_exact")
    assert qualm["cost_usd"] == 0
    chats = [record for record in upstream.seen(marker) if record["path"] == "/v1/chat/completions"]
    assert len(chats) == (2 if model == "doubtful" else 1)


@pytest.mark.parametrize("streamed_first", [False, True])
@pytest.mark.parametrize("model", ["auto", "doubtful"])
def test_streams_and_whole_answers_replay_each_other(caching, marker, model, streamed_first):
    def whole():
        answer = caching.chat.completions.create(model=model, messages=ask(marker))
        choice = answer.choices[0]
        return answer.id, answer.model, answer.created, choice.message.role, choice.message.content, choice.finish_reason

    def stream():
        chunks = list(caching.chat.completions.create(model=model, messages=ask(marker), stream=True))
        assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
        assert all(chunk.usage is None for chunk in chunks)
        roles = [chunk.choices[0].delta.role for chunk in chunks if chunk.choices[0].delta.role]
        assert len(roles) == 1 and len({chunk.id for chunk in chunks}) == 1
        reasons = [chunk.choices[0].finish_reason for chunk in chunks]
        assert set(reasons[:-1]) == {None}
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        return chunks[0].id, chunks[0].model, chunks[0].created, roles[0], text, reasons[-1]

    first, *rest = [stream(), whole(), stream()] if streamed_first else [whole(), stream(), whole()]
    assert all(answer == first for answer in rest)


def test_two_streams_from_the_cache_are_equal_chunk_by_chunk(caching, marker):
    def chunks():
        stream = caching.chat.completions.create(
            model="auto", messages=ask(marker), stream=True, stream_options={"include_usage": True}
        )
        return list(stream)

    chunks()
    one, other = chunks(), chunks()
    assert [without(chunk) for chunk in one] == [without(chunk) for chunk in other]
    usage = one[-1].usage
    assert one[-1].choices == [] and usage.model_extra["cached"] is True
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 0
    assert one[-1].model_extra["qualm"]["cache"]["level"] == "exact"


def test_the_headers_tell_a_stored_answer(caching, marker):
    first = caching.chat.completions.with_raw_response.create(model="auto", messages=ask(marker))
    assert first.headers["x-qualm-route"] == "draft"
    assert "x-qualm-cache-id" not in first.headers and "age" not in first.headers
    second = caching.chat.completions.with_raw_response.create(model="auto", messages=ask(marker))
    assert second.headers["x-qualm-route"] == "cache"
    assert second.headers["x-qualm-model"] == "sim:sim-drafter"
    assert int(second.headers["age"]) >= 0
    entry = second.headers["x-qualm-cache-id"]
    assert str(uuid.UUID(entry)) == entry
    assert second.parse().model_extra["qualm"]["cache"]["id"] == entry
    with caching.chat.completions.with_streaming_response.create(model="auto", messages=ask(marker), stream=True) as response:
        assert response.headers["x-qualm-cache-id"] == entry
        assert response.headers["x-qualm-route"] == "cache"


@pytest.mark.parametrize("model", ["tool", "parallel-tools"])
@pytest.mark.parametrize("stream", [False, True])
def test_tool_calls_are_replayed_whole(caching, marker, model, stream):
    def calls(stream):
        answer = caching.chat.completions.create(model=model, messages=ask(marker), tools=[WEATHER, CLOCK], stream=stream)
        if not stream:
            choice = answer.choices[0]
            return choice.finish_reason, [(call.id, call.function.name, call.function.arguments) for call in choice.message.tool_calls]
        parts, reason = {}, None
        for chunk in answer:
            reason = chunk.choices[0].finish_reason or reason
            for delta in chunk.choices[0].delta.tool_calls or []:
                known = parts.setdefault(delta.index, ["", "", ""])
                known[0] += delta.id or ""
                known[1] += delta.function.name or ""
                known[2] += delta.function.arguments or ""
        return reason, [tuple(parts[index]) for index in sorted(parts)]

    first = calls(stream)
    assert first[0] == "tool_calls" and len(first[1]) == (2 if model == "parallel-tools" else 1)
    assert all(json.loads(arguments) for _, _, arguments in first[1])
    assert calls(False) == first and calls(True) == first
    raw = caching.chat.completions.with_raw_response.create(model=model, messages=ask(marker), tools=[WEATHER, CLOCK])
    assert raw.headers["x-qualm-route"] == "cache"


def test_parsed_output_comes_from_the_cache_as_well(caching, marker):
    schema = {
        "type": "json_schema",
        "json_schema": {
            "name": "city",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "people": {"type": "integer"}},
                "required": ["name", "people"],
                "additionalProperties": False,
            },
        },
    }

    def create():
        return caching.chat.completions.with_raw_response.create(model="structured", messages=ask(marker), response_format=schema)

    first, second = create(), create()
    assert second.headers["x-qualm-route"] == "cache"
    content = second.parse().choices[0].message.content
    assert content == first.parse().choices[0].message.content and set(json.loads(content)) == {"name", "people"}


def test_a_client_may_refuse_what_is_stored_or_ask_for_nothing_else(caching, upstream, marker):
    def create(directive=None):
        headers = {"x-qualm-cache": directive} if directive else None
        return caching.chat.completions.create(model="auto", messages=ask(marker), extra_headers=headers)

    with pytest.raises(openai.APIStatusError) as none:
        create("only-if-cached")
    assert none.value.status_code == 504 and none.value.code == "not_cached"
    first = create()
    assert create("only-if-cached").id == first.id
    fresh = create("no-cache")
    assert fresh.id != first.id
    assert create().id == fresh.id
    assert create("no-store").id not in (first.id, fresh.id)
    with pytest.raises(openai.BadRequestError):
        create("sometimes")


def test_another_temperature_or_key_is_another_answer(caching_gateway, caching, marker):
    first = caching.chat.completions.create(model="auto", messages=ask(marker), temperature=0)
    warm = caching.chat.completions.create(model="auto", messages=ask(marker), temperature=0.9)
    assert warm.id != first.id and warm.model_extra["qualm"]["route"] == "draft"
    with openai.OpenAI(base_url=f"{caching_gateway.url}/v1", api_key="another", max_retries=0) as other:
        assert other.chat.completions.create(model="auto", messages=ask(marker), temperature=0).id != first.id
    assert caching.chat.completions.create(model="auto", messages=ask(marker), temperature=0).id == first.id


def test_twenty_asynchronous_clients_share_one_call(caching_gateway, upstream, marker):
    async def run():
        async with openai.AsyncOpenAI(base_url=f"{caching_gateway.url}/v1", api_key="any", max_retries=0, timeout=30) as client:
            return await asyncio.gather(
                *[client.chat.completions.create(model="auto", messages=ask(marker)) for _ in range(20)]
            )

    answers = asyncio.run(run())
    assert len({(answer.id, answer.choices[0].message.content) for answer in answers}) == 1
    assert len([record for record in upstream.seen(marker) if record["path"] == "/v1/chat/completions"]) == 1
