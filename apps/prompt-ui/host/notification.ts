// SPDX-License-Identifier: Apache-2.0
import { type Prompt, PromptBodySchema } from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import { fromBinary } from "@bufbuild/protobuf";
import type { Desktop } from "./desktop.ts";

const notifySend = "/usr/bin/notify-send";
const nameLength = 64;

/**
 * Points to a prompt on the desktop, where there is a way. It has no button
 * that answers anything: what was not read in full cannot be approved.
 */
export function notify(desktop: Desktop | undefined, prompt: Prompt): void {
  const program = desktop?.find([notifySend]);
  if (program === undefined) return;
  void desktop?.start([
    program,
    "--app-name=Assent",
    "--",
    "Assent",
    notificationText(prompt),
  ]);
}

/** What it says, as markup: names are others' (T21). */
export function notificationText(prompt: Prompt): string {
  const body = fromBinary(PromptBodySchema, prompt.body);
  const name = shown(body.process?.name ?? "");
  const account = body.account && shown(body.account.name);
  return account === undefined
    ? `${name} asks for access. Review it in Assent.`
    : `${name} asks to use ${account}. Review it in Assent.`;
}

function shown(name: string): string {
  return makeSafe(name, { maxLength: nameLength })
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
