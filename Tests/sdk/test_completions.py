"""Whole and streamed answers: the objects that the SDK makes of them."""

import asyncio
import json

import pytest
from conftest import ask


def text_of(chunks) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def test_a_sure_draft_is_the_answer_and_names_the_drafter(client):
    answer = client.chat.completions.create(model="auto", messages=ask("What is the capital of France?"))
    assert answer.object == "chat.completion" and answer.id
    assert answer.model == "sim-drafter"
    choice = answer.choices[0]
    assert (choice.index, choice.finish_reason, choice.message.role) == (0, "stop", "assistant")
    assert choice.message.content and not choice.message.content.startswith("Considered answer:")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens == 40


def test_a_doubtful_draft_is_replaced_by_the_heavyweight(client):
    answer = client.chat.completions.create(model="doubtful", messages=ask("Prove it."))
    assert answer.model == "heavyweight"
    assert answer.choices[0].message.content.startswith("Considered answer:")
    assert answer.model_extra["qualm"]["decision"] == "escalate"


def test_the_qualm_member_tells_how_the_answer_came_about(client):
    answer = client.chat.completions.create(model="auto", messages=ask("Hello"))
    qualm = answer.model_extra["qualm"]
    assert qualm["route"] == "draft" and qualm["decision"] == "ship" and qualm["reason"]
    assert (qualm["drafter"], qualm["heavyweight"]) == ("sim:sim-drafter", "sim:sim-heavyweight")
    assert qualm["prefired"] is False and qualm["prefire_cancelled"] is False
    assert qualm["window_max_bits"] == pytest.approx(0.2, abs=0.02)
    usage = answer.usage
    assert qualm["cost_usd"] == pytest.approx((usage.prompt_tokens * 0.1 + usage.completion_tokens * 0.4) / 1e6)
    assert qualm["wasted_cost_usd"] == 0
    assert qualm["decision_id"].startswith("dec_")


def test_a_stream_has_one_role_one_finish_reason_and_the_same_text(client):
    messages = ask("The same words, streamed and not.")
    whole = client.chat.completions.create(model="auto", messages=messages)
    chunks = list(client.chat.completions.create(model="auto", messages=messages, stream=True))
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert {chunk.model for chunk in chunks} == {"sim-drafter"}
    assert len({chunk.id for chunk in chunks}) == 1
    assert [chunk.choices[0].delta.role for chunk in chunks if chunk.choices[0].delta.role] == ["assistant"]
    reasons = [chunk.choices[0].finish_reason for chunk in chunks]
    assert reasons[-1] == "stop" and set(reasons[:-1]) == {None}
    assert text_of(chunks) == whole.choices[0].message.content
    assert all(chunk.usage is None for chunk in chunks)


