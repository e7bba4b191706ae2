"""JSON that was asked for is JSON of the right shape, whoever wrote it."""

import json
from typing import Literal

import pytest
from conftest import ask
from pydantic import BaseModel


class Step(BaseModel):
    explanation: str
    weight: float


class Solution(BaseModel):
    title: str
    kind: Literal["proof", "guess"]
    steps: list[Step]
    correct: bool


@pytest.mark.parametrize(
    "route, model", [("structured", "json"), ("wrong-structure", "heavyweight-json"), ("broken-json", "heavyweight-json")]
)
def test_parse_returns_the_declared_type(client, route, model):
    answer = client.chat.completions.parse(model=route, messages=ask("Solve it."), response_format=Solution)
    assert answer.model == model
    assert isinstance(answer.choices[0].message.parsed, Solution)


@pytest.mark.parametrize("route, model", [("structured", "json"), ("wrong-structure", "heavyweight-json")])
def test_the_streaming_helper_parses_it_too(client, route, model):
    with client.chat.completions.stream(model=route, messages=ask("Solve it."), response_format=Solution) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert final.model == model
    assert isinstance(final.choices[0].message.parsed, Solution)


@pytest.mark.parametrize("route, model", [("structured", "json"), ("broken-json", "heavyweight-json"), ("doubtful", "heavyweight")])
def test_a_json_object_is_an_object_when_a_model_can_give_one(client, route, model):
    answer = client.chat.completions.create(model=route, messages=ask("As JSON."), response_format={"type": "json_object"})
    assert answer.model == model
    if "json" in model:
        assert isinstance(json.loads(answer.choices[0].message.content), dict)


def test_the_schema_reaches_the_upstream(client, upstream, marker):
    schema = {"name": "thing", "strict": True, "schema": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}
    answer = client.chat.completions.create(
        model="structured", messages=ask(marker), response_format={"type": "json_schema", "json_schema": schema}
    )
    assert isinstance(json.loads(answer.choices[0].message.content)["a"], int)
    (record,) = upstream.seen(marker)
    assert json.loads(record["body"])["response_format"]["json_schema"] == schema
