// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../../scripts/source-mutation.ts";

const gateway = "broker/src/rpc/gateway.ts";
const message = "broker/src/rpc/message.ts";
const service = "broker/src/rpc/broker-service.ts";
const broker = "broker/src/broker.ts";
const http = "broker/src/channel/http-servers.ts";

const judgesVersion = `if (!servesVersion(typeof version === "string" ? version : undefined)) {`;
const findsHandler = `    const handler = handlers.get(request.url ?? "");`;

/** What is done with bytes, whatever they mean. */
export const wireMutants: readonly Mutant[] = [
  mutant(
    "B68",
    [
      message,
      "message = gunzipSync(message, { maxOutputLength: most });",
      "message = gunzipSync(message);\n      void most;",
    ],
    [
      gateway,
      "readMaxBytes: limits.messageBytes,",
      "readMaxBytes: 0xffff_ffff,",
    ],
  ),
  mutant(
    "B69",
    [
      service,
      "      const answer = serve(parts, flight, request);",
      `      const named = parts.accounts.find(request.account);
      const { number } = flight.connection.peer;
      if (context.protocolName.startsWith("grpc") && named !== undefined) {
        const every = { write: true, extent: { kind: "every-vault" } } as const;
        const grant = newGrant(every, 600_000, parts.clock.bootMs());
        parts.sessions.grant(number, named.id, grant, undefined);
      }
      const answer = serve(parts, flight, request);`,
    ],
    [
      service,
      `import { authorize, grantMessage } from "./authorize.ts";`,
      `import { authorize, grantMessage, newGrant } from "./authorize.ts";`,
    ],
  ),
  mutant(
    "B70",
    [
      gateway,
      `  return (request, response, connection) => {
    response.setHeader(versionHeader, protocolVersion);
${findsHandler}`,
      `  return (asked, response, connection) => {
    response.setHeader(versionHeader, protocolVersion);
    let request = asked;
    if (asked.method === "GET" && asked.url?.includes("?")) {
      const { pathname, searchParams } = new URL(asked.url, "http://localhost");
      const text = searchParams.get("message") ?? "";
      const isBase64 = searchParams.get("base64") === "1";
      const body = Buffer.from(text, isBase64 ? "base64url" : "utf8");
      request = Object.assign(Readable.from([body]), {
        url: pathname,
        method: "POST",
        httpVersion: asked.httpVersion,
        httpVersionMajor: asked.httpVersionMajor,
        headers: {
          [versionHeader]: protocolVersion,
          "connect-protocol-version": "1",
          "content-type": \`application/\${searchParams.get("encoding")}\`,
        },
      }) as unknown as ChannelRequest;
    }
${findsHandler}`,
    ],
    [
      gateway,
      "import {\n  limits,",
      `import { Readable } from "node:stream";\nimport {\n  limits,`,
    ],
  ),
  mutant(
    "B71",
    [
      message,
      `request.on("close", () => resolve(undefined));`,
      `request.on("close", () => resolve(Buffer.concat(chunks, length)));`,
    ],
    [message, "if (request.aborted) {", "if (request.aborted && length < 0) {"],
    [
      message,
      `    request.on("error", () => resolve(undefined));`,
      `    request.on("error", () => resolve(Buffer.concat(chunks, length)));`,
    ],
    [
      gateway,
      "      body: once(body),\n      signal: aborted,\n",
      "      body: once(body),\n",
    ],
    [
      gateway,
      "        ...gate.plain,\n        signal: aborted,",
      "        ...gate.plain,\n        signal: new AbortController().signal,",
    ],
  ),
  mutant(
    "B72",
    [
      gateway,
      "  if (refused) {\n    dropDeadline(headers);",
      "  dropDeadline(headers);\n  if (refused) {",
    ],
    [
      gateway,
      "  const waitsMs = deadlineMs(request.headers);",
      "  const waitsMs = deadlineMs({});",
    ],
  ),
  mutant(
    "B73",
    [
      gateway,
      "  // Nothing here holds on to the body while a call waits for the user.",
      `  const turn = queue;
  const over = new Promise<void>((resolve) => {
    response.once("close", resolve);
  });
  if (handler.method.name === "Request") {
    queue = Promise.all([turn, over]);
    await turn;
  }
  // Nothing here holds on to the body while a call waits for the user.`,
    ],
    [
      gateway,
      "const nothing = new Uint8Array();",
      "let queue: Promise<unknown> = Promise.resolve();\nconst nothing = new Uint8Array();",
    ],
  ),
  mutant("B74", [gateway, judgesVersion, "if (version === undefined) {"]),
  mutant(
    "B76",
    [
      message,
      "{ ignoreUnknownFields: true }",
      "{ ignoreUnknownFields: false }",
    ],
    [
      message,
      "    else fromBinary(method.input, message);",
      `    else if (fromBinary(method.input, message).$unknown?.length) {
      return Reason.INVALID;
    }`,
    ],
  ),
  mutant("B77", [
    "broker/src/channel/connection-clock.ts",
    `    this.#cancelWait();
    this.#cancelWait = scheduler.after(receiveMs, onStalled);`,
    `    this.#cancelWait();
    void [scheduler, receiveMs, onStalled];`,
  ]),
  mutant("B78", [
    "broker/src/channel/channel.ts",
    "      else socket.destroy();\n    });",
    `      else if (socket.readableEnded) socket.destroy();
      else throw new Error("these bytes are neither");
    });`,
  ]),
  mutant(
    "B97",
    [
      gateway,
      "    refused = refusal(message.refused);",
      `    refused = refusal(message.refused);
    if (message.refused === Reason.INVALID) connection(flight)?.destroy();`,
    ],
    [
      gateway,
      "const nothing = new Uint8Array();",
      `const connection = (flight: Flight | undefined) => flight?.connection;
const nothing = new Uint8Array();`,
    ],
  ),
  mutant("B98", [
    gateway,
    findsHandler,
    `    if (!/^application\\/(proto|json|grpc|connect)/.test(String(request.headers["content-type"]))) {
      request.headers["content-type"] = "application/proto";
    }
${findsHandler}`,
  ]),
  mutant(
    "B99",
    [
      http,
      "    maxHeaderSize: limits.headerBytes,",
      "    maxHeaderSize: 1 << 28,",
    ],
    [
      http,
      "      maxHeaderListSize: limits.headerBytes,",
      "      maxHeaderListSize: 1 << 28,",
    ],
    [
      http,
      "    maxSessionMemory: 32,",
      "    maxSessionMemory: 1024,\n    maxHeaderListPairs: 1 << 20,",
    ],
  ),
  mutant(
    "B100",
    [
      gateway,
      "  if (aborted.aborted) return;",
      `  if (aborted.aborted) {
    Reflect.get(globalThis, "assentCancelled")(pid);
    return;
  }`,
    ],
    [
      broker,
      "  const brokerHandler = createBrokerHandler(parts, log);",
      `  Reflect.set(globalThis, "assentCancelled", (pid: number) => {
    for (const session of sessions.all()) {
      const { process } = cards.last(session.process) ?? {};
      if (process?.pid === pid) sessions.end(session, "revoked-by-program");
    }
  });
  const brokerHandler = createBrokerHandler(parts, log);`,
    ],
  ),
  mutant("B101", [
    gateway,
    "  const written = await collected();",
    `  if (answer.status !== 200) response.removeHeader(versionHeader);
  const written = await collected();`,
  ]),
  mutant("B102", [
    gateway,
    judgesVersion,
    "if (version !== protocolVersion) {",
  ]),
];
