"""A program for tests: says how it was begun, answers each line of its input, ends with the code that it is told."""

import json
import os
import sys

SAID = {
    "words": sys.argv[1:],
    "folder": os.getcwd(),
    "own_session": os.getsid(0) == os.getpid(),
    "colour": os.environ.get("COLOUR"),
    "open": sorted(int(number) for number in os.listdir("/proc/self/fd")),
}

if __name__ == "__main__":
    print(json.dumps(SAID), flush=True)
    for line in sys.stdin:
        if line.startswith("end "):
            sys.exit(int(line.split()[1]))
        print(line.upper(), end="", flush=True)
