# SPDX-License-Identifier: Apache-2.0
"""The Connect protocol for unary calls: proto and JSON (https://connectrpc.com/docs/protocol)."""

import base64
import json
import re
import zlib

from assent.v1 import broker_pb2
from failure import VERSIONS, Failure
from google.protobuf import json_format

VERSION_HEADER = "assent-protocol-version"
CONTENT_TYPES = ("application/proto", "application/json")
MESSAGE_BYTES = 4 * 1024 * 1024
ERROR_DETAIL = "assent.v1.ErrorDetail"


def check_version(values):
    """`values`: of every such header. None, two, or another major: refused (VER-003)."""
    found = re.fullmatch(r"(\d{1,4})\.(\d{1,4})", values[0]) if len(values) == 1 else None
    majors = [version.split(".")[0] for version in VERSIONS]
    if found is None or found[1] not in majors:
        raise Failure("VERSION_UNSUPPORTED")


def deadline_ms(headers):
    """None: there is none."""
    text = headers.get("connect-timeout-ms")
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise Failure("INVALID")
    return int(text)


def plain(body, encoding):
    """The body, decompressed but never beyond the limit (WIR-003)."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise Failure("unimplemented")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(body, MESSAGE_BYTES + 1)
    except zlib.error:
        raise Failure("INVALID") from None
    if len(unpacked) > MESSAGE_BYTES:
        raise Failure("LIMIT_EXCEEDED")
    if not unpacker.eof:
        raise Failure("INVALID")
    return unpacked


def decode(content_type, kind, body):
    """A message of `kind`; what does not decode is refused (WIR-001)."""
    try:
        if content_type == CONTENT_TYPES[0]:
            return kind.FromString(body)
        return from_json(kind, body)
    except Failure:
        raise
    except Exception:
        # Whatever the libraries raise: it is the message that is at fault.
        raise Failure("INVALID") from None


def from_json(kind, body):
    given = json.loads(
        body.decode("utf-8"), object_pairs_hook=no_twins, parse_constant=refuse_constant
    )
    if not isinstance(given, dict):
        raise Failure("INVALID")
    if kind is broker_pb2.AuthorizeRequest and given.get("scope") is not None:
        check_known(broker_pb2.Scope.DESCRIPTOR, given["scope"])
    return json_format.ParseDict(given, kind(), ignore_unknown_fields=True)


def no_twins(pairs):
    given = dict(pairs)
    if len(given) != len(pairs):
        raise Failure("INVALID")
    return given


def refuse_constant(_):
    raise Failure("INVALID")


def check_known(descriptor, given):
    """Within a scope nothing is ignored: it may restrict (WIR-002)."""
    fields = {name: one for one in descriptor.fields for name in (one.name, one.json_name)}
    for name, value in given.items():
        if name not in fields:
            raise Failure("INVALID")
        inner = fields[name].message_type
        if inner is not None and value is not None:
            check_known(inner, value)


def encode(content_type, message):
    if content_type == CONTENT_TYPES[0]:
        return message.SerializeToString()
    return json_format.MessageToJson(message, indent=None).encode()


def encode_failure(failure):
    """The body of an error, always JSON."""
    body = {"code": failure.code, "message": failure.message}
    if failure.detail is not None:
        value = base64.b64encode(failure.detail.SerializeToString()).decode().rstrip("=")
        body["details"] = [{"type": ERROR_DETAIL, "value": value}]
    return json.dumps(body).encode()
