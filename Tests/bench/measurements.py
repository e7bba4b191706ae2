"""What is measured, one function per group of rows. Each takes the rig and adds its rows to the report."""

import json
import os
import re
import statistics
import subprocess
import sys
import time

from processes import Failure, Meter, Metrics, http
from report import histogram_bound, scaled

HERE = os.path.dirname(os.path.abspath(__file__))
CHUNKS = 50
SMALL = "sim-confident-n40"
DRAFTER = f"sim-drafter-n{CHUNKS}"
PACED = "sim-drafter-n20-d5000"

CONFIGURATION = f"""
logging: {{level: warning}}
providers:
  simulator: {{base_url: "http://127.0.0.1:PORT/v1"}}
routing: {{drafter: "simulator:{DRAFTER}", heavyweight: "simulator:sim-heavyweight-n50"}}
routes:
  paced: {{drafter: "simulator:{PACED}"}}
  doubtful: {{drafter: "simulator:sim-unsure-n500-d2000", heavyweight: "simulator:sim-heavyweight-short", release: {{mode: buffered}}}}
  held: {{drafter: "simulator:sim-drafter-n200-d500000"}}
  hidden: {{drafter: "simulator:sim-drafter-n200-d5000", release: {{mode: buffered}}}}
"""


class Rig:
    """The running services, how to load them, and how long to do it."""

    def __init__(self, *, pinning, start_gateway, gateway, simulator, quick, streams, directory):
        self.pinning, self.start_gateway, self.gateway, self.simulator = pinning, start_gateway, gateway, simulator
        self.repetitions, self.seconds = (1, 1.0) if quick else (3, 2.0)
        self.quick, self.streams, self.directory = quick, streams, directory
        self.tag = f"bench{os.getpid()}"

    def meter(self, gateway=None):
        return Meter(gateway or self.gateway, self.simulator)

    def metrics(self, gateway=None):
        return Metrics((gateway or self.gateway).port)

    def wrk(self, port, model, connections, *, stream=False, alternatives=-1, distinct=0, gateway=None):
        """One closed-loop run; the result has the CPU time used by the gateway, too. With `distinct`, so many requests by turns."""
        script = ["-s", os.path.join(HERE, "wrk.lua"), f"http://127.0.0.1:{port}"]
        # wrk takes whole seconds. What lasts longer than the timeout counts as failed: a stalled stream must not pass for a slow one.
        command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{self.seconds:.0f}s", "--timeout", "1s", *script, "--",
                   model, "1" if stream else "0", str(alternatives), "", str(distinct)]
        with self.meter(gateway) as meter:
            run = subprocess.run(self.pinning.command(command), capture_output=True, text=True, timeout=self.seconds + 30)
        found = re.search(r"^RESULT (.*)$", run.stdout, re.MULTILINE)
        if not found:
            raise Failure(f"wrk printed no result: {run.stdout[-500:]} {run.stderr[-500:]}")
        result = json.loads(found[1])
        # Errors are answered fast; they are no throughput.
        result["requests"] = max(0, result["requests"] - result["failed"])
        return result | {"gateway_cpu": meter.gateway, "busy": meter.gateway / meter.seconds}

    def load_command(self, **spec):
        spec = {"tag": f"{self.tag}-{time.monotonic_ns()}", "stream": True, **spec}
        return self.pinning.command([sys.executable, os.path.join(HERE, "load.py"), json.dumps(spec)])

    def load(self, **spec):
        """One run of load.py."""
        run = subprocess.run(self.load_command(**spec), capture_output=True, text=True, timeout=120)
        if run.returncode:
            raise Failure(f"the load generator failed:\n{run.stderr[-2000:]}")
        return json.loads(run.stdout.splitlines()[-1])


def median(results, key):
    return statistics.median(result[key] for result in results)


