// SPDX-License-Identifier: Apache-2.0
import {
  type AssentClient,
  type ReferenceFailureError,
  type ReferenceFailureName,
  validateSecretReference,
} from "@assent/sdk-browserless";
import { told } from "./errors.ts";
import { passwordOf } from "./password.ts";
import type {
  GeneratePasswordResponse,
  PasswordRecipe,
  ResolveAllResponse,
  ResolveReferenceError,
} from "./secret-shapes.ts";

/** Reads secrets. References begin with `op://` or `assent://`. */
export interface SecretsApi {
  /** @throws ReferenceFailureError when the reference has no value */
  resolve(secretReference: string): Promise<string>;
  /** Many at once. One that has no value does not hinder the others. */
  resolveAll(secretReferences: string[]): Promise<ResolveAllResponse>;
}

/** Reads secrets, and what can be done without a client. */
export class Secrets implements SecretsApi {
  readonly #client: AssentClient;

  constructor(client: AssentClient) {
    this.#client = client;
  }

  /** @throws ReferenceFailureError when the reference has no value */
  resolve(secretReference: string): Promise<string> {
    return told(() => this.#client.secrets.resolve(secretReference));
  }

  /** Many at once. One that has no value does not hinder the others. */
  resolveAll(secretReferences: string[]): Promise<ResolveAllResponse> {
    return told(async () => {
      const outcomes = await this.#client.secrets.resolveAll(secretReferences);
      const individualResponses: ResolveAllResponse["individualResponses"] = {};
      for (const [reference, outcome] of outcomes) {
        if (outcome.error !== undefined) {
          const error = failureOf(outcome.error);
          put(individualResponses, reference, { error });
          continue;
        }
        const { secret, itemId, vaultId } = outcome;
        const content = { secret: secret.reveal(), itemId, vaultId };
        secret[Symbol.dispose]();
        put(individualResponses, reference, { content });
      }
      return { individualResponses };
    });
  }

  /** @throws ReferenceFailureError unless it is a well-formed reference */
  static validateSecretReference(secretReference: string): void {
    validateSecretReference(secretReference);
  }

  /** @throws AssentError "invalid" for a recipe that breaks a rule */
  static generatePassword(recipe: PasswordRecipe): GeneratePasswordResponse {
    return { password: passwordOf(recipe) };
  }
}

/** Also for a key such as `__proto__`. */
export function put<T>(record: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(record, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

const failureTypes: Readonly<
  Record<ReferenceFailureName, ResolveReferenceError["type"]>
> = {
  parsing: "parsing",
  "vault-not-found": "vaultNotFound",
  "too-many-vaults": "tooManyVaults",
  "item-not-found": "itemNotFound",
  "too-many-items": "tooManyItems",
  "field-not-found": "fieldNotFound",
  "too-many-fields": "tooManyMatchingFields",
  "section-not-found": "noMatchingSections",
  "not-a-totp-field": "incompatibleTOTPQueryParameterField",
  "totp-failed": "unableToGenerateTotpCode",
  "not-an-ssh-key": "incompatibleSshKeyQueryParameterField",
  "ssh-format-failed": "unableToFormatPrivateKeyToOpenSsh",
  "out-of-scope": "other",
  "ssh-key-metadata-not-found": "sSHKeyMetadataNotFound",
  "ssh-key-parsing": "unableToParsePrivateKey",
  "unsupported-file-format": "unsupportedFileFormat",
  other: "other",
};

/** A failure, by its name there. */
export function failureOf({
  failure,
  message,
}: ReferenceFailureError): ResolveReferenceError {
  const type = failureTypes[failure];
  return type === "parsing" || type === "unableToGenerateTotpCode"
    ? { type, message }
    : { type };
}
