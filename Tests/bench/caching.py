"""What the semantic cache does to a request: hits of both stores, search among many vectors, misses. Groups like those of measurements.py.

Every configuration has a gateway of its own, which ends with its group.
"""

import contextlib
import json
import shutil
import sys
import time

from measurements import CHUNKS, DRAFTER, PACED, SMALL, median
from processes import Failure, Redis, http
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
# Requests that are asked for again and again: wrk's, and load.py's.
DISTINCT = 100
REPEATED = [f"What should be read first about shelf {number}?" for number in range(100)]
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


def cache_statistics(gateway):
    return json.loads(http(gateway.port, "/v1/cache/stats")[1])


def lookups(rig, gateway, level):
    """{result: count} since the gateway began."""
    metrics = rig.metrics(gateway)
    results = ("hit", "miss", "guarded", "coalesced", "shadowed", "quarantined", "unfit", "timeout", "error", "breaker_open", "overloaded")
    return {result: metrics.sum("qualm_cache_lookups_total", level=level, result=result) for result in results}


def waits(gateway, count, level):
    """Seconds from the start of the lookup until the request knew its outcome, of the latest decisions; all must be served hits."""
    decisions = json.loads(http(gateway.port, f"/v1/decisions?limit={min(count, 1000)}")[1])["data"]
    looks = [decision["cache"] for decision in decisions]
    served = [look["waited_ms"] / 1000 for look in looks if look["served"] and look[level] == "hit"]
    return served, len(looks) - len(served)


def first_request(gateway, model="auto"):
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Which shelf is the first one?"}]}).encode()
    status, text = http(gateway.port, "/v1/chat/completions", body, [("content-type", "application/json")])
    if status != 200:
        raise Failure(f"{gateway.name} answered the first request with {status}: {text[:500]}")


# --- exact hits -------------------------------------------------------------------------------------------------------

def exact_hits(rig, report):
    """The same 100 requests again and again: what a hit takes, and how many one core serves. Beside it, the requests without a cache."""
    direct = []
    for _ in range(rig.repetitions):
        direct += at_fixed_rate(rig, report, "direct", rig.simulator.port, SMALL)
    without = []
    for _ in range(rig.repetitions):
        without += at_fixed_rate(rig, report, "no cache", rig.gateway.port, "auto")
    report.add_percentiles("no cache, 500 requests/s", "latency", "us", without, direct, 1e6, note=f"{len(without):,} samples")
    with gateway_with(rig, "embedded", "mode: on", embedder="") as gateway:
        measure_hits(rig, report, gateway, "exact hit, embedded", direct)
    executable = shutil.which("redis-server")
    if not executable:
        print("bench: cache: redis-server is not installed, so the rows of Redis are missing", file=sys.stderr)
        return
    redis = Redis(rig.pinning, executable, rig.directory)
    try:
        redis.wait_for_port()
        cache, more = "mode: on, store: redis_qdrant", f'redis: {{url: "redis://127.0.0.1:{redis.port}/0"}}\n'
        with gateway_with(rig, "redis", cache, drafter=SLOW_DRAFTER, embedder="", more=more) as gateway:
            plain = redis.round_trips(500 if rig.quick else 5000, 1000)
            measure_hits(rig, report, gateway, "exact hit, Redis", direct, plain)
    finally:
        redis.stop()


