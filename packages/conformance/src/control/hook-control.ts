// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import {
  Capability,
  ControlService,
  DecisionKind,
  type DecisionRuleSchema,
  DescribeResponseSchema,
  ListPromptsResponseSchema,
  type Prompt,
  PromptState,
  type SeedRequestSchema,
  SeedResponseSchema,
  UnlockMethod,
} from "@assent/protocol/conformance";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { NotRun } from "../case/verdict.ts";
import {
  type BrokerProcess,
  ImplementationError,
} from "../implementation/broker-process.ts";
import type { Control } from "./control.ts";
import { createHookPrompt, type HookPrompt } from "./hook-prompt.ts";
import {
  type AccountIds,
  type PromptLine,
  type SurfaceCommand,
  startSurfaceCommand,
} from "./surface-command.ts";

/** Commands that stand in for a control service. */
export interface Hooks {
  /** Shows prompts and takes decisions, line by line. */
  readonly onPrompt?: readonly [string, ...string[]] | undefined;
  /** Lock and unlock the account that ASSENT_ACCOUNT names, or all. */
  readonly lock?: readonly [string, ...string[]] | undefined;
  readonly unlock?: readonly [string, ...string[]] | undefined;
  /** The broker approves by itself, with the right credential. */
  readonly approves?: boolean;
}

/** In the broker's HOME: the accounts that it shall have, before it serves. */
export const fixtureFile = "fixture.json";
/** There too, before it serves, where no command tells them: the ids it chose. */
const idsFile = "ids.json";

// Prompts are told by another process, a moment after they come.
const graceMs = 100;
const lookMs = 10;
const toldMs = 60_000;
const readyMs = 120_000;
const run = promisify(execFile);

const outcomes: Readonly<Partial<Record<DecisionKind, PromptState>>> = {
  [DecisionKind.APPROVE]: PromptState.APPROVED,
  [DecisionKind.DENY]: PromptState.DENIED,
};

type Accounts = NonNullable<
  MessageInitShape<typeof SeedRequestSchema>["accounts"]
>;

type Decision = NonNullable<
  MessageInitShape<typeof DecisionRuleSchema>["decision"]
>;

/** @throws NotRun for what commands cannot be told */
function mustBePossible({
  kind,
  unlockMethod,
  scope,
  inactivityTimeout,
}: Decision = {}): void {
  if (kind === DecisionKind.IGNORE) return;
  if (
    scope ||
    inactivityTimeout ||
    kind === DecisionKind.DISMISS ||
    unlockMethod === UnlockMethod.NONE
  ) {
    throw new NotRun("a control service (hooks approve and deny, no more)");
  }
}

function isApproved({ kind, unlockMethod }: Decision = {}): boolean {
  return kind === DecisionKind.APPROVE && unlockMethod !== UnlockMethod.FAIL;
}

/**
 * A control service made of commands, for a broker that has none: each case
 * has a broker of its own, in a fresh home. What commands cannot do makes a
 * case not run.
 */
