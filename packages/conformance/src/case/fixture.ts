// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type {
  SeedRequestSchema,
  SeedResponse,
} from "@assent/protocol/conformance";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Canary } from "../canary/canary.ts";
import { NotRun } from "./verdict.ts";

/** An item of the accounts that each case begins with. */
export interface FixtureItem {
  readonly name: string;
  readonly vault: string;
  readonly vaultId: string;
  readonly title: string;
  readonly id: string;
  /** A canary. */
  readonly value: string;
  readonly otpUri: string;
  /** assent://VAULT/TITLE/value. */
  readonly reference: string;
}

/** An account that each case begins with. */
export interface FixtureAccount {
  readonly id: string;
  readonly name: string;
  /** A canary: nobody outside the broker may ever see it. */
  readonly credential: string;
  readonly items: readonly FixtureItem[];
}

/** Two accounts: the first with vaults V1 (i1, i2) and V2 (i3), the second with V1 (j1). */
export interface Fixture {
  readonly acct1: FixtureAccount;
  readonly acct2: FixtureAccount;
  readonly canaries: readonly Canary[];
  /** By name: "i1" to "i3", "j1". */
  item(name: string): FixtureItem;
}

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** 26 characters of base32, like ids of accounts, vaults and items. */
export function newId(): string {
  return Array.from(randomBytes(26), (byte) => alphabet[byte & 31]).join("");
}

/** As a broker is told to make them. */
export function accountsOf({
  acct1,
  acct2,
}: Fixture): NonNullable<
  MessageInitShape<typeof SeedRequestSchema>["accounts"]
> {
  return [acct1, acct2].map((account) => ({
    accountId: account.id,
    displayName: account.name,
    credential: account.credential,
    items: account.items.map(({ vault, id, title, value, otpUri }) => ({
      vault,
      itemId: id,
      title,
      value,
      otpUri,
    })),
  }));
}

/** With the ids that the broker chose, where it did. */
export function asSeeded(fixture: Fixture, seeded: SeedResponse): Fixture {
  const account = (planned: FixtureAccount, index: number): FixtureAccount => {
    const id = seeded.accountIds[index] ?? planned.id;
    return {
      ...planned,
      id,
      items: planned.items.map((item) => {
        const made = seeded.items.find(
          ({ accountId, vault, title }) =>
            accountId === id && vault === item.vault && title === item.title,
        );
        return {
          ...item,
          get id() {
            return chosenId(made?.itemId ?? item.id);
          },
          get vaultId() {
            return chosenId(made?.vaultId ?? item.vault);
          },
        };
      }),
    };
  };
  const acct1 = account(fixture.acct1, 0);
  const acct2 = account(fixture.acct2, 1);
  return {
    acct1,
    acct2,
    canaries: fixture.canaries,
    item: finder([...acct1.items, ...acct2.items]),
  };
}

/** Empty: the broker chose one, and nobody told. @throws NotRun */
function chosenId(id: string): string {
  if (id !== "") return id;
  throw new NotRun(
    "the ids that the broker chose (a control service, or --on-prompt, tells them)",
  );
}

function finder(items: readonly FixtureItem[]): Fixture["item"] {
  return (name) => {
    const found = items.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no item ${name}`);
    return found;
  };
}

/** Fresh accounts with fresh canaries. */
export function createFixture(): Fixture {
  const canary = (what: string) =>
    `canary-${what}-${randomBytes(9).toString("hex")}`;
  const item = (name: string, vault: string, otp = false): FixtureItem => ({
    name,
    vault,
    vaultId: vault,
    title: name,
    id: newId(),
    value: canary(name),
    otpUri: otp
      ? "otpauth://totp/Test:user?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Test"
      : "",
    reference: `assent://${vault}/${name}/value`,
  });
  const account = (
    name: string,
    items: readonly FixtureItem[],
  ): FixtureAccount => ({
    id: newId(),
    name,
    credential: canary("credential"),
    items,
  });
  const acct1 = account("Personal", [
    item("i1", "V1", true),
    item("i2", "V1"),
    item("i3", "V2"),
  ]);
  const acct2 = account("Work", [item("j1", "V1")]);
  const items = [...acct1.items, ...acct2.items];
  return {
    acct1,
    acct2,
    canaries: [
      ...items.map(({ name, value }) => ({ name, value })),
      { name: "credential of acct1", value: acct1.credential },
      { name: "credential of acct2", value: acct2.credential },
    ],
    item: finder(items),
  };
}
