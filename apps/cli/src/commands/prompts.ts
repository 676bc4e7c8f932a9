// SPDX-License-Identifier: Apache-2.0
import { ScopeSchema } from "@assent/protocol";
import {
  type EndedPrompt,
  type PromptBody,
  PromptEndSchema,
  WarningSchema,
} from "@assent/protocol/owner";
import { describePrompt, promptEndText, stateText } from "@assent/wording";
import { toJson } from "@bufbuild/protobuf";
import {
  durationMs,
  type Timestamp,
  timestampDate,
} from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { takesCredential, takesJson, withExamples } from "../options.ts";
import { type JsonOptions, writeJson } from "../output.ts";
import { type AccountOptions, withTrust } from "../owner/session.ts";
import {
  digestText,
  readPrompt,
  type WaitingPrompt,
} from "../owner/waiting-prompt.ts";
import { plainStyle } from "../terminal/text.ts";
import { renderPrompt } from "../watch/render-prompt.ts";
import { accountJson } from "./status.ts";

interface PromptsOptions extends AccountOptions, JsonOptions {
  readonly follow?: boolean;
}

/** `assent prompts`: what is waiting, for scripts and for a look. */
export function addPromptsCommand(program: Command, io: Io): void {
  withExamples(
    takesJson(
      takesCredential(
        program
          .command("prompts")
          .option("--follow", "go on with what comes; with --json a line each")
          .description("requests that wait for your answer"),
      ),
    ),
    "assent prompts",
    "assent prompts --follow --json",
  ).action((options: PromptsOptions) => showPrompts(io, options));
}

async function showPrompts(io: Io, options: PromptsOptions): Promise<void> {
  const signal = options.follow ? io.interruptSignal() : undefined;
  await withTrust(io, options, async ({ owner }) => {
    const controller = new AbortController();
    signal?.addEventListener("abort", () => controller.abort());
    // Interrupted while the password was checked.
    if (signal?.aborted) return;
    const changes = owner.prompts.watchPrompts(
      { surface: "command" },
      { signal: controller.signal },
    );
    const known = new Map<string, WaitingPrompt>();
    try {
      for await (const { prompts, ended } of changes) {
        const waiting = await Promise.all(prompts.map(readPrompt));
        if (!options.follow) return await writeAll(io, waiting, options);
        for (const prompt of waiting) {
          if (known.has(prompt.id)) continue;
          known.set(prompt.id, prompt);
          await writeOne(io, prompt, options);
        }
        for (const end of ended) await writeEnd(io, end, known, options);
      }
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      controller.abort();
    }
  });
}

async function writeAll(
  io: Io,
  waiting: readonly WaitingPrompt[],
  options: PromptsOptions,
): Promise<void> {
  if (options.json) return writeJson(io, waiting.map(promptJson));
  if (waiting.length === 0) return writeLine(io.stdout, `${stateText.empty}.`);
  for (const prompt of waiting) await writeOne(io, prompt, options);
}

async function writeOne(
  io: Io,
  prompt: WaitingPrompt,
  options: PromptsOptions,
): Promise<void> {
  if (options.json) {
    const event = { event: "prompt", ...promptJson(prompt) };
    return writeLine(io.stdout, JSON.stringify(event));
  }
  const home = options.home === undefined ? "" : ` --home ${options.home}`;
  const lines = renderPrompt(describePrompt(prompt.body), 80, plainStyle);
  await writeLine(
    io.stdout,
    [
      ...lines,
      "",
      `  assent approve ${prompt.id} --digest ${digestText(prompt.digest)}${home}`,
      `  assent deny ${prompt.id}${home}`,
      "",
    ].join("\n"),
  );
}

async function writeEnd(
  io: Io,
  { promptId, end }: EndedPrompt,
  known: Map<string, WaitingPrompt>,
  options: PromptsOptions,
): Promise<void> {
  if (options.json) {
    const how = PromptEndSchema.value[end]?.localName ?? String(end);
    const event = { event: "ended", id: promptId, end: how };
    return writeLine(io.stdout, JSON.stringify(event));
  }
  const body = known.get(promptId)?.body;
  known.delete(promptId);
  if (body === undefined) return;
  const text = promptEndText(end, body.process?.name ?? "", body.account?.name);
  await writeLine(io.stdout, text);
}

/** A pending prompt, for programs. What the program says of itself stands apart. */
export function promptJson(prompt: WaitingPrompt): object {
  const { body } = prompt;
  return {
    id: prompt.id,
    digest: digestText(prompt.digest),
    createdAt: isoTime(body.createdAt),
    expiresAt: isoTime(body.expiresAt),
    account: body.account ? accountJson(body.account) : null,
    choices: body.choices.map(accountJson),
    program: programJson(body),
    notChecked: claimsJson(body),
    scope: body.scope ? toJson(ScopeSchema, body.scope) : null,
    inactivitySeconds: body.inactivityTimeout
      ? durationMs(body.inactivityTimeout) / 1000
      : null,
    warnings: body.warnings.map(
      (warning) => WarningSchema.value[warning]?.localName ?? String(warning),
    ),
    waiters: prompt.waiters,
  };
}

function programJson({ process }: PromptBody): object | null {
  if (process === undefined) return null;
  return {
    pid: process.pid,
    name: process.name,
    path: process.path,
    user: process.user,
    startedAt: isoTime(process.startedAt),
    sha256: digestText(process.executableSha256),
    container: process.container,
    debugger: process.debugger,
    unit: process.unit,
  };
}

function claimsJson({ claims }: PromptBody): object {
  return {
    name: claims?.integration?.name ?? "",
    version: claims?.integration?.version ?? "",
    purpose: claims?.purpose ?? "",
    script: claims?.script ?? "",
    workingDirectory: claims?.workingDirectory ?? "",
    startedBy: claims?.startedBy ?? [],
  };
}

function isoTime(time: Timestamp | undefined): string | null {
  return time ? timestampDate(time).toISOString() : null;
}
