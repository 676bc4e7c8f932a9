// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../../scripts/source-mutation.ts";

const broker = "broker/src/broker.ts";
const handlers = "broker/src/rpc/channel-handlers.ts";
const sessions = "broker/src/session/sessions.ts";
const service = "broker/src/rpc/broker-service.ts";
const control = "broker/conformance/control.ts";

/** Restart the time of everything a process has, if it is live. */
const refreshAll = (process: string) =>
  `for (const { accountId } of parts.sessions.ofProcess(${process})) {
    const judged = parts.sessions.judge(${process}, accountId, parts.clock.bootMs());
    if ("live" in judged) {
      parts.sessions.touch(judged.live.grants, parts.clock.bootMs());
    }
  }`;

const sleeps = "if (suspended) subject.time.advance(durationMs(suspended));";
const wallAlone = (duration: string) =>
  `subject.time.setWall(subject.time.clock.wallMs() + durationMs(${duration}));`;

/** When a session ends by itself. */
export const expiryMutants: readonly Mutant[] = [
  mutant("B31", [
    sessions,
    "bootMs < endsAtMs(grant)",
    "bootMs <= endsAtMs(grant)",
  ]),
  mutant("B32", [
    sessions,
    "grant.lastActivityMs + grant.inactivityMs",
    "grant.lastActivityMs + Math.min(grant.inactivityMs, 540_000)",
  ]),
  mutant("B33", [
    sessions,
    "grant.lastActivityMs = Math.max(grant.lastActivityMs, bootMs);",
    "void [grant, bootMs];",
  ]),
  mutant("B34", [
    handlers,
    `    admit: ({ peer }) =>
      peer.identified ? undefined : refusal(Reason.PEER_UNIDENTIFIED),`,
    `    admit({ peer }) {
      ${refreshAll("peer.number")}
      return peer.identified ? undefined : refusal(Reason.PEER_UNIDENTIFIED);
    },`,
  ]),
  mutant(
    "B35",
    [
      "broker/src/channel/http-servers.ts",
      "        connection.session = session;",
      `        connection.session = session;
        session.on("ping", () =>
          Reflect.get(globalThis, "assentPing")(connection.peer.number),
        );`,
    ],
    [
      broker,
      "  const brokerHandler = createBrokerHandler(parts, log);",
      `  Reflect.set(globalThis, "assentPing", (process: number) => {
    ${refreshAll("process")}
  });
  const brokerHandler = createBrokerHandler(parts, log);`,
    ],
  ),
  mutant("B36", [
    service,
    "    sessions.touch(covered, now);",
    `    sessions.touch(covered, now);
    ${refreshAll("peer.number")}`,
  ]),
  mutant(
    "B37",
    [
      service,
      `    log.refused(error);
    throw error;`,
      `    log.refused(error);
    covered.clear();
    throw error;`,
    ],
    [
      "broker/src/rpc/resolve-operation.ts",
      `    context.cover(found.grant);
    if ("failure" in found) return failed(found.failure);`,
      `    if ("failure" in found) return failed(found.failure);
    context.cover(found.grant);`,
    ],
    [
      "broker/src/rpc/resolve-operation.ts",
      "    for (const grant of context.grants) context.cover(grant);\n",
      "",
    ],
  ),
  mutant("B38", [
    broker,
    "const { places, binding, clock, scheduler, log } = options;",
    `const { places, binding, scheduler, log } = options;
  const clock = {
    bootMs: () => options.clock.wallMs(),
    wallMs: () => options.clock.wallMs(),
  };`,
  ]),
  // Our broker is given its clock: another one is given here.
  mutant("B39", [control, sleeps, `if (suspended) ${wallAlone("suspended")}`]),
  mutant(
    "B40",
    [
      sessions,
      "  judge(process: number, accountId: string, bootMs: number): Judgement {",
      `  judge(
    process: number,
    accountId: string,
    bootMs: number,
    isSweep = false,
  ): Judgement {`,
    ],
    [
      sessions,
      "      session.grants = session.grants.filter((grant) => isLive(grant, bootMs));",
      `      if (!isSweep) return { live: session };
      session.grants = session.grants.filter((grant) => isLive(grant, bootMs));`,
    ],
    [
      sessions,
      "      this.judge(session.process, session.accountId, bootMs);",
      "      this.judge(session.process, session.accountId, bootMs, true);",
    ],
  ),
  mutant(
    "B41",
    [
      sessions,
      `      session.grants = session.grants.filter((grant) => isLive(grant, bootMs));
      if (session.grants.length > 0) return { live: session };
      this.#end(session, "expired");`,
      `      if (session.grants.some((grant) => isLive(grant, bootMs))) {
        return { live: session };
      }
      for (const grant of session.grants) grant.lastActivityMs = bootMs;
      return { ended: "expired" };`,
    ],
    [
      sessions,
      "      this.judge(session.process, session.accountId, bootMs);",
      "      void [session, bootMs];",
    ],
  ),
  mutant("B42", [
    "broker/src/rpc/durations.ts",
    "return Math.min(ms, longestMs);",
    "return ms;",
  ]),
  mutant(
    "B86",
    [control, sleeps, `if (suspended) ${wallAlone("suspended")}`],
    [
      control,
      `          subject.time.advance(durationMs(awake));
          if (!frozen) subject.time.runTimers(durationMs(awake));`,
      `        if (frozen) ${wallAlone("awake")}
        else {
          subject.time.advance(durationMs(awake));
          subject.time.runTimers(durationMs(awake));
        }`,
    ],
  ),
  mutant("B87", [
    "broker/src/rpc/refusal.ts",
    "[Reason.SESSION_EXPIRED]: Code.Unauthenticated,",
    "[Reason.SESSION_EXPIRED]: Code.PermissionDenied,",
  ]),
  mutant("B104", [
    sessions,
    "return Math.min(grant.lastActivityMs + grant.inactivityMs, grant.notAfterMs);",
    "return grant.lastActivityMs + grant.inactivityMs;",
  ]),
];
