// SPDX-License-Identifier: Apache-2.0
import {
  FieldType,
  parseSecretReference,
  ReferenceFailure,
  ReferenceSyntaxError,
} from "@assent/protocol";
import { makeSafe, referenceFailureText } from "@assent/wording";
import { CommandError, exitCodes, usageError } from "../exit.ts";
import { type Io, write } from "../io.ts";
import { findItem, forgetItem, getItem, operate } from "../owner/operate.ts";
import {
  type AccountOptions,
  type Authenticated,
  withCredential,
} from "../owner/session.ts";
import { type FieldSpec, findField } from "./field-spec.ts";

/** Options of `assent item otp`. */
export interface CodeOptions extends AccountOptions {
  readonly field?: FieldSpec;
}

/** The one-time code of now, of a reference or of an item. The broker makes it. */
export async function showCode(
  io: Io,
  place: string,
  title: string | undefined,
  options: CodeOptions,
): Promise<void> {
  const named = title === undefined ? codeOf(place) : undefined;
  await withCredential(io, options, async (session) => {
    const reference =
      named ?? (await findCode(session, place, title ?? "", options.field));
    const code = await resolve(session, reference);
    try {
      await write(io.stdout, Buffer.concat([code, Buffer.from("\n")]));
    } finally {
      code.fill(0);
    }
  });
}

// Of a reference to a field, the one to its code.
function codeOf(text: string): string {
  try {
    const { attribute } = parseSecretReference(text);
    return attribute === "otp" ? text : `${text.split("?")[0]}?attribute=otp`;
  } catch (error) {
    if (!(error instanceof ReferenceSyntaxError)) throw error;
    throw usageError(
      "Name a vault and an item, or a reference as in assent://Dev/GitHub/code.",
    );
  }
}

async function findCode(
  session: Authenticated,
  vaultName: string,
  title: string,
  spec: FieldSpec | undefined,
): Promise<string> {
  const { overview } = await findItem(session, vaultName, title);
  const item = await getItem(session, overview);
  const { id, vaultId } = overview;
  const fields = item.fields.filter(({ type }) => type === FieldType.TOTP);
  const [first, second] =
    spec === undefined ? fields : [findField(item, spec), undefined];
  forgetItem(item);
  if (second !== undefined) {
    throw new CommandError(
      exitCodes.notFound,
      `${makeSafe(title)} has ${fields.length} one-time passwords.`,
      "Say which with --field NAME.",
    );
  }
  if (first === undefined) {
    throw new CommandError(
      exitCodes.notFound,
      `${makeSafe(title)} has no one-time password.`,
    );
  }
  return `assent://${vaultId}/${id}/${first.id}?attribute=otp`;
}

async function resolve(
  session: Authenticated,
  reference: string,
): Promise<Uint8Array> {
  const { secrets } = await operate(
    session,
    { case: "resolveSecrets", value: { references: [reference] } },
    "resolvedSecrets",
  );
  const outcome = secrets[0]?.outcome;
  if (outcome?.case === "value") return outcome.value;
  const failure =
    outcome?.case === "failure" ? outcome.value : ReferenceFailure.OTHER;
  throw new CommandError(
    failure === ReferenceFailure.TOTP_FAILED
      ? exitCodes.failed
      : exitCodes.notFound,
    `There is no code: ${referenceFailureText(failure)}.`,
    failure === ReferenceFailure.TOTP_FAILED
      ? "Known are time-based codes (RFC 6238) of 6 to 10 digits, with SHA-1, SHA-256 or SHA-512. Steam's are not, and counters are not."
      : undefined,
  );
}
