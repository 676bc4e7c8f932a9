# SPDX-License-Identifier: Apache-2.0
"""What the user is shown. All of it may come from an enemy, so all of it is made safe."""

import os
import unicodedata
from dataclasses import dataclass

from assent.v1 import broker_pb2

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
BLANK = {"Zs"}


def safe(text):
    """
    Control, bidirectional, invisible and line-breaking characters, and bytes
    that are no text, made visible (PRM-006).
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    return "".join(map(safe_character, text))


def safe_character(one):
    code = ord(one)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    kind = unicodedata.category(one)
    if kind in INVISIBLE or (kind in BLANK and one != " ") or one == "\\":
        return f"\\u{{{code:x}}}"
    return one


def duration(ms):
    """In words: "10 minutes", "1 minute 30 seconds"."""
    seconds, rest = divmod(ms, 1_000)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (seconds, "second"), (rest, "millisecond")]
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)


def scope_lines(scope):
    writes = scope.access == broker_pb2.ACCESS_READ_WRITE
    how = "Read and change" if writes else "Read"
    extent = scope.WhichOneof("extent")
    if extent == "every_vault":
        return [f"{how} every vault, present and future"]
    if extent == "vaults":
        return [f"{how} these vaults:", *map(safe, scope.vaults.vaults)]
    return [f"{how} only:", *map(safe, scope.references.references)]


@dataclass(frozen=True)
class Shown:
    """A prompt as it was on screen."""

    account: str
    choices: tuple
    name: str
    path: str
    scope: str
    duration: str
    text: str


def render(wish, process, accounts):
    """`accounts`: to choose from, when the prompt leaves it open."""
    path = safe(process.path) + mark(process)
    name = safe(os.path.basename(process.path))
    account = f"{safe(wish.account.name)}" if wish.account else ""
    choices = tuple(safe(one.name) for one in accounts)
    ids = [wish.account.id] if wish.account else [one.id for one in accounts]
    scope = "\n".join(scope_lines(wish.scope))
    lasts = duration(wish.inactivity_ms)
    claims = [wish.integration.name, wish.integration.version, wish.purpose]
    text = [
        "May this program use an account?",
        *([account] if account else choices),
        *(f"Account id {id}" for id in ids),
        name,
        path,
        f"Process {process.pid}",
        scope,
        f"Until it has not been used for {lasts}",
        *(f"It says of itself (not checked): {safe(one)[:200]}" for one in claims if one),
    ]
    return Shown(account, choices, name, path, scope, lasts, "\n".join(text))


def mark(process):
    """The file at its path may not be the one that runs (PRC-011)."""
    try:
        there = os.stat(process.path)
        if (there.st_dev, there.st_ino) == process.executable:
            return ""
    except OSError:
        pass
    return " (NOT the file that runs: deleted or replaced)"
