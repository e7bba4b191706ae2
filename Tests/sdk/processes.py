"""Starts and ends the processes under test: each in its own session, ended by its own id and no other."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path


def executable() -> str:
    return str(Path(os.environ.get("QUALM_BINARY", ".build/debug/qualm")).resolve())


class Process:
    """A child that writes its port to a file once it listens. Its output goes to a file, shown when something goes wrong."""

    def __init__(self, arguments: list[str], environment: dict[str, str] | None = None, seconds: float = 30):
        self.directory = tempfile.TemporaryDirectory(prefix="qualm-test-")
        self.log = Path(self.directory.name) / "output.log"
        port_file = Path(self.directory.name) / "port"
        # A key of the machine's own must neither be used nor change what is tested.
        inherited = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        with self.log.open("wb") as output:
            self.child = subprocess.Popen(
                [executable(), *arguments, "--port", "0", "--port-file", str(port_file)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**inherited, **(environment or {})},
            )
        deadline = time.monotonic() + seconds
        while not port_file.exists():
            if self.child.poll() is not None or time.monotonic() > deadline:
                text = self.output()
                self.stop()
                raise RuntimeError(f"{arguments[0]} did not start listening:\n{text}")
            time.sleep(0.02)
        self.port = int(port_file.read_text())
        self.url = f"http://127.0.0.1:{self.port}"

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """SIGTERM, and SIGKILL for one that does not end within the drain time. Returns the exit status."""
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(15)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        status = self.child.returncode
        self.directory.cleanup()
        return status


class Gateway(Process):
    def __init__(self, configuration: str):
        self.configuration = tempfile.NamedTemporaryFile("w", suffix=".yaml", prefix="qualm-test-")
        self.configuration.write(configuration)
        self.configuration.flush()
        super().__init__(["serve", "--config", self.configuration.name])

    def stop(self) -> int:
        status = super().stop()
        self.configuration.close()
        return status


class Simulator(Process):
    def __init__(self, scenario: str | None = None):
        arguments = ["simulate"]
        self.scenario = None
        if scenario is not None:
            self.scenario = tempfile.NamedTemporaryFile("w", suffix=".json", prefix="qualm-test-")
            self.scenario.write(scenario)
            self.scenario.flush()
            arguments += ["--scenario", self.scenario.name]
        super().__init__(arguments)

    def stop(self) -> int:
        status = super().stop()
        if self.scenario is not None:
            self.scenario.close()
        return status
