"""A browser without a window: one connection, the cookies of an officer, the grid's two requests."""

import json
import re
from html import unescape
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie

CELL = re.compile(r'<td data-commune="([^"]*)" data-indicator="([^"]*)" data-status="([^"]*)"[^>]*>([^<]*)</td>')
SETTINGS = re.compile(r'<script id="grid-settings" type="application/json">(.*?)</script>', re.DOTALL)
PATIENCE = 60

Cell = tuple[str, str]


class Lost(Exception):
    """The connection went before an answer came: nobody knows whether the request was carried out."""


class Client:
    def __init__(self, port: int, session: str):
        self.port = port
        self.cookies = {"sessionid": session, "__Host-sessionid": session}  # with debug mode on, and off
        self.connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, body: dict | None = None) -> tuple[int, str]:
        """The status and text of the answer. Raises ``Lost``."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "X-CSRFToken": self._token(), "Accept": "text/plain"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.connection is None:
            self.connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
            if "Content-Length" not in answer.headers:
                raise HTTPException("cut off within its headers")
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            self.close()
            raise Lost(repr(error)) from error
        for line in answer.headers.get_all("Set-Cookie", ()):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, text

    def _token(self) -> str:
        return self.cookies.get("__Host-csrftoken") or self.cookies.get("csrftoken", "")

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def read_grid(page: str) -> dict[Cell, tuple[str, str]]:
    """The status and text of each cell of a grid page, by commune and column."""
    return {(commune, key): (status, unescape(text)) for commune, key, status, text in CELL.findall(page)}


def read_kinds(page: str) -> dict[str, str]:
    """The kind of each column of a grid page."""
    found = SETTINGS.search(page)
    assert found, page[:500]
    return {column["key"]: column["kind"] for column in json.loads(found[1])["columns"]}
