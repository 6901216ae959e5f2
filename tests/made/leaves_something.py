"""A program for tests: begins another that outlives it and holds its output, then answers until it is told to leave."""

import json
import subprocess
import sys

if __name__ == "__main__":
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(json.dumps({"left": other.pid}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        if question["say"] == "leave":
            sys.exit()
        if question["say"]:
            print(json.dumps(question), flush=True)
