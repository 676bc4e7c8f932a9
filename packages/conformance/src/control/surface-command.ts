// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { endWithGroup } from "../implementation/process-group.ts";

/** An account of fixture.json, and the ids that the broker chose. */
export interface AccountIds {
  readonly name: string;
  readonly id: string;
  readonly items: readonly {
    /** Name of its vault. */
    readonly vault: string;
    readonly vaultId: string;
    readonly title: string;
    readonly id: string;
  }[];
}

/** What its user sees of a prompt, each part as it is written there. */
export interface ShownPrompt {
  readonly account?: string;
  /** Of the program. */
  readonly name?: string;
  readonly path?: string;
  readonly scope?: string;
  readonly duration?: string;
  /** All of it, in the order shown. */
  readonly text?: string;
  /** Accounts to choose from. */
  readonly choices?: readonly string[];
}

/** A line that the command of `--on-prompt` writes: it follows, or a prompt came, changed or is over. */
export interface PromptLine {
  /** From now on every prompt is told. */
  readonly ready?: true;
  /** With `ready`: the ids of the accounts and of what is in them. */
  readonly accounts?: readonly AccountIds[];
  /** Names the prompt; the same until it is over. */
  readonly prompt: string;
  /** By default pending. */
  readonly state?:
    | "pending"
    | "approved"
    | "denied"
    | "timed-out"
    | "withdrawn"
    | "locked";
  readonly pid?: number;
  /** Id or name of the account; none: the user has to choose. */
  readonly account?: string;
  /** Calls that wait for it, when that is known. */
  readonly waiters?: number;
  readonly shown?: ShownPrompt;
  /** What came in the way of a decision: it had no effect. */
  readonly failed?: string;
}

/** A line that it reads: what the user does. */
export interface DecisionLine {
  readonly prompt: string;
  readonly decision: "approve" | "deny";
  /** Name of the account, when the prompt leaves it open. */
  readonly account: string;
  /** What unlocks the account; of an approval. */
  readonly credential: string;
}

/** The command of `--on-prompt`, running. */
export interface SurfaceCommand {
  decide(decision: DecisionLine): void;
  end(): void;
}

/** Starts it: a line of JSON for each prompt on its output, for each decision on its input. */
export function startSurfaceCommand(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  onPrompt: (line: PromptLine) => void,
  onEnd: (why: string) => void,
): SurfaceCommand {
  const child: ChildProcess = spawn(program, args, {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
    env: { ...process.env, ...env },
  });
  endWithGroup(child);
  let isEnding = false;
  child.once("error", (error) => onEnd(error.message));
  child.once("close", (code, signal) => {
    if (!isEnding) onEnd(`it ended by itself (${code ?? signal})`);
  });
  child.stdin?.on("error", () => {});
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      // What it started may outlive it, and follow the next broker.
      if (isEnding) return;
      try {
        onPrompt(JSON.parse(line) as PromptLine);
      } catch {
        onEnd(`it wrote a line that is no JSON: ${line.slice(0, 100)}`);
      }
    });
  }
  return {
    decide: (decision) => child.stdin?.write(`${JSON.stringify(decision)}\n`),
    end() {
      isEnding = true;
      child.kill("SIGTERM");
    },
  };
}
