// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import {
  Capability,
  type ControlService,
  type DecisionRule,
  type Prompt,
} from "@assent/protocol/conformance";
import { ListSessionsResponseSchema } from "@assent/protocol/owner";
import { fromJson } from "@bufbuild/protobuf";
import {
  type Duration,
  durationFromMs,
  durationMs,
  timestampMs,
} from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { decide } from "./decide.ts";
import { createPromptRecords } from "./prompt-records.ts";
import { seedAccounts } from "./seeding.ts";
import type { Subject } from "./subject.ts";

const version = 1;

/** The control service over our broker, and what has to be called a few times a second. */
export interface Controlled {
  readonly service: Required<ServiceImpl<typeof ControlService>>;
  sweep(): void;
}

/** Steer a broker as the suite asks. */
export function createControl(subject: Subject): Controlled {
  let seq = 0n;
  let frozen = false;
  let rules: { readonly rule: DecisionRule; left: number }[] = [];
  let waiting: (() => void)[] = [];
  const next = () => {
    seq += 1n;
    return seq;
  };
  const changed = () => {
    next();
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  };
  /** Until something changes, or so long in real time. */
  const change = (wait: Duration | undefined) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait ? durationMs(wait) : 0);
      waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  const decideByRule = (prompt: Prompt) => {
    const fitting = rules.find(
      ({ rule, left }) =>
        left > 0 &&
        (rule.accountId === "" || rule.accountId === prompt.accountId) &&
        (rule.pid === 0 || rule.pid === prompt.pid),
    );
    if (fitting?.rule.decision === undefined) return;
    fitting.left -= 1;
    // What comes of it is seen in the records.
    decide(subject, prompt, fitting.rule.decision).catch(() => {});
  };
  const records = createPromptRecords(next, changed, decideByRule);
  records.follow(subject.broker);
  subject.held.onChange(changed);
  const sweep = () => {
    if (!frozen) subject.broker.sweep();
  };

  return {
    sweep,
    service: {
      describe: () => ({
        implementation: "assent-broker",
        implementationVersion: subject.broker.parts.version,
        protocolVersions: ["1.0"],
        capabilities: [
          Capability.VIRTUAL_CLOCK,
          Capability.WALL_CLOCK,
          Capability.SUSPEND,
          Capability.FREEZE_TIMERS,
          Capability.PROMPT_RECORDS,
          Capability.NARROWING,
          Capability.GATES,
          Capability.FAULTS,
          Capability.SESSION_LIST,
          Capability.USER_REVOKE,
        ],
        promptTimeout: durationFromMs(limits.promptMs),
        idleConnectionLimit: durationFromMs(limits.receiveMs),
        maxMessageBytes: BigInt(limits.messageBytes),
        controlVersion: version,
        pid: process.pid,
      }),
      async reset() {
        rules = [];
        frozen = false;
        subject.held.open();
        await subject.reset();
        records.follow(subject.broker);
        seq = 0n;
        return { seq: next() };
      },
      async seed({ accounts }) {
        const seeded = await seedAccounts(subject, accounts);
        return { seq: next(), ...seeded };
      },
      advanceClock({ awake, suspended }) {
        if (suspended) subject.time.advance(durationMs(suspended));
        if (awake) {
          subject.time.advance(durationMs(awake));
          if (!frozen) subject.time.runTimers(durationMs(awake));
        }
        sweep();
        return { seq: next() };
      },
      setWallClock({ time }) {
        if (time) subject.time.setWall(timestampMs(time));
        return { seq: next() };
      },
      freezeTimers(request) {
        frozen = request.frozen;
        return { seq: next() };
      },
      async lock({ accountId }) {
        const request = accountId === "" ? {} : { account: accountId };
        await subject.must("AccountService/LockAccount", request);
        return { seq: next() };
      },
      async unlock({ accountId }) {
        const credential = subject.credential(accountId);
        const unlock = () =>
          subject.owner("AccountService/UnlockAccount", { credential });
        let answer = await unlock();
        // What was locked meanwhile, as by the end of its last session.
        for (let again = 0; answer.status === 400 && again < 5; again += 1) {
          answer = await unlock();
        }
        if (answer.status !== 200) throw new Error(answer.text);
        return { seq: next() };
      },
      async removeAccount({ accountId }) {
        const credential = subject.credential(accountId);
        await subject.must("AccountService/RemoveAccount", { credential });
        return { seq: next() };
      },
      async revokeByUser({ sessionId }) {
        await subject.must("SessionService/RevokeSessions", { sessionId });
        return { seq: next() };
      },
      scriptDecisions(request) {
        rules = request.rules.map((rule) => ({
          rule,
          left: rule.times === 0 ? Number.POSITIVE_INFINITY : rule.times,
        }));
        return { seq: next() };
      },
      async decide({ promptId, decision }) {
        const prompt = records.all.find((one) => one.promptId === promptId);
        const tookEffect =
          prompt !== undefined &&
          decision !== undefined &&
          (await decide(subject, prompt, decision));
        return { seq: next(), tookEffect };
      },
      async listPrompts({ afterSeq, wait }) {
        if (afterSeq > 0n && seq <= afterSeq) await change(wait);
        return { seq, prompts: [...records.all] };
      },
      async listSessions() {
        const listed = fromJson(
          ListSessionsResponseSchema,
          await subject.must("SessionService/ListSessions", {}),
        );
        const sessions = listed.sessions.map((session) => ({
          sessionId: session.id,
          accountId: session.account?.id ?? "",
          pid: session.process?.pid ?? 0,
          ...(session.remaining ? { remaining: session.remaining } : {}),
          ...(session.scopes[0] ? { scope: session.scopes[0] } : {}),
        }));
        return { seq, sessions };
      },
      setGate({ point, closed }) {
        subject.held.set(point, closed);
        return { seq: next() };
      },
      async awaitGate({ point, calls, wait }) {
        const until = performance.now() + (wait ? durationMs(wait) : 0);
        while (subject.held.count(point) < calls && performance.now() < until) {
          await change(durationFromMs(until - performance.now()));
        }
        return { seq: next(), calls: subject.held.count(point) };
      },
      injectFault({ fault, times }) {
        subject.faults.inject(fault, times);
        return { seq: next() };
      },
    },
  };
}
