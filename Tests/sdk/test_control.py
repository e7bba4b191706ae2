"""Models, headers, and what a client may ask of the router."""

import json

import pytest
from conftest import ROUTES, ask


def test_the_list_of_models_begins_with_the_routes(client):
    models = client.models.list().data
    names = [model.id for model in models]
    assert names[0] == "auto" and set(ROUTES) <= set(names)
    assert "sim:sim-drafter" in names and "sim:sim-heavyweight" in names
    assert all(model.object == "model" and model.created > 0 and model.owned_by for model in models)


@pytest.mark.parametrize("name", ["auto", "doubtful", "sim:sim-heavyweight", "sim/sim-heavyweight", "sim:anything-else"])
def test_a_model_can_be_retrieved(client, name):
    assert client.models.retrieve(name).id == name


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "model, route, answered",
    [
        ("auto", "draft", "sim:sim-drafter"),
        ("doubtful", "heavyweight", "sim:heavyweight"),
        ("sim:confident", "direct", "sim:confident"),
    ],
)
def test_headers_name_route_model_and_decision(client, gateway, model, route, answered, stream):
    raw = client.chat.completions.with_raw_response.create(
        model=model, messages=ask("Headers."), stream=stream, extra_headers={"x-request-id": "the-clients-own-id"}
    )
    assert raw.headers["x-request-id"] == "the-clients-own-id"
    assert raw.headers["x-qualm-route"] == route
    assert raw.headers["x-qualm-model"] == answered
    assert float(raw.headers["x-qualm-overhead-ms"]) >= 0
    parsed = raw.parse()
    if stream:
        assert raw.headers["content-type"].startswith("text/event-stream")
        list(parsed)
    else:
        assert parsed.model_extra["qualm"]["decision_id"] == raw.headers["x-qualm-decision-id"]
    decision = client.get(f"{gateway.url}/v1/decisions/{raw.headers['x-qualm-decision-id']}", cast_to=dict)
    assert decision["route"] == route and decision["request_id"] == "the-clients-own-id" and decision["stream"] is stream


def test_a_request_without_an_id_gets_one(client):
    raw = client.chat.completions.with_raw_response.create(model="auto", messages=ask("Who am I?"))
    assert raw.headers["x-request-id"]
    # The SDK shows it as the request id, also with errors.
    assert raw.parse()._request_id == raw.headers["x-request-id"]


@pytest.mark.parametrize("how", ["header", "body"])
@pytest.mark.parametrize(
    "model, escalate, answered",
    [
        ("auto", "always", "sim-heavyweight"),
        ("doubtful", "never", "unsure"),
        ("auto", "auto", "sim-drafter"),
    ],
)
def test_a_client_may_force_or_forbid_escalation(client, how, model, escalate, answered):
    extra = {"extra_headers": {"x-qualm-escalate": escalate}} if how == "header" else {"extra_body": {"qualm": {"escalate": escalate}}}
    answer = client.chat.completions.create(model=model, messages=ask("Control."), **extra)
    assert answer.model == answered


def test_the_header_wins_over_the_body(client):
    answer = client.chat.completions.create(
        model="auto", messages=ask("Control."), extra_headers={"x-qualm-escalate": "auto"}, extra_body={"qualm": {"escalate": "always"}}
    )
    assert answer.model == "sim-drafter"


def test_controls_and_client_keys_do_not_reach_the_upstream(client, upstream, marker):
    client.chat.completions.create(
        model="auto", messages=ask(marker), extra_body={"qualm": {"release": "buffered"}}, extra_headers={"x-qualm-cache": "no-store"}
    )
    (record,) = upstream.seen(marker)
    assert '"qualm"' not in record["body"]
    assert not [name for name in record["headers"] if name.startswith(("x-qualm", "x-stainless"))]


@pytest.mark.parametrize("model, route", [("auto", "draft"), ("doubtful", "heavyweight"), ("sim:confident", "direct")])
def test_the_raw_stream_ends_with_outcome_and_done(client, model, route):
    with client.chat.completions.with_streaming_response.create(model=model, messages=ask("Raw."), stream=True) as response:
        lines = [line for line in response.iter_lines() if line]
    assert lines[-1] == "data: [DONE]" and lines.count("data: [DONE]") == 1
    assert lines[-2].startswith(": qualm ") and json.loads(lines[-2].removeprefix(": qualm "))["route"] == route
    assert all(line.startswith(("data: {", ":")) for line in lines[:-2])


@pytest.mark.parametrize("model", ["auto", "sim:confident"])
def test_a_decision_shows_legs_and_trace(client, gateway, model):
    raw = client.chat.completions.with_raw_response.create(model=model, messages=ask("Trace."))
    decision = client.get(f"{gateway.url}/v1/decisions/{raw.headers['x-qualm-decision-id']}", cast_to=dict)
    (leg,) = decision["legs"]
    assert leg["end"] == "completed" and leg["output_tokens"] == 40 and leg["tokens_source"] == "provider"
    if model == "auto":
        assert len(decision["trace"]["entropy_bits"]) == 40
        assert all(abs(bits - 0.2) < 0.05 for bits in decision["trace"]["entropy_bits"])
    assert "draft_text" not in decision
