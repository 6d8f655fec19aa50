"""What is timed, each as a ratio to a peer in the same run: `make bench` writes RESULTS.md."""

import local  # noqa: F401 - it puts the layer on the path
