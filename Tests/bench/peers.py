"""--rig: the same executable on a benchmark rig that measures any OpenAI-compatible gateway (mock upstream, load generator, scenarios)."""

import json
import os
import shlex
import shutil
import subprocess
import sys

from processes import Failure, free_ports

CONFIGURATION = """
logging: {level: warning}
providers:
  mock: {base_url: "http://127.0.0.1:PORT/v1"}
routing: {drafter: "mock:mock-confident", heavyweight: "mock:mock-confident"}
"""
QUICK = {"REPS": "1", "SECS": "1", "FSECS": "2", "EXTRA": "0", "COLD": "1"}
# Name, model, and more of the rig's options: small answers past the router, then everything through it.
RUNS = (
    ("qualm-direct", "mock:mock-confident", {"STREAM": "0"}),
    ("qualm-auto", "auto", {"HEADERS": "x-qualm-release: commit; n=1"}),
)


def measure(folder, executable, directory, quick):
    """Builds a copy of the rig, runs it, prints its tables. Returns its result lines and the tables."""
    if not os.path.exists(os.path.join(folder, "run_peers.sh")):
        raise Failure(f"{folder} has no run_peers.sh: --rig takes the folder of the benchmark rig")
    missing = [tool for tool in ("make", "gcc") if not shutil.which(tool)]
    if missing:
        raise Failure(f"--rig compiles the rig's C sources; not installed: {', '.join(missing)}")
    copy = os.path.join(directory, "rig")
    shutil.copytree(folder, copy)
    for base, _, _ in os.walk(copy):
        os.chmod(base, 0o755)
    subprocess.run(["make", "-s", "-C", copy], check=True)
    upstream, port = free_ports(2)
    configuration = os.path.join(directory, "rig.yaml")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.replace("PORT", str(upstream)))
    results = os.path.join(directory, "results.jsonl")
    environment = os.environ | (QUICK if quick else {}) | {"MOCK_PORT": str(upstream)}
    if len(os.sched_getaffinity(0)) == 1:
        environment["SUT_CORES"] = environment["RIG_CORE"] = str(next(iter(os.sched_getaffinity(0))))
    environment["START_CMD"] = shlex.join([executable, "serve", "--config", configuration, "--port", str(port)])
    with open(results, "w", encoding="utf-8") as file:
        for name, model, more in RUNS:
            print(f"bench: rig: {name}", file=sys.stderr)
            file.write(run(copy, name, port, environment | {"MODEL": model} | more))
    table = subprocess.run([sys.executable, os.path.join(copy, "table.py"), results], stdout=subprocess.PIPE, text=True, check=True)
    print(f"\n{table.stdout}", flush=True)
    with open(results, encoding="utf-8") as file:
        return [json.loads(line) for line in file], table.stdout


def run(copy, name, port, environment):
    """One pass of the rig; its result line. It is asked to end, not killed: it ends the mock and the gateway that it started."""
    process = subprocess.Popen([os.path.join(copy, "run_peers.sh"), name, str(port)], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        output, _ = process.communicate(timeout=1200)
    except subprocess.TimeoutExpired:
        raise Failure(f"the rig was not done with {name} within 20 minutes") from None
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)
    if process.returncode or not output.strip():
        raise Failure(f"the rig failed for {name} with exit status {process.returncode}")
    return output
