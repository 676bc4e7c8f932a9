// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locatePlaces, type Places, promptDigest } from "@assent/protocol";
import { type PromptBody, PromptBodySchema } from "@assent/protocol/owner";
import { fromBinary } from "@bufbuild/protobuf";
import { type Broker, type BrokerOptions, startBroker } from "../src/broker.ts";
import { createLog } from "../src/log/create-log.ts";
import { createBinding } from "../src/peer/platform.ts";
import {
  type Answer,
  type Caller,
  type CallerOptions,
  startCaller,
} from "./caller.ts";
import { createManualTime, type ManualTime } from "./manual-time.ts";

/** The password of every account that a rig makes. */
export const password = "correct horse battery";
/** As it goes over the wire in JSON. */
export const passwordJson: string = base64(password);

/** Bytes of a text, as JSON of the schema has them. */
export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A prompt as a surface sees it. */
export interface SeenPrompt {
  readonly id: string;
  readonly digest: string;
  readonly body: PromptBody;
  readonly waiters: number;
}

/** What the user does with a prompt. */
export interface Decision {
  readonly account?: string;
  readonly scope?: object;
  readonly inactivityTimeout?: string;
  readonly password?: string;
  readonly digest?: string;
}

/** A broker in this process with real sockets, and real processes that call it. */
export interface Rig {
  readonly home: string;
  readonly places: Places;
  readonly broker: Broker;
  readonly time: ManualTime;
  /** What the broker told whoever runs it, at its most talkative. */
  readonly lines: readonly string[];
  /** A process of the owner, authenticated for the first account. */
  readonly owner: Caller;
  /** A new process. */
  caller(options?: Partial<CallerOptions>): Promise<Caller>;
  /** Make an account with the rig's password; returns its id. */
  account(name: string): Promise<string>;
  /** One of the owner's operations; throws unless it succeeded. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any result, judged by the tests.
  operate(account: string, operation: object): Promise<any>;
  /** Make a vault; returns its id. */
  vault(account: string, name: string): Promise<string>;
  /** Make an item with one concealed field; returns its id. */
  item(
    account: string,
    vaultId: string,
    title: string,
    fields: Record<string, string>,
  ): Promise<string>;
  /** Prompts now pending. */
  prompts(): Promise<SeenPrompt[]>;
  /** Wait until exactly this many are pending, and return them. */
  pending(count?: number): Promise<SeenPrompt[]>;
  /** Approve as a trusted surface would. */
  approve(prompt: SeenPrompt, decision?: Decision): Promise<Answer>;
  deny(prompt: SeenPrompt): Promise<Answer>;
  /** A caller authorizes and the user approves; returns the grant. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the grant, judged by the tests.
  grant(caller: Caller, request?: object, decision?: Decision): Promise<any>;
  /** Read one reference. */
  resolve(
    caller: Caller,
    account: string,
    ...references: string[]
  ): Promise<Answer>;
  /** Stop the broker and start it again on the same files; the owner authenticates with the password of the first account. */
  restart(ownerPassword?: string): Promise<void>;
  close(): Promise<void>;
}

/** How a rig differs from the usual one. */
export interface RigOptions {
  /** Leave the first account to the test. */
  readonly bare?: boolean;
  readonly options?: Partial<BrokerOptions>;
}

