// SPDX-License-Identifier: Apache-2.0
import {
  type FieldPath,
  fieldNames,
  type Reading,
  scopes,
  titles,
  vaultNames,
} from "./steps.ts";

// What lies in an account, and what a scope reaches of it: the oracle's own
// notion, by names and object identity, with no code of the product.

export interface Item {
  readonly id: string;
  vault: string;
  title: string;
  /** Field name to field id and planted value. */
  readonly fields: Readonly<
    Record<string, { readonly id: string; readonly canary: string }>
  >;
}

export interface Content {
  /** Vault name to id and planted description. */
  readonly vaults: Readonly<
    Record<string, { readonly id: string; readonly canary: string }>
  >;
  items: Item[];
}

/** What a yes was given to: things, not names (SES-018). */
export type Reach =
  | { readonly kind: "all"; readonly write: boolean }
  | { readonly kind: "vaults"; readonly vaults: readonly string[] }
  | { readonly kind: "references"; readonly references: readonly Bound[] };

interface Bound {
  readonly item: Item;
  /** The vault in which the item was when the yes was given. */
  readonly vault: string;
  readonly field: string | undefined;
}

/** Bind a scope to what its names mean now; `isWhole` when all of them mean something. */
export function bind(
  scope: number,
  content: Content,
): { readonly reach: Reach; readonly isWhole: boolean } {
  const asked = scopes[scope] as
    | {
        access: string;
        vaults?: { vaults: string[] };
        references?: { references: string[] };
      }
    | undefined;
  if (asked?.vaults !== undefined) {
    const vaults = asked.vaults.vaults;
    return { reach: { kind: "vaults", vaults }, isWhole: true };
  }
  if (asked?.references !== undefined) {
    const paths = asked.references.references;
    const bound = paths.flatMap((path) => {
      const [vault = "", title = "", field] = path
        .slice("assent://".length)
        .split("/");
      const item = itemAt(content.items, vault, title);
      return item === undefined ? [] : [{ item, vault, field }];
    });
    return {
      reach: { kind: "references", references: bound },
      isWhole: bound.length === paths.length,
    };
  }
  const write = asked?.access === "ACCESS_READ_WRITE";
  return { reach: { kind: "all", write }, isWhole: true };
}

function itemAt(
  items: readonly Item[],
  vault: string,
  title: string,
): Item | undefined {
  return items.find((one) => one.vault === vault && one.title === title);
}

/** Whether one yes covers everything that another would give. */
export function covers(given: Reach, wanted: Reach): boolean {
  switch (wanted.kind) {
    case "all":
      return given.kind === "all" && (given.write || !wanted.write);
    case "vaults":
      return wanted.vaults.every(
        (vault) =>
          given.kind === "all" ||
          (given.kind === "vaults" && given.vaults.includes(vault)),
      );
    case "references":
      return (
        wanted.references.length > 0 &&
        wanted.references.every((one) => reaches(given, one))
      );
  }
}

function reaches(given: Reach, wanted: Bound): boolean {
  switch (given.kind) {
    case "all":
      return true;
    case "vaults":
      return given.vaults.includes(wanted.vault);
    case "references":
      return given.references.some(
        (one) =>
          one.item === wanted.item &&
          one.vault === wanted.vault &&
          (one.field === undefined || one.field === wanted.field),
      );
  }
}

/** Whether a yes to this gives nothing at all. */
export function isEmpty(reach: Reach): boolean {
  return reach.kind === "references" && reach.references.length === 0;
}

/** What comes of reading, for each thing that is read: a planted value, or why not. */
export interface Read {
  readonly outcomes: readonly string[];
  /** Planted values that may be in the answer. */
  readonly canaries: readonly string[];
  /** Of the yeses given, by number: those by which it was allowed. */
  readonly by: ReadonlySet<number>;
}

/** Read with these yeses, each judged alone, the oldest first (SES-017). Undefined: all of it is outside. */
export function readWith(
  reaches: readonly Reach[],
  reading: Reading,
  content: Content,
): Read | undefined {
  const by = new Set<number>();
  if (reading.read === "vaults") {
    const seen = new Set<string>();
    reaches.forEach((reach, at) => {
      if (reach.kind === "references") return;
      by.add(at);
      for (const vault of reach.kind === "all" ? vaultNames : reach.vaults) {
        seen.add(vault);
      }
    });
    const canaries = [...seen].map(
      (vault) => content.vaults[vault]?.canary ?? "",
    );
    return by.size === 0
      ? undefined
      : { outcomes: [...seen].sort(), canaries, by };
  }
  if (reading.read === "item") return readItem(reaches, reading, content);
  if (reading.read === "field-of") throw new Error("a path, please");
  const outcomes = reading.of.map((path) => {
    const one = readField(reaches, path, content);
    if (one.by !== undefined) by.add(one.by);
    return one;
  });
  if (by.size === 0) return undefined;
  return {
    outcomes: outcomes.map((one) => one.canary ?? one.failure ?? ""),
    canaries: outcomes.flatMap((one) => one.canary ?? []),
    by,
  };
}

function readField(
  given: readonly Reach[],
  path: FieldPath,
  { items }: Content,
): {
  readonly canary?: string;
  readonly failure?: string;
  readonly by?: number;
} {
  const vault = vaultNames[path.vault] ?? "";
  const title = titles[path.title] ?? "";
  const field = fieldNames[path.field] ?? "";
  // Each yes sees only what it reaches.
  let missing: number | undefined;
  for (const [at, reach] of given.entries()) {
    const item = itemAt(items, vault, title);
    if (item !== undefined && reaches(reach, { item, vault, field })) {
      return { canary: item.fields[field]?.canary ?? "", by: at };
    }
    const knows =
      reach.kind === "all" ||
      (reach.kind === "vaults" && reach.vaults.includes(vault));
    if (knows) missing ??= at;
  }
  if (missing === undefined) return { failure: "OUT_OF_SCOPE" };
  return { failure: "ITEM_NOT_FOUND", by: missing };
}

function readItem(
  given: readonly Reach[],
  reading: { readonly vault: number; readonly item: number },
  { items }: Content,
): Read | undefined {
  const vault = vaultNames[reading.vault] ?? "";
  const item = items[reading.item % Math.max(1, items.length)];
  if (item === undefined) return undefined;
  for (const [at, reach] of given.entries()) {
    const by = new Set([at]);
    const isThere = item.vault === vault;
    if (isThere && reaches(reach, { item, vault, field: undefined })) {
      const canaries = Object.values(item.fields).map((one) => one.canary);
      return { outcomes: ["item"], canaries, by };
    }
    const knows =
      reach.kind === "all" ||
      (reach.kind === "vaults" && reach.vaults.includes(vault));
    if (knows) return { outcomes: ["NOT_FOUND"], canaries: [], by };
  }
  return undefined;
}
