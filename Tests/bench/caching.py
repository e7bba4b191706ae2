"""What the semantic cache does to a request: hits of both stores, search among many vectors, and misses. Groups like those of measurements.py.

Every configuration has a gateway of its own, which ends with its group.
"""

import contextlib
import json
import shutil
import socket
import sys
import time

from measurements import CHUNKS, DRAFTER, PACED, SMALL, median
from peers import free_ports
from processes import Failure, Running, http
from report import quantile

# Hits that are compared instead of served (`shadow_share`) would be measured as hits.
CONFIGURATION = """
logging: {level: warning}
providers:
  simulator: {base_url: "http://127.0.0.1:PORT/v1"}
prices:
  "simulator:bench-embedder": {input: 0, output: 0}
routing: {drafter: "simulator:DRAFTER", heavyweight: "simulator:sim-heavyweight-n50"}
routes:
  paced: {drafter: "simulator:PACED"}
cache: {CACHE, shadow_share: 0}
embeddings: {model: "EMBEDDER"}
"""
# Slower to its first token than any store here, and faster than any model: the cache is first, and a draft has begun when it is.
SLOW_DRAFTER = f"sim-drafter-n{CHUNKS}-f20000"
DISTINCT = 100
# A partition with one vector, and one with all the others. The searched text is the stored one without its capital letter, so that
# the simulated embedder gives it the same vector, and no guard sees a difference.
ALONE, CROWDED = "You answer in one sentence.", "You answer in two sentences."
STORED, ASKED = "Which shelf holds record {}", "which shelf holds record {}"


@contextlib.contextmanager
def gateway_with(rig, name, cache, *, drafter=DRAFTER, embedder="simulator:bench-embedder", more=""):
    """A gateway with that cache, ended afterwards."""
    text = CONFIGURATION.replace("DRAFTER", drafter).replace("PACED", PACED).replace("CACHE", cache).replace("EMBEDDER", embedder)
    gateway = rig.start_gateway(name, text + more)
    try:
        yield gateway.wait_for_port()
    finally:
        gateway.stop()