/** Start a broker with an account "Personal" and the integration on. */
export async function startRig(rigOptions: RigOptions = {}): Promise<Rig> {
  const home = mkdtempSync(join(tmpdir(), "assent-rig-"));
  const places = locatePlaces({
    environment: {},
    homeDirectory: "/nowhere",
    userId: process.getuid?.() ?? -1,
    isOwnDirectory: () => false,
    home,
  });
  const time = createManualTime();
  const lines: string[] = [];
  const binding = await createBinding();
  const start = () =>
    startBroker({
      places,
      binding,
      clock: time.clock,
      scheduler: time.scheduler,
      version: "0.0.0-test",
      passwords: {
        cost: { memory: 64, passes: 1, parallelism: 1 },
        acceptsWeakCost: true,
      },
      log: createLog({
        level: "debug",
        format: "text",
        wallMs: () => time.clock.wallMs(),
        sink: { write: (line) => lines.push(line) },
      }),
      ...rigOptions.options,
    });
  let broker = await start();
  const callers: Caller[] = [];
  const caller = async (options: Partial<CallerOptions> = {}) => {
    const started = await startCaller({ ...places, ...options });
    callers.push(started);
    return started;
  };
  let owner = await caller();
  const credential = (account: string) => ({ account, password: passwordJson });
  const must = (answer: Answer) => {
    if (answer.status !== 200) {
      throw new Error(`${answer.status} ${answer.code} ${answer.text}`);
    }
    return answer.body;
  };
  let first: string | undefined;

  const rig: Rig = {
    home,
    places,
    get broker() {
      return broker;
    },
    get owner() {
      return owner;
    },
    time,
    lines,
    caller,
    async account(name) {
      const made = must(
        await owner.owner("AccountService/CreateAccount", {
          name,
          password: passwordJson,
          ...(first === undefined ? {} : { credential: credential(first) }),
        }),
      );
      first ??= made.account.id as string;
      return made.account.id as string;
    },
    async operate(account, operation) {
      const answer = await owner.owner("VaultService/Operate", {
        credential: credential(account),
        operation,
      });
      return must(answer).result;
    },
    async vault(account, name) {
      const made = await rig.operate(account, {
        putVault: { vault: { name } },
      });
      return made.vault.id;
    },
    async item(account, vaultId, title, fields) {
      const made = await rig.operate(account, {
        putItems: {
          items: [
            {
              overview: { vaultId, title },
              fields: Object.entries(fields).map(([name, value]) => ({
                title: name,
                type: "FIELD_TYPE_CONCEALED",
                value: base64(value),
              })),
            },
          ],
        },
      });
      return made.itemOutcomes.outcomes[0].item.overview.id;
    },
    prompts: () => toSeen(broker),
    async pending(count = 1) {
      while (broker.parts.prompts.pending().length !== count) {
        await changed(broker);
      }
      return toSeen(broker);
    },
    async approve(prompt, decision = {}) {
      const begun = await owner.owner("PromptService/BeginApproval", {
        promptId: prompt.id,
        digest: decision.digest ?? prompt.digest,
        ...(decision.account ? { accountId: decision.account } : {}),
        ...(decision.scope ? { scope: decision.scope } : {}),
        ...(decision.inactivityTimeout
          ? { inactivityTimeout: decision.inactivityTimeout }
          : {}),
        method: "APPROVAL_METHOD_PASSWORD",
      });
      if (begun.status !== 200) return begun;
      return owner.owner("PromptService/Approve", {
        approvalId: begun.body.approvalId,
        password: base64(decision.password ?? password),
      });
    },
    deny: (prompt) =>
      owner.owner("PromptService/Deny", { promptId: prompt.id }),
    async grant(process, request = { account: "Personal" }, decision = {}) {
      const authorizing = process.broker("Authorize", request);
      const [prompt] = await rig.pending();
      if (prompt === undefined) throw new Error("no prompt");
      must(await rig.approve(prompt, decision));
      return must(await authorizing).grant;
    },
    resolve: (process, account, ...references) =>
      process.broker("Request", {
        account,
        operation: { resolveSecrets: { references } },
      }),
    async restart(ownerPassword = password) {
      await broker.stop();
      broker = await start();
      owner = await caller();
      if (first !== undefined) {
        must(
          await owner.owner("AccountService/Authenticate", {
            credential: { account: first, password: base64(ownerPassword) },
          }),
        );
      }
    },
    async close() {
      await Promise.all(callers.map((one) => one.kill()));
      await broker.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  if (!rigOptions.bare) {
    await rig.account("Personal");
    must(
      await owner.owner("AccountService/Authenticate", {
        credential: credential("Personal"),
      }),
    );
    must(
      await owner.owner("SettingsService/PutSettings", {
        credential: credential("Personal"),
        settings: { integrationEnabled: true },
      }),
    );
  }
  return rig;
}

/** What is pending, as a surface is told of it. */
function toSeen(broker: Broker): Promise<SeenPrompt[]> {
  return Promise.all(
    broker.parts.prompts.pending().map(async (prompt) => ({
      id: prompt.id,
      digest: Buffer.from(await promptDigest(prompt.frozen.body)).toString(
        "base64",
      ),
      body: fromBinary(PromptBodySchema, prompt.frozen.body),
      waiters: prompt.waiters,
    })),
  );
}

function changed(broker: Broker): Promise<void> {
  return new Promise((resolve) => {
    const stop = broker.parts.prompts.listen({
      changed() {
        stop();
        resolve();
      },
      ended() {},
    });
  });
}
