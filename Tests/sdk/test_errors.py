"""Failures become the exceptions that users of the SDK catch."""

import threading
import time

import openai
import pytest
from conftest import ask


def test_a_body_that_is_not_json_is_refused_with_its_position(client, gateway):
    with pytest.raises(openai.BadRequestError) as caught:
        client.post(
            "/chat/completions",
            cast_to=dict,
            content=b'{"model": "auto",\n "messages": [}',
            options={"headers": {"content-type": "application/json"}},
        )
    error = caught.value
    assert error.status_code == 400 and error.code == "invalid_json" and error.type == "invalid_request_error"
    assert "line 2" in error.message


@pytest.mark.parametrize(
    "body, param",
    [
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"temperature": "warm"}, "temperature"),
        ({"n": 0}, "n"),
        ({"stream_options": 1, "stream": True}, "stream_options"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
        ({"qualm": {"escalate": "maybe"}}, "qualm.escalate"),
        ({"qualm": {"escalte": "never"}}, "qualm"),
    ],
)
def test_a_wrong_member_is_named(client, body, param):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="auto", messages=ask("Hello"), extra_body=body)
    assert caught.value.param == param
    assert caught.value.code and caught.value.request_id


def test_a_wrong_control_header_is_named(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="auto", messages=ask("Hello"), extra_headers={"x-qualm-release": "sometimes"})
    assert caught.value.param == "x-qualm-release" and "boundary" in caught.value.message


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-999", messages=ask("Hello"))
    assert caught.value.code == "model_not_found" and caught.value.param == "model" and "gpt-999" in caught.value.message
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-999")


def test_an_unknown_path_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        client.audio.speech.create(model="auto", voice="alloy", input="Hello")


@pytest.mark.parametrize("key", ["wrong-key", "right-ke", "right-key2"])
def test_a_wrong_key_is_an_authentication_error(strict_client, key):
    with pytest.raises(openai.AuthenticationError) as caught:
        strict_client.with_options(api_key=key).chat.completions.create(model="auto", messages=ask("Hello"))
    assert caught.value.code == "invalid_api_key" and key not in caught.value.message


@pytest.mark.parametrize("key", ["right-key", "other-key"])
def test_each_configured_key_opens_the_gateway(strict_client, key):
    answer = strict_client.with_options(api_key=key).chat.completions.create(model="auto", messages=ask("Hello"))
    assert answer.choices[0].message.content


def test_the_clients_key_stays_here_and_the_gateways_goes_up(strict_client, upstream, marker):
    strict_client.chat.completions.create(model="auto", messages=ask(marker))
    (record,) = upstream.seen(marker)
    # The simulator redacts the value; that there is one and only one is what it can say.
    assert [name for name in record["headers"] if "auth" in name or "key" in name] == ["authorization"]
    assert "right-key" not in record["body"]


def test_a_body_over_the_bound_is_a_413(strict_client):
    with pytest.raises(openai.APIStatusError) as caught:
        strict_client.chat.completions.create(model="auto", messages=ask("x" * 5_000))
    assert caught.value.status_code == 413 and caught.value.code == "request_too_large" and "4096" in caught.value.message
    assert strict_client.chat.completions.create(model="auto", messages=ask("small")).choices


def test_requests_over_the_bound_are_a_rate_limit_error_and_the_slot_comes_back(strict_client, upstream):
    streams = [strict_client.chat.completions.create(model="slow-draft", messages=ask("Slow."), stream=True) for _ in range(2)]
    with pytest.raises(openai.RateLimitError) as caught:
        strict_client.chat.completions.create(model="auto", messages=ask("One more."))
    assert caught.value.response.headers["retry-after"] == "1" and caught.value.code == "rate_limit_exceeded"
    for stream in streams:
        stream.close()
    deadline = time.monotonic() + 5
    while True:
        try:
            assert strict_client.chat.completions.create(model="auto", messages=ask("Now.")).choices
            break
        except openai.RateLimitError:
            assert time.monotonic() < deadline, "a closed stream keeps its slot"
            time.sleep(0.05)


@pytest.mark.parametrize("model", ["sim:err429-r7", "limited"])
def test_the_upstreams_rate_limit_keeps_its_retry_after(client, model):
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model=model, messages=ask("Hello"))
    assert caught.value.response.headers["retry-after"] == "7"


def test_the_sdks_own_retries_get_through_a_passing_limit(client, upstream, marker):
    answer = client.with_options(max_retries=3).chat.completions.create(model="sim:passing-limit", messages=ask(marker))
    assert answer.choices[0].message.content
    assert [record["status"] for record in upstream.seen(marker)] == [429, 429, 200]


@pytest.mark.parametrize(
    "model, status",
    [
        ("sim:err500", 502),
        ("sim:err503", 502),
        ("both-down", 502),
        ("sim:refuse", 502),
        ("sim:stallhead", None),
        ("hasty:stallhead", 504),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_upstream_failures_are_internal_server_errors_that_name_the_provider(client, model, status, stream):
    if status is None:
        with pytest.raises(openai.APITimeoutError):
            client.with_options(timeout=0.5).chat.completions.create(model=model, messages=ask("Hello"), stream=stream)
        return
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model=model, messages=ask("Hello"), stream=stream)
    assert caught.value.status_code == status
    assert ("hasty" if model.startswith("hasty") else "sim") in caught.value.message
    assert "upstream-key" not in caught.value.message


@pytest.mark.parametrize(
    "upstream_status, exception, status",
    [
        (400, openai.BadRequestError, 400),
        (404, openai.NotFoundError, 404),
        (422, openai.UnprocessableEntityError, 422),
        (401, openai.InternalServerError, 502),
        (403, openai.InternalServerError, 502),
    ],
)
def test_the_upstreams_client_errors_keep_their_class_but_its_key_is_not_the_clients(client, upstream_status, exception, status):
    with pytest.raises(exception) as caught:
        client.chat.completions.create(model=f"sim:err{upstream_status}", messages=ask("Hello"))
    assert caught.value.status_code == status


def test_an_error_inside_a_stream_is_raised_not_swallowed(client):
    stream = client.chat.completions.create(
        model="breaks-after-release", messages=ask("Hello"), stream=True, extra_headers={"x-qualm-release": "holdback; n=4"}
    )
    received = []
    with pytest.raises(openai.APIError):
        for chunk in stream:
            received.append(chunk)
    assert any(choice.delta.content for chunk in received for choice in chunk.choices)
    assert not any(choice.finish_reason for chunk in received for choice in chunk.choices)


def test_a_client_timeout_closes_the_upstream(client, upstream, marker):
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.5).chat.completions.create(model="sim:stallfirst", messages=ask(marker))
    upstream.eventually(marker, lambda records: [record["outcome"] for record in records] == ["aborted"])


def test_errors_do_not_disturb_the_answers_beside_them(client):
    problems = []

    def good():
        try:
            assert client.chat.completions.create(model="auto", messages=ask("Good.")).choices[0].finish_reason == "stop"
        except Exception as problem:  # noqa: BLE001 - reported below
            problems.append(problem)

    def bad():
        try:
            client.chat.completions.create(model="both-down", messages=ask("Bad."))
            problems.append("no error")
        except openai.InternalServerError:
            pass

    threads = [threading.Thread(target=good if index % 2 else bad) for index in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
