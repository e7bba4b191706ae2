"""Embeddings pass through: the SDK asks a named model, and its vectors come back."""

import base64
import math
import struct
import threading
import time

import openai
import pytest


@pytest.mark.parametrize("encoding", [None, "float", "base64"])
@pytest.mark.parametrize("name", ["sim:text-embed", "sim/text-embed"])
def test_vectors_come_back_in_every_encoding(client, upstream, marker, name, encoding):
    extra = {} if encoding is None else {"encoding_format": encoding}
    answer = client.embeddings.create(model=name, input=[f"one {marker}", "two"], dimensions=64, **extra)
    assert answer.object == "list" and answer.model == "text-embed"
    assert [item.index for item in answer.data] == [0, 1]
    assert answer.usage.prompt_tokens > 0
    if encoding != "base64":
        assert all(len(item.embedding) == 64 for item in answer.data)
        assert all(math.isclose(sum(x * x for x in item.embedding), 1, rel_tol=1e-5) for item in answer.data)
    (record,) = upstream.seen(marker)
    assert record["path"] == "/v1/embeddings"
    assert answer.model_extra.get("qualm") is None


@pytest.mark.parametrize("texts", ["a text", ["a", "b", "c"], [1, 2, 3], [[1, 2], [3]]])
def test_every_shape_of_input_is_passed_on(client, texts):
    answer = client.embeddings.create(model="sim:text-embed", input=texts)
    assert len(answer.data) >= 1 and len(answer.data[0].embedding) == 1536


def test_the_upstream_gets_the_clients_bytes_but_for_the_model(client, upstream, marker):
    body = f'{{ "input" : ["{marker}", "\\u00e9"],"model":"sim:text-embed" , "new":{{"a":[2.50]}}}}'
    client.post("/embeddings", cast_to=dict, content=body.encode(), options={"headers": {"content-type": "application/json"}})
    (record,) = upstream.seen(marker)
    assert record["body"] == body.replace("sim:text-embed", "text-embed")


def test_headers_decision_and_ledger(client, gateway):
    raw = client.embeddings.with_raw_response.create(
        model="sim:sim-drafter", input="Priced.", extra_headers={"x-request-id": "embed-1"}
    )
    assert raw.headers["x-request-id"] == "embed-1"
    assert raw.headers["x-qualm-route"] == "direct" and raw.headers["x-qualm-model"] == "sim:sim-drafter"
    decision = client.get(f"{gateway.url}/v1/decisions/{raw.headers['x-qualm-decision-id']}", cast_to=dict)
    assert decision["route"] == "direct" and decision["decision"] == "direct" and decision["reason"] == "embeddings"
    (leg,) = decision["legs"]
    tokens = raw.parse().usage.prompt_tokens
    assert leg["leg"] == "embedding" and leg["end"] == "completed"
    assert math.isclose(leg["cost_usd"], tokens * 0.1e-6, rel_tol=1e-6)


def test_a_route_is_no_embedding_model(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model="auto", input="x")
    assert caught.value.param == "model" and "provider:model" in caught.value.message


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.embeddings.create(model="nobody-at-all", input="x")
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    "body, param",
    [({"input": ""}, "input"), ({"input": []}, "input"), ({"input": ["a", 1]}, "input[1]"), ({"input": {"a": 1}}, "input"), ({}, "input")],
)
def test_a_wrong_member_is_named(client, body, param):
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/embeddings", cast_to=dict, body={"model": "sim:text-embed", **body})
    assert caught.value.param == param and caught.value.code


@pytest.mark.parametrize(
    "model, error",
    [
        ("err400", openai.BadRequestError),
        ("err429", openai.RateLimitError),
        ("err500", openai.InternalServerError),
        ("err401", openai.InternalServerError),
        ("refuse", openai.InternalServerError),
    ],
)
def test_failures_become_the_sdks_exceptions(client, model, error):
    with pytest.raises(error) as caught:
        client.embeddings.create(model=f"sim:{model}", input="x")
    assert caught.value.request_id and "upstream-key" not in str(caught.value)


def test_only_a_stored_answer_is_never_there(client):
    with pytest.raises(openai.APIStatusError) as caught:
        client.embeddings.create(model="sim:text-embed", input="x", extra_headers={"x-qualm-cache": "only-if-cached"})
    assert caught.value.status_code == 504 and caught.value.code == "not_cached"


def test_a_client_that_leaves_closes_the_upstream(gateway, upstream, marker):
    impatient = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="any", max_retries=0, timeout=30)

    def ask():
        with pytest.raises(openai.APIError):
            impatient.embeddings.create(model="sim:stallfirst", input=marker, timeout=1)

    thread = threading.Thread(target=ask)
    thread.start()
    upstream.eventually(marker, lambda records: len(records) == 1)
    started = time.monotonic()
    thread.join()
    records = upstream.eventually(marker, lambda records: [record["outcome"] for record in records] == ["aborted"])
    assert len(records) == 1 and time.monotonic() - started < 20


def test_floats_and_base64_are_the_same_vector(client, marker):
    floats = client.embeddings.create(model="sim:embed", input=marker, encoding_format="float").data[0].embedding
    text = client.embeddings.create(model="sim:embed", input=marker, encoding_format="base64").data[0].embedding
    decoded = struct.unpack(f"<{len(floats)}f", base64.b64decode(text))
    assert decoded == pytest.approx(floats, abs=1e-6)
    # The SDK asks for base64 when nobody says anything, and decodes it.
    assert client.embeddings.create(model="sim:embed", input=marker).data[0].embedding == pytest.approx(floats, abs=1e-6)


def test_an_upstream_that_is_silent_is_a_time_out(client):
    with pytest.raises(openai.InternalServerError) as caught:
        client.embeddings.create(model="hasty:embed-stallhead", input="x")
    assert caught.value.status_code == 504
