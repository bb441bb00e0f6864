"""Run the suite on SQLite: `python -m tests.on_sqlite [pytest arguments]`."""

import os
import subprocess
import sys

SETTINGS = {
    "DEBUG": "1",
    "HTTPS": "0",
    "SECRET_KEY": "only-for-tests",
    "LOG_LEVEL": "ERROR",
    "API_RATE": "off",
}


def run(database_url: str, arguments: list[str]) -> int:
    """pytest's exit code for one run over a database."""
    environment = os.environ | SETTINGS | {"DATABASE_URL": database_url}
    command = [sys.executable, "-m", "pytest", *(arguments or ["--numprocesses=auto"])]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    print("— SQLite —", flush=True)
    sys.exit(run("sqlite:///unused-by-tests.sqlite3", sys.argv[1:]))