def check(rig):
    """Before anything is timed: every kind of request that is measured gives the answer that the rows say it gives."""
    def ask(model, stream, release=None, **more):
        body = {"model": model, "stream": stream, "messages": [{"role": "user", "content": f"{rig.tag} check"}], **more}
        headers = [("content-type", "application/json")] + ([("x-qualm-release", release)] if release else [])
        status, text = http(rig.gateway.port, "/v1/chat/completions", json.dumps(body).encode(), headers)
        if status != 200:
            raise Failure(f"model {model}: status {status}: {text[:500]}")
        return text

    whole = json.loads(ask(f"simulator:{SMALL}", False))
    if not whole["choices"][0]["message"]["content"] or whole["qualm"]["decision"] != "direct":
        raise Failure(f"a direct request was answered with {json.dumps(whole)[:500]}")
    expected = [("auto", None, "ship", CHUNKS), ("auto", "commit; n=1", "ship", CHUNKS), ("paced", "holdback; n=1", "ship", 20),
                ("doubtful", None, "escalate", 2)]
    for model, release, decision, chunks in expected:
        text = ask(model, True, release, logprobs=True, top_logprobs=20)
        events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
        contents = [c["delta"]["content"] for e in events for c in e["choices"] if c["delta"].get("content")]
        outcome = re.search(r"^: qualm (\{.*\})$", text, re.MULTILINE)
        got = json.loads(outcome[1])["decision"] if outcome else "no outcome"
        if got != decision or len(contents) != chunks or "data: [DONE]" not in text:
            raise Failure(f"model {model}: expected {decision} with {chunks} chunks, got {got} with {len(contents)}: {text[-500:]}")


def cold_start(rig, report):
    """From exec to the first answered chat completion."""
    samples = []
    for _ in range(2 if rig.quick else 5):
        gateway = rig.start_gateway("cold")
        try:
            gateway.wait_for_port()
            body = json.dumps({"model": f"simulator:{SMALL}", "messages": [{"role": "user", "content": "first"}]}).encode()
            status, text = http(gateway.port, "/v1/chat/completions", body, [("content-type", "application/json")])
            samples.append((time.monotonic() - gateway.started_at) * 1000)
            if status != 200:
                raise Failure(f"the first request of a cold start got {status}: {text[:500]}")
        finally:
            gateway.stop()
    report.add("cold start", "exec to first answer", "ms", statistics.median(samples), note=f"median of {len(samples)}")


def idle_memory(rig, report):
    report.add("memory", "resident, idle", "MiB", rig.gateway.memory_mib())


def closed_loop(rig, report):
    """Small answers, not streamed: throughput, CPU, and what one connection waits."""
    for connections in (1, 16, 64):
        direct, qualm = [], []
        for _ in range(rig.repetitions):
            direct.append(rig.wrk(rig.simulator.port, SMALL, connections))
            qualm.append(rig.wrk(rig.gateway.port, f"simulator:{SMALL}", connections))
        for name, results in (("direct", direct), ("qualm", qualm)):
            failed = sum(result["failed"] for result in results)
            if failed:
                report.problem(f"{failed} small requests failed ({name}, {connections} connections)")
        for result in direct + qualm:
            result["rate"] = result["requests"] / result["seconds"]
            result["cpu"] = 1000 * result["gateway_cpu"] / max(1, result["requests"])
        section, busy = f"small answers, {connections} conn.", f"gateway busy {median(qualm, 'busy') * 100:.0f} %"
        report.add(section, "throughput", "requests/s", median(qualm, "rate"), median(direct, "rate"), busy)
        report.add(section, "gateway CPU", "s/1,000", median(qualm, "cpu"))
        if connections == 1:
            for share in ("p50", "p99"):
                through, alone = median(qualm, f"{share}_us"), median(direct, f"{share}_us")
                report.add(section, f"latency {share}", "us", through, alone, f"added {through - alone:,.0f}")


def fixed_rate(rig, report):
    """Small answers at 500 requests/s, open loop; direct and through the gateway by turns."""
    direct, qualm = [], []
    for _ in range(rig.repetitions):
        for port, model, samples in ((rig.simulator.port, SMALL, direct), (rig.gateway.port, f"simulator:{SMALL}", qualm)):
            result = rig.load(do="rate", port=port, model=model, stream=False, rate=500, count=int(500 * rig.seconds) + 100, warm_up=100)
            samples += result["total"]
            if result["failed"]:
                report.problem(f"{result['failed']} of {result['sent']} requests failed at 500/s")
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        report.add_percentiles("500 requests/s", "latency", "us", qualm, direct, 1e6, note=f"{len(qualm):,} samples", shares=(share,))
        row = report.rows[-1]
        if qualm and direct:
            row["note"] = f"added {row['qualm'] - row['direct']:,.0f}; " + row["note"]


