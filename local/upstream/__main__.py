"""`python -m local.upstream [--port N] [--seed N]`: serves until it is told to end.

It prints `ready http://127.0.0.1:N` once it can be asked.
"""

import argparse
import sys

from local.upstream import media, recordings
from local.upstream.catalog import SEED, catalog
from local.upstream.server import Upstream
from local.upstream.site_files import site_files
from local.upstream.world import World


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.upstream", description="Serves the sample upstream.")
    parser.add_argument("--port", type=int, default=0, help="0, the default, is any free one")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another catalogue")
    options = parser.parse_args()

    library = media.library()
    site_files()
    world = World(catalog(options.seed), library, recordings.Recordings(recordings.folder()))
    try:
        server = Upstream(world, options.port)
    except OSError as error:
        sys.exit(f"Port {options.port} cannot be used: {error.strerror}.")
    print(f"ready {server.url}", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.exit(130)


if __name__ == "__main__":
    main()
