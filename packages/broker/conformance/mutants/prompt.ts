// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../../scripts/source-mutation.ts";

const prompts = "broker/src/prompt/prompts.ts";
const approve = "broker/src/rpc/approve.ts";
const body = "broker/src/rpc/prompt-body.ts";
const card = "broker/src/rpc/process-card.ts";
const shownPath = "path: makeSafe(facts.path),";

/** What a prompt shows, who shares it, and what a decision does. */
export const promptMutants: readonly Mutant[] = [
  mutant("B20", [
    body,
    "    process: card.process,",
    `    process: {
      ...card.process,
      name: makeSafe(request.integration?.name || card.process.name),
    },`,
  ]),
  mutant("B21", [
    card,
    shownPath,
    `path: makeSafe(
        globalThis.process
          .getBuiltinModule("node:fs")
          .readFileSync(\`/proc/\${facts.pid}/cmdline\`, "latin1")
          .split("\\0")[0] ?? "",
      ),`,
  ]),
  mutant("B22", [card, shownPath, "path: makeSafe(name),"]),
  mutant("B23", [
    body,
    "    inactivityTimeout: durationFromMs(terms.inactivityMs),\n",
    "",
  ]),
  mutant("B24", [body, "    scope: terms.asked.scope,\n", ""]),
  mutant("B25", [
    "wording/dist/safe/make-safe.js",
    "    const decoded = typeof text",
    `    if (Object(options) === options) {
        return typeof text === "string" ? text : new TextDecoder().decode(text);
    }
    const decoded = typeof text`,
  ]),
  mutant("B26", [
    prompts,
    `    let entry = queue.find(
      (one) =>
        one.question.account === question.account &&
        one.question.scope === question.scope,
    );`,
    "    let entry: Entry<Granted> | undefined;",
  ]),
  mutant("B27", [
    prompts,
    "    let entry = queue.find(",
    "    let entry = [...this.#byId.values()].find(",
  ]),
  mutant("B28", [
    prompts,
    `        one.question.account === question.account &&
        one.question.scope === question.scope,`,
    "        one.question.account === question.account,",
  ]),
  mutant(
    "B29",
    [
      prompts,
      "        if (entry.waiting.size === 0) {",
      "        if (entry.waiting.size < 0) {",
    ],
    [approve, "    prompt.waiters > 0 &&\n", ""],
  ),
  mutant("B30", [
    approve,
    `  const prompt = pendingPrompt(parts, approval.promptId, approval.digest);
  const terms = termsOf(parts, prompt);`,
    `  const prompt =
    prompts.pending().at(-1) ??
    pendingPrompt(parts, approval.promptId, approval.digest);
  const terms = termsOf(parts, prompt);`,
  ]),
  mutant("B82", [
    body,
    "      : { account: accountRef(account) }),",
    `      : { account: { ...accountRef(account), name: "" } }),`,
  ]),
  mutant("B83", [
    prompts,
    "    if (queue[0] === entry && entry.expiresAtMs === undefined) {",
    "    if (entry.expiresAtMs === undefined) {",
  ]),
  mutant("B84", [
    "broker/src/rpc/channel-handlers.ts",
    "      peer.identified ? undefined : refusal(Reason.PEER_UNIDENTIFIED),",
    "      peer.pid > 0 ? undefined : refusal(Reason.PEER_UNIDENTIFIED),",
  ]),
  mutant("B85", [
    "broker/src/prompt/back-off.ts",
    "record.ends.length >= most",
    "record.ends.length >= most * 1e9",
  ]),
  mutant("B109", [
    prompts,
    `    const process = this.get(id)?.question.process;
    if (process === undefined) return false;
    this.endWhere((question) => question.process === process, "denied");`,
    `    const entry = this.get(id) === undefined ? undefined : this.#byId.get(id);
    if (entry === undefined) return false;
    this.#settle(entry, { ending: "denied" });`,
  ]),
];
