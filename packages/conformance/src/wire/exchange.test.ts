// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer as createHttp1 } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { Duplex, duplexPair } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { type Exchange, openHttp1, openHttp2 } from "./exchange.ts";

const call = { path: "/", headers: {}, body: Buffer.from("asked") };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe("an exchange over a pipe that is no socket", () => {
  it("makes one request after the other in HTTP/1.1", async () => {
    const [ours, theirs] = duplexPair();
    const server = createHttp1((request, response) => {
      request.pipe(response);
    });
    server.emit("connection", theirs);
    const exchange = openHttp1(ours);
    for (let count = 0; count < 20; count += 1) {
      const { status, body } = await exchange.send(call);
      expect([status, body.toString()]).toEqual([200, "asked"]);
    }
    exchange.close();
    expect(exchange.isOpen).toBe(false);
  });

  it.each([
    ["it is closed", (exchange: Exchange) => exchange.close()],
    ["the pipe ends", (_: Exchange, pipe: Duplex) => pipe.push(null)],
    ["the pipe is destroyed", (_: Exchange, pipe: Duplex) => pipe.destroy()],
  ])("answers everything that waits when %s (HTTP/1.1)", async (_, end) => {
    const pipe = new Duplex({ allowHalfOpen: false, read() {}, write() {} });
    const exchange = openHttp1(pipe);
    const answers = [1, 2, 3].map(() => exchange.send(call));
    await new Promise(setImmediate);
    end(exchange, pipe);
    for (const { status } of await Promise.all(answers)) expect(status).toBe(0);
    expect((await exchange.send(call)).status).toBe(0);
  });

  it("says that nothing came when the pipe ends while it still takes bytes (HTTP/2)", async () => {
    const pipe = new Duplex({
      allowHalfOpen: false,
      read() {},
      // Never taken.
      write() {},
    });
    const exchange = openHttp2(pipe);
    const answers = [exchange.send(call), exchange.send(call)];
    await new Promise(setImmediate);
    pipe.push(null);
    for (const answer of await Promise.all(answers)) {
      expect(answer.status).toBe(0);
      expect(answer.broken).toBeDefined();
    }
    expect(exchange.isOpen).toBe(false);
  });

  it("gives a large answer whole (HTTP/2)", async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 7);
    const server = createHttp2((_request, response) => {
      response.end(large);
    });
    const listener = createServer((socket) =>
      server.emit("connection", socket),
    );
    servers.push(listener);
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1").setNoDelay();
    const exchange = openHttp2(socket);
    const { body } = await exchange.send(call);
    expect(body.equals(large)).toBe(true);
    exchange.close();
  });
});
