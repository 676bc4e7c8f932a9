# SPDX-License-Identifier: Apache-2.0
"""A small SDK of Assent: Connect with JSON over HTTP/1.1, on the broker's socket.

It needs nothing but Python. It is an example for the conformance suite: what
an SDK has to take care of, in the least code.
"""

import base64
import json
import os
import select
import socket
import stat
import threading
import time

LIMIT = 4 * 1024 * 1024
READ_EVERY_VAULT = {"access": "ACCESS_READ", "everyVault": {}}
# With these the broker did nothing, and asking the user helps (SDK-003).
RENEWABLE = ("AUTHORIZATION_REQUIRED", "SESSION_EXPIRED", "PROCESS_CHANGED")
# After these only the program asks again (SDK-004).
FINAL = ("PROMPT_DENIED", "PROMPT_TIMED_OUT", "ACCOUNT_LOCKED", "SESSION_REVOKED")
REASONS = (
    "AUTHORIZATION_REQUIRED SESSION_EXPIRED ACCOUNT_LOCKED SESSION_REVOKED"
    " PROCESS_CHANGED PROMPT_DENIED PROMPT_TIMED_OUT OUT_OF_SCOPE"
    " TOO_MANY_PROMPTS PEER_UNIDENTIFIED VERSION_UNSUPPORTED"
    " INTEGRATION_DISABLED CONFLICT NOT_FOUND INVALID LIMIT_EXCEEDED"
    " STORAGE_FAILED INTERNAL"
).split()


