// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../scripts/source-mutation.ts";

const authorization = "sdk-browserless/src/authorization.ts";
const client = "sdk-browserless/src/client.ts";
const failure = "sdk-browserless/src/failure.ts";
const grant = "sdk-browserless/src/grant.ts";
const requester = "sdk-browserless/src/requester.ts";
const secret = "sdk-browserless/src/secret.ts";
const secrets = "sdk-browserless/src/secrets.ts";
const unary = "sdk-browserless/src/unary.ts";
const answer = "sdk-node/src/answer.ts";
const channel = "sdk-node/src/channel.ts";
const connection = "sdk-node/src/connection.ts";
const endpoint = "sdk-node/src/endpoint.ts";

const repeats = `    await authorization.renew(epoch, limit);
    return send(effect, operation, limit);`;
const checks = `    checkEndpoint(path, facts);
    try {
      current = await openConnection(path);
    } catch (error) {
      throw unreachable(path, error);
    }`;
const isAddress = "/^(tcp|http):/";

/** What an SDK asks the user, when it repeats, and what it makes of a no. */
const callMutants: readonly Mutant[] = [
  mutant(
    "S01",
    [
      requester,
      `    if (account !== "") {
      try {`,
      `    await authorization.ask({}, limit);
    if (account !== "") {
      try {`,
    ],
    [
      authorization,
      "const key = JSON.stringify(asked);",
      "const key = JSON.stringify(asked) + Math.random();",
    ],
  ),
  mutant("S02", [
    requester,
    repeats,
    `    await authorization.renew(epoch, limit);
    try {
      return await send(effect, operation, limit);
    } catch (error) {
      if (!(error instanceof AssentError) || epoch > 9) throw error;
      if (!renewable.has(error.code)) throw error;
      return perform(effect, operation, limit);
    }`,
  ]),
  mutant("S03", [
    authorization,
    `  "prompt-denied",
  "prompt-timed-out",
  "account-locked",`,
    `  "prompt-timed-out",
  "account-locked",`,
  ]),
  mutant(
    "S04",
    [
      requester,
      `  "session-expired",
  "process-changed",`,
      `  "session-expired",
  "account-locked",
  "process-changed",`,
    ],
    [
      authorization,
      "if (endings.has(error.code)) refusal = error;",
      `if (error.code === "session-revoked") refusal = error;`,
    ],
  ),
  mutant("S05", [
    channel,
    "        if (!(error instanceof NotExecutedError)) throw error;",
    `        const isLost = error instanceof AssentError && error.code === "unavailable";
        if (!isLost && !(error instanceof NotExecutedError)) throw error;`,
  ]),
  mutant("S06", [
    unary,
    "      const answer = await exchange.send(request);",
    `      let answer = await exchange.send(request);
      if (answer.status === 503) answer = await exchange.send(request);`,
  ]),
  mutant("S07", [
    failure,
    `[Reason.PROMPT_DENIED, "prompt-denied"],`,
    `[Reason.PROMPT_DENIED, "not-approved"],`,
  ]),
  mutant("S15", [
    grant,
    "const scope = readScope(message?.scope);",
    `const scope = readScope(message?.scope) ?? { access: "read" };`,
  ]),
  mutant("S19", [
    authorization,
    "      if (epoch !== since) return;",
    "      if (grant !== undefined || epoch !== since) return;",
  ]),
];

/** Where secrets get to. */
const leakMutants: readonly Mutant[] = [
  mutant("S08", [
    requester,
    `      throw effect === "changes" ? changeError(error, limit) : error;`,
    `      const told = effect === "changes" ? changeError(error, limit) : error;
      const shown = JSON.stringify(operation, (_key, value) =>
        value instanceof Uint8Array
          ? new TextDecoder().decode(value)
          : typeof value === "bigint"
            ? String(value)
            : value,
      );
      throw new AssentError(told.code, \`\${told.message} \${shown}\`);`,
  ]),
  mutant("S09", [
    secret,
    `  toString(): string {`,
    `  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return \`Secret(\${this.reveal()})\`;
  }

  toString(): string {`,
  ]),
  mutant("S20", [
    secrets,
    "  const secret = new Secret(value);",
    `  globalThis.process
    .getBuiltinModule("node:fs")
    .writeFileSync(\`\${globalThis.process.env.HOME}/.assent-cache\`, value);
  const secret = new Secret(value);`,
  ]),
  mutant("S21", [
    connection,
    "  const socket = await openSocket(path);",
    `  const socket = await openSocket(path);
  const { default: koffi } = await import("koffi");
  const setFlag = 2;
  koffi
    .load(null)
    .func("int fcntl(int fd, int command, int flags)")(
      Reflect.get(socket, "_handle").fd,
      setFlag,
      0,
    );`,
  ]),
];

