"""Tool calls of a draft leave only when they are complete and valid; otherwise the heavyweight's do."""

import json

import pytest
from conftest import ask

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a place.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1, "maximum": 7}},
            "required": ["city", "days"],
            "additionalProperties": False,
        },
    },
}
CLOCK = {
    "type": "function",
    "function": {
        "name": "get_time",
        "parameters": {"type": "object", "properties": {"zone": {"type": "string", "enum": ["UTC", "CET"]}}, "required": ["zone"]},
    },
}


def check_weather(arguments: str):
    value = json.loads(arguments)
    assert set(value) == {"city", "days"} and isinstance(value["city"], str) and 1 <= value["days"] <= 7


def calls_of(client, model, stream, escalate="auto"):
    """(id, name, arguments) of every call, by its index; the finish reason; the model that answered."""
    answer = client.chat.completions.create(
        model=model, messages=ask("Weather?"), tools=[WEATHER, CLOCK], stream=stream, extra_headers={"x-qualm-escalate": escalate}
    )
    if not stream:
        choice = answer.choices[0]
        calls = [(call.id, call.function.name, call.function.arguments) for call in choice.message.tool_calls]
        return calls, choice.finish_reason, answer.model
    calls, reason, model = {}, None, None
    for chunk in answer:
        model = chunk.model
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            for delta in choice.delta.tool_calls or []:
                call = calls.setdefault(delta.index, ["", "", ""])
                call[0] += delta.id or ""
                call[1] += delta.function.name or ""
                call[2] += delta.function.arguments or ""
    return [tuple(calls[index]) for index in sorted(calls)], reason, model


# Providers send no logprobs with tool calls, so that whether a valid call of the draft is evidence enough is a matter of policy
# (docs/configuration.md). What leaves must be whole and valid from whichever model.
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "escalate, models", [("auto", {"tool", "heavyweight-tool"}), ("never", {"tool"}), ("always", {"heavyweight-tool"})]
)
def test_a_valid_call_arrives_whole(client, escalate, models, stream):
    ((identifier, name, arguments),), reason, model = calls_of(client, "tool", stream, escalate)
    assert identifier and (name, reason) == ("get_weather", "tool_calls") and model in models
    check_weather(arguments)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("route", ["bad-tool", "unknown-tool"])
def test_an_invalid_call_of_the_draft_never_leaves(client, route, stream):
    ((identifier, name, arguments),), reason, model = calls_of(client, route, stream)
    assert identifier and (name, reason, model) == ("get_weather", "tool_calls", "heavyweight-tool")
    check_weather(arguments)


@pytest.mark.parametrize("route", ["bad-tool", "unknown-tool"])
def test_the_reason_is_the_call_not_the_missing_evidence(client, route):
    answer = client.chat.completions.create(model=route, messages=ask("Weather?"), tools=[WEATHER, CLOCK])
    assert answer.model_extra["qualm"]["reason"] == "gate_tool_call"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("escalate", ["auto", "never", "always"])
def test_parallel_calls_are_never_merged(client, escalate, stream):
    calls, reason, model = calls_of(client, "parallel-tools", stream, escalate)
    assert [name for _, name, _ in calls] == ["get_weather", "get_time"]
    assert len({identifier for identifier, _, _ in calls}) == 2 and reason == "tool_calls"
    check_weather(calls[0][2])
    assert json.loads(calls[1][2])["zone"] in ("UTC", "CET")


def test_a_call_and_its_result_reach_the_upstream(client, upstream, marker):
    messages = [
        *ask(marker),
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Ulm","days":1}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "Rain."},
    ]
    answer = client.chat.completions.create(model="auto", messages=messages, tools=[WEATHER])
    assert answer.choices[0].message.content
    (record,) = upstream.seen(marker)
    assert json.loads(record["body"])["messages"] == messages


def test_the_streaming_helper_understands_streamed_calls(client):
    with client.chat.completions.stream(model="tool", messages=ask("Weather?"), tools=[WEATHER]) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        final = stream.get_final_completion()
    assert [event.name for event in done] == ["get_weather"]
    check_weather(final.choices[0].message.tool_calls[0].function.arguments)