def streams(rig, report):
    """Streams without pauses; every token is analysed with 20 alternatives, whether the client asked for them or not."""
    for connections, alternatives in ((1, 20), (16, 20), (64, 20), (16, -1), (64, -1)):
        direct, qualm = [], []
        for _ in range(rig.repetitions):
            direct.append(rig.wrk(rig.simulator.port, DRAFTER, connections, stream=True, alternatives=20))
            before = rig.metrics()
            result = rig.wrk(rig.gateway.port, "auto", connections, stream=True, alternatives=alternatives)
            after = rig.metrics()
            # Streams that wrk cut off at its end have cost CPU, too: so the tokens are counted where they were analysed.
            tokens = after.sum("qualm_token_entropy_count") - before.sum("qualm_token_entropy_count")
            shipped = after.sum("qualm_decisions_total", decision="ship") - before.sum("qualm_decisions_total", decision="ship")
            result["cpu"] = 1e6 * result["gateway_cpu"] / max(1, tokens)
            qualm.append(result)
            if tokens < result["requests"] * CHUNKS or shipped < result["requests"]:
                report.problem(
                    f"{result['requests']} streams of {CHUNKS} tokens arrived, but {tokens:,.0f} tokens analysed, {shipped:,.0f} shipped")
        for name, results in (("direct", direct), ("qualm", qualm)):
            failed = sum(result["failed"] for result in results)
            if failed:
                report.problem(f"{failed} streams failed ({name}, {connections} connections)")
            for result in results:
                result["rate"] = result["requests"] * CHUNKS / result["seconds"]
        section = f"auto streams, {connections} conn." + ("" if alternatives > 0 else ", logprobs stripped")
        note = f"gateway busy {median(qualm, 'busy') * 100:.0f} %"
        report.add(section, "throughput", "chunks/s", median(qualm, "rate"), median(direct, "rate"), note)
        report.add(section, "gateway CPU", "us/chunk", median(qualm, "cpu"))
    report.add("memory", "resident, after load", "MiB", rig.gateway.memory_mib(), note=f"peak {rig.gateway.memory_mib('VmHWM'):.1f}")


def paced(rig, report):
    """50 streams/s of 20 tokens 5 ms apart: what a client sees of a model that thinks."""
    count = int(50 * rig.seconds * 1.5) + 20
    modes = (("direct", rig.simulator.port, PACED, ""), ("commit; n=1", rig.gateway.port, "paced", "commit; n=1"),
             ("holdback; n=1", rig.gateway.port, "paced", "holdback; n=1"))
    results = {name: {"first": [], "total": []} for name, *_ in modes}
    for _ in range(rig.repetitions):
        for name, port, model, release in modes:
            result = rig.load(
                do="rate", port=port, model=model, release=release, rate=50, count=count, warm_up=20,
                alternatives=20 if port == rig.simulator.port else -1)
            if result["failed"]:
                report.problem(f"{result['failed']} of {result['sent']} paced streams failed ({name})")
            for key in ("first", "total"):
                results[name][key] += result[key]
    for name in ("commit; n=1", "holdback; n=1"):
        for key, text in (("first", "first token"), ("total", "whole")):
            report.add_percentiles(
                f"50 streams/s, {name}", text, "ms", results[name][key], results["direct"][key], 1000,
                note=f"{len(results[name][key]):,} samples")


