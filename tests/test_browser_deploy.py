"""The deployment of deploy/ on this machine: two servers behind Debian's nginx, with HTTPS."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from deploy.loopback import CONFIGURATION, NGINX, Nginx
from mnist_app.api.service import MEGABYTE, MOST_BYTES
from tests.browser import PROJECT, WAIT, Server, draw, free_port, inked, is_quiet, reads, visit
from tests.drawings import FIVE, SEVEN
from tests.test_browser_reconnect import choose_network, network, sessions, until

OTHER = "convnet-64"
COOKIE = "digit_lab_server"
with_nginx = pytest.mark.skipif(NGINX is None, reason="no nginx on this machine")


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def servers(runs, small_npz) -> Iterator[dict[str, Server]]:
    """Two servers, by their ports."""
    with ExitStack() as stack:
        found = {}
        for _ in range(2):
            server = Server(runs, MNIST_NPZ=str(small_npz))
            server.start()
            stack.callback(server.stop)
            found[str(server.port)] = server
        yield found


@pytest.fixture(scope="module")
def nginx(servers) -> Iterator[Nginx]:
    with Nginx([*map(int, servers)], free_port(), free_port()) as running:
        yield running


def ask(nginx: Nginx, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    """Return the response of a request, and its body; a header's name has underscores here."""
    connection = http.client.HTTPSConnection(
        urlsplit(nginx.address).netloc, timeout=WAIT / 1000, context=ssl._create_unverified_context()
    )
    connection.request(method, path, body, {name.replace("_", "-"): each for name, each in headers.items()})
    response = connection.getresponse()
    content = response.read() if response.status != 101 else b""
    connection.close()
    return response, content


def cookies(response: http.client.HTTPResponse) -> dict[str, set[str]]:
    """Return what is said of each cookie that a response sets, in small letters."""
    found = {}
    for line in response.headers.get_all("set-cookie", []):
        name, _, rest = line.partition("=")
        found[name] = {part.strip().lower() for part in rest.split(";")[1:]}
    return found


def web_socket(nginx: Nginx, origin: str) -> int:
    """Return the status that a page of some origin gets when it asks for a WebSocket."""
    response, _ = ask(
        nginx,
        "/_stcore/stream",
        Connection="Upgrade",
        Upgrade="websocket",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="eGFiY2RlZmdoaWprbG1ubw==",
        Origin=origin,
    )
    return response.status


@with_nginx
def test_cookies_are_for_https_and_this_site_only(nginx, servers):
    response, _ = ask(nginx, "/")
    assert cookies(response)[COOKIE] == {"path=/", "httponly", "secure", "samesite=lax"}
    response, _ = ask(nginx, "/_stcore/health")
    # Its script reads this one, to send it back: that is how it protects.
    assert cookies(response)["_streamlit_xsrf"] == {"path=/", "secure", "samesite=lax"}


@with_nginx
def test_a_cookie_leads_to_its_server_and_to_nothing_else(nginx, servers):
    for port in servers:
        response, _ = ask(nginx, "/", Cookie=f"{COOKIE}={port}")
        assert COOKIE not in cookies(response)  # it is right already
    for other in ("22", "1", "x", f"{next(iter(servers))}.example.org", "127.0.0.1:80"):
        response, _ = ask(nginx, "/", Cookie=f"{COOKIE}={other}")
        assert response.status == 200
        assert COOKIE in cookies(response)
    response, _ = ask(nginx, "/api/health")
    assert COOKIE not in cookies(response)  # any server answers a program
    assert [json.loads(line)["server"] for line in nginx.access()]


@with_nginx
def test_other_sites_may_neither_frame_a_page_nor_speak_for_its_people(nginx):
    assert web_socket(nginx, nginx.address) == 101
    assert web_socket(nginx, "https://example.org") == 403
    response, _ = ask(nginx, "/", Origin="https://example.org")
    assert response.headers["access-control-allow-origin"] is None
    assert "frame-ancestors 'self'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert int(response.headers["strict-transport-security"].partition("=")[2]) >= 10**7
    assert response.headers["server"] == "nginx"  # and not which one


