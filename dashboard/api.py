"""HTTP beside the pages. Unknown addresses under /api answer with JSON, not with a page."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


async def _not_found(request: Request) -> JSONResponse:
    return JSONResponse({"error": f"There is nothing at {request.url.path}."}, status_code=404)


routes = [Route("/api/{path:path}", _not_found, methods=METHODS)]
