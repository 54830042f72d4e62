"""The networks over HTTP: ``/api/predict``, ``/api/models`` and what watches over a server asks for.

    POST /api/predict       a picture (its bytes as the body), several (a form), or images as JSON
    GET  /api/models        what can read
    GET  /api/health        whether the server answers
    GET  /api/ready         whether it can read
    GET  /api/metrics       what Prometheus collects
    GET  /api/openapi.json  the description of all this

What is wrong is said in one sentence, in the language that ``Accept-Language``
asks for (RFC 9457).  A picture is read as the page Draw reads it; images as JSON
are shown to the network as they are.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from fastapi import FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import ClientDisconnect

from mnist_app.api.answers import MOST_IMAGES, WHITE, Answer, Images, Layer, Model, Problem, Reading, digit_of
from mnist_app.numerics.picture import MAX_PIXELS, count_pixels, read_picture
from mnist_app.numerics.preprocess import SIDE
from mnist_app.serving.card import read_card
from mnist_app.serving.meters import IMAGES, REQUESTS, TRAININGS
from mnist_app.serving.model_folders import DEFAULT_MODEL, find_models, runs_folder, stamp
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.reading import read
from mnist_app.texts.catalog import DEFAULT_LANGUAGE, language_of, text
from mnist_app.texts.user_error import UserError
from mnist_app.training.queue import counts

MEGABYTE = 10**6
MOST_BYTES = 8 * MEGABYTE  # of one request: a photograph of a telephone has five
SECONDS = 30  # for a request to come in
MOST_WITH_MAPS = 8  # images: the maps of one are half a megabyte
AT_ONCE = 4  # are read; more at a time only share the same processors
MOST_REQUESTS = 96  # come in or wait; whoever comes then had better come again
AGAIN_SECONDS = 1
NETWORKS_HELD = 8
ALL = "all"
WATCHED = ("/api/health", "/api/ready", "/api/metrics")  # asked for every few seconds
PROBLEM_TYPE = "application/problem+json"
JSON_TYPE, FORM_TYPE, ANY_TYPE = "application/json", "multipart/form-data", "application/octet-stream"

_LOG = logging.getLogger(__name__)
T = TypeVar("T")


class RefusedError(Exception):
    """A request that cannot be answered: its status and why."""

    def __init__(self, status: HTTPStatus, why: UserError) -> None:
        super().__init__(str(why))
        self.status = status
        self.why = why


class State(BaseModel):
    """How the server is."""

    status: Literal["ok"] = "ok"


class Gate:
    """Lets so many requests in, and so many of them work at a time."""

    def __init__(self, most: int = MOST_REQUESTS, at_once: int = AT_ONCE) -> None:
        self._room = most
        self._free = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[None]:
        """Be one of those who are in.

        Raises:
            RefusedError: too many are.
        """
        if not self._room:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, UserError("api.busy"))
        self._room -= 1
        try:
            yield
        finally:
            self._room += 1

    async def work(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return what a function returns, called in a thread when it is its turn."""
        async with self._free:
            return await run_in_threadpool(function, *arguments)


