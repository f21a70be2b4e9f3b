"""An endpoint that does nothing, on the service's own server and framework."""

from fastapi import FastAPI, Request, Response

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@app.post("/empty")
async def empty(request: Request) -> Response:
    """Read what was sent and answer with nothing."""
    await request.body()
    return Response(b"{}", media_type="application/json")