export function hookControl(broker: BrokerProcess, hooks: Hooks): Control {
  let surface: SurfaceCommand | undefined;
  let isSeeded = false;
  let isReady = false;
  let broken: string | undefined;
  let accounts: Accounts = [];
  let rules: readonly MessageInitShape<typeof DecisionRuleSchema>[] = [];
  let told: readonly AccountIds[] = [];
  let prompts = new Map<string, HookPrompt>();
  /** Prompts that were decided in vain. */
  const failures = new Set<string>();
  /** Those that were decided: what became of it is told later than to the caller. */
  const decided = new Set<string>();

  const env = (more: Readonly<Record<string, string>> = {}) => ({
    HOME: broker.home,
    ASSENT_ENDPOINT: broker.endpoint,
    ...more,
  });

  function onLine(line: PromptLine) {
    if (line.ready) {
      isReady = true;
      told = line.accounts ?? [];
      return;
    }
    const { prompt: promptId, failed, pid, account = "" } = line;
    if (failed !== undefined) {
      failures.add(promptId);
      return;
    }
    const known = prompts.get(promptId);
    if (known !== undefined) {
      known.update(line);
      return;
    }
    const accountId =
      accounts.find((one) => [one.accountId, one.displayName].includes(account))
        ?.accountId ?? account;
    const one = createHookPrompt(line, accountId);
    prompts.set(promptId, one);
    const rule = rules.find(
      (each) =>
        (!each.pid || each.pid === pid) &&
        (!each.accountId || each.accountId === accountId),
    );
    if (rule?.decision) decide(one.prompt, rule.decision);
  }

  function decide({ promptId, accountId }: Prompt, decision: Decision): void {
    const { kind, unlockMethod } = decision;
    if (kind === DecisionKind.IGNORE) return;
    const chosen = accounts.find(
      (one) => one.accountId === (accountId || decision.accountId),
    );
    const right = chosen?.credential ?? "";
    failures.delete(promptId);
    decided.add(promptId);
    surface?.decide({
      prompt: promptId,
      decision: kind === DecisionKind.APPROVE ? "approve" : "deny",
      account: chosen?.displayName ?? "",
      credential: unlockMethod === UnlockMethod.FAIL ? `not ${right}` : right,
    });
  }

  async function command(
    words: readonly [string, ...string[]] | undefined,
    option: string,
    accountId: string,
  ): Promise<void> {
    if (words === undefined) throw new NotRun(`a command for it (${option})`);
    const one = accounts.find((each) => each.accountId === accountId);
    const [program, ...args] = broker.within(words);
    await run(program, args, {
      env: {
        ...process.env,
        ...env({
          ASSENT_ACCOUNT: one?.displayName ?? "",
          ASSENT_CREDENTIAL: one?.credential ?? "",
        }),
      },
    });
  }

  const all = () => [...prompts.values()].map(({ prompt }) => prompt);
  const shape = () => [...prompts.values()].map((one) => one.shape).join("\n");

  function isBeingDecided({ promptId, state }: Prompt): boolean {
    const isOpen = state === PromptState.PENDING && !failures.has(promptId);
    return isOpen && decided.has(promptId);
  }

  const built = {
    describe: async () =>
      create(DescribeResponseSchema, {
        implementation: "broker",
        controlVersion: 1,
        capabilities:
          hooks.onPrompt === undefined ? [] : [Capability.PROMPT_RECORDS],
      }),
    async reset() {
      surface?.end();
      surface = undefined;
      isReady = false;
      failures.clear();
      decided.clear();
      broken = undefined;
      rules = [];
      told = [];
      isSeeded = false;
      prompts = new Map();
      await broker.kill("SIGTERM");
      for (const name of readdirSync(broker.home)) {
        rmSync(join(broker.home, name), { recursive: true, force: true });
      }
    },
    async seed(request: MessageInitShape<typeof SeedRequestSchema> = {}) {
      if (isSeeded) throw new NotRun("a control service (accounts made later)");
      isSeeded = true;
      accounts = request.accounts ?? [];
      writeFixture(broker, accounts);
      await broker.start();
      if (hooks.onPrompt !== undefined) {
        // A broker in a namespace has its user in there.
        const words = broker.within(hooks.onPrompt);
        surface = startSurfaceCommand(words, env(), onLine, (why) => {
          broken = why;
        });
        await until(() => isReady || broken !== undefined, readyMs);
        if (!isReady) {
          throw new ImplementationError(
            `--on-prompt: ${broken ?? 'it did not write {"ready": true}'}`,
          );
        }
      }
      if (surface === undefined) told = readIds(broker);
      // Where no ids are told, accounts go by their names.
      accounts = accounts.map((one) => ({
        ...one,
        accountId:
          told.find(({ name }) => name === one.displayName)?.id ??
          one.displayName ??
          "",
      }));
      return create(SeedResponseSchema, {
        accountIds: accounts.map((one) => one.accountId ?? ""),
        items: accounts.flatMap((one) => seededItems(one, told)),
      });
    },
    async scriptDecisions({
      rules: given = [],
    }: {
      rules?: typeof rules;
    } = {}) {
      for (const { decision } of given) mustBePossible(decision);
      for (const { decision } of given) {
        const isIgnored = decision?.kind === DecisionKind.IGNORE;
        const isDone = hooks.approves ? isApproved(decision) : surface;
        if (!isIgnored && !isDone) throw noUser();
      }
      rules = given;
    },
    async decide({
      promptId = "",
      decision = {},
    }: {
      promptId?: string;
      decision?: Decision;
    } = {}) {
      const prompt = prompts.get(promptId)?.prompt;
      if (prompt === undefined) throw new NotRun("prompts of this broker");
      mustBePossible(decision);
      const before = prompt.state;
      decide(prompt, decision);
      const isTold = () => prompt.state !== before || failures.has(promptId);
      await until(isTold, toldMs);
      if (!isTold()) {
        throw new Error("--on-prompt does not tell what came of a decision");
      }
      return {
        tookEffect:
          prompt.state !== before &&
          prompt.state === outcomes[decision.kind ?? DecisionKind.UNSPECIFIED],
      };
    },
    async listPrompts({ wait: limit }: { wait?: { seconds?: bigint } } = {}) {
      if (surface === undefined) throw noUser();
      await until(() => !all().some(isBeingDecided), toldMs);
      const before = shape();
      const changed = () => before !== shape();
      await (limit === undefined ? wait(graceMs) : until(changed, 1_000));
      if (broken !== undefined) throw new Error(`--on-prompt: ${broken}`);
      const isPending = ({ state }: Prompt) => state === PromptState.PENDING;
      return create(ListPromptsResponseSchema, {
        prompts: [
          ...all().filter(isPending),
          ...all().filter((one) => !isPending(one)),
        ],
      });
    },
    lock: async ({ accountId = "" } = {}) =>
      await command(hooks.lock, "--lock", accountId),
    unlock: async ({ accountId = "" } = {}) =>
      await command(hooks.unlock, "--unlock", accountId),
    close: () => surface?.end(),
  };
  const others = Object.keys(ControlService.method).map((name) => [
    name,
    async () => {
      throw new NotRun(`a control service (${name})`);
    },
  ]);
  return { ...Object.fromEntries(others), ...built } as unknown as Control;
}