def measure_hits(rig, report, gateway, section, direct, plain=None):
    """Rows of one store; `direct` are seconds of requests to the simulator, `plain` those of round trips to the store itself."""
    store_requests(rig, gateway)
    before, latencies = lookups(rig, gateway, "exact"), []
    for _ in range(rig.repetitions):
        latencies += at_fixed_rate(rig, report, section, gateway.port, "auto", repeated=True)
    check_hits(rig, report, section, gateway, before, len(latencies))
    note = f"{len(latencies):,} samples"
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        report.add_percentiles(f"{section}, 500 requests/s", "latency", "us", latencies, direct, 1e6, note=note, shares=(share,))
    waited, unserved = waits(gateway, min(1000, len(latencies)), "exact")
    if unserved:
        report.problem(f"{section}: {unserved} of the latest decisions are no served hits")
    report.add_percentiles(f"{section}, 500 requests/s", "of it the lookup", "us", waited, plain, 1e6,
                           note=f"{len(waited):,} samples" + ("; direct: GET" if plain else ""))
    for connections in (1, 16):
        before, results = lookups(rig, gateway, "exact"), []
        for _ in range(rig.repetitions):
            results.append(rig.wrk(gateway.port, "auto", connections, distinct=DISTINCT, gateway=gateway))
        name = f"{section}, {connections} conn."
        failed = sum(result["failed"] for result in results)
        if failed:
            report.problem(f"{name}: {failed} requests failed")
        # Clients that leave when wrk ends may be neither hits nor answers.
        check_hits(rig, report, name, gateway, before, sum(result["requests"] for result in results), connections * rig.repetitions)
        for result in results:
            result["rate"] = result["requests"] / result["seconds"]
            result["cpu"] = 1000 * result["gateway_cpu"] / max(1, result["requests"])
        if connections == 1:
            report.add(name, "latency p50", "us", median(results, "p50_us"))
        report.add(name, "throughput", "requests/s", median(results, "rate"), note=f"gateway busy {median(results, 'busy') * 100:.0f} %")
        report.add(name, "gateway CPU", "s/1,000", median(results, "cpu"))


def at_fixed_rate(rig, report, name, port, model, *, repeated=False):
    """Seconds of so many requests, in an open loop: 500 a second, which no configuration here is busy with."""
    count = int(500 * rig.seconds) + 100
    spec = {"prompts": REPEATED} if repeated else {}
    result = rig.load(do="rate", port=port, model=model, stream=False, rate=500, count=count, warm_up=100, **spec)
    if result["failed"]:
        report.problem(f"{result['failed']} of {result['sent']} requests failed at 500/s ({name})")
    return result["total"]


def check_hits(rig, report, name, gateway, before, answered, left=0):
    """Every answer was a hit, and nothing but hits was found, but for clients that left."""
    after = lookups(rig, gateway, "exact")
    new = {result: after[result] - before[result] for result in after if after[result] > before[result]}
    hits = new.pop("hit", 0)
    if hits < answered or sum(new.values()) > left:
        report.problem(f"{name}: {answered:,} answers, {hits:,.0f} hits and {new or 'nothing else'}")


def store_requests(rig, gateway):
    """Asks for what is asked for again later, until all of it is stored."""
    deadline = time.monotonic() + 30
    while (cache_statistics(gateway)["entries"] or 0) < DISTINCT + len(REPEATED):
        if time.monotonic() > deadline:
            raise Failure(f"{gateway.name} did not store every answer within 30 s: {json.dumps(cache_statistics(gateway))}")
        result = rig.load(do="closed", port=gateway.port, model="auto", stream=False, count=len(REPEATED), prompts=REPEATED)
        if result["failed"]:
            raise Failure(f"{gateway.name} did not answer {result['failed']} of {len(REPEATED)} requests")
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
            measure_search(rig, report, gateway, size, gateway.memory_mib() - memory)


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


def measure_search(rig, report, gateway, size, memory):
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
    for share in (0.5, 0.99):
        note = f"{samples}; among one {1000 * (quantile(waited[ALONE], share) or 0):.3g}"
        report.add_percentiles(section, "lookup", "ms", waited[CROWDED], None, 1000, note=note, shares=(share,))
    search = 1000 * ((quantile(waited[CROWDED], 0.5) or 0) - (quantile(waited[ALONE], 0.5) or 0))
    report.add(section, "of it the search p50", "ms", search, note="1,536 dimensions, one core")
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
        report.add_percentiles(f"50 streams/s, no hits, {name}", "first token", "ms", samples[name], None, 1000, note=note)


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
