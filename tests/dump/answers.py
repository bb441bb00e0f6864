"""Asking, and writing down what was answered without what differs from one run to the next."""

import hashlib
import io
import re
import traceback
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

from django.test import Client

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Validators rest on the release of the code; the moment of expiry is that of the asking.
MASKED_HEADERS = {"ETag", "Last-Modified", "Expires"}
LEFT_OUT = {"Content-Length"}  # that of the body before it was masked
MASK = b"(masked)"
# What is drawn by lot or taken from the machine's clock; the whole of the rest is fact.
MASKS = [
    rb'(?<=name="csrfmiddlewaretoken" value=")[^"]+',
    rb'(?<=<code class="secret">)[^<]+',  # of the second factor
    rb'(?<=<button class="button" name="session" value=")[^"]+',
]
# A feed without entries is dated by the machine's clock.
EMPTY_FEED = [rb"(?<=<updated>)[^<]+"]
# When a session was used last is told by the machine's clock, too.
MOMENTS_OF_SESSIONS = [rb"(?<=<td>)\d{1,2} [^<\d]+ \d{4} \d\d:\d\d(?=</td>)"]
PICTURE_OF_A_SECRET = "second-factor/add/code.svg"
MASKS_OF_WORKBOOKS = [rb'(?<=xsi:type="dcterms:W3CDTF">)[^<]+']


@dataclass(frozen=True)
class Question:
    """An address, and what the asker's headers say beside it."""

    address: str
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return " ".join([self.address, *(f"[{name}: {value}]" for name, value in self.headers)])

    @property
    def file_name(self) -> str:
        """Safe on any disk: what can be read of the address, and a digest of the whole."""
        readable = re.sub(r"[^A-Za-z0-9.=-]+", "_", str(self)).strip("_.")[:80]
        return f"{readable}~{hashlib.sha256(str(self).encode()).hexdigest()[:12]}"


@dataclass
class Dump:
    """A folder of answers. No question is asked twice."""

    folder: Path
    asked: dict[Question, bytes] = field(default_factory=dict)
    statuses: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    client: Client = field(default_factory=Client)

    def ask(self, question: Question) -> bytes:
        """The body of the answer, for those who look for further addresses in it."""
        if question in self.asked:
            return self.asked[question]
        try:
            answer = self.client.get(question.address, headers=dict(question.headers))
            body = answer.getvalue()
        except Exception:
            self.faults.append(f"{question}\n{traceback.format_exc(limit=-4)}")
            self.asked[question] = b""
            return b""
        if answer.status_code >= 500:
            self.faults.append(f"{question} answers {answer.status_code}")
        self.statuses[answer.status_code] += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        told = written(question, answer.status_code, answer.headers, body)
        (self.folder / question.file_name).write_bytes(told)
        self.asked[question] = body
        return body

    def summary(self) -> str:
        of_each = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{len(self.asked)} addresses ({of_each})"


def written(question: Question, status: int, headers: dict, body: bytes) -> bytes:
    """The file of an answer: its question, status, headers, an empty line, its body."""
    said = [str(question), str(status)]
    for name, value in sorted(headers.items()):
        if name not in LEFT_OUT:
            said.append(f"{name}: {MASK.decode() if name in MASKED_HEADERS else value}")
    if question.address.endswith(PICTURE_OF_A_SECRET):
        body = MASK
    elif headers.get("Content-Type") == WORKBOOK and status == 200:
        body = unpacked(body)
    elif b"<feed" in body and b"<entry>" not in body:
        body = masked(body, EMPTY_FEED)
    elif b'name="session"' in body:
        body = masked(body, MOMENTS_OF_SESSIONS)
    return "\n".join([*said, "", ""]).encode() + masked(body, MASKS)


def masked(body: bytes, patterns: list[bytes]) -> bytes:
    for pattern in patterns:
        body = re.sub(pattern, MASK, body)
    return body


def unpacked(workbook: bytes) -> bytes:
    """The parts of a workbook one after the other: its ZIP holds the time it was made."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        told = [b"--- %s\n%s\n" % (name.encode(), parts.read(name)) for name in parts.namelist()]
    return masked(b"".join(told), MASKS_OF_WORKBOOKS)


def links(page: bytes, address: str) -> list[str]:
    """The addresses of this site that a page leads to, in its order, each once."""
    found = re.findall(r'\shref="([^"#]+)', page.decode(errors="replace"))
    whole = (urljoin(address, unescape(link)) for link in found)
    return list(dict.fromkeys(link for link in whole if link.startswith("/")))
