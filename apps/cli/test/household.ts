// SPDX-License-Identifier: Apache-2.0
import { Writable } from "node:stream";
import { FieldType, ItemSchema, VaultSchema } from "@assent/protocol";
import { narrow } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { approvePrompt } from "../src/owner/approval.ts";
import { connectOwner } from "../src/owner/owner-client.ts";
import { readPrompt, type WaitingPrompt } from "../src/owner/waiting-prompt.ts";
import { run as runCommand } from "../src/program.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import { assent, type Outcome, type TestIoOptions, testIo } from "./test-io.ts";

/** The password of the account of a household. */
export const password = "correct horse battery staple";

/** A real broker with an account, and an owner who answers what is asked. */
export interface Household extends AsyncDisposable {
  readonly daemon: Daemon;
  readonly home: string;
  /** What was asked so far. */
  readonly prompts: readonly WaitingPrompt[];
  /** Called with what is asked; true: approve, false: deny, undefined: neither. */
  answer: (
    prompt: WaitingPrompt,
  ) => boolean | undefined | Promise<boolean | undefined>;
  /** A command, without a password. */
  run(args: readonly string[], options?: TestIoOptions): Promise<Outcome>;
  /** A command, with the password and input after it. */
  asOwner(args: readonly string[], input?: string): Promise<Outcome>;
  /** The same, interrupted once it wrote `text` on its standard error. */
  interrupted(args: readonly string[], text: string): Promise<Outcome>;
  /** Store fields of an item; the names of values that are seeds end in "otp". */
  store(
    vault: string,
    title: string,
    fields: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<void>;
}

/** Start one. */
export async function startHousehold(): Promise<Household> {
  const daemon = await startDaemon();
  const { home } = daemon;
  const userId = process.getuid?.() ?? -1;
  const bytes = () => new TextEncoder().encode(password);
  const run = (args: readonly string[], options?: TestIoOptions) =>
    assent([...args, "--home", home], options);
  const asOwner = (args: readonly string[], input = "") =>
    assent([...args, "--home", home, "--password-stdin"], {
      stdin: `${password}\n${input}`,
    });
  await asOwner(["account", "create", "Personal"]);
  await asOwner(["integration", "on"]);
  await asOwner(["account", "unlock"]);
  const owner = await connectOwner(`${home}/run/owner.sock`, userId);
  const { accounts } = await owner.accounts.listAccounts({});
  const account = accounts[0]?.id ?? "";
  const credential = () => ({
    account,
    proof: { case: "password" as const, value: bytes() },
  });
  await owner.accounts.authenticate({ credential: credential() });
  const prompts: WaitingPrompt[] = [];
  const vaults = new Map<string, string>();
  const household: Household = {
    daemon,
    home,
    prompts,
    answer: () => true,
    run,
    asOwner,
    async interrupted(args, text) {
      const words = [...args, "--home", home, "--password-stdin"];
      const io = testIo({ stdin: `${password}\n` });
      const stderr = new Writable({
        write(chunk: Buffer, encoding, done) {
          io.stderr.write(chunk, encoding, done);
          if (chunk.includes(text)) io.interrupt();
        },
      });
      const code = await runCommand({ ...io, stderr }, words);
      return { code, out: io.out(), err: io.err() };
    },
    async store(vault, title, fields) {
      const put = (operation: object) =>
        owner.vaults.operate({
          credential: credential(),
          operation: { operation } as never,
        });
      if (!vaults.has(vault)) {
        const value = { vault: create(VaultSchema, { name: vault }) };
        const { result } = await put({ case: "putVault", value });
        if (result?.result.case !== "vault") throw new Error("no vault");
        vaults.set(vault, result.result.value.id);
      }
      const item = create(ItemSchema, {
        overview: { vaultId: vaults.get(vault) ?? "", title },
        fields: Object.entries(fields).map(([name, value]) => ({
          title: name,
          type: name.endsWith("otp") ? FieldType.TOTP : FieldType.CONCEALED,
          value: typeof value === "string" ? Buffer.from(value) : value,
        })),
      });
      await put({ case: "putItems", value: { items: [item] } });
    },
    async [Symbol.asyncDispose]() {
      watching.abort();
      await answering;
      owner.close();
      await daemon[Symbol.asyncDispose]();
    },
  };
  const watching = new AbortController();
  const answering = (async () => {
    const changes = owner.prompts.watchPrompts(
      { surface: "test" },
      { signal: watching.signal },
    );
    const known = new Set<string>();
    for await (const change of changes) {
      for (const prompt of await Promise.all(change.prompts.map(readPrompt))) {
        if (known.has(prompt.id)) continue;
        known.add(prompt.id);
        prompts.push(prompt);
        const answer = await household.answer(prompt);
        if (answer === true) {
          const terms = narrow(prompt.body, {});
          await approvePrompt(owner, prompt, account, terms, bytes());
        } else if (answer === false) {
          await owner.prompts.deny({ promptId: prompt.id });
        }
      }
    }
  })().catch((error: unknown) => {
    if (!watching.signal.aborted) throw error;
  });
  return household;
}