class AssentError(Exception):
    """Every failure. The text is the code alone: nothing of a message (SDK-007)."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Call:
    """One call of the program: until when, and whether it was given up."""

    def __init__(self, timeout=30.0):
        self.deadline = time.monotonic() + timeout
        self.ended = None
        self._wake, self.woken = os.pipe()

    def left(self):
        if self.ended is not None:
            raise AssentError(self.ended)
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise AssentError("DEADLINE_EXCEEDED")
        return left

    def end(self, code):
        if self.ended is None:
            self.ended = code
            os.write(self.woken, b"x")

    def wait(self, sock, to_read):
        """Wait for the socket, the deadline, or the end of the call."""
        while True:
            left = self.left()
            reads = [self._wake, sock] if to_read else [self._wake]
            ready = select.select(reads, [] if to_read else [sock], [], left)
            if sock in ready[0] or sock in ready[1]:
                self.left()
                return

    def close(self):
        os.close(self._wake)
        os.close(self.woken)


def locate(environment):
    """Where the broker is, as the environment says."""
    if environment.get("ASSENT_ENDPOINT"):
        return environment["ASSENT_ENDPOINT"]
    if environment.get("ASSENT_HOME"):
        return os.path.join(environment["ASSENT_HOME"], "run/broker.sock")
    if environment.get("XDG_RUNTIME_DIR"):
        return os.path.join(environment["XDG_RUNTIME_DIR"], "assent/broker.sock")
    return f"/run/user/{os.geteuid()}/assent/broker.sock"


def check(path):
    """The socket and its folder are ours alone (SDK-001)."""
    if not os.path.isabs(path):
        raise AssentError("UNTRUSTED_ENDPOINT")
    try:
        folder, end = os.lstat(os.path.dirname(path)), os.lstat(path)
    except OSError:
        raise AssentError("UNAVAILABLE") from None
    ours = folder.st_uid == end.st_uid == os.geteuid()
    closed = stat.S_ISDIR(folder.st_mode) and not folder.st_mode & 0o077
    if not (ours and closed and stat.S_ISSOCK(end.st_mode)):
        raise AssentError("UNTRUSTED_ENDPOINT")


def exchange(path, rpc, message, call):
    """One call on a connection of its own; what it answers, as JSON."""
    check(path)
    sock = socket.socket(socket.AF_UNIX)
    sock.setblocking(False)
    try:
        try:
            sock.connect(path)
        except OSError:
            raise AssentError("UNAVAILABLE") from None
        body = json.dumps(message).encode()
        head = (
            f"POST /assent.v1.BrokerService/{rpc} HTTP/1.1\r\nhost: localhost\r\n"
            "content-type: application/json\r\nconnect-protocol-version: 1\r\n"
            "assent-protocol-version: 1.0\r\nconnection: close\r\n"
            f"connect-timeout-ms: {max(1, int(call.left() * 1000))}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        try:
            send(sock, head.encode() + body, call)
            status, headers, answer = receive(sock, call)
        except OSError:
            raise AssentError("OUTCOME_UNKNOWN") from None
    finally:
        sock.close()
    return read(status, headers, answer)


def send(sock, data, call):
    while data:
        call.wait(sock, False)
        data = data[sock.send(data) :]


def receive(sock, call):
    """Status, header fields and body, in bounded memory (SDK-015)."""
    buffer = b""

    def more():
        nonlocal buffer
        call.wait(sock, True)
        part = sock.recv(65536)
        if not part:
            raise AssentError("OUTCOME_UNKNOWN")
        buffer += part

    def take(length):
        nonlocal buffer
        if length > LIMIT:
            raise AssentError("LIMIT_EXCEEDED")
        while len(buffer) < length:
            more()
        taken, buffer = buffer[:length], buffer[length:]
        return taken

    def line():
        while b"\r\n" not in buffer:
            if len(buffer) > 65536:
                raise AssentError("PROTOCOL")
            more()
        taken = take(buffer.index(b"\r\n"))
        take(2)
        return taken.decode("latin-1")

    try:
        status = int(line().split(" ")[1])
        headers = {}
        while field := line():
            name, value = field.split(":", 1)
            if name.lower() == "content-type" and "content-type" in headers:
                raise AssentError("PROTOCOL")
            headers[name.lower()] = value.strip()
        if status == 204:
            return status, headers, b""
        if "content-length" in headers:
            return status, headers, take(int(headers["content-length"]))
        body = b""
        while size := int(line(), 16):
            if len(body) + size > LIMIT:
                raise AssentError("LIMIT_EXCEEDED")
            body += take(size)
            take(2)
        return status, headers, body
    except (ValueError, IndexError):
        raise AssentError("PROTOCOL") from None


def read(status, headers, body):
    version = headers.get("assent-protocol-version", "")
    if version and version.split(".")[0] != "1":
        raise AssentError("VERSION_UNSUPPORTED")
    is_json = headers.get("content-type") == "application/json"
    if not is_json or "content-encoding" in headers:
        raise AssentError("PROTOCOL")
    try:
        message = json.loads(body)
    except ValueError:
        raise AssentError("PROTOCOL") from None
    if status == 200 and version and isinstance(message, dict):
        return message
    if status == 200 or not isinstance(message, dict):
        raise AssentError("PROTOCOL")
    raise AssentError(reason_of(message))


def reason_of(message):
    """The reason of a refusal; the code where there is none; never its text."""
    for detail in message.get("details", []):
        if detail.get("type") != "assent.v1.ErrorDetail":
            continue
        value = base64.b64decode(detail["value"] + "==")
        # Field 1, the reason, comes first; a value above 127 is not known.
        number = value[1] if len(value) > 1 and value[0] == 8 else 0
        known = 0 < number <= len(REASONS)
        return REASONS[number - 1] if known else "NOT_APPROVED"
    code = str(message.get("code", "")).upper()
    codes = "CANCELED DEADLINE_EXCEEDED NOT_FOUND UNAVAILABLE RESOURCE_EXHAUSTED"
    return code if code in codes.split() else "NOT_APPROVED"


class Client:
    """Asks for access to one account when a call needs it, once for all that wait."""

    def __init__(self, endpoint, account):
        self._path = endpoint or locate(os.environ)
        self._asked = account
        self._forget()

    def _forget(self):
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._account = self._asked
        self._epoch = 0
        self._refusal = None
        self._asking = None
        self._calls = set()
        self._closed = False

    def run(self, call, work):
        # A forked child has nothing of its parent's (SDK-013).
        if self._pid != os.getpid():
            self._forget()
        with self._lock:
            if self._closed:
                raise AssentError("DISPOSED")
            self._calls.add(call)
        try:
            return work()
        finally:
            with self._lock:
                self._calls.discard(call)

    def authorize(self, call, scope=None):
        def work():
            self._refusal = None
            return self._ask(call, self._epoch, scope)

        return self.run(call, work)

    def read(self, call, reference):
        operation = {"resolveSecrets": {"references": [reference]}}
        result = self._request(call, operation, "resolvedSecrets")
        try:
            [secret] = result["secrets"]
            if "failure" in secret:
                raise AssentError("NOT_FOUND")
            return base64.b64decode(secret["value"], validate=True).decode()
        except (ValueError, KeyError, TypeError):
            raise AssentError("PROTOCOL") from None

    def write(self, call, vault_id, title, value):
        field = {
            "title": "value",
            "type": "FIELD_TYPE_CONCEALED",
            "value": base64.b64encode(value.encode()).decode(),
        }
        item = {"overview": {"vaultId": vault_id, "title": title}, "fields": [field]}
        self._request(call, {"putItems": {"items": [item]}}, "itemOutcomes")

    def revoke(self, call):
        def work():
            account, self._account = self._account, self._asked
            self._refusal = AssentError("SESSION_REVOKED")
            exchange(self._path, "Revoke", {"account": account}, call)

        self.run(call, work)

    def close(self):
        with self._lock:
            self._closed = True
            for call in self._calls:
                call.end("DISPOSED")

    def _request(self, call, operation, expected):
        def once():
            request = {"account": self._account, "operation": operation}
            try:
                answer = exchange(self._path, "Request", request, call)
            except AssentError as error:
                if error.code in ("ACCOUNT_LOCKED", "SESSION_REVOKED"):
                    self._refusal = error
                raise
            result = answer.get("result")
            if not isinstance(result, dict) or expected not in result:
                raise AssentError("PROTOCOL")
            return result[expected]

        def work():
            epoch = self._epoch
            if self._account:
                try:
                    return once()
                except AssentError as error:
                    if error.code not in RENEWABLE:
                        raise
            if self._refusal is not None:
                raise AssentError(self._refusal.code)
            if self._epoch == epoch:
                self._ask(call, epoch, None)
            return once()

        return self.run(call, work)

    def _ask(self, call, epoch, scope):
        with self._lock:
            asking = self._asking
            if asking is None:
                asking = self._asking = Asking(self, scope)
            asking.waiting += 1
        try:
            while not asking.done.wait(min(0.01, call.left())):
                pass
        finally:
            with self._lock:
                asking.waiting -= 1
                # Nobody waits any more: the broker is told.
                if asking.waiting == 0 and not asking.done.is_set():
                    self._asking = None
                    asking.call.end("CANCELED")
        if asking.error is not None:
            raise AssentError(asking.error.code)
        return asking.grant


class Asking(threading.Thread):
    """One Authorize that several calls wait for."""

    def __init__(self, client, scope):
        super().__init__(daemon=True)
        self.client, self.scope = client, scope or READ_EVERY_VAULT
        self.call, self.done = Call(130.0), threading.Event()
        self.waiting, self.grant, self.error = 0, None, None
        self.start()

    def run(self):
        client = self.client
        try:
            request = {"account": client._account, "scope": self.scope}
            answer = exchange(client._path, "Authorize", request, self.call)
            self.grant = self.accepted(answer.get("grant"))
        except AssentError as error:
            self.error = error
        with client._lock:
            if self.grant is not None:
                client._account = self.grant["accountId"]
                client._epoch += 1
            elif self.error.code in FINAL:
                client._refusal = self.error
            if client._asking is self:
                client._asking = None
            self.done.set()

    def accepted(self, grant):
        """A grant that says all it must, for the account that was asked (VER-004)."""
        scope = grant.get("scope") if isinstance(grant, dict) else None
        known = isinstance(scope, dict) and scope.get("access") in (
            "ACCESS_READ",
            "ACCESS_READ_WRITE",
        )
        extents = ("everyVault", "vaults", "references")
        if not known or not any(extent in scope for extent in extents):
            raise AssentError("NOT_APPROVED")
        asked, given = self.client._asked, grant.get("accountId")
        is_id = len(asked) == 26 and set(asked) <= set("abcdefghijklmnopqrstuvwxyz234567")
        if not given or (is_id and given != asked):
            raise AssentError("NOT_APPROVED")
        return grant
