// SPDX-License-Identifier: Apache-2.0
import { createHook } from "node:async_hooks";
import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../peer/processes.fixture.ts";
import { createSessionKeeper } from "./native-sessions.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("keeps a session until the collector was round twice after its socket closed (T19)", async () => {
  const keep = createSessionKeeper();
  const http2 = createHttp2Server();
  const path = join(temporaryDirectory(), "s");
  const handles: WeakRef<object>[] = [];
  const watching = createHook({
    init(_id, type, _trigger, handle) {
      if (type === "HTTP2SESSION") handles.push(new WeakRef(handle));
    },
  });
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.once("close", () => closed.resolve());
    watching.enable();
    keep(socket, () => http2.emit("connection", socket));
    watching.disable();
  });
  server.listen(path);
  await once(server, "listening");
  const client = connect(path);
  client.end("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  client.resume();
  await closed.promise;
  server.close();
  await turn();
  expect(handles).toHaveLength(1);
  collect();
  expect(handles[0]?.deref()).toBeDefined();
  let rounds = 1;
  for (; handles[0]?.deref() !== undefined && rounds < 50; rounds += 1) {
    await turn();
    collect();
  }
  expect(rounds).toBeGreaterThan(1);
  expect(handles[0]?.deref()).toBeUndefined();
});
