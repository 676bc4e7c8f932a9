// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../../scripts/source-mutation.ts";

const channel = "broker/src/channel/channel.ts";
const directory = "broker/src/channel/runtime-directory.ts";
const service = "broker/src/rpc/broker-service.ts";
const approve = "broker/src/rpc/approve.ts";
const gateway = "broker/src/rpc/gateway.ts";
const broker = "broker/src/broker.ts";
const handlers = "broker/src/rpc/channel-handlers.ts";

const notLive = `  if (!("live" in judged)) {
    throw refusal(`;

/** Where the broker serves, what outlives it, and what it tells whom. */
export const channelMutants: readonly Mutant[] = [
  mutant("B19", [
    approve,
    "const secret = request.credential.value.slice();",
    `const secret = request.credential.value.slice();
  console.error(\`credential \${Buffer.from(secret).toString("base64")}\`);`,
  ]),
  mutant(
    "B59",
    [
      approve,
      "const secret = request.credential.value.slice();",
      `const secret = request.credential.value.slice();
  const password = Buffer.from(secret).toString("base64");
  Reflect.set(globalThis, "assentPassword", password);`,
    ],
    [
      approve,
      "    if (wasLocked) parts.unlocks.byApproval(accountId);",
      `    const { pid } = terms.peer;
    const password = Reflect.get(globalThis, "assentPassword");
    process
      .getBuiltinModule("node:fs")
      .appendFileSync(
        Reflect.get(globalThis, "assentSaved"),
        \`\${JSON.stringify({ pid, accountId, password })}\\n\`,
      );
    if (wasLocked) parts.unlocks.byApproval(accountId);`,
    ],
    [
      broker,
      "  const brokerHandler = createBrokerHandler(parts, log);",
      `  const file = join(places.dataDirectory, "saved-sessions");
  Reflect.set(globalThis, "assentSaved", file);
  const { existsSync, readFileSync } = process.getBuiltinModule("node:fs");
  type Saved = { pid: number; accountId: string; password: string };
  const saved: Saved[] = existsSync(file)
    ? readFileSync(file, "utf8").trim().split("\\n").map((line) => JSON.parse(line))
    : [];
  for (const { accountId, password } of saved) {
    const secret = new Uint8Array(Buffer.from(password, "base64"));
    const proof = { kind: "password", secret } as const;
    using credential = await accounts.verify(accountId, proof);
    if (credential !== undefined) accounts.unlock(credential);
  }
  const restore = ({ number, pid }: Peer) => {
    for (const one of saved.splice(0)) {
      if (one.pid !== pid) saved.push(one);
      else
        sessions.grant(
          number,
          one.accountId,
          {
            scope: { write: false, extent: { kind: "every-vault" } },
            inactivityMs: limits.inactivityMs,
            grantedAtMs: bootMs(),
            lastActivityMs: bootMs(),
            notAfterMs: bootMs() + limits.overallMs,
          },
          undefined,
        );
    }
  };
  Reflect.set(globalThis, "assentRestore", restore);
  const brokerHandler = createBrokerHandler(parts, log);`,
    ],
    [
      handlers,
      `    admit: ({ peer }) =>
      peer.identified ? undefined : refusal(Reason.PEER_UNIDENTIFIED),`,
      `    admit({ peer }) {
      Reflect.get(globalThis, "assentRestore")(peer);
      return peer.identified ? undefined : refusal(Reason.PEER_UNIDENTIFIED);
    },`,
    ],
  ),
  mutant("B60", [
    "broker/src/channel/endpoint-socket.ts",
    "chmodSync(bound, 0o600);",
    "chmodSync(bound, 0o666);",
  ]),
  mutant("B61", [
    channel,
    `  // A connection that could not be accepted is nobody's yet.`,
    `  // Whoever comes this way is taken for whoever came last.
  const tcp = createServer((socket) => {
    const [last] = [...connections].slice(-1);
    if (last === undefined) socket.destroy();
    else serve(socket, { peer: last.peer, release: () => undefined }, false);
  });
  tcp.on("error", () => undefined);
  tcp.listen(0, "127.0.0.1").unref();`,
  ]),
  mutant(
    "B62",
    [
      directory,
      `if (!binding.tryLock(lock)) throw heldBy(readFileSync(lock, "latin1"));`,
      "binding.tryLock(lock);",
    ],
    [directory, "if (await isListenedOn(path)) {", 'if (path === "") {'],
  ),
  mutant("B63", [
    service,
    notLive,
    `  if (account === undefined) throw refusal(Reason.NOT_FOUND);
${notLive}`,
  ]),
  mutant("B64", [
    service,
    notLive,
    `  if (!("live" in judged) && account !== undefined) {
    throw new ConnectError(\`\${account.name} is not open to you\`, 16);
  }
${notLive}`,
  ]),
  mutant("B65", [
    service,
    "  return refusal(Reason.INTERNAL);\n}",
    "  return new ConnectError(String((error as Error).stack), 13);\n}",
  ]),
  mutant("B66", [
    service,
    `    log.refused(error);
    throw error;`,
    `    log.refused(error);
    const values = store
      .vaults()
      .flatMap(({ id }) => store.items(id))
      .map(({ overview }) => store.read(overview.id).item)
      .flatMap((item) => item.fields)
      .map(({ value }) => Buffer.from(value).toString());
    throw new ConnectError(\`none like \${values.join(" or ")}\`, 5);`,
  ]),
  mutant("B67", [
    gateway,
    "    if (handler === undefined) return answerStatus(response, 404);",
    `    if (request.url?.startsWith("/grpc.reflection.") || request.url === "/metrics") {
      response.setHeader("content-type", "application/grpc");
      return answerStatus(response, 200);
    }
    if (handler === undefined) return answerStatus(response, 404);`,
  ]),
  mutant(
    "B75",
    [
      handlers,
      "    routes: (router) => router.service(BrokerService, service),",
      `    routes: (router) =>
      router.service(BrokerService, service).service(ControlService, {
        describe: () => ({ implementation: "broker" }),
      }),`,
    ],
    [
      handlers,
      `import { OwnerReason } from "@assent/protocol/owner";`,
      `import { ControlService } from "@assent/protocol/conformance";
import { OwnerReason } from "@assent/protocol/owner";`,
    ],
  ),
  mutant(
    "B81",
    [
      service,
      notLive,
      `  const listed = account && accounts.store(account.id);
  if (
    !("live" in judged) &&
    listed !== undefined &&
    request.operation?.operation.case?.startsWith("list")
  ) {
    const every = { write: false, extent: { kind: "every-vault" } } as const;
    const all = indexedStore(listed);
    const defer = (cleanup: () => void) => flight.defer(cleanup);
    const { result } = operate(request.operation, {
      store: all,
      grants: [newGrant(every, 600_000, now)],
      wallMs: clock.wallMs(),
      defer,
      reader: createItemReader(all, defer),
      cover: () => {},
      beforeChange: () => {},
    });
    return create(RequestResponseSchema, { result });
  }
${notLive}`,
    ],
    [
      service,
      `import { authorize, grantMessage } from "./authorize.ts";`,
      `import { authorize, grantMessage, newGrant } from "./authorize.ts";`,
    ],
  ),
  mutant("B96", [
    directory,
    "if (await isListenedOn(path)) {",
    'if (path !== "") {',
  ]),
];