@with_nginx
def test_plain_http_leads_to_https_and_the_figures_are_not_for_everybody(nginx):
    connection = http.client.HTTPConnection(urlsplit(nginx.plain).netloc, timeout=WAIT / 1000)
    connection.request("GET", "/lab?lang=ko")
    response = connection.getresponse()
    assert (response.status, response.headers["location"]) == (308, "https://127.0.0.1/lab?lang=ko")
    connection.close()
    for path in ("/api/metrics", "/_stcore/metrics"):
        assert ask(nginx, path)[0].status == 403
    for path in ("/api/health", "/api/ready"):
        assert ask(nginx, path)[0].status == 200


@with_nginx
def test_the_interface_says_itself_that_a_picture_is_too_large(nginx):
    response, content = ask(nginx, "/api/predict", "POST", b"x" * (MOST_BYTES + 1), Content_Type="image/png")
    assert response.status == 413
    assert str(MOST_BYTES // MEGABYTE) in json.loads(content)["detail"]


def test_limits_of_size_agree_with_the_apps_own():
    text = CONFIGURATION.read_text()
    upload, interface = (
        int(re.search(rf"location {place} {{\s*client_max_body_size (\d+)m;", text)[1])
        for place in ("/_stcore/upload_file/", "/api/")
    )
    with (PROJECT / ".streamlit" / "config.toml").open("rb") as file:
        assert upload == tomllib.load(file)["server"]["maxUploadSize"] + 1  # the form around it
    assert MOST_BYTES < interface * 2**20 < 1.25 * MOST_BYTES


@with_nginx
@pytest.mark.browser
def test_a_killed_server_costs_its_people_a_reconnect_and_nothing_else(browser, nginx, servers, runs):
    problems: list[str] = []
    page = visit(browser, nginx.address, ignore_https_errors=True)
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    draw(page, FIVE)
    reads(page, "5")
    choose_network(page, OTHER)
    ink = inked(page)
    until(page, lambda: any(each.get("model") == OTHER for each in sessions(runs).values()))
    before, used = set(sessions(runs)), place(page)
    page.locator("canvas.upper-canvas").evaluate("canvas => { canvas.mark = 'the same one' }")
    servers[used].kill()
    try:
        until(page, lambda: set(sessions(runs)) > before)
        assert place(page) != used
        is_quiet(page)
        assert inked(page) == ink
        assert page.locator("canvas.upper-canvas").evaluate("canvas => canvas.mark") == "the same one"
        expect(network(page)).to_have_value(OTHER)
        reads(page, "5")
        page.get_by_role("button", name="Clear the canvas").click()
        until(page, lambda: inked(page) == 0)
        draw(page, SEVEN)
        reads(page, "7")
        # Programs have not noticed.
        assert {ask(nginx, "/api/ready")[0].status for _ in range(6)} == {200}
    finally:
        servers[used].start()
    page.reload()  # still with the server that has the session's place, though the other one is back
    page.wait_for_selector("canvas.upper-canvas")
    assert place(page) != used
    assert problems == []
    page.context.close()


def place(page: Page) -> str:
    """Return the port of the server that a browser is with."""
    return next(each["value"] for each in page.context.cookies() if each["name"] == COOKIE)


@with_nginx
@pytest.mark.browser
@pytest.mark.parametrize(
    "name", ["", "explore", "lab", "learn", "train", "data", "sweep", "results", "compare"]
)
def test_nothing_that_a_page_needs_is_forbidden_to_it(browser, nginx, name):
    problems: list[str] = []
    page = browser.new_context(ignore_https_errors=True, locale="en-US").new_page()
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{nginx.address}/{name}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    is_quiet(page)
    page.wait_for_timeout(1000)
    assert problems == []
    page.context.close()
