"""The open-loop load generator: a process of its own, so that it can be pinned. Standard library only.

Reads one JSON object from its first argument and prints one JSON object per line. Loops are bounded by `count` and by a deadline.

  closed      `count` requests over `connections` connections, each as soon as the one before it on that connection is answered.
  rate        `count` requests at `rate` per second. Latencies are measured from the intended start, so that a server that stalls
              is charged for those who had to wait (no coordinated omission).
  disconnect  `count` streams at `rate` per second, left by the client: after its first token, or after `leave_after` seconds.
  hold        `count` streams held open until a line arrives on standard input.
"""

import asyncio
import gc
import json
import re
import selectors
import sys
import time

FIRST_TOKEN = re.compile(rb'"content": ?"[^"]')
DEADLINE = 20.0


def prompt(spec, number):
    """`prompts` holds texts for the requests by turns; `{}` in one is the request's number, counted from `first`."""
    if spec.get("prompts"):
        return spec["prompts"][number % len(spec["prompts"])].replace("{}", str(spec.get("first", 0) + number))
    return f"What should be read first about this question? {spec['tag']}-{number}."


def request_bytes(spec, number):
    """One POST. Without `prompts`, every prompt is another one and ends with a tag by which the upstream's record is found again."""
    body = {
        "model": spec["model"],
        "stream": spec["stream"],
        "messages": [{"role": "user", "content": prompt(spec, number)}],
    }
    if spec.get("system"):
        body["messages"].insert(0, {"role": "system", "content": spec["system"]})
    if spec.get("alternatives", -1) >= 0:
        body |= {"logprobs": True, "top_logprobs": spec["alternatives"]}
    payload = json.dumps(body).encode()
    head = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nauthorization: Bearer bench\r\n"
    if spec.get("release"):
        head += f"x-qualm-release: {spec['release']}\r\n"
    if spec.get("cache"):
        head += f"x-qualm-cache: {spec['cache']}\r\n"
    return head.encode() + b"content-length: %d\r\n\r\n" % len(payload) + payload


class Exchange:
    """One request and what came back. Times are of the loop's monotonic clock."""

    def __init__(self, number, intended):
        self.number, self.intended = number, intended
        self.received = bytearray()
        self.first = self.end = self.left_at = None
        self.failed = False
        self.over = asyncio.get_running_loop().create_future()

    def finish(self, failed=False):
        self.failed = failed
        if not self.over.done():
            self.over.set_result(self)

    def is_whole(self):
        """True when the HTTP body is complete. SSE and compact JSON hold no CR LF, so the last chunk is found by its bytes."""
        head_end = self.received.find(b"\r\n\r\n")
        if head_end < 0:
            return False
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", self.received[:head_end])
        if length:
            return len(self.received) - head_end - 4 >= int(length[1])
        return self.received.endswith(b"\r\n0\r\n\r\n")


class Connection(asyncio.Protocol):
    """A keep-alive connection with at most one exchange at a time."""

    def __init__(self, idle):
        self.idle, self.exchange, self.transport = idle, None, None
        self.on_first = None

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        if self in self.idle:
            self.idle.remove(self)
        if self.exchange:
            self.exchange.finish(failed=True)

    def send(self, exchange, payload):
        self.exchange = exchange
        self.transport.write(payload)

    def data_received(self, data):
        now = asyncio.get_running_loop().time()
        exchange = self.exchange
        if exchange is None:
            return
        exchange.received += data
        if exchange.first is None and FIRST_TOKEN.search(exchange.received):
            exchange.first = now
            if self.on_first:
                self.on_first(self)
        if exchange.is_whole():
            exchange.end = now
            self.exchange = None
            self.idle.append(self)
            exchange.finish(failed=not exchange.received.startswith(b"HTTP/1.1 200"))


async def connect(spec, idle):
    _, connection = await asyncio.get_running_loop().create_connection(lambda: Connection(idle), "127.0.0.1", spec["port"])
    return connection


async def closed(spec):
    """How many were answered with status 200; whoever wants to know how long it took asks the gateway."""
    loop, numbers, answered = asyncio.get_running_loop(), iter(range(spec["count"])), 0

    async def one_after_the_other():
        nonlocal answered
        idle = []
        connection = await connect(spec, idle)
        for number in numbers:
            exchange = Exchange(number, loop.time())
            connection.send(exchange, request_bytes(spec, number))
            await asyncio.wait_for(exchange.over, DEADLINE)
            answered += not exchange.failed

    await asyncio.gather(*(one_after_the_other() for _ in range(spec.get("connections", 1))))
    return {"sent": spec["count"], "failed": spec["count"] - answered}


