// SPDX-License-Identifier: Apache-2.0

/** Exit codes of `assent`; documented in `assent --help`. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  credential: 4,
  notApproved: 5,
  notFound: 6,
  configuration: 7,
  inUse: 8,
  platform: 9,
  commandNotStarted: 126,
  commandNotFound: 127,
  interrupted: 130,
} as const;

/** What the exit codes mean, as `assent --help` says it. */
export const exitCodesHelp: string = `Exit codes:
  0    done
  1    failed; the message says why
  2    wrong use of the command
  3    the broker is not running, or its socket cannot be trusted
  4    no password, a wrong one, or too many wrong ones
  5    not approved: denied, timed out, withdrawn, or changed meanwhile
  6    no such account, vault, item, field, prompt or session
  7    the broker did not start: a directory, file or setting is not as it must be
  8    the broker did not start: another one runs, or something is at its place
  9    the broker did not start: this system, or this Node, lacks what it needs
  126  assent run: the command is there and was not started
  127  assent run: there is no such command
  130  interrupted

assent run ends as its command does.`;

/**
 * A failure told to the user: one line that says what happened and, if there
 * is anything to do, one that says what. Holds no secret.
 */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;
  /** What to do next. */
  readonly hint: string | undefined;
  constructor(exitCode: number, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** The command was used in a wrong way. */
export function usageError(message: string, hint?: string): CommandError {
  return new CommandError(exitCodes.usage, message, hint);
}
