// SPDX-License-Identifier: Apache-2.0
import { limits, type Scope } from "@assent/protocol";
import {
  type AccountRef,
  type Process,
  type PromptBody,
  Warning,
} from "@assent/protocol/owner";
import { durationMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { durationText } from "../duration.ts";
import { isDeceptive } from "../safe/deceptive.ts";
import { makeSafe } from "../safe/make-safe.ts";
import { describeClaims, type LabelledText } from "./claims.ts";
import { describeScope, type ScopeLine } from "./scope.ts";
import { type DescribedWarning, describeWarning } from "./warning.ts";

/** What the user chose on the surface; what is left out is as asked. */
export interface PromptChoice {
  readonly account?: AccountRef | undefined;
  /** As asked, or narrower. */
  readonly scope?: Scope | undefined;
  /** As asked, or shorter. */
  readonly inactivityTimeoutMs?: number | undefined;
}

/** A piece of a headline; names are to be set apart from the words around them. */
export interface HeadlinePart {
  readonly kind: "words" | "program" | "account";
  readonly text: string;
}

/** A prompt in words. Every text is safe to show as it is. */
export interface DescribedPrompt {
  /** Only what the system and the user know: no claim of the program. */
  readonly headline: string;
  /** The same in pieces. */
  readonly headlineParts: readonly HeadlinePart[];
  /** The account's name; undefined while the user has to choose one. */
  readonly account: string | undefined;
  readonly program: {
    readonly name: string;
    /** Absolute path, to be wrapped and never cut; its last component stands out. */
    readonly path: string;
    /** Says where name and path come from. */
    readonly source: string;
    readonly facts: readonly LabelledText[];
  };
  /** Each to be marked `notChecked`. */
  readonly claims: readonly LabelledText[];
  /** Dangers first. */
  readonly warnings: readonly DescribedWarning[];
  /** Whether a warning is a danger. */
  readonly isDangerous: boolean;
  /** After `scopeHeading`. */
  readonly scope: readonly ScopeLine[];
  /** How long it lasts, the first line the most important. */
  readonly until: readonly string[];
  /** What else to know before answering, as that approval unlocks. */
  readonly notes: readonly string[];
  /** Label of the button or key that approves. */
  readonly approve: string;
  /** Why this cannot be approved here; it can only be denied. */
  readonly problem: string | undefined;
}

/** Stands before the lines of a scope. */
export const scopeHeading: string = "If you approve, it can";

/**
 * Put a prompt into words: the same for every surface (PRM-001 to PRM-005).
 * With a choice, it tells what that choice would grant.
 */
export function describePrompt(
  body: PromptBody,
  choice: PromptChoice = {},
): DescribedPrompt {
  const account = choice.account ?? body.account;
  const accountName =
    account === undefined ? undefined : makeSafe(account.name);
  const whose = accountName ?? "the account you choose";
  const warnings = describeWarnings(body);
  const isDangerous = warnings.some(({ severity }) => severity === "danger");
  const scope = describeScope(choice.scope ?? body.scope, whose);
  const inactivityMs =
    choice.inactivityTimeoutMs ??
    (body.inactivityTimeout && durationMs(body.inactivityTimeout));
  const name = makeSafe(body.process?.name || "a program");
  const headlineParts = describeHeadline(name, accountName);
  return {
    headline: headlineParts.map(({ text }) => text).join(""),
    headlineParts,
    account: accountName,
    program: {
      name,
      path: makeSafe(body.process?.path ?? ""),
      source: "Name and location come from your system",
      facts: describeFacts(body),
    },
    claims: describeClaims(body.claims),
    warnings,
    isDangerous,
    scope: scope ?? [],
    until: [
      `Until it has been idle for ${durationText(inactivityMs ?? 0)}`,
      `Sooner if you lock ${whose} or the program quits, and after ${durationText(limits.overallMs)} in any case`,
    ],
    notes: describeNotes(account),
    approve: isDangerous
      ? "Approve anyway"
      : account?.locked
        ? "Unlock and approve"
        : "Approve",
    problem: findProblem(body, account, scope, inactivityMs),
  };
}

function describeHeadline(
  program: string,
  account: string | undefined,
): HeadlinePart[] {
  return [
    { kind: "words", text: "Allow " },
    { kind: "program", text: program },
    { kind: "words", text: " to use " },
    account === undefined
      ? { kind: "words", text: "one of your accounts" }
      : { kind: "account", text: account },
    { kind: "words", text: "?" },
  ];
}

function describeWarnings(body: PromptBody): DescribedWarning[] {
  const process = { ...noProcess, ...body.process };
  const found = new Set(body.warnings);
  // Whoever made the prompt should have said so; look again all the same.
  if (isDeceptive(process.name) || isDeceptive(process.path)) {
    found.add(Warning.DECEPTIVE_NAME);
  }
  const context = { process, claims: { startedBy: [], ...body.claims } };
  return [...found]
    .map((warning) => describeWarning(warning, context))
    .sort((a, b) => rank(a) - rank(b));
}

const noProcess = { name: "", path: "", container: "", debugger: "" };

function rank({ severity }: DescribedWarning): number {
  return severity === "danger" ? 0 : 1;
}

function describeFacts(body: PromptBody): LabelledText[] {
  const { process } = body;
  if (process === undefined) return [];
  const hash = Array.from(process.executableSha256, (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return [
    { label: "Process", text: processText(process, body) },
    { label: "Container", text: makeSafe(process.container) },
    { label: "Debugger", text: makeSafe(process.debugger) },
    { label: "Service", text: makeSafe(process.unit) },
    { label: "SHA-256", text: hash },
  ].filter(({ text }) => text !== "");
}

function processText(process: Process, { createdAt }: PromptBody): string {
  const { pid, user, startedAt } = process;
  const whose = user === "" ? "" : ` of user ${makeSafe(user)}`;
  if (startedAt === undefined || createdAt === undefined) {
    return `${pid}${whose}`;
  }
  const age = durationText(timestampMs(createdAt) - timestampMs(startedAt));
  return `${pid}${whose}, started ${age} before it asked`;
}

function describeNotes(account: AccountRef | undefined): string[] {
  if (account === undefined) {
    return ["Choose the account. The program learns which one you chose."];
  }
  return account.locked
    ? [
        `${makeSafe(account.name)} is locked. Approving unlocks it until the last access to it ends.`,
      ]
    : [];
}

function findProblem(
  body: PromptBody,
  account: AccountRef | undefined,
  scope: readonly ScopeLine[] | undefined,
  inactivityMs: number | undefined,
): string | undefined {
  if (account !== undefined && account.problem !== "") {
    return makeSafe(account.problem);
  }
  if (body.account === undefined && body.choices.length === 0) {
    return "You have no account yet. Create one with: assent account create";
  }
  if (
    scope === undefined ||
    inactivityMs === undefined ||
    body.process === undefined
  ) {
    return "This version of Assent cannot show this request in full, so it can only be denied. Update Assent to approve it.";
  }
  return undefined;
}
