"""The local cloud: what `template.yaml` describes, on this machine, without Docker and without an AWS account.

__main__     the commands: run, invoke
cloud        starts the parts below and stops them
template     the SAM template, checked and translated
intrinsics   resolves !Ref, !Sub, !If and the like
stack        what the template's resources are called, and their properties
resources    makes them in the embedded AWS
aws          the embedded AWS (moto) behind one port
wsgi         the server under it
mends        where moto falls short; machine_mends for its Step Functions
iam/         whether a function may make a call
functions    what the template says of each function
machines     what it says of each state machine
lambdas      every function's workers, and invocation
runtime      one worker process
reload       new workers when the source changes
front        the HTTP API's port
gateway      what API Gateway does around a function
api          what the template says of the HTTP API
routes       which function a request is for
events       requests and answers in payload format 2.0
triggers     schedules and queues
upstream/    the sample upstream; `sample` starts it
demo         an account, a key and curl lines to begin with
tools/       for the Makefile and the tests
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# The layer is installed nowhere: here, as on Lambda, it stands on the path.
sys.path.insert(0, str(ROOT / "layers" / "tokstack"))