async def rate(spec):
    loop, idle, exchanges, tasks = asyncio.get_running_loop(), [], [], set()
    idle.extend([await connect(spec, idle) for _ in range(16)])
    payloads = [request_bytes(spec, number) for number in range(spec["count"])]
    start = loop.time() + 0.1

    async def on_new_connection(exchange):
        try:
            (await connect(spec, idle)).send(exchange, payloads[exchange.number])
        except OSError:
            exchange.finish(failed=True)

    def begin(number, intended):
        exchange = Exchange(number, intended)
        exchanges.append(exchange)
        if idle:
            idle.pop().send(exchange, payloads[number])
        else:
            task = loop.create_task(on_new_connection(exchange))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    for number in range(spec["count"]):
        loop.call_at(start + number / spec["rate"], begin, number, start + number / spec["rate"])
    await asyncio.sleep(spec["count"] / spec["rate"] + 0.1)
    await asyncio.wait([exchange.over for exchange in exchanges], timeout=DEADLINE)
    measured = exchanges[spec.get("warm_up", 0):]
    whole = [exchange for exchange in measured if exchange.end and not exchange.failed]
    if spec["stream"]:
        whole = [e for e in whole if b"data: [DONE]" in e.received and e.first]
    result = {"sent": len(measured), "failed": len(measured) - len(whole), "total": [e.end - e.intended for e in whole]}
    if spec["stream"]:
        result["first"] = [e.first - e.intended for e in whole]
    return result


async def disconnect(spec):
    loop, exchanges = asyncio.get_running_loop(), []

    def leave(connection):
        exchange, connection.exchange = connection.exchange, None
        if exchange:
            exchange.left_at = time.time()
            connection.transport.close()
            exchange.finish()

    async def one(number):
        await asyncio.sleep(number / spec["rate"])
        exchange = Exchange(number, loop.time())
        exchanges.append(exchange)
        connection = await connect(spec, [])
        connection.send(exchange, request_bytes(spec, number))
        if spec.get("leave_after"):
            loop.call_later(spec["leave_after"], leave, connection)
        else:
            connection.on_first = leave
        await asyncio.wait([exchange.over], timeout=DEADLINE)

    await asyncio.gather(*(one(number) for number in range(spec["count"])))
    # This process shares a core with the upstream: its own end must not keep that from seeing the last clients leave.
    await asyncio.sleep(0.1)
    left = {f"{spec['tag']}-{e.number}.": e.left_at for e in exchanges if e.left_at}
    return {"sent": spec["count"], "failed": spec["count"] - len(left), "left_at": left}


async def hold(spec):
    """Opens the streams 50 at a time, says when each has its first token, and closes them when told to."""
    connections = []

    class Held(asyncio.Protocol):
        def __init__(self):
            self.flows = asyncio.get_running_loop().create_future()

        def connection_made(self, transport):
            self.transport = transport

        def data_received(self, data):
            if not self.flows.done() and FIRST_TOKEN.search(data):
                self.flows.set_result(True)

        def connection_lost(self, error):
            if not self.flows.done():
                self.flows.set_result(False)

    loop = asyncio.get_running_loop()
    for first in range(0, spec["count"], 50):
        for number in range(first, min(first + 50, spec["count"])):
            _, held = await loop.create_connection(Held, "127.0.0.1", spec["port"])
            held.transport.write(request_bytes(spec, number))
            connections.append(held)
        await asyncio.sleep(0.02)
    await asyncio.wait([held.flows for held in connections], timeout=DEADLINE)
    flowing = sum(held.flows.done() and held.flows.result() for held in connections)
    print(json.dumps({"open": flowing}), flush=True)
    await asyncio.wait_for(loop.run_in_executor(None, sys.stdin.readline), DEADLINE)
    still_open = sum(not held.transport.is_closing() for held in connections)
    for held in connections:
        held.transport.abort()
    return {"sent": spec["count"], "failed": spec["count"] - min(flowing, still_open)}


def main():
    spec = json.loads(sys.argv[1])
    gc.disable()
    # select() waits in microseconds, epoll as asyncio uses it in milliseconds; but select() ends at descriptor 1,023.
    selector = selectors.DefaultSelector() if spec["do"] == "hold" else selectors.SelectSelector()
    work = {"closed": closed, "rate": rate, "disconnect": disconnect, "hold": hold}[spec["do"]]
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        print(json.dumps(runner.run(work(spec))), flush=True)


if __name__ == "__main__":
    main()
