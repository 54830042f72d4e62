"""The whole deployment on this machine alone: servers, and Debian's nginx with nginx.conf before them.

    python -m deploy.loopback [--processes N] [--port N] [--base N]

Needs no root, no certificate and no entry below /etc: ports, paths and a certificate
signed by itself are put into a copy of ``nginx.conf``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType

PROJECT = Path(__file__).resolve().parents[1]
CONFIGURATION = Path(__file__).with_name("nginx.conf")
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")  # Debian's place is root's
WAIT_SECONDS = 60
POLL_SECONDS = 0.1
FIRST_PORT = 8501

# Around nginx.conf, which Debian's own file includes.
FRAME = """daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
worker_processes 2;
events {{ worker_connections 1024; }}
http {{
    include {mime};
    default_type application/octet-stream;
    {temporary}
    include {folder}/digit-lab.conf;
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx:
    """nginx before servers; ``with`` starts and ends it.

    Attributes:
        address: where it listens, with HTTPS.
    """

    def __init__(self, servers: Sequence[int], port: int, plain: int) -> None:
        """Make it ready.

        Args:
            servers: their ports on this machine.
            port: where it shall listen.
            plain: where it shall listen without HTTPS, to send on.

        Raises:
            FileNotFoundError: there is no nginx, or no openssl.
        """
        if NGINX is None:
            raise FileNotFoundError("nginx: on Debian, apt install nginx")
        self.address = f"https://127.0.0.1:{port}"
        self.plain = f"http://127.0.0.1:{plain}"
        self.folder = Path(tempfile.mkdtemp(prefix="digit-lab-nginx-"))
        self.folder.chmod(0o711)  # started by root, its workers are somebody else
        _sign(self.folder)
        (self.folder / "digit-lab.conf").write_text(configuration(self.folder, servers, port, plain))
        temporary = "".join(f"{name}_temp_path {self.folder}/{name};" for name in TEMPORARY)
        frame = FRAME.format(folder=self.folder, mime="/etc/nginx/mime.types", temporary=temporary)
        (self.folder / "nginx.conf").write_text(frame)

    def __enter__(self) -> Nginx:
        command = [str(NGINX), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "stderr"]
        with (self.folder / "stderr").open("w") as output:
            self._process = subprocess.Popen(command, stderr=output)
        try:
            wait_for(f"{self.plain}/", self._process)
        except RuntimeError as error:
            said = self.said()
            self.__exit__(None, None, None)
            raise RuntimeError(said) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(WAIT_SECONDS)
        shutil.rmtree(self.folder)

    def said(self) -> str:
        """Return what nginx wrote of its errors."""
        return (self.folder / "stderr").read_text()

    def access(self) -> list[str]:
        """Return its log, a request a line."""
        return (self.folder / "access.log").read_text().splitlines()


def configuration(folder: Path, servers: Sequence[int], port: int, plain: int) -> str:
    """Return ``nginx.conf`` for servers, ports and files of one's own.

    Raises:
        ValueError: it is not the file that this was written for.
    """
    lines = "".join(f"    server 127.0.0.1:{each} max_fails=1 fail_timeout=5s;\n" for each in servers)
    text = CONFIGURATION.read_text(encoding="utf-8")
    for pattern, new in (
        (r"(    server 127\.0\.0\.1:\d+ .*\n)+", lines),
        (r"850\[1-9\]", f"(?:{'|'.join(map(str, servers))})"),
        (r"listen 80;\n", f"listen 127.0.0.1:{plain};\n"),
        (r"listen 443 ", f"listen 127.0.0.1:{port} "),
        (r" *listen \[::\].*\n", ""),
        (r"/etc/letsencrypt/live/[^/]+", str(folder)),
        (r"/var/log/nginx/digit-lab.log", f"{folder}/access.log"),
    ):
        text, count = re.subn(pattern, new, text)
        if not count:
            raise ValueError(f"{CONFIGURATION.name}: {pattern} is not in it")
    return text


def _sign(folder: Path) -> None:
    """Put a certificate for this machine and its key into a folder."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "30"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when a process answers at an address, whatever it says.

    Raises:
        RuntimeError: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.build_opener(_NoRedirect).open(address, timeout=1).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(POLL_SECONDS)
    raise RuntimeError(f"nobody at {address}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


@contextmanager
def streamlit(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Yield the process of a server at a port of this machine, when it can read."""
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", str(port)]
    process = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "app.py", *options], cwd=PROJECT)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/ready", process)
        yield process
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)


def main() -> None:
    """Start all and wait for the end."""
    parser = argparse.ArgumentParser(prog="python -m deploy.loopback", description=__doc__)
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="servers (2)")
    parser.add_argument("--port", type=int, default=8443, metavar="N", help="nginx's (8443; plain: one more)")
    parser.add_argument(
        "--base", type=int, default=FIRST_PORT, metavar="N", help=f"the first server's ({FIRST_PORT})"
    )
    arguments = parser.parse_args()
    servers = range(arguments.base, arguments.base + arguments.processes)
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    with ExitStack() as stack, suppress(KeyboardInterrupt):
        for port in servers:
            process = stack.enter_context(streamlit(port))
            print(f"server  http://127.0.0.1:{port}  process {process.pid}", flush=True)
        nginx = stack.enter_context(Nginx(servers, arguments.port, arguments.port + 1))
        print(f"nginx   {nginx.address}  files in {nginx.folder}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
