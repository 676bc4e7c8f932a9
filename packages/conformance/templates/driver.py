"""Lets the conformance suite of Assent steer an SDK.

    assent-conformance sdk --framing=json -- python3 driver.py

Fill in the functions below, from above to below; each run says what to write
next. What raises Unsupported is reported as not run, never as passed. Declare in
FEATURES what works: FORK, CANCEL, DEBUG_LOG, WRITE, MANUAL_AUTHORIZE,
OWNS_CHANNEL (the SDK opens the socket itself).
"""

import json
import subprocess
import sys
import threading
import traceback

SDK, VERSION, FEATURES = "my-sdk", "0.1.0", []

# From the SDK's own error codes to those of the suite: DENIED,
# PROMPT_TIMED_OUT, EXPIRED, LOCKED, REVOKED, OUT_OF_SCOPE, UNAVAILABLE,
# OUTCOME_UNKNOWN, DEADLINE_EXCEEDED, CANCELED, DISPOSED, UNTRUSTED_ENDPOINT,
# VERSION_MISMATCH, PROTOCOL, RESOURCE_EXHAUSTED, NOT_FOUND. Go by type or
# code, never by text.
KINDS = {}


class Unsupported(Exception):
    """The SDK cannot do it."""


def unwritten(name):
    raise Unsupported(f"write `{name}` next, in driver.py")


def open_client(client, endpoint, debug_logging):
    """Make a client; endpoint "" is as the environment says."""
    unwritten("open_client")


def authorize(client, account, scope, timeout_ms):
    """Ask the user; what was granted, as a Scope in JSON."""
    unwritten("authorize")


def read(client, account, reference, timeout_ms):
    """The secret, as text. timeout_ms 0: the SDK's own."""
    unwritten("read")


def write(client, account, vault_id, title, value, timeout_ms):
    """Put an item with one concealed field."""
    unwritten("write")


def revoke(client, account):
    """Give the authorization back; account "": all."""
    unwritten("revoke")


def dispose(client):
    """Close the client."""
    unwritten("dispose")


def dispose_all():
    """Close every client: the program ends."""


def cancel(number):
    """Abort the call of that number."""
    unwritten("cancel")


def shown(client):
    """Objects to be looked through for secrets: the client, the last secret, ..."""
    unwritten("shown")


def perform(name, op, number):
    if name == "hello":
        features = [f"DRIVER_FEATURE_{feature}" for feature in FEATURES]
        return "hello", {
            "sdk": SDK,
            "sdkVersion": VERSION,
            "language": "Python",
            "protocolVersions": ["1.0"],
            "features": features,
        }
    if name == "cancel":
        cancel(op)
        return "ok", {}
    if name == "child":
        if op.get("fork"):
            raise Unsupported("fork")
        command = [sys.executable, "-c", CHILD]
        told = subprocess.run(command, capture_output=True, check=True)
        return "child", json.loads(told.stdout)
    client, account = op.get("client", ""), op.get("accountId", "")
    timeout_ms = op.get("timeoutMs", 0)
    if name == "open":
        open_client(client, op.get("endpoint", ""), op.get("debugLogging", False))
    elif name == "authorize":
        scope = authorize(client, account, op.get("scope"), timeout_ms)
        return "ok", {"grantedScope": scope}
    elif name == "read":
        value = read(client, account, op.get("reference", ""), timeout_ms)
        return "read", {"value": value}
    elif name == "write":
        vault_id, title = op.get("vaultId", ""), op.get("title", "")
        write(client, account, vault_id, title, op.get("value", ""), timeout_ms)
    elif name == "revoke":
        revoke(client, account)
    elif name == "dispose":
        dispose(client)
    elif name == "inspect":
        texts = [text for value in shown(client) for text in renderings(value)]
        return "inspect", {"renderings": texts}
    else:
        raise Unsupported(name)
    return "ok", {}


CHILD = """
import json, os
fds = "/proc/self/fd/"
print(json.dumps({
    "descriptors": [os.readlink(fds + fd) for fd in os.listdir(fds) if os.path.lexists(fds + fd)],
    "environment": [f"{name}={value}" for name, value in os.environ.items()],
    "arguments": open("/proc/self/cmdline").read().split("\\0"),
}))
"""

last_error = None
output = threading.Lock()


def renderings(value):
    texts = [str(value), repr(value), repr(getattr(value, "__dict__", ""))]
    if isinstance(value, BaseException):
        texts += traceback.format_exception(value)
    return texts


def serve(number, name, op):
    global last_error
    try:
        result = dict([perform(name, op, number)])
    except Unsupported as error:
        result = {"unsupported": str(error)}
    except Exception as error:
        last_error = error
        code = getattr(error, "code", "")
        result = {
            "error": {
                "kind": f"SDK_ERROR_KIND_{KINDS.get(code, 'OTHER')}",
                "nativeType": f"{type(error).__name__} {code}",
                "renderings": renderings(error),
            }
        }
    with output:
        print(json.dumps({"id": number, **result}), flush=True)


for line in sys.stdin:
    request = json.loads(line)
    number = request.pop("id")
    [(name, op)] = request.items()
    if name == "exit":
        if op.get("disposeFirst"):
            dispose_all()
        if op.get("withUnhandledError"):
            raise last_error
        break
    # Calls overlap: a slow one must not keep the next from being told.
    threading.Thread(target=serve, args=(number, name, op), daemon=True).start()
