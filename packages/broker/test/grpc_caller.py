# SPDX-License-Identifier: Apache-2.0
"""A program in another language, by a gRPC library that knows nothing of us.

Makes its stubs from the schema, then asks, waits for the user and reads; one
JSON object a line says what came of each call.
"""

import json
import sys
import tempfile

import grpc
import grpc_tools
from grpc_tools import protoc

schema, socket, reference = sys.argv[1:]
stubs = tempfile.mkdtemp()
files = [f"assent/v1/{name}.proto" for name in ("broker", "error", "item", "operation")]
known = f"{grpc_tools.__path__[0]}/_proto"
options = [f"-I{schema}", f"-I{known}", f"--python_out={stubs}", f"--grpc_python_out={stubs}"]
if protoc.main(["protoc", *options, *files]) != 0:
    sys.exit("the stubs could not be made")
sys.path.insert(0, stubs)
from assent.v1 import broker_pb2, broker_pb2_grpc, error_pb2, operation_pb2  # noqa: E402

version = [("assent-protocol-version", "1.0")]
service = broker_pb2_grpc.BrokerServiceStub(grpc.insecure_channel(f"unix:{socket}"))


def tell(call, method, message, metadata=version):
    """Call, and print the answer or the refusal."""
    try:
        answer = method(message, metadata=metadata)
        secrets = getattr(getattr(answer, "result", None), "resolved_secrets", None)
        values = [s.value.decode() for s in secrets.secrets] if secrets else []
        outcome = {"ok": True, "values": values}
    except grpc.RpcError as error:
        outcome = {"ok": False, "code": error.code().name, "reason": reason(error)}
    print(json.dumps({"call": call, **outcome}), flush=True)


def reason(error):
    """The Reason of the error detail, from google.rpc.Status in the trailers."""
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        at = value.find(b"assent.v1.ErrorDetail")
        if at < 0:
            return None
        rest = value[at + len(b"assent.v1.ErrorDetail") :]
        # Field 2 of google.protobuf.Any: tag, length, bytes.
        detail = error_pb2.ErrorDetail.FromString(rest[2 : 2 + rest[1]])
        return error_pb2.Reason.Name(detail.reason)
    return None


resolve = operation_pb2.ResolveSecrets(references=[reference])
request = broker_pb2.RequestRequest(
    account="Personal", operation=operation_pb2.Operation(resolve_secrets=resolve)
)
tell("no version", service.Request, request, metadata=[])
tell("before", service.Request, request)
tell("authorize", service.Authorize, broker_pb2.AuthorizeRequest(account="Personal"))
tell("after", service.Request, request)
sys.stdin.readline()
tell("locked", service.Request, request)
