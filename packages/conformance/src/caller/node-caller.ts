// SPDX-License-Identifier: Apache-2.0
// The caller where there is no C compiler: the same commands, as far as Node
// can do them. What it cannot do (fork, hand a connection over, exec with open
// connections) it answers as failed.
import { realpathSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import {
  type CallerCommand,
  CallerCommandSchema,
  CallerEventSchema,
} from "@assent/protocol/conformance";
import {
  create,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { createUnframer, frame } from "./framing.ts";

const connections = new Map<number, Socket>();

function tell(
  id: bigint,
  event: NonNullable<MessageInitShape<typeof CallerEventSchema>["event"]>,
): void {
  const message = create(CallerEventSchema, { id, event });
  process.stdout.write(frame(toBinary(CallerEventSchema, message)));
}

function done(id: bigint): void {
  tell(id, { case: "done", value: { newPid: 0 } });
}

function connect(id: bigint, connection: number, endpoint: string): void {
  const socket = createConnection(endpoint);
  connections.set(connection, socket);
  let reason = "";
  let open = false;
  socket.on("connect", () => {
    open = true;
    done(id);
  });
  socket.on("data", (data: Buffer) =>
    tell(0n, { case: "data", value: { connection, data } }),
  );
  socket.on("error", ({ code = "error" }: NodeJS.ErrnoException) => {
    reason = code;
  });
  socket.on("close", () => {
    connections.delete(connection);
    if (open) {
      tell(0n, { case: "closed", value: { connection, reason } });
    } else tell(id, { case: "failed", value: reason });
  });
}

function obey({ id, op }: CallerCommand): void {
  const of = (connection: number) => {
    const socket = connections.get(connection);
    if (socket === undefined) {
      tell(id, { case: "failed", value: "no such connection" });
    }
    return socket;
  };
  switch (op.case) {
    case "connect":
      connect(id, op.value.connection, op.value.endpoint);
      return;
    case "send": {
      const socket = of(op.value.connection);
      if (socket === undefined) return;
      if (op.value.data.length > 0) socket.write(op.value.data);
      if (op.value.halfClose) socket.end();
      done(id);
      return;
    }
    case "close":
      of(op.value)?.destroy();
      done(id);
      return;
    case "pause":
      if (op.value.paused) of(op.value.connection)?.pause();
      else of(op.value.connection)?.resume();
      done(id);
      return;
    case "title":
      process.title = op.value.title;
      done(id);
      return;
    case "exit":
      process.exit(op.value);
      break;
    default:
      tell(id, { case: "failed", value: "needs the C caller" });
  }
}

const take = createUnframer((message) =>
  obey(fromBinary(CallerCommandSchema, message)),
);
process.stdin.on("data", take);
process.stdin.on("end", () => process.exit(0));
tell(0n, {
  case: "started",
  value: {
    pid: process.pid,
    executable: realpathSync(process.execPath),
    kind: "node",
  },
});
