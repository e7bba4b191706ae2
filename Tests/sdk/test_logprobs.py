"""The gateway needs logprobs for itself; a client gets those it asked for and no others."""

import pytest
from conftest import ask


def contents(answer, stream):
    if not stream:
        return answer.choices[0].logprobs.content
    return [token for chunk in answer for choice in chunk.choices if choice.logprobs for token in choice.logprobs.content or []]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("alternatives", [2, 5, 20])
@pytest.mark.parametrize("model", ["auto", "sim:sim-drafter"])
def test_logprobs_come_with_the_number_of_alternatives_asked_for(client, model, alternatives, stream):
    answer = client.chat.completions.create(
        model=model, messages=ask("Logprobs, please."), logprobs=True, top_logprobs=alternatives, stream=stream
    )
    tokens = contents(answer, stream)
    assert len(tokens) == 40
    assert {len(token.top_logprobs) for token in tokens} == {alternatives}
    assert all(token.logprob <= 0 and token.token for token in tokens)
    for token in tokens:
        ordered = [alternative.logprob for alternative in token.top_logprobs]
        assert ordered == sorted(ordered, reverse=True)


@pytest.mark.parametrize("stream", [False, True])
def test_logprobs_without_alternatives_have_none(client, stream):
    answer = client.chat.completions.create(model="auto", messages=ask("Logprobs, please."), logprobs=True, stream=stream)
    tokens = contents(answer, stream)
    assert len(tokens) == 40 and all(token.top_logprobs == [] for token in tokens)


@pytest.mark.parametrize("model", ["auto", "doubtful", "sim:sim-drafter"])
def test_logprobs_not_asked_for_are_absent(client, model):
    answer = client.chat.completions.create(model=model, messages=ask("No logprobs."))
    assert answer.choices[0].logprobs is None
    for chunk in client.chat.completions.create(model=model, messages=ask("No logprobs."), stream=True):
        assert all(choice.logprobs is None for choice in chunk.choices)


def test_the_joined_tokens_are_the_text(client):
    answer = client.chat.completions.create(model="auto", messages=ask("Join them."), logprobs=True, top_logprobs=1)
    assert "".join(token.token for token in answer.choices[0].logprobs.content) == answer.choices[0].message.content
