"""16 clients that ask as fast as they are answered, or so often a second together: `… ADDRESS FOLDER [A-SECOND]`.

At a fixed rate the time to an answer counts from when a question was due, so that a server that stalls is not spared.
"""

import http.client
import json
import statistics
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

CLIENTS = 16
WARM, ASKED = 10, 200  # requests of each client: before and during the measurement
BOUNDARY = "fitscope-boundary"


def main(address: str, folder: str, a_second: str = "0") -> None:
    pause = CLIENTS / float(a_second) if float(a_second) else 0.0
    bodies = [_body(path.read_bytes()) for path in sorted(Path(folder).glob("*.png"))]
    together = threading.Barrier(CLIENTS + 1)
    times: list[float] = []
    failed: list[str] = []

    def client(number: int) -> None:
        link = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        mine = []
        try:
            for turn in range(WARM + ASKED):
                if turn == WARM:
                    together.wait()
                    due = time.perf_counter() + pause * number / CLIENTS
                began = time.perf_counter()
                if pause and turn >= WARM:
                    began = due + (turn - WARM) * pause
                    time.sleep(max(0.0, began - time.perf_counter()))
                _ask(link, urlsplit(address).path, bodies[(7 * number + turn) % len(bodies)])
                if turn >= WARM:
                    mine.append(1000 * (time.perf_counter() - began))
        except Exception as error:
            failed.append(repr(error))
            together.abort()
        times.extend(mine)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        together.wait()
    except threading.BrokenBarrierError:
        raise SystemExit("\n".join(failed)) from None
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failed:
        raise SystemExit("\n".join(failed))
    centiles = statistics.quantiles(times, n=100)
    told = {"n": len(times), "rate": len(times) / seconds, "p50": centiles[49], "p99": centiles[98], "most": max(times)}
    print(json.dumps(told))


def _ask(link: http.client.HTTPConnection, path: str, body: bytes) -> None:
    link.request("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    answer = link.getresponse()
    told = json.loads(answer.read())
    if answer.status != 200 or len(told["probabilities"]) != 10:
        raise RuntimeError(f"{answer.status}: {told}")


def _body(picture: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    image = f'{head}image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'.encode() + picture
    run = f'\r\n{head}run"\r\n\r\nlatest\r\n--{BOUNDARY}--\r\n'.encode()
    return image + run


if __name__ == "__main__":
    main(*sys.argv[1:])
