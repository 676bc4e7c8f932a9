// SPDX-License-Identifier: Apache-2.0
import type { Claims, Process } from "@assent/protocol/owner";
import { Warning } from "@assent/protocol/owner";
import { makeSafe } from "../safe/make-safe.ts";

/**
 * How bad it is. With a danger, Deny is the button that stands out, and
 * Approve reads "Approve anyway".
 */
export type Severity = "danger" | "caution";

/** A warning, as shown. */
export interface DescribedWarning {
  readonly warning: Warning;
  readonly severity: Severity;
  /** What was found; to be set in bold. */
  readonly title: string;
  /** What it means, and what to do. */
  readonly text: string;
}

/** What a warning tells of. */
export interface WarningContext {
  readonly process: Pick<Process, "name" | "container" | "debugger">;
  readonly claims: Pick<Claims, "startedBy">;
}

/** The words of a warning. One that this version does not know is a danger. */
export function describeWarning(
  warning: Warning,
  { process, claims }: WarningContext,
): DescribedWarning {
  const name = makeSafe(process.name);
  const say = (severity: Severity, title: string, text: string) => ({
    warning,
    severity,
    title,
    text,
  });
  switch (warning) {
    case Warning.INTERPRETER:
      return say(
        "caution",
        `${name} can run any script.`,
        "Assent cannot confirm which one is asking.",
      );
    case Warning.DECEPTIVE_NAME:
      return say(
        "danger",
        "This name contains hidden or look-alike characters",
        "that can disguise it. Deny unless you are certain.",
      );
    case Warning.EXECUTABLE_REPLACED:
      return say(
        "danger",
        "The file of this program was deleted or replaced",
        "after it started: what runs is not what is there now. Deny unless you have just updated it.",
      );
    case Warning.WRITABLE_LOCATION:
      return say(
        "danger",
        "This program is in a temporary folder, or one that others can write to.",
        "Deny unless you are certain.",
      );
    case Warning.OTHER_NAMESPACE:
      return say(
        "danger",
        `This program runs in ${named("a container or sandbox", process.container)}.`,
        "Its path is the one seen in there, and is not the file of that name on your system.",
      );
    case Warning.DEBUGGED:
      return say(
        "danger",
        `This program is controlled by ${named("a debugger", process.debugger)},`,
        "which can take whatever the program is given.",
      );
    case Warning.INJECTED_CODE:
      return say(
        "danger",
        "This program was told to load code of others when it started",
        "(LD_PRELOAD, NODE_OPTIONS or the like). That code gets whatever you approve.",
      );
    case Warning.FIRST_SEEN:
      return say(
        "caution",
        `This is the first request from ${name}.`,
        "Deny if you have not just started it.",
      );
    case Warning.WEAK_IDENTITY:
      return say(
        "caution",
        "Your system cannot tell beyond doubt which process is asking.",
        "Approve only if you have just started it.",
      );
    case Warning.RELAY:
      return say(
        "caution",
        `${name} passes on what others ask for.`,
        `Whoever started it gets what you approve.${startedBy(claims)}`,
      );
    default:
      return say(
        "danger",
        `There is a warning that this version does not know (${warning}).`,
        "Update Assent, or deny.",
      );
  }
}

function named(kind: string, name: string): string {
  return name === "" ? kind : `${kind} (${makeSafe(name)})`;
}

function startedBy({ startedBy }: WarningContext["claims"]): string {
  const nearest = startedBy[0];
  return nearest === undefined
    ? ""
    : ` It was started by ${makeSafe(nearest, { maxLength: 64 })}, as far as can be told.`;
}
