"""The AWS account that is played here, and the one identity in it that may do everything."""

from typing import Final

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
STACK: Final = "tokstack"

# The owner's key, for setting up and for the command line; functions get keys of their own.
ACCESS_KEY: Final = "local"
SECRET_KEY: Final = "local"  # noqa: S105 - opens nothing but this machine's own playground
