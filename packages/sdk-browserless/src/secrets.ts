// SPDX-License-Identifier: Apache-2.0
import {
  limits,
  ReferenceFailure,
  type ResolvedSecret,
  ResolveSecretsSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { CallOptions } from "./call-limit.ts";
import { AssentError, ReferenceFailureError } from "./error.ts";
import { generatePassword, type PasswordRecipe } from "./password.ts";
import {
  referenceFailureError,
  validateSecretReference,
} from "./reference-failure.ts";
import type { Request, Requester } from "./requester.ts";
import { decodeText, Secret } from "./secret.ts";

/** What came of one reference: a secret, or why there is none. */
export type SecretOutcome =
  | {
      readonly secret: Secret;
      readonly vaultId: string;
      readonly itemId: string;
      readonly error?: undefined;
    }
  | { readonly secret?: undefined; readonly error: ReferenceFailureError };

/** Reads secrets. */
export interface Secrets {
  /**
   * The text behind a secret reference, as in `assent://Dev/GitHub/token`.
   *
   * @throws ReferenceFailureError when it has no value
   * @throws AssentError "not-text" when the value is not UTF-8, and as every call
   */
  resolve(reference: string, options?: CallOptions): Promise<string>;
  /**
   * The bytes behind a secret reference; the array is the program's own.
   *
   * @throws ReferenceFailureError when it has no value
   * @throws AssentError as every call
   */
  resolveBytes(
    reference: string,
    options?: CallOptions,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Many references at once. One that has no value does not hinder the others.
   *
   * @throws AssentError as every call
   */
  resolveAll(
    references: Iterable<string>,
    options?: CallOptions,
  ): Promise<ReadonlyMap<string, SecretOutcome>>;
  /**
   * A new password, made in this process; nobody is asked.
   *
   * @throws AssentError "invalid" for a recipe that breaks a rule
   */
  generatePassword(recipe?: PasswordRecipe): string;
}

export function createSecrets(requester: Requester): Secrets {
  // The value is a view of the answer; `use` copies what it keeps.
  function readOne<T>(
    reference: string,
    options: CallOptions | undefined,
    use: (value: Uint8Array) => T,
  ): Promise<T> {
    return requester(options, async (request) => {
      validateSecretReference(reference);
      const [secret] = await read(request, [reference]);
      if (secret?.outcome.case !== "value") throw failureOf(secret, reference);
      const { value } = secret.outcome;
      try {
        return use(value);
      } finally {
        value.fill(0);
      }
    });
  }

  return {
    resolve: (reference, options) => readOne(reference, options, decodeText),
    resolveBytes: (reference, options) =>
      readOne(reference, options, (value) => new Uint8Array(value)),
    generatePassword: (recipe) => generatePassword(recipe),
    resolveAll: (references, options) =>
      requester(options, async (request) => {
        const outcomes = new Map<string, SecretOutcome>();
        const asked: string[] = [];
        for (const reference of new Set(references)) {
          const error = syntaxError(reference);
          if (error === undefined) asked.push(reference);
          else outcomes.set(reference, { error });
        }
        for (let i = 0; i < asked.length; i += limits.references) {
          const part = asked.slice(i, i + limits.references);
          const secrets = await read(request, part);
          for (const [j, reference] of part.entries()) {
            outcomes.set(reference, outcomeOf(secrets[j], reference));
          }
        }
        return outcomes;
      }),
  };
}

async function read(
  request: Request,
  references: string[],
): Promise<ResolvedSecret[]> {
  const { secrets } = await request(
    "reads",
    {
      case: "resolveSecrets",
      value: create(ResolveSecretsSchema, { references }),
    },
    "resolvedSecrets",
  );
  if (secrets.length === references.length) return secrets;
  throw new AssentError("malformed-answer");
}

function outcomeOf(
  resolved: ResolvedSecret | undefined,
  reference: string,
): SecretOutcome {
  if (resolved?.outcome.case !== "value") {
    return { error: failureOf(resolved, reference) };
  }
  const { value } = resolved.outcome;
  const secret = new Secret(value);
  value.fill(0);
  return { secret, vaultId: resolved.vaultId, itemId: resolved.itemId };
}

function failureOf(
  resolved: ResolvedSecret | undefined,
  reference: string,
): ReferenceFailureError {
  const outcome = resolved?.outcome;
  return referenceFailureError(
    outcome?.case === "failure" ? outcome.value : ReferenceFailure.OTHER,
    reference,
  );
}

function syntaxError(reference: string): ReferenceFailureError | undefined {
  try {
    validateSecretReference(reference);
    return undefined;
  } catch (error) {
    if (error instanceof ReferenceFailureError) return error;
    throw error;
  }
}
