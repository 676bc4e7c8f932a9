// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";

// What may happen, as data: a walk can be printed, repeated and shrunk. Numbers
// name processes, prompts and the like modulo how many there are; a step that
// means nothing where it comes is passed over.

/** Names that programs ask for: two accounts, two made up, and none. */
export const askedNames = ["Personal", "Work", "Nowhere", "Elsewhere", ""];
/** The accounts there are, in order of name. */
export const accountNames = ["Personal", "Work"];
/** Vaults of each account. */
export const vaultNames = ["Dev", "Ops"];
/** Titles that items bear or take. */
export const titles = ["Alpha", "Beta", "Gamma", "Delta"];
export const fieldNames = ["token", "user"];

/** What a program asks to be allowed, as it is put into Authorize. */
export const scopes: readonly (object | undefined)[] = [
  undefined,
  { access: "ACCESS_READ_WRITE", everyVault: {} },
  { access: "ACCESS_READ", vaults: { vaults: ["Dev"] } },
  { access: "ACCESS_READ", vaults: { vaults: ["Dev", "Ops"] } },
  references("Dev/Alpha"),
  references("Dev/Alpha/token"),
  references("Dev/Alpha/token", "Ops/Gamma/user"),
  references("Dev/Beta/user"),
  references("Dev/Nothing/token"),
];

function references(...paths: string[]): object {
  return {
    access: "ACCESS_READ",
    references: { references: paths.map((path) => `assent://${path}`) },
  };
}

/** What a program reads. */
export type Reading =
  | { readonly read: "fields"; readonly of: readonly FieldPath[] }
  /** A field by where its item is now. */
  | { readonly read: "field-of"; readonly item: number; readonly field: number }
  | { readonly read: "item"; readonly vault: number; readonly item: number }
  | { readonly read: "vaults" };

export interface FieldPath {
  readonly vault: number;
  readonly title: number;
  readonly field: number;
}

/** How the user answers a prompt. */
export interface Answering {
  readonly prompt: number;
  /** Which account, where the user has the choice. */
  readonly choice: number;
  /** Another scope than what is asked; it must be narrower. */
  readonly scope: number | undefined;
  /** Seconds. */
  readonly inactivity: number | undefined;
}

/** What a program asks for. */
export interface Asking {
  readonly asked: number;
  readonly scope: number;
  /** Seconds. */
  readonly inactivity: number | undefined;
  readonly never: boolean;
}

export type Step =
  | ({ readonly do: "authorize"; readonly process: number } & Asking)
  | {
      readonly do: "request";
      readonly process: number;
      readonly asked: number;
      readonly reading: Reading;
    }
  /** Authorize, by whoever may already, as it did. */
  | { readonly do: "again"; readonly access: number }
  /** A Request every ten minutes, but one millisecond, for half a day. */
  | { readonly do: "work"; readonly access: number; readonly reading: Reading }
  /** It asks, and is denied, so many times. */
  | { readonly do: "pester"; readonly process: number; readonly times: number }
  /** A Request by whoever may. */
  | { readonly do: "use"; readonly access: number; readonly reading: Reading }
  | { readonly do: "revoke"; readonly process: number; readonly asked: number }
  | { readonly do: "cancel"; readonly call: number }
  | { readonly do: "reconnect" | "fork"; readonly process: number }
  | {
      readonly do: "exec" | "exit";
      readonly process: number;
      readonly swept: boolean;
    }
  | ({ readonly do: "approve"; readonly wrong: boolean } & Answering)
  | ({ readonly do: "begin" } & Answering)
  /** Approve with a wrong password, so many times. */
  | ({ readonly do: "guess"; readonly times: number } & Answering)
  | {
      readonly do: "finish";
      readonly approval: number;
      /** Milliseconds that pass before; or its account gets another password. */
      readonly after: number | "password";
      readonly wrong: boolean;
    }
  | { readonly do: "shown" | "stale" | "deny"; readonly prompt: number }
  | { readonly do: "lock"; readonly account: number | undefined }
  | { readonly do: "unlock" | "password"; readonly account: number }
  | { readonly do: "pass" | "sleep"; readonly ms: number }
  | { readonly do: "set-wall"; readonly ms: number }
  | { readonly do: "sweep" | "list" | "restart" }
  | { readonly do: "integration"; readonly on: boolean }
  | {
      readonly do: "end-sessions";
      readonly which: "one" | "account" | "all";
      readonly at: number;
    }
  | {
      readonly do: "rename";
      readonly account: number;
      readonly item: number;
      readonly title: number;
    }
  | {
      readonly do: "move" | "delete";
      readonly account: number;
      readonly item: number;
    };

// Few of everything, so that steps meet each other.
const process = fc.constantFrom(0, 0, 0, 1, 1, 2, 3);
const prompt = fc.nat(3);
const account = fc.constantFrom(0, 0, 0, 1);
const item = fc.constantFrom(0, 0, 0, 1, 2);
const asked = fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3, 4);
const scope = fc.constantFrom(0, 0, 0, 1, 2, 2, 3, 4, 5, 6, 6, 6, 7, 8);
const inactivity = fc.constantFrom(undefined, undefined, undefined, 60, 599);
const mostly = (value: undefined, other: fc.Arbitrary<number>) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(value) },
    { weight: 1, arbitrary: other },
  );
