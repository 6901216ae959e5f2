"""The peer of the HTTP rows: Starlette, Pillow and LiteRT, and nothing else: `… plain_api NETWORK.tflite PORT`."""

import io
import sys
import threading

import numpy as np
import uvicorn
from ai_edge_litert.interpreter import Interpreter
from PIL import Image
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def main(network: str, port: str) -> None:
    interpreter = Interpreter(model_path=network, num_threads=1)
    interpreter.allocate_tensors()
    index, output = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    lock = threading.Lock()

    def ask(content: bytes) -> list[float]:
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("L"), np.float32)[None, ..., None] / 255
        with lock:
            interpreter.set_tensor(index, pixels)
            interpreter.invoke()
            return interpreter.get_tensor(output)[0].tolist()

    async def predict(request: Request) -> JSONResponse:
        async with request.form() as form:
            content = await form["image"].read()
        chances = await run_in_threadpool(ask, content)
        return JSONResponse({"probabilities": {str(label): chance for label, chance in enumerate(chances)}})

    async def home(_request: Request) -> JSONResponse:
        return JSONResponse({})

    app = Starlette(routes=[Route("/", home), Route("/predict", predict, methods=["POST"])])
    uvicorn.run(app, port=int(port), log_level="error", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