def service(gate: Gate | None = None) -> FastAPI:
    """Return the interface as an ASGI application.

    Args:
        gate: how many may come and work at a time.
    """
    gate = gate or Gate()
    problem = {"model": Problem, "content": {PROBLEM_TYPE: {}}}
    problems: dict[int | str, dict[str, Any]] = {
        status.value: {**problem, "description": status.phrase}
        for status in (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.SERVICE_UNAVAILABLE,
        )
    }
    api = FastAPI(
        title=text("app.title", DEFAULT_LANGUAGE),
        description=text("api.description", DEFAULT_LANGUAGE),
        version="1",
        # The pages with the description fetch their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    api.add_exception_handler(RefusedError, _refused)
    api.add_exception_handler(RequestValidationError, _not_valid)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(Exception, _failed)

    @api.middleware("http")
    async def measure(request: Request, go_on: RequestResponseEndpoint) -> Response:
        began, status = time.perf_counter(), HTTPStatus.INTERNAL_SERVER_ERROR.value
        try:
            response = await go_on(request)
            status = response.status_code
            return response
        finally:
            route = request.scope.get("route")
            address = route.path if route else "-"  # not what strangers make up
            seconds = time.perf_counter() - began
            REQUESTS.labels(address, status).observe(seconds)
            fields = {"event": "request", "path": address, "status": status, "seconds": round(seconds, 6)}
            level = logging.DEBUG if address in WATCHED else logging.INFO
            _LOG.log(level, "%s %d in %.3f s", address, status, seconds, extra=fields)

    @api.post(
        "/api/predict",
        responses=problems,
        openapi_extra={"requestBody": {"required": True, "content": _bodies()}},
        summary="Read digits",
    )
    async def predict(
        request: Request,
        model: Annotated[str, Query(description="its name, as /api/models has it")] = DEFAULT_MODEL,
        single: Annotated[bool, Query(description="a picture holds one digit")] = False,
        maps: Annotated[
            list[str] | None, Query(description='layers whose outputs are told; "all" for all')
        ] = None,
    ) -> Answer:
        async with gate.inside():
            try:
                async with asyncio.timeout(SECONDS):
                    body = await _body(request)
            except ClientDisconnect as error:  # nobody hears this, and the log need not tell of it
                raise RefusedError(HTTPStatus.BAD_REQUEST, UserError("api.broken_off")) from error
            except TimeoutError as error:
                raise RefusedError(
                    HTTPStatus.REQUEST_TIMEOUT, UserError("api.slow", seconds=SECONDS)
                ) from error
            return await gate.work(_predict, body, model, single, maps or [])

    @api.get("/api/models", summary="List the networks")
    def models() -> list[Model]:
        return _models()

    @api.get("/api/health", summary="Does the server answer?")
    async def health() -> State:
        return State()

    @api.get("/api/ready", responses=problems, summary="Can it read?")
    def ready() -> State:
        try:
            _network(DEFAULT_MODEL).predict(np.zeros((SIDE, SIDE), np.float32))
        except UserError as error:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, error) from error
        return State()

    @api.get("/api/metrics", summary="What Prometheus collects", response_class=Response)
    def metrics() -> Response:
        for state, count in counts(runs_folder()).items():
            TRAININGS.labels(state).set(count)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return api


# ------------------------------------------------------------- reading

Named = tuple[str, bytes]  # a picture's name and its content


def _predict(body: Images | list[Named], model: str, single: bool, maps: Sequence[str]) -> Answer:
    try:
        network = _network(model)
    except UserError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, error) from error
    names = [layer.name for layer in network.layers]
    unknown = [name for name in maps if name not in (*names, ALL)]
    if unknown:
        problem = UserError("api.no_layer", name=unknown[0], known=", ".join(names))
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, problem)
    layers = names if ALL in maps else [name for name in names if name in maps]
    count = len(body.images if isinstance(body, Images) else body)
    most, key = (MOST_WITH_MAPS, "api.too_many_maps") if layers else (MOST_IMAGES, "api.too_many_images")
    if count > most:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, UserError(key, most=most, received=count))
    if not isinstance(body, Images):
        _check_pixels(body)
    IMAGES.labels(model).inc(count)
    if isinstance(body, Images):
        return Answer(model=model, readings=_read_images(body, network, layers))
    return Answer(model=model, readings=[_read_picture(*each, network, single, layers) for each in body])


def _read_images(body: Images, network: Predictor, layers: Sequence[str]) -> list[Reading]:
    images = np.asarray(body.images, np.float32) / np.float32(WHITE)
    activations = network.predict(images).activations
    readings = []
    for n, image in enumerate(images):
        mine = {name: values[n] for name, values in activations.items()}
        digit = digit_of(mine, network.refuse_below, None, layers)
        blank = not image.any()
        readings.append(
            Reading(
                name=str(n),
                status="blank" if blank else "read",
                answer="" if blank else str(digit.digit) if digit.is_digit else "?",
                digits=[] if blank else [digit],
            )
        )
    return readings