/** The channel: where it leads, how it ends, and what comes over it. */
const channelMutants: readonly Mutant[] = [
  mutant("S10", [
    client,
    "    await transport.close?.();",
    "    void transport;",
  ]),
  mutant("S11", [
    client,
    "  const calls = createOpenCalls(timers);",
    `  setInterval(() => {}, 60_000);
  const calls = createOpenCalls(timers);`,
  ]),
  mutant(
    "S12",
    [
      endpoint,
      `  if (folder.uid !== userId) throw untrusted(directory, "is another user's");\n`,
      "",
    ],
    [
      endpoint,
      `  if (socket.uid !== userId) throw untrusted(path, "is another user's");`,
      "  void userId;",
    ],
  ),
  mutant("S13", [
    channel,
    checks,
    `    try {
      current = await openConnection(path);
    } catch (error) {
      throw unreachable(path, error);
    }
    checkEndpoint(path, facts);`,
  ]),
  mutant(
    "S14",
    [
      endpoint,
      "  const { homeDirectory } = facts;\n  const environment =",
      `  const named = endpoint ?? facts.environment["ASSENT_ENDPOINT"] ?? "";
  if (${isAddress}.test(named)) return named;
  const { homeDirectory } = facts;
  const environment =`,
    ],
    [
      endpoint,
      "  const directory = dirname(path);",
      `  if (${isAddress}.test(path)) return;
  const directory = dirname(path);`,
    ],
    [
      connection,
      "    const socket = createConnection(path);",
      `    const socket = ${isAddress}.test(path)
      ? createConnection(Number(new URL(path).port), new URL(path).hostname)
      : createConnection(path);`,
    ],
  ),
  mutant("S16", [
    unary,
    `          "connect-timeout-ms": String(Math.max(1, Math.floor(timeoutMs))),\n`,
    "",
  ]),
  mutant("S17", [
    answer,
    "    const cancel = () => fail(signal.reason);",
    `    const cancel = () => {
      settle();
      reject(signal.reason);
    };`,
  ]),
  mutant(
    "S18",
    [
      channel,
      "        Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.mostMs);",
      "        0 * backoff.firstMs;",
    ],
    [channel, "        failures < backoff.attempts &&\n", ""],
    [
      channel,
      `      try {
        return await (await connection(request.signal)).send(request);
      } catch (error) {
        if (!(error instanceof NotExecutedError)) throw error;
      }
      return (await connection(request.signal)).send(request);`,
      `      for (;;) {
        try {
          return await (await connection(request.signal)).send(request);
        } catch (error) {
          const isLost = error instanceof AssentError && error.code === "unavailable";
          if (!isLost && !(error instanceof NotExecutedError)) throw error;
        }
      }`,
    ],
  ),
  mutant("S22", [
    answer,
    `      fail(isMalformed ? failed("malformed-answer") : broken());`,
    "      void [isMalformed, failed, broken];",
  ]),
  mutant(
    "S23",
    [
      answer,
      `      if (length <= answerBytes) chunks.push(chunk);
      else fail(failed("limit-exceeded"));`,
      "      chunks.push(chunk);",
    ],
    [
      answer,
      `      else if (Number(received["content-length"]) > answerBytes) {
        fail(failed("limit-exceeded"));
      }`,
      "      void answerBytes;",
    ],
  ),
  mutant("S24", [
    unary,
    "    return fromBinary(schema, answer.body);",
    `    const message = fromBinary(schema, answer.body);
    if (message.$unknown?.length) throw malformed();
    return message;`,
  ]),
  mutant("S25", [
    unary,
    "  if (version !== undefined && !servesVersion(version)) {",
    "  if (version !== undefined && version !== protocolVersion) {",
  ]),
];

/** Our SDK for Node and its core, broken in every way that the catalogue of the suite names. */
export const mutants: readonly Mutant[] = [
  ...callMutants,
  ...leakMutants,
  ...channelMutants,
];

/** What these mutants change, read from its sources. */
export const mutatedPackages: readonly string[] = [
  "sdk-browserless",
  "sdk-node",
];