def cancellation(rig, report):
    """How fast a leg that is not wanted any more is closed."""
    count = 50 if rig.quick else 200
    latency = "qualm_cancel_latency_seconds"

    def add_histogram(section, before, **labels):
        after, since = rig.metrics().histogram(latency, **labels), before.histogram(latency, **labels)
        samples = after[max(after)] - since[max(since)] if after else 0
        for share in (0.5, 0.99):
            value = histogram_bound(after, since, share)
            report.add(section, f"decision to closed socket p{share * 100:g}, at most", "ms", scaled(value, 1000),
                       note=f"{samples:.0f} samples, bucket of the gateway's histogram")
        if samples < count:
            report.problem(f"{section}: {count} cancellations expected, {samples:.0f} recorded")

    before = rig.metrics()
    result = rig.load(do="rate", port=rig.gateway.port, model="doubtful", rate=50, count=count)
    if result["failed"]:
        report.problem(f"{result['failed']} of {count} escalations failed")
    add_histogram("escalation", before, leg="draft")

    # The simulator keeps the bodies of its latest 64 requests, by which a record is matched with the client's moment of leaving.
    before, seen = rig.metrics(), []
    kinds = ({"model": "simulator:sim-drafter-n200-d5000"}, {"model": "hidden", "leave_after": 0.06})
    for batch in range(-(-count // 50)):
        http(rig.simulator.port, "/_sim/reset", b"", method="POST")
        for kind in kinds:
            result = rig.load(do="disconnect", port=rig.gateway.port, rate=50, count=25, **kind)
            if result["failed"]:
                report.problem(f"{result['failed']} of 25 clients could not leave as planned ({kind['model']})")
            seen += abort_delays(rig, result["left_at"], report)
    report.add_percentiles("client leaves", "FIN to abort seen upstream", "ms", seen, None, 1000,
                           note=f"{len(seen)} samples, half before the first byte")
    add_histogram("client leaves", before)


def abort_delays(rig, left_at, report):
    """Seconds from a client's leaving to the simulator's seeing the gateway leave, by the tag in the prompt."""
    deadline, delays = time.monotonic() + 5, {}
    while time.monotonic() < deadline and len(delays) < len(left_at):
        for record in json.loads(http(rig.simulator.port, "/_sim/report")[1])["records"]:
            tag = re.search(rf"{rig.tag}[-\d]+\.", record["body"] or "")
            if tag and tag[0] in left_at and record["outcome"] == "aborted":
                delays[tag[0]] = record["started_at"] + record["aborted_after_ms"] / 1000 - left_at[tag[0]]
        time.sleep(0.02)
    if len(delays) < len(left_at):
        report.problem(f"{len(left_at) - len(delays)} of {len(left_at)} streams were not seen aborted upstream within 5 s")
    return list(delays.values())


def open_streams(rig, report):
    """Memory with many streams open at one time, and that nothing of them is left."""
    descriptors = rig.gateway.open_descriptors()
    command = rig.load_command(do="hold", port=rig.gateway.port, model="held", release="holdback; n=1", count=rig.streams)
    load = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        flowing = json.loads(load.stdout.readline() or "{}").get("open", 0)
        time.sleep(2 if rig.quick else 5)
        memory = rig.gateway.memory_mib()
        inflight = rig.metrics().sum("qualm_inflight_requests")
        output, errors = load.communicate("close\n", timeout=30)
    finally:
        if load.poll() is None:
            load.kill()
            load.wait()
    failed = json.loads(output.splitlines()[-1])["failed"] if load.returncode == 0 else errors[-500:]
    if flowing < rig.streams or failed:
        report.problem(f"{rig.streams} streams were to be open, {flowing} flowed; failed: {failed}")
    report.add("memory", f"resident, {rig.streams:,} open streams", "MiB", memory, note=f"{inflight:.0f} in flight")
    deadline = time.monotonic() + 10
    while rig.metrics().sum("qualm_inflight_requests") > 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    metrics = rig.metrics()
    left = metrics.sum("qualm_inflight_requests"), metrics.sum("qualm_upstream_inflight_calls")
    if any(left):
        report.problem(f"10 s after {rig.streams} streams were closed, {left[0]:.0f} requests and {left[1]:.0f} upstream calls were left")
    report.add("memory", "resident, 1 s after they closed", "MiB", settled_memory(rig),
               note=f"{rig.gateway.open_descriptors()} descriptors, {descriptors} before")


def settled_memory(rig):
    time.sleep(1)
    return rig.gateway.memory_mib()


ALL = {
    "cold": cold_start, "idle": idle_memory, "small": closed_loop, "rate": fixed_rate, "streams": streams, "paced": paced,
    "cancel": cancellation, "open": open_streams,
}