const answering = {
  prompt,
  choice: account,
  scope: mostly(undefined, scope),
  inactivity: mostly(undefined, fc.constantFrom(60, 300)),
};
const fieldPath = fc.oneof(
  // Those that are there at first, and any other.
  {
    weight: 4,
    arbitrary: fc.constantFrom<FieldPath>(
      { vault: 0, title: 0, field: 0 },
      { vault: 0, title: 0, field: 1 },
      { vault: 0, title: 1, field: 1 },
      { vault: 1, title: 2, field: 1 },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      vault: fc.nat(vaultNames.length - 1),
      title: fc.nat(titles.length - 1),
      field: fc.nat(fieldNames.length - 1),
    }),
  },
);
const reading: fc.Arbitrary<Reading> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      read: fc.constant("fields" as const),
      of: fc.array(fieldPath, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      read: fc.constant("field-of" as const),
      item,
      field: fc.nat(fieldNames.length - 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      read: fc.constant("item" as const),
      vault: fc.constantFrom(0, 0, 1),
      item,
    }),
  },
  fc.record({ read: fc.constant("vaults" as const) }),
);
const ms = fc.oneof(
  fc.constantFrom(1, 1_000, 30_000, 59_999, 60_000, 119_999, 120_000),
  fc.constantFrom(300_000, 540_000, 599_999, 600_000),
  fc.constantFrom(43_199_999, 43_200_000),
  fc.nat(700_000),
);
const is = <const T extends string>(name: T) => fc.constant(name);
const rarely = fc.constantFrom(...Array<boolean>(9).fill(false), true);
const steps = (weight: number, shape: fc.Arbitrary<Step>) => ({
  weight,
  arbitrary: shape,
});

/** One step, the common ones more often. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  steps(
    40,
    fc.record({
      do: is("authorize"),
      process,
      asked,
      scope,
      inactivity,
      never: rarely,
    }),
  ),
  steps(60, fc.record({ do: is("use"), access: fc.nat(3), reading })),
  steps(15, fc.record({ do: is("request"), process, asked, reading })),
  steps(12, fc.record({ do: is("again"), access: fc.nat(3) })),
  steps(50, fc.record({ do: is("approve"), wrong: rarely, ...answering })),
  steps(8, fc.record({ do: is("begin"), ...answering })),
  steps(
    8,
    fc.record({
      do: is("finish"),
      approval: fc.nat(2),
      after: fc.constantFrom(0, 0, 59_999, 60_000, "password" as const),
      wrong: rarely,
    }),
  ),
  steps(
    3,
    fc.record({
      do: is("guess"),
      times: fc.constantFrom(1, 4, 5, 6),
      ...answering,
    }),
  ),
  steps(1, fc.record({ do: is("work"), access: fc.nat(3), reading })),
  steps(4, fc.record({ do: is("pester"), process, times: fc.nat(3) })),
  steps(4, fc.record({ do: fc.constantFrom("shown", "stale"), prompt })),
  steps(5, fc.record({ do: is("deny"), prompt })),
  steps(4, fc.record({ do: is("revoke"), process, asked })),
  steps(3, fc.record({ do: is("cancel"), call: fc.nat(3) })),
  steps(
    4,
    fc.record({ do: is("lock"), account: fc.constantFrom(0, 0, 1, undefined) }),
  ),
  steps(4, fc.record({ do: is("unlock"), account })),
  steps(3, fc.record({ do: is("password"), account })),
  steps(15, fc.record({ do: fc.constantFrom("pass", "pass", "sleep"), ms })),
  steps(
    3,
    fc.record({
      do: is("set-wall"),
      ms: fc.constantFrom(-86_400_000, -1, 1, 86_400_000),
    }),
  ),
  steps(10, fc.record({ do: fc.constantFrom("sweep", "list") })),
  steps(
    3,
    fc.record({
      do: fc.constantFrom("exec", "exec", "exit"),
      process,
      swept: fc.boolean(),
    }),
  ),
  steps(
    4,
    fc.record({
      do: fc.constantFrom("reconnect", "reconnect", "reconnect", "fork"),
      process,
    }),
  ),
  steps(2, fc.record({ do: is("integration"), on: fc.constant(false) })),
  steps(10, fc.record({ do: is("integration"), on: fc.constant(true) })),
  steps(1, fc.record({ do: is("restart") })),
  steps(
    4,
    fc.record({
      do: is("end-sessions"),
      which: fc.constantFrom("one", "one", "account", "all"),
      at: fc.nat(3),
    }),
  ),
  steps(
    8,
    fc.record({
      do: is("rename"),
      account,
      item,
      title: fc.nat(titles.length - 1),
    }),
  ),
  steps(8, fc.record({ do: is("move"), account, item })),
  steps(2, fc.record({ do: is("delete"), account, item })),
);

const asks = (scope: number): Step => ({
  do: "authorize",
  process: 0,
  asked: 0,
  scope,
  inactivity: undefined,
  never: false,
});
const answer: Answering = {
  prompt: 0,
  choice: 0,
  scope: undefined,
  inactivity: undefined,
};
const approve: Step = { do: "approve", wrong: false, ...answer };
const begin: Step = { do: "begin", ...answer };
const finish = (after: number | "password"): Step => ({
  do: "finish",
  approval: 0,
  after,
  wrong: false,
});
const readsField: Reading = { read: "field-of", item: 0, field: 0 };

/** Taken before any other: what chance would seldom bring together. */
export const firstWalks: readonly Step[][] = [
  [asks(0), approve, { do: "work", access: 0, reading: readsField }],
  [asks(0), begin, finish(59_999), asks(1), begin, finish(60_000)],
  [asks(0), begin, finish("password")],
  [
    asks(6),
    approve,
    { do: "move", account: 0, item: 0 },
    { do: "use", access: 0, reading: readsField },
  ],
];
