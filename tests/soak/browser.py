"""A browser without a window behind a proxy: its cookies, its address, one connection for each request."""

import gzip
import json
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """Status 0: there was none. ``retry``: after how many seconds the portal wants to be asked again."""

    status: int
    seconds: float
    body: bytes = b""
    zipped: bool = False
    retry: int = 0
    place: str = ""

    @property
    def text(self) -> str:
        return (gzip.decompress(self.body) if self.zipped else self.body).decode()


class Browser:
    def __init__(self, port: int, address: str):
        self.port, self.address = port, address
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, {})

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, kind, urlencode(fields))

    def send(self, path: str, body: dict) -> Answer:
        kind = {"Content-Type": "application/json", "Accept": "application/json"}
        return self._ask("POST", path, kind, json.dumps(body))

    @property
    def token(self) -> str:
        return next((value for name, value in self.cookies.items() if name.endswith("csrftoken")), "")

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> Answer:
        begin = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, self._headers() | headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            return Answer(0, time.perf_counter() - begin, repr(error).encode())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", ()):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        zipped = answer.headers.get("Content-Encoding") == "gzip"
        retry, place = int(answer.headers.get("Retry-After", 0)), answer.headers.get("Location", "")
        return Answer(answer.status, time.perf_counter() - begin, content, zipped, retry, place)

    def _headers(self) -> dict[str, str]:
        """As ``deploy/nginx.conf`` passes a request on."""
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.token,
            "Referer": f"https://127.0.0.1:{self.port}/",
            "Accept-Encoding": "gzip",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self.address,
            "X-Request-Start": f"t={time.time():.3f}",
            "Connection": "close",
        }