def _check_pixels(pictures: Sequence[Named]) -> None:
    """Refuse pictures that together have more pixels than one may have: a hundred bytes can claim millions.

    Raises:
        RefusedError: they have; or one is no picture.
    """
    pixels = 0
    for name, content in pictures:
        with _named(name):
            pixels += count_pixels(content)
        if pixels > MAX_PIXELS:
            problem = UserError("api.too_many_pixels", most=MAX_PIXELS // MEGABYTE)
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, problem)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Refuse the picture of this name for what is found wrong inside."""
    try:
        yield
    except UserError as error:
        problem = UserError("error.file", path=name, problem=error)
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, problem) from error


def _read_picture(
    name: str, content: bytes, network: Predictor, single: bool, layers: Sequence[str]
) -> Reading:
    with _named(name):
        reading = read(read_picture(content), network, single)
    digits = [digit_of(each.activations, each.refuse_below, each.box, layers) for each in reading.digits]
    return Reading(name=name, status=reading.status, answer=reading.answer, digits=digits)


def _network(name: str) -> Predictor:
    """Return a network by its name.

    Raises:
        UserError: there is none, or it is damaged.
    """
    folder = find_models().folder(name)
    return _loaded(folder, stamp(folder))


@lru_cache(maxsize=NETWORKS_HELD)
def _loaded(folder: Path, written: object) -> Predictor:
    del written  # tells a new model from an old one
    return Predictor(folder)


def _models() -> list[Model]:
    found = []
    for name, folder in find_models().folders.items():
        card = read_card(folder)
        layers = [
            Layer(name=each.name, class_name=each.class_name, output_shape=list(each.output_shape))
            for each in card.layers
        ]
        found.append(
            Model(
                name=name,
                architecture=card.architecture,
                parameters=card.parameters,
                test_accuracy=card.test_accuracy,
                refuse_below=card.refuse_below,
                default=name == DEFAULT_MODEL,
                layers=layers,
            )
        )
    return found


# ------------------------------------------------------------- what comes in


def _bodies() -> dict[str, Any]:
    """Return what a request may hold, as OpenAPI describes it."""
    binary = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"images": {"type": "array", "items": binary}}}
    return {
        JSON_TYPE: {"schema": Images.model_json_schema()},
        FORM_TYPE: {"schema": form},
        "image/*": {"schema": binary},
    }


async def _body(request: Request) -> Images | list[Named]:
    """Return the images that a request brings.

    Raises:
        RefusedError: there are none, too many, or too large.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM_TYPE:
        return await _form(request)
    if kind not in (JSON_TYPE, ANY_TYPE) and not kind.startswith("image/"):
        problem = UserError("api.type", received=kind or "-")
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, problem)
    content = await _content(request)
    if not content:
        raise RefusedError(HTTPStatus.BAD_REQUEST, UserError("api.empty"))
    if kind != JSON_TYPE:
        return [("0", content)]
    try:
        return await run_in_threadpool(Images.model_validate_json, content)
    except ValidationError as error:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, _said(error.errors())) from error


async def _content(request: Request) -> bytes:
    """Return the bytes of a request, no more than are allowed."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MOST_BYTES:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, UserError("api.too_large", most=MOST_BYTES // MEGABYTE)
            )
    return bytes(content)


async def _form(request: Request) -> list[Named]:
    """Return the pictures of a form, under whatever name its fields are."""
    content = await _content(request)

    async def again() -> Any:
        return {"type": "http.request", "body": content, "more_body": False}

    # One more than allowed, so that the number is told by this interface's own words.
    async with Request(request.scope, again).form(max_files=MOST_IMAGES + 1) as form:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        if not files:
            raise RefusedError(HTTPStatus.BAD_REQUEST, UserError("api.empty"))
        return [(file.filename or str(n), await file.read()) for n, file in enumerate(files)]


# ------------------------------------------------------------- what goes wrong


def _said(errors: Sequence[Any]) -> UserError:
    """Return the first of pydantic's errors in our words."""
    place = ".".join(str(part) for part in errors[0]["loc"]) or "-"
    return UserError("api.not_valid", place=place, most=MOST_IMAGES)


def _problem(request: Request, status: int, why: UserError) -> JSONResponse:
    language = language_of(request.headers.get("accept-language"))
    content = Problem(title=HTTPStatus(status).phrase, status=status, detail=why.message(language))
    headers = {"Retry-After": str(AGAIN_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return JSONResponse(content.model_dump(), status, headers, PROBLEM_TYPE)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RefusedError)
    return _problem(request, error.status, error.why)


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    place = ".".join(str(part) for part in error.errors()[0]["loc"][1:])
    return _problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, UserError("api.parameter", name=place))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    known = {HTTPStatus.NOT_FOUND: "api.no_address", HTTPStatus.METHOD_NOT_ALLOWED: "api.no_method"}
    key = known.get(HTTPStatus(error.status_code), "api.form")
    response = _problem(request, error.status_code, UserError(key))
    response.headers.update(error.headers or {})
    return response


async def _failed(request: Request, _error: Exception) -> JSONResponse:
    return _problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, UserError("api.failed"))
