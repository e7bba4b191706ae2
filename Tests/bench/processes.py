"""Processes of the benchmark: started pinned, watched through /proc, ended by their id."""

import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failure(Exception):
    """Something without which there is nothing to measure; the message says what and what would help."""


def http(port, path, body=None, headers=(), method=None, timeout=10):
    """(status, text) of one request to 127.0.0.1."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, method=method)
    for name, value in headers:
        request.add_header(name, value)
    try:
        with DIRECT.open(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Pinning:
    """Simulator and load generator on the first core, the gateway on the second; nowhere in particular with one core."""

    def __init__(self, realtime):
        cores = sorted(os.sched_getaffinity(0))
        self.cores = (cores[0], cores[1]) if len(cores) > 1 and shutil.which("taskset") else None
        self.prefix = []
        if realtime:
            self.prefix = ["chrt", "-r", "10"]
            if not shutil.which("chrt") or subprocess.run([*self.prefix, "true"], capture_output=True).returncode:
                raise Failure("--realtime needs chrt and the right to use it (root, or CAP_SYS_NICE)")

    def command(self, arguments, *, gateway=False):
        if self.cores is None:
            return [*self.prefix, *arguments]
        return [*self.prefix, "taskset", "-c", str(self.cores[1 if gateway else 0]), *arguments]

    def __str__(self):
        policy = ", SCHED_RR" if self.prefix else ""
        if self.cores is None:
            return "not pinned" + policy
        return f"gateway on core {self.cores[1]}, simulator and load on core {self.cores[0]}{policy}"


class Running:
    """A started executable: its output in a log file, its figures from /proc, its end by its id."""

    def __init__(self, command, directory, name):
        self.name, self.port = name, None
        self.log_path = os.path.join(directory, f"{name}.log")
        with open(self.log_path, "ab") as log:
            self.started_at = time.monotonic()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.pid = self.process.pid

    def wait_until(self, listens, seconds=20):
        """Until `listens` says so by a port."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            self.port = listens()
            if self.port:
                return self
            time.sleep(0.001)
        ended = self.process.poll()
        what = f"did not listen within {seconds} s" if ended is None else f"ended with exit status {ended} before it listened"
        with open(self.log_path, errors="replace") as log:
            raise Failure(f"{self.name} {what}; its last words:\n{log.read()[-2000:]}")

    def stop(self):
        for step in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(step)
                try:
                    self.process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    print(f"bench: {self.name} did not end within 5 s of signal {int(step)}", file=sys.stderr)

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self, field="VmRSS"):
        with open(f"/proc/{self.pid}/status") as file:
            return int(re.search(rf"{field}:\s+(\d+) kB", file.read())[1]) / 1024

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


class Service(Running):
    """Qualm's executable: writes its port to a file once it listens."""

    def __init__(self, command, directory, name):
        self.port_file = os.path.join(directory, f"{name}.port")
        if os.path.exists(self.port_file):
            os.unlink(self.port_file)
        super().__init__([*command, "--port", "0", "--port-file", self.port_file], directory, name)

    def wait_for_port(self):
        return self.wait_until(self._written_port)

    def _written_port(self):
        try:
            with open(self.port_file) as file:
                return int(file.read())
        except (OSError, ValueError):
            return None


class Redis(Running):
    """redis-server on a free port, keeping nothing."""

    def __init__(self, pinning, executable, directory):
        [self.wanted_port] = free_ports(1)
        command = [executable, "--port", str(self.wanted_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                   "--daemonize", "no", "--dir", directory]
        super().__init__(pinning.command(command), directory, "redis")

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


class Meter:
    """CPU time between two moments: the gateway's, and that of everything that is no part of the benchmark."""

    def __init__(self, gateway, simulator):
        self.services = (gateway, simulator)

    def __enter__(self):
        self.before = self._now()
        return self

    def __exit__(self, *_):
        wall, busy, load, gateway, simulator = (after - before for after, before in zip(self._now(), self.before))
        self.seconds, self.gateway, self.simulator = wall, gateway, simulator
        self.others = max(0.0, (busy - load - gateway - simulator) / wall)

    def _now(self):
        with open("/proc/stat") as file:
            fields = [int(field) for field in file.readline().split()[1:]]
        busy = (fields[0] + fields[1] + fields[2] + fields[5] + fields[6] + fields[7]) / TICKS
        children, own = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
        load = children.ru_utime + children.ru_stime + own.ru_utime + own.ru_stime
        return time.monotonic(), busy, load, *(service.cpu_seconds() for service in self.services)


class Metrics:
    """One scrape of the gateway's /metrics."""

    LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")

    def __init__(self, port):
        self.samples = {}
        for line in http(port, "/metrics")[1].splitlines():
            match = self.LINE.match(line)
            if match:
                labels = tuple(sorted(re.findall(r'(\w+)="([^"]*)"', match[2] or "")))
                self.samples[match[1], labels] = float(match[3])

    def sum(self, name, **wanted):
        return sum(value for (sample, labels), value in self.samples.items()
                   if sample == name and wanted.items() <= dict(labels).items())

    def histogram(self, name, **wanted):
        """{upper bound: cumulative count}, summed over the series that match."""
        buckets = {}
        for (sample, labels), value in self.samples.items():
            labels = dict(labels)
            if sample == name + "_bucket" and wanted.items() <= labels.items():
                bound = float(labels["le"].replace("+Inf", "inf"))
                buckets[bound] = buckets.get(bound, 0) + value
        return buckets
