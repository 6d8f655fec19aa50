"""`tokstack`: the owner's command line, for a deployed stack and the one of `make run` alike.

main        the commands' names
keys, credits, providers, jobs    what they do
library, loading, shops    what is put into the library, and what is known of shops
tracking    what the library follows by itself
submitting, redriving    the jobs queue: from a file to messages, and from the dead letters back
deploy, checking    whether a stack is whole and well
stack       which table and queues they do it to, and one line for whatever goes wrong
output      tables and moments for people
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# The layer is installed nowhere: here, as on Lambda, it stands on the path.
sys.path.insert(0, str(ROOT / "layers" / "tokstack"))
