# SPDX-License-Identifier: Apache-2.0
"""The example SDK as the conformance suite steers it.

assent-conformance sdk --framing=json -- python3 driver.py
"""

import json
import os
import platform
import subprocess
import sys
import threading
import traceback

from assent import AssentError, Call, Client

KINDS = {
    "PROMPT_DENIED": "DENIED",
    "PROMPT_TIMED_OUT": "PROMPT_TIMED_OUT",
    "SESSION_EXPIRED": "EXPIRED",
    "ACCOUNT_LOCKED": "LOCKED",
    "SESSION_REVOKED": "REVOKED",
    "OUT_OF_SCOPE": "OUT_OF_SCOPE",
    "UNAVAILABLE": "UNAVAILABLE",
    "INTEGRATION_DISABLED": "UNAVAILABLE",
    "OUTCOME_UNKNOWN": "OUTCOME_UNKNOWN",
    "DEADLINE_EXCEEDED": "DEADLINE_EXCEEDED",
    "CANCELED": "CANCELED",
    "DISPOSED": "DISPOSED",
    "UNTRUSTED_ENDPOINT": "UNTRUSTED_ENDPOINT",
    "VERSION_UNSUPPORTED": "VERSION_MISMATCH",
    "PROTOCOL": "PROTOCOL",
    "LIMIT_EXCEEDED": "RESOURCE_EXHAUSTED",
    "RESOURCE_EXHAUSTED": "RESOURCE_EXHAUSTED",
    "TOO_MANY_PROMPTS": "RESOURCE_EXHAUSTED",
    "NOT_FOUND": "NOT_FOUND",
}
FEATURES = ("FORK", "CANCEL", "WRITE", "MANUAL_AUTHORIZE", "OWNS_CHANNEL")
CHILD = """
import json, os
print(json.dumps({
    "descriptors": [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                    if os.path.lexists(f"/proc/self/fd/{fd}")],
    "environment": [f"{name}={value}" for name, value in os.environ.items()],
    "arguments": open("/proc/self/cmdline").read().split("\\0"),
}))
"""

endpoints, clients, calls = {}, {}, {}
making = threading.Lock()
last_read, last_error = None, None
output = threading.Lock()


def client_for(op):
    key = op["client"], op.get("accountId", "")
    # Calls come side by side: one client for all of them.
    with making:
        if key not in clients:
            clients[key] = Client(endpoints.get(key[0]), key[1])
        return clients[key]


def of_client(name):
    return [client for (owner, _), client in clients.items() if owner == name]


def show(value):
    shown = [str(value), repr(value), repr(getattr(value, "__dict__", ""))]
    if isinstance(value, BaseException):
        shown += traceback.format_exception(value)
    return shown


def failure(error):
    kind = KINDS.get(error.code, "OTHER")
    return {
        "kind": f"SDK_ERROR_KIND_{kind}",
        "nativeType": f"AssentError {error.code}",
        "renderings": show(error),
    }


def hello(op, call):
    return "hello", {
        "sdk": "example in Python",
        "sdkVersion": "1",
        "language": f"Python {platform.python_version()}",
        "protocolVersions": ["1.0"],
        "features": [f"DRIVER_FEATURE_{name}" for name in FEATURES],
    }


def open_client(op, call):
    if op.get("debugLogging"):
        return "unsupported", "the SDK writes no log"
    endpoints[op["client"]] = op.get("endpoint", "")
    return "ok", {}


def authorize(op, call):
    grant = client_for(op).authorize(call, op.get("scope"))
    return "ok", {"grantedScope": grant["scope"]}


def read(op, call):
    global last_read
    last_read = op
    return "read", {"value": client_for(op).read(call, op["reference"])}


def write(op, call):
    client_for(op).write(call, op.get("vaultId", ""), op.get("title", ""), op["value"])
    return "ok", {}


def revoke(op, call):
    client_for(op).revoke(call)
    return "ok", {}


def dispose(op, call):
    for client in of_client(op["client"]):
        client.close()
    return "ok", {}


def inspect(op, call):
    values = [*of_client(op["client"]), last_error]
    return "inspect", {"renderings": [text for value in values for text in show(value)]}


def child(op, call):
    if op.get("fork"):
        return "child", {"call": in_fork()}
    told = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, check=True)
    return "child", json.loads(told.stdout)


def in_fork():
    """The last read again, in a child that is this program."""
    source, target = os.pipe()
    if os.fork() == 0:
        try:
            answer = perform("read", last_read, Call())
            os.write(target, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(target)
    with os.fdopen(source) as pipe:
        answer = json.loads(pipe.read())
    os.wait()
    return answer


OPS = {
    "hello": hello,
    "open": open_client,
    "authorize": authorize,
    "read": read,
    "write": write,
    "revoke": revoke,
    "dispose": dispose,
    "inspect": inspect,
    "child": child,
}


def perform(name, op, call):
    global last_error
    if name not in OPS:
        return {"unsupported": name}
    try:
        name, result = OPS[name](op, call)
        return {name: result}
    except AssentError as error:
        last_error = error
        return {"error": failure(error)}


def answer(number, result):
    with output:
        print(json.dumps({"id": number, **result}), flush=True)


def serve(number, name, op):
    timeout = op.get("timeoutMs", 0) / 1000 if isinstance(op, dict) else 0
    call = calls[number] = Call(timeout or 30.0)
    answer(number, perform(name, op, call))
    del calls[number]
    call.close()


for line in sys.stdin:
    request = json.loads(line)
    number = request.pop("id")
    [(name, op)] = request.items()
    if name == "cancel":
        if op in calls:
            calls[op].end("CANCELED")
        answer(number, {"ok": {}})
    elif name == "exit":
        if op.get("disposeFirst"):
            for client in clients.values():
                client.close()
        if op.get("withUnhandledError"):
            raise last_error
        break
    else:
        threading.Thread(target=serve, args=(number, name, op), daemon=True).start()