@pytest.mark.parametrize("model", ["auto", "doubtful", "sim:sim-drafter"])
def test_usage_comes_in_one_last_chunk_when_asked_for(client, model):
    stream = client.chat.completions.create(model=model, messages=ask("Count me."), stream=True, stream_options={"include_usage": True})
    chunks = list(stream)
    assert [chunk.usage is not None for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    last = chunks[-1]
    assert last.choices == []
    assert last.usage.completion_tokens == (60 if model == "doubtful" else 40)
    assert last.model_extra["qualm"]["route"] == {"auto": "draft", "doubtful": "heavyweight"}.get(model, "direct")
    assert all("qualm" not in (chunk.model_extra or {}) for chunk in chunks[:-1])


@pytest.mark.parametrize("release", ["buffered", "boundary", "holdback; n=4", "commit; n=8"])
@pytest.mark.parametrize("model", ["auto", "doubtful", "unicode", "reasoning"])
def test_every_release_mode_streams_the_text_of_the_whole_answer(client, model, release):
    messages = ask("Release modes change when, never what.")
    whole = client.chat.completions.create(model=model, messages=messages)
    chunks = list(client.chat.completions.create(model=model, messages=messages, stream=True, extra_headers={"x-qualm-release": release}))
    assert text_of(chunks) == whole.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_named_model_is_not_routed(client, upstream, marker):
    for name in ("sim:unsure", "sim/unsure"):
        answer = client.chat.completions.create(model=name, messages=ask(marker))
        assert answer.model == "unsure"
        assert answer.model_extra["qualm"]["route"] == "direct"
    assert [record["model"] for record in upstream.seen(marker)] == ["unsure", "unsure"]


@pytest.mark.parametrize("stream", [False, True])
def test_two_choices_are_answered_by_the_heavyweight(client, upstream, marker, stream):
    answer = client.chat.completions.create(model="auto", messages=ask(marker), n=2, stream=stream)
    if stream:
        chunks = list(answer)
        assert {choice.index for chunk in chunks for choice in chunk.choices} == {0, 1}
        finished = [choice.index for chunk in chunks for choice in chunk.choices if choice.finish_reason]
        assert sorted(finished) == [0, 1]
    else:
        assert [choice.index for choice in answer.choices] == [0, 1]
        assert all(choice.message.content.startswith("Considered answer:") for choice in answer.choices)
    assert [record["model"] for record in upstream.seen(marker)] == ["sim-heavyweight"]


def test_parameters_nobody_here_interprets_reach_the_upstream(client, upstream, marker):
    client.chat.completions.create(
        model="auto",
        messages=ask(marker),
        stop=["\n\n", "END"],
        seed=42,
        temperature=0.3,
        top_p=0.9,
        max_completion_tokens=200,
        user="someone",
        presence_penalty=0.5,
        logit_bias={"17": -100},
        metadata={"team": "blue"},
        service_tier="default",
        extra_body={"a_field_of_tomorrow": {"nested": [1, 2.50, None]}},
    )
    (record,) = upstream.seen(marker)
    body = json.loads(record["body"])
    assert body["stop"] == ["\n\n", "END"] and body["seed"] == 42 and body["temperature"] == 0.3
    assert body["max_completion_tokens"] == 200 and "max_tokens" not in body
    assert body["logit_bias"] == {"17": -100} and body["metadata"] == {"team": "blue"} and body["user"] == "someone"
    assert body["a_field_of_tomorrow"] == {"nested": [1, 2.5, None]}
    assert (body["model"], body["stream"], body["logprobs"], body["top_logprobs"]) == ("sim-drafter", True, True, 20)


def test_image_parts_pass_through_unchanged(client, upstream, marker):
    content = [
        {"type": "text", "text": f"What is this? {marker}"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}},
    ]
    answer = client.chat.completions.create(model="auto", messages=[{"role": "user", "content": content}])
    assert answer.choices[0].message.content
    (record,) = upstream.seen(marker)
    assert json.loads(record["body"])["messages"] == [{"role": "user", "content": content}]


@pytest.mark.parametrize("route, reason", [("refusing", "refusal"), ("truncated", "length"), ("blind", None), ("drafter-down", None)])
def test_a_draft_that_is_not_good_enough_is_invisible(client, route, reason):
    whole = client.chat.completions.create(model=route, messages=ask("Answer me."))
    # What shows only at the end can be taken back only while nothing was released.
    release = {"x-qualm-release": "buffered"}
    chunks = list(client.chat.completions.create(model=route, messages=ask("Answer me."), stream=True, extra_headers=release))
    assert whole.model == "heavyweight" and {chunk.model for chunk in chunks} == {"heavyweight"}
    assert text_of(chunks) == whole.choices[0].message.content
    assert whole.choices[0].message.content.startswith("Considered answer:")
    if reason:
        assert reason in whole.model_extra["qualm"]["reason"]


def test_text_without_evidence_is_not_streamed_as_if_it_were_sure(client):
    """The drafter sends no logprobs, slowly: whole sentences are there long before its end."""
    for release in ("boundary", "holdback; n=16", "commit; n=16"):
        chunks = list(
            client.chat.completions.create(
                model="blind-slow", messages=ask("Answer me."), stream=True, extra_headers={"x-qualm-release": release}
            )
        )
        assert {chunk.model for chunk in chunks} == {"heavyweight"}, release
        assert text_of(chunks).startswith("Considered answer:")


def test_a_reasoning_channel_stays_apart_from_the_answer(client):
    answer = client.chat.completions.create(model="reasoning", messages=ask("Think."))
    message = answer.choices[0].message
    assert message.model_extra["reasoning_content"]
    assert message.model_extra["reasoning_content"] not in message.content


def test_fifty_asynchronous_streams_get_their_own_answers(async_client):
    async def one(client, number):
        text = f"number {number}: " + " ".join(f"word{number * 100 + index}" for index in range(20))
        stream = await client.chat.completions.create(model="echo", messages=ask(text), stream=True, stream_options={"include_usage": True})
        chunks = [chunk async for chunk in stream]
        return text, text_of(chunks), chunks[-1].model_extra["qualm"]["decision_id"]

    async def all_of_them():
        async with async_client() as client:
            return await asyncio.gather(*[one(client, number) for number in range(50)])

    results = asyncio.run(all_of_them())
    assert all(asked == answered for asked, answered, _ in results)
    assert len({decision for _, _, decision in results}) == 50


def test_the_asynchronous_client_gets_whole_answers(async_client):
    async def run():
        async with async_client() as client:
            return await client.chat.completions.create(model="doubtful", messages=ask("Asynchronously."))

    assert asyncio.run(run()).model_extra["qualm"]["route"] == "heavyweight"
