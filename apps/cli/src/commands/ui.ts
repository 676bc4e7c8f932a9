// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Command } from "commander";
import { CommandError, exitCodes } from "../exit.ts";
import { type Io, write } from "../io.ts";
import { takesHome, withExamples } from "../options.ts";
import { connectChecked } from "../owner/endpoint.ts";
import type { HomeOptions } from "../owner/session.ts";
import { hostCommand } from "../page-host.ts";
import { findPlacesForCredential } from "../places.ts";

interface UiOptions extends HomeOptions {
  readonly open: boolean;
}

/** `assent ui`: the page in a browser. */
export function addUiCommand(program: Command, io: Io): void {
  withExamples(
    takesHome(
      program
        .command("ui")
        .description("open the page where you answer and look after access"),
    ).option("--no-open", "open no browser; tell the address and a code"),
    "assent ui",
    "assent ui --no-open",
  ).action((options: UiOptions) => show(io, options));
}

// The page takes passwords, so the environment does not say whose it is (T59).
async function show(io: Io, options: UiOptions): Promise<void> {
  const signal = io.interruptSignal();
  const places = await findPlacesForCredential(io, options.home);
  (await connectChecked(places.ownerSocket, io.userId)).destroy();
  const [program = "", ...args] = hostCommand(
    "--socket",
    places.ownerSocket,
    "--directory",
    places.runtimeDirectory,
    ...(options.open ? [] : ["--no-open"]),
  );
  // It ends when its input does: with us, however we end.
  const host = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const exited = once(host, "exit");
  signal.addEventListener("abort", () => host.kill("SIGTERM"));
  if (signal.aborted) host.kill("SIGTERM");
  let errors = "";
  const told = Promise.all([
    pass(host.stdout, (text) => write(io.stdout, text)),
    pass(host.stderr, async (text) => {
      errors = (errors + text).slice(0, mostErrors);
    }),
  ]);
  const [code] = (await exited) as [number | null];
  await told;
  if (code === exitCodes.done || signal.aborted) return;
  if (code === exitCodes.unreachable) {
    throw new CommandError(
      exitCodes.unreachable,
      "The broker has stopped, and the page with it.",
      "Start it with: assent broker run",
    );
  }
  throw new CommandError(
    exitCodes.failed,
    `The page could not be served. ${errors.trim()}`.trim(),
    "Answer in a terminal instead: assent watch",
  );
}

const mostErrors = 1_000;

async function pass(
  from: Readable,
  to: (text: string) => Promise<void>,
): Promise<void> {
  from.setEncoding("utf8");
  for await (const text of from) await to(String(text)).catch(() => {});
}
