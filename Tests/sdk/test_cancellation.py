"""A client that leaves closes every upstream call made for it: by the upstream's own report."""

import asyncio
import time

import pytest
from conftest import ask


def aborted(count):
    return lambda records: [record["outcome"] for record in records] == ["aborted"] * count


def test_closing_a_stream_closes_the_drafter(client, upstream, marker):
    stream = client.chat.completions.create(
        model="slow-draft", messages=ask(marker), stream=True, extra_headers={"x-qualm-release": "holdback; n=1"}
    )
    for received, _ in enumerate(stream):
        if received == 5:
            break
    stream.close()
    (record,) = upstream.eventually(marker, aborted(1))
    # 400 tokens at 20 ms: eight seconds, had it gone on.
    assert 5 <= record["tokens_sent_before_abort"] < 300


def test_cancelling_an_asynchronous_stream_closes_the_drafter(async_client, upstream, marker):
    async def run():
        async with async_client() as client:
            begun = asyncio.Event()

            async def read():
                stream = await client.chat.completions.create(
                    model="slow-draft", messages=ask(marker), stream=True, extra_headers={"x-qualm-release": "holdback; n=1"}
                )
                async for _ in stream:
                    begun.set()

            task = asyncio.create_task(read())
            await asyncio.wait_for(begun.wait(), 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # The connection must close by the cancellation alone, while the client lives on.
            return await asyncio.to_thread(upstream.eventually, marker, aborted(1))

    (record,) = asyncio.run(run())
    assert record["tokens_sent_before_abort"] < 300


@pytest.mark.parametrize("stream", [False, True])
def test_leaving_before_the_first_byte_closes_the_drafter(async_client, upstream, marker, stream):
    async def run():
        async with async_client() as client:
            task = asyncio.create_task(client.chat.completions.create(model="silent-draft", messages=ask(marker), stream=stream))
            await asyncio.to_thread(upstream.eventually, marker, lambda records: len(records) == 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(upstream.eventually, marker, aborted(1))

    asyncio.run(run())


@pytest.mark.parametrize("stream", [False, True])
def test_leaving_closes_the_pre_fired_heavyweight_too(async_client, upstream, marker, stream):
    """The draft wavers from its seventh token on, so both upstream calls are open when the client leaves."""

    async def run():
        async with async_client() as client:
            task = asyncio.create_task(
                client.chat.completions.create(
                    model="wavering", messages=ask(marker), stream=stream, extra_headers={"x-qualm-release": "buffered"}
                )
            )
            await asyncio.to_thread(upstream.eventually, marker, lambda records: len(records) == 2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await asyncio.to_thread(upstream.eventually, marker, aborted(2))

    assert {record["model"] for record in asyncio.run(run())} == {"recovering-s6-n120-d15000", "heavyweight-f4000000"}


def test_a_draft_that_recovers_cancels_its_pre_fire(client, upstream, marker):
    answer = client.chat.completions.create(model="wavering", messages=ask(marker))
    qualm = answer.model_extra["qualm"]
    assert (qualm["route"], qualm["prefired"], qualm["prefire_cancelled"]) == ("draft", True, True)
    records = upstream.eventually(marker, lambda records: all(record["outcome"] != "open" for record in records))
    assert {record["model"]: record["outcome"] for record in records} == {
        "recovering-s6-n120-d15000": "completed",
        "heavyweight-f4000000": "aborted",
    }
    assert [record["tokens_sent"] for record in records if record["outcome"] == "aborted"] == [0]


def test_nothing_is_left_open(client, upstream, gateway):
    """After everything above: no request in flight here, none open upstream."""
    deadline = time.monotonic() + 5
    while True:
        metrics = client.get(f"{gateway.url}/metrics", cast_to=str, options={"headers": {"accept": "text/plain"}})
        in_flight = next(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith("qualm_inflight_requests"))
        open_upstream = upstream.report()["open"]
        if (in_flight, open_upstream) == (0, 0):
            return
        assert time.monotonic() < deadline, f"{in_flight} requests in flight, {open_upstream} open upstream"
        time.sleep(0.05)