class Redis(Running):
    """redis-server on a free port, keeping nothing."""

    def __init__(self, rig, executable):
        [self.wanted_port] = free_ports(1)
        command = [executable, "--port", str(self.wanted_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                   "--daemonize", "no", "--dir", rig.directory]
        super().__init__(rig.pinning.command(command), rig.directory, "redis")

    def wait_for_port(self):
        return self.wait_until(self._answering_port)

    def _answering_port(self):
        try:
            with socket.create_connection(("127.0.0.1", self.wanted_port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return self.wanted_port if connection.recv(64) == b"+PONG\r\n" else None
        except OSError:
            return None

    def round_trips(self, count, size):
        """Seconds that each of so many GETs of a value of that size takes, one after the other from one socket."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(b"SET bench %s\r\n" % (b"x" * size))
            if connection.recv(64) != b"+OK\r\n":
                raise Failure("Redis did not keep the benchmark's value")
            request, expected, samples = b"*2\r\n$3\r\nGET\r\n$5\r\nbench\r\n", len(b"$%d\r\n" % size) + size + 2, []
            for _ in range(count):
                began, received = time.perf_counter(), 0
                connection.sendall(request)
                while received < expected:
                    piece = connection.recv(65536)
                    if not piece:
                        raise Failure("Redis closed the benchmark's connection")
                    received += len(piece)
                samples.append(time.perf_counter() - began)
            connection.sendall(b"DEL bench\r\n")
            connection.recv(64)
        return samples


def cache_statistics(gateway):
    return json.loads(http(gateway.port, "/v1/cache/stats")[1])


def lookups(rig, gateway, level):
    """{result: count} since the gateway began."""
    metrics = rig.metrics(gateway)
    results = ("hit", "miss", "guarded", "coalesced", "shadowed", "quarantined", "unfit", "timeout", "error", "breaker_open", "overloaded")
    return {result: metrics.sum("qualm_cache_lookups_total", level=level, result=result) for result in results}


def waits(gateway, count, level):
    """Milliseconds from the start of the lookup until the request knew its outcome, of the latest decisions; all must be served hits."""
    decisions = json.loads(http(gateway.port, f"/v1/decisions?limit={min(count, 1000)}")[1])["data"]
    found = [decision["cache"]["waited_ms"] for decision in decisions if decision["cache"]["served"] and decision["cache"][level] == "hit"]
    return found, len(decisions) - len(found)


def first_request(gateway, model="auto"):
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Which shelf is the first one?"}]}).encode()
    status, text = http(gateway.port, "/v1/chat/completions", body, [("content-type", "application/json")])
    if status != 200:
        raise Failure(f"{gateway.name} answered the first request with {status}: {text[:500]}")


# --- exact hits -------------------------------------------------------------------------------------------------------

def exact_hits(rig, report):
    """The same 100 requests again and again: what a hit takes, and how many one core serves. Beside it, the requests without a cache."""
    without = [rig.wrk(rig.gateway.port, "auto", 1) for _ in range(rig.repetitions)]
    direct = [rig.wrk(rig.simulator.port, SMALL, 1) for _ in range(rig.repetitions)]
    for share in ("p50", "p99"):
        report.add("no cache, 1 conn.", f"latency {share}", "us", median(without, f"{share}_us"), median(direct, f"{share}_us"),
                   "auto, not streamed")
    with gateway_with(rig, "embedded", "mode: on", embedder="") as gateway:
        measure_hits(rig, report, gateway, "exact hit, embedded", direct)
    executable = shutil.which("redis-server")
    if not executable:
        print("bench: cache: redis-server is not installed, so the rows of Redis are missing", file=sys.stderr)
        return
    redis = Redis(rig, executable)
    try:
        redis.wait_for_port()
        cache, more = "mode: on, store: redis_qdrant", f'redis: {{url: "redis://127.0.0.1:{redis.port}/0"}}\n'
        with gateway_with(rig, "redis", cache, drafter=SLOW_DRAFTER, embedder="", more=more) as gateway:
            plain = [sample * 1e6 for sample in redis.round_trips(500 if rig.quick else 5000, 1000)]
            measure_hits(rig, report, gateway, "exact hit, Redis", direct, plain)
    finally:
        redis.stop()


def measure_hits(rig, report, gateway, section, direct, plain=None):
    """Rows of one store; `plain` are round trips of the store itself, in microseconds."""
    store_requests(rig, gateway)
    for connections in (1, 16, 64):
        before, results = lookups(rig, gateway, "exact"), []
        for _ in range(rig.repetitions):
            results.append(rig.wrk(gateway.port, "auto", connections, distinct=DISTINCT, gateway=gateway))
        after, answered = lookups(rig, gateway, "exact"), sum(result["requests"] for result in results)
        others = {name: after[name] - before[name] for name in after if name != "hit" and after[name] > before[name]}
        failed = sum(result["failed"] for result in results)
        if failed or others or after["hit"] - before["hit"] < answered:
            report.problem(f"{section}, {connections} connections: {answered} answers, {failed} failures, "
                           f"{after['hit'] - before['hit']:.0f} hits, and {others or 'nothing else'}")
        for result in results:
            result["rate"] = result["requests"] / result["seconds"]
            result["cpu"] = 1000 * result["gateway_cpu"] / max(1, result["requests"])
        if connections == 1:
            for share in ("p50", "p99"):
                hit, alone = median(results, f"{share}_us"), median(direct, f"{share}_us")
                report.add(f"{section}, 1 conn.", f"latency {share}", "us", hit, alone)
            waited, unserved = waits(gateway, 1000, "exact")
            if unserved:
                report.problem(f"{section}: {unserved} of the latest decisions are no served hits")
            for share in (0.5, 0.99):
                report.add(f"{section}, 1 conn.", f"of it the lookup p{share * 100:g}", "us", 1000 * (quantile(waited, share) or 0),
                           quantile(plain, share) if plain else None,
                           f"{len(waited)} samples" + ("; direct: GET from a socket" if plain else ""))
        busy = f"gateway busy {median(results, 'busy') * 100:.0f} %"
        report.add(f"{section}, {connections} conn.", "throughput", "requests/s", median(results, "rate"), note=busy)
        report.add(f"{section}, {connections} conn.", "gateway CPU", "s/1,000", median(results, "cpu"))


def store_requests(rig, gateway):
    """Asks for what is asked for again later, until all of it is stored."""
    deadline = time.monotonic() + 30
    first_request(gateway)
    while (cache_statistics(gateway)["entries"] or 0) < DISTINCT:
        if time.monotonic() > deadline:
            raise Failure(f"{gateway.name} did not store {DISTINCT} answers within 30 s: {json.dumps(cache_statistics(gateway))}")
        rig.wrk(gateway.port, "auto", 4, distinct=DISTINCT, gateway=gateway)
        time.sleep(0.1)


# --- vectors ----------------------------------------------------------------------------------------------------------

def vector_search(rig, report):
    """Lookups of a text that is near one of so many stored ones. The search is what they take longer than the same lookup among one."""
    sizes = (1000,) if rig.quick else (1000, 20_000, 100_000)
    cache = f"mode: on, max_vectors: {max(sizes) + 10}, max_entries: {max(sizes) + 10}, max_bytes: 1073741824"
    with gateway_with(rig, "vectors", cache, drafter="sim-drafter-short") as gateway:
        fill(rig, gateway, ALONE, 0, 1)
        memory = gateway.memory_mib()
        stored = 0
        for size in sizes:
            began = time.monotonic()
            stored = fill(rig, gateway, CROWDED, stored, size)
            print(f"bench: vectors: {size:,} stored after {time.monotonic() - began:.0f} s", file=sys.stderr)
            search(rig, report, gateway, size, gateway.memory_mib() - memory)


def fill(rig, gateway, system, first, size):
    """Stores answers through the gateway, looking none up, until `size` prompts have their vector. What the gateway had no room for in its
    queue of writes is asked again in other words. Returns the number of the next prompt."""
    wanted, deadline = size + (0 if system == ALONE else 1), time.monotonic() + 600
    while True:
        there = settled_vectors(gateway)
        if there >= wanted:
            return first
        if time.monotonic() > deadline:
            raise Failure(f"{there} of {wanted} vectors were stored within 600 s: {json.dumps(cache_statistics(gateway))}")
        count = min(wanted - there, 5000)
        result = rig.load(do="closed", port=gateway.port, model="auto", stream=False, count=count, first=first, connections=16,
                          system=system, prompts=[STORED], cache="no-cache")
        first += count
        if result["failed"]:
            raise Failure(f"{result['failed']} of {count} prompts that were to be stored were not answered")


def settled_vectors(gateway):
    """How many vectors there are once nothing more is being stored."""
    there = -1
    while True:
        now = cache_statistics(gateway)["vectors"] or 0
        if now == there:
            return now
        there = now
        time.sleep(0.2)


def search(rig, report, gateway, size, memory):
    """Both partitions by turns, one request at a time; `only-if-cached`, so that no draft runs beside the search."""
    waited = {ALONE: [], CROWDED: []}
    count = 100 if size < 100_000 else 40
    for _ in range(rig.repetitions):
        for system, numbers in ((ALONE, [0]), (CROWDED, [7, size // 3, size // 2])):
            before = lookups(rig, gateway, "vector")
            result = rig.load(do="closed", port=gateway.port, model="auto", stream=False, count=count, system=system,
                              prompts=[ASKED.replace("{}", str(number)) for number in numbers], cache="only-if-cached")
            hits = lookups(rig, gateway, "vector")["hit"] - before["hit"]
            found, _ = waits(gateway, count, "vector")
            if result["failed"] or hits != count or len(found) != count:
                report.problem(f"search among {size:,} vectors: {count} hits expected, {hits:.0f} counted, {result['failed']} failures")
            waited[system] += found
    section, samples = f"vector hit among {size:,}", f"{len(waited[CROWDED])} samples"
    alone = quantile(waited[ALONE], 0.5) or 0
    for share in (0.5, 0.99):
        through = quantile(waited[CROWDED], share) or 0
        report.add(section, f"lookup p{share * 100:g}", "ms", through, note=f"{samples}; among one: {quantile(waited[ALONE], share):.3g}")
    report.add(section, "of it the search p50", "ms", (quantile(waited[CROWDED], 0.5) or 0) - alone, note="1,536 dimensions, one core")
    report.add(section, "memory", "MiB", memory, note="resident, answers included")


# --- no hits ----------------------------------------------------------------------------------------------------------

def misses(rig, report):
    """Streams that the cache never answers: with it and without it by turns."""
    with contextlib.ExitStack() as stack:
        gateways = {"no cache": stack.enter_context(gateway_with(rig, "off", "mode: off", embedder="")),
                    "exact level": stack.enter_context(gateway_with(rig, "exact", "mode: on", embedder="")),
                    "both levels": stack.enter_context(gateway_with(rig, "both", "mode: on"))}
        for gateway in gateways.values():
            first_request(gateway)
        closed_streams(rig, report, gateways)
    with contextlib.ExitStack() as stack:
        gateways = {"no cache": stack.enter_context(gateway_with(rig, "off-paced", "mode: off", embedder="")),
                    "exact level": stack.enter_context(gateway_with(rig, "exact-paced", "mode: on", embedder="")),
                    "both levels": stack.enter_context(gateway_with(rig, "both-paced", "mode: on"))}
        for gateway in gateways.values():
            first_request(gateway, "paced")
        paced_streams(rig, report, gateways)


def closed_streams(rig, report, gateways):
    """As fast as they go, 16 at a time."""
    results = {name: [] for name in gateways}
    for _ in range(rig.repetitions):
        for name, gateway in gateways.items():
            before = rig.metrics(gateway)
            result = rig.wrk(gateway.port, "auto", 16, stream=True, gateway=gateway)
            after = rig.metrics(gateway)
            tokens = after.sum("qualm_token_entropy_count") - before.sum("qualm_token_entropy_count")
            result["cpu"] = 1e6 * result["gateway_cpu"] / max(1, tokens)
            result["rate"] = result["requests"] * CHUNKS / result["seconds"]
            results[name].append(result)
            if result["failed"]:
                report.problem(f"{result['failed']} streams failed ({name}, no hits)")
    for name, gateway in gateways.items():
        section = f"auto streams, 16 conn., no hits, {name}"
        rate, cpu = median(results[name], "rate"), median(results[name], "cpu")
        report.add(section, "throughput", "chunks/s", rate, note=f"{rate / median(results['no cache'], 'rate'):.2f} of that without")
        note = "-" if name == "no cache" else what_was_looked_up(rig, report, gateway, name)
        report.add(section, "gateway CPU", "us/chunk", cpu, note=note)


def paced_streams(rig, report, gateways):
    """50 a second, 20 tokens 5 ms apart, committed at the first token."""
    count, samples = int(50 * rig.seconds * 1.5) + 20, {name: [] for name in gateways}
    for _ in range(rig.repetitions):
        for name, gateway in gateways.items():
            result = rig.load(do="rate", port=gateway.port, model="paced", release="commit; n=1", rate=50, count=count, warm_up=20)
            samples[name] += result["first"]
            if result["failed"]:
                report.problem(f"{result['failed']} of {result['sent']} paced streams failed ({name}, no hits)")
    for name, gateway in gateways.items():
        note = f"{len(samples[name])} samples"
        if name != "no cache":
            what_was_looked_up(rig, report, gateway, name)
        for share in (0.5, 0.99):
            report.add(f"50 streams/s, no hits, {name}", f"first token p{share * 100:g}", "ms", 1000 * (quantile(samples[name], share) or 0),
                       note=note)


def what_was_looked_up(rig, report, gateway, name):
    """Of the vector level when there is one; hits are a problem here, and so are lookups that nobody made."""
    exact, vector = lookups(rig, gateway, "exact"), lookups(rig, gateway, "vector")
    if exact["hit"] + exact["coalesced"] + vector["hit"] or not exact["miss"]:
        report.problem(f"no hits, {name}: exact level {exact}, vector level {vector}")
    shown = vector if name == "both levels" else exact
    counts = ", ".join(f"{count:,.0f} {result}" for result, count in shown.items() if count)
    stored = cache_statistics(gateway)
    return f"{counts}; {stored['vectors' if name == 'both levels' else 'entries'] or 0:,} stored"


ALL = {"cache": exact_hits, "vectors": vector_search, "misses": misses}