/** Written before the broker starts. */
function writeFixture(broker: BrokerProcess, accounts: Accounts): void {
  const told = accounts.map(({ displayName, credential, items = [] }) => ({
    name: displayName,
    credential,
    items: items.map(({ vault, title, value, otpUri }) => ({
      vault,
      title,
      value,
      otpUri,
    })),
  }));
  writeFileSync(
    join(broker.home, fixtureFile),
    JSON.stringify({ accounts: told }, null, 2),
    { mode: 0o600 },
  );
}

/** @throws ImplementationError when what is written there is no list */
function readIds(broker: BrokerProcess): readonly AccountIds[] {
  const file = join(broker.home, idsFile);
  if (!existsSync(file)) return [];
  try {
    const ids: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (Array.isArray(ids)) return ids;
  } catch {}
  throw new ImplementationError(`${idsFile}: not a list of accounts in JSON`);
}

/** The ids of what was made; empty where they were not told. */
function seededItems(
  { displayName, accountId, items = [] }: Accounts[number],
  told: readonly AccountIds[],
) {
  const its = told.find(({ name }) => name === displayName)?.items ?? [];
  return items.map(({ vault = "", title = "" }) => {
    const found = its.find((one) => one.vault === vault && one.title === title);
    const { id: itemId = "", vaultId = "" } = found ?? {};
    return { accountId: accountId ?? "", vault, title, itemId, vaultId };
  });
}

function noUser(): NotRun {
  return new NotRun("somebody who decides (--on-prompt)");
}

async function until(holds: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds() && performance.now() < deadline) await wait(lookMs);
}
