// SPDX-License-Identifier: Apache-2.0
import type {
  AssentClient,
  Item as OwnItem,
  SecretOutcome,
} from "@assent/sdk-browserless";
import type { ItemFieldDetails } from "./item-shapes.ts";

/** The details of a field of an item, if it has any. */
export type Details = (
  item: OwnItem,
  fieldId: string,
) => ItemFieldDetails | undefined;

/** Ask the broker for codes and public keys of these items: one request, none without such fields. */
export async function readDetails(
  { secrets }: AssentClient,
  items: readonly OwnItem[],
): Promise<Details> {
  const asked = items.flatMap((item) =>
    item.fields.flatMap(({ id, type }) => {
      if (type === "totp") return [codeOf(item, id)];
      return type === "ssh-key"
        ? keyParts.map((part) => partOf(item, part))
        : [];
    }),
  );
  if (asked.length === 0) return () => undefined;
  const outcomes = await secrets.resolveAll(asked);
  const texts = new Map<string, string>();
  for (const [reference, { secret }] of outcomes) {
    if (secret === undefined) continue;
    texts.set(reference, secret.reveal());
    secret[Symbol.dispose]();
  }
  return (item, fieldId) => {
    const field = item.fields.find(({ id }) => id === fieldId);
    if (field?.type === "totp") {
      const reference = codeOf(item, fieldId);
      return otp(texts.get(reference), outcomes.get(reference));
    }
    return field?.type === "ssh-key" ? sshKey(item, texts) : undefined;
  };
}

const keyParts = ["public_key", "fingerprint", "key_type"] as const;

const codeOf = ({ vaultId, id }: OwnItem, fieldId: string) =>
  `assent://${vaultId}/${id}/${fieldId}?attribute=otp`;

const partOf = ({ vaultId, id }: OwnItem, part: string) =>
  `assent://${vaultId}/${id}/${part}`;

function otp(
  code: string | undefined,
  outcome: SecretOutcome | undefined,
): ItemFieldDetails {
  if (code !== undefined) return { type: "Otp", content: { code } };
  const errorMessage = outcome?.error?.message ?? "";
  return { type: "Otp", content: { errorMessage } };
}

function sshKey(
  item: OwnItem,
  texts: ReadonlyMap<string, string>,
): ItemFieldDetails {
  const [publicKey, fingerprint, keyType] = keyParts.map((part) =>
    texts.get(partOf(item, part)),
  );
  if (!publicKey || !fingerprint || !keyType) return { type: "SshKey" };
  return { type: "SshKey", content: { publicKey, fingerprint, keyType } };
}
