// SPDX-License-Identifier: Apache-2.0
// What the adapter does by itself. That programs run on it, on a real broker:
// scripts/onepassword.test.ts.
import {
  Access,
  ItemOutcomesSchema,
  type Operation,
  Reason,
  ReferenceFailureSchema,
  ResolvedSecretsSchema,
  ScopeSchema,
} from "@assent/protocol";
import { AssentError, ReferenceFailureError } from "@assent/sdk-browserless";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { errorOf } from "../../test/client.ts";
import {
  canary,
  grant,
  reference,
  refusal,
  startBroker,
} from "../../test/scripted-broker.ts";
import * as sdk from "./index.ts";
import { put } from "./secrets.ts";

type Broker = Awaited<ReturnType<typeof startBroker>>;

const connect = (broker: Broker) =>
  sdk.createClient({
    auth: new sdk.DesktopAuth("Personal"),
    integrationName: "Test",
    integrationVersion: "1.0.0",
    endpoint: broker.path,
  });

const authorizeCalls = (broker: Broker) =>
  broker.seen.flatMap((call) =>
    call.rpc === "authorize" ? [call.message] : [],
  );

const writeGrant = () => {
  const answer = grant();
  if (answer.grant !== undefined) {
    answer.grant.scope = create(ScopeSchema, {
      access: Access.READ_WRITE,
      extent: { case: "everyVault", value: {} },
    });
  }
  return answer;
};

test("is the same by name and as the default", () => {
  for (const [name, value] of Object.entries(sdk.default)) {
    assert.is(Reflect.get(sdk, name), value);
  }
});

test("ways to sign in that do not exist here throw, and say what to use", async () => {
  const names = { integrationName: "Test", integrationVersion: "1" };
  const workload = { customerManagedSecret: canary, workloadUuid: "id" };
  for (const config of [
    { ...names, auth: canary },
    { ...names, auth: "" },
    names,
    { ...names, oidcFetcher: async () => canary },
    { ...names, workloadDetails: workload },
  ]) {
    const error = await errorOf(sdk.createClient(config));
    assert.instance(error, sdk.UnsupportedError);
    assert.is(error.code, "unsupported");
    assert.match(error.message, "new DesktopAuth(accountName)");
    assert.not(error.message.includes(canary));
  }
});

test("what is about other people throws, and says what to do", async () => {
  const { groups, items, vaults } = await sdk.createClient({
    auth: new sdk.DesktopAuth("Personal"),
    integrationName: "Test",
    integrationVersion: "1",
    endpoint: "/nonexistent/broker.sock",
  });
  const item = {} as sdk.Item;
  const policy = {} as sdk.ItemShareAccountPolicy;
  const permissions = sdk.READ_ITEMS;
  for (const [call, next] of [
    [groups.get("g", {}), "Leave this call out"],
    [items.shares.getAccountPolicy("v", "i"), "assent export"],
    [items.shares.validateRecipients(policy, []), "assent export"],
    [items.shares.create(item, policy, { oneTimeOnly: true }), "assent export"],
    [vaults.grantGroupPermissions("v", []), "`scope`"],
    [
      vaults.updateGroupPermissions([
        { vaultId: "v", groupId: "g", permissions },
      ]),
      "`scope`",
    ],
    [vaults.revokeGroupPermissions("v", "g"), "`scope`"],
    [vaults.get("v", { accessors: true }), "leave accessors out"],
    [
      vaults.create({ title: "x", allowAdminsAccess: true }),
      "leave allowAdminsAccess out",
    ],
  ] as const) {
    const error = await errorOf(call);
    assert.instance(error, sdk.UnsupportedError);
    assert.ok(error.message.includes(next), error.message);
  }
});

test("kinds of items and fields that are not kept throw, and nobody is asked", async () => {
  await using broker = await startBroker();
  const client = await connect(broker);
  const item = { vaultId: "v1", title: "x" };
  const field = { id: "f", title: "f", value: canary };
  const login = sdk.ItemCategory.Login;
  for (const [params, next] of [
    [{ ...item, category: sdk.ItemCategory.Passport }, "SecureNote"],
    [
      {
        ...item,
        category: login,
        fields: [{ ...field, fieldType: sdk.ItemFieldType.CreditCardNumber }],
      },
      "ItemFieldType.Concealed",
    ],
    [
      {
        ...item,
        category: login,
        fields: [{ ...field, fieldType: sdk.ItemFieldType.Address }],
      },
      "ItemFieldType.Text",
    ],
    [
      { ...item, category: canary as sdk.ItemCategory },
      "category that was given",
    ],
  ] as const) {
    const error = await errorOf(client.items.create(params as never));
    assert.instance(error, sdk.UnsupportedError);
    assert.ok(error.message.includes(next), error.message);
    assert.not(error.message.includes(canary));
    const { individualResponses } = await client.items.createAll("v1", [
      params as never,
    ]);
    assert.is(individualResponses[0]?.error?.type, "itemValidationError");
  }
  assert.equal(broker.seen, []);
});

test("a change asks for writing once, and after a no never again", async () => {
  await using broker = await startBroker();
  const client = await connect(broker);
  assert.is(await client.secrets.resolve(reference), canary);
  broker.authorize = () => {
    throw refusal(Code.PermissionDenied, Reason.PROMPT_DENIED);
  };
  for (const _ of [1, 2]) {
    const error = await errorOf(client.vaults.create({ title: "x" }));
    assert.is(error.code, "prompt-denied");
  }
  assert.equal(
    authorizeCalls(broker).map(({ scope }) => scope?.access),
    [Access.READ, Access.READ_WRITE],
  );
  // What was granted before stands.
  assert.is(await client.secrets.resolve(reference), canary);
});

test("two changes at once share one prompt, and the next needs none", async () => {
  await using broker = await startBroker();
  const client = await connect(broker);
  broker.authorize = () => writeGrant();
  broker.request = () => ({
    case: "done",
    value: { $typeName: "assent.v1.Done" },
  });
  await Promise.all([
    client.items.delete("v1", "i1"),
    client.items.archive("v1", "i2"),
  ]);
  await client.vaults.delete("v1");
  assert.is(authorizeCalls(broker).length, 1);
});

test("after a no to reading a change asks nobody either (SDK-004)", async () => {
  await using broker = await startBroker();
  broker.authorize = () => {
    throw refusal(Code.PermissionDenied, Reason.PROMPT_DENIED);
  };
  const client = await connect(broker);
  await errorOf(client.secrets.resolve(reference));
  const error = await errorOf(client.items.delete("v1", "i1"));
  assert.is(error.code, "prompt-denied");
  assert.is(authorizeCalls(broker).length, 1);
});

for (const [reason, kind] of [
  [Reason.ACCOUNT_LOCKED, sdk.DesktopSessionExpiredError],
  [Reason.SESSION_REVOKED, sdk.DesktopSessionExpiredError],
  [Reason.LIMIT_EXCEEDED, sdk.RateLimitExceededError],
  [Reason.NOT_FOUND, AssentError],
] as const) {
  test(`reason ${reason} is told as a ${kind.name}`, async () => {
    await using broker = await startBroker();
    broker.request = () => {
      throw refusal(Code.Unauthenticated, reason);
    };
    const client = await connect(broker);
    const error = await errorOf(client.vaults.list());
    assert.is(error.constructor, kind);
    assert.ok(error instanceof Error && error.message.length > 20);
  });
}

test("resolveAll tells each failure by its name there", async () => {
  await using broker = await startBroker();
  const failures = ReferenceFailureSchema.values.filter(
    ({ number }) => number !== 0,
  );
  broker.request = () => ({
    case: "resolvedSecrets",
    value: create(ResolvedSecretsSchema, {
      secrets: failures.map(({ number }) => ({
        outcome: { case: "failure" as const, value: number as never },
      })),
    }),
  });
  const client = await connect(broker);
  const asked = failures.map(({ number }) => `op://Dev/GitHub/f${number}`);
  const { individualResponses } = await client.secrets.resolveAll(asked);
  assert.equal(
    Object.values(individualResponses).map(({ error }) => error?.type),
    [
      "parsing",
      "vaultNotFound",
      "tooManyVaults",
      "itemNotFound",
      "tooManyItems",
      "fieldNotFound",
      "tooManyMatchingFields",
      "noMatchingSections",
      "incompatibleTOTPQueryParameterField",
      "unableToGenerateTotpCode",
      "incompatibleSshKeyQueryParameterField",
      "unableToFormatPrivateKeyToOpenSsh",
      "other",
      "sSHKeyMetadataNotFound",
      "unableToParsePrivateKey",
      "unsupportedFileFormat",
      "other",
    ],
  );
  const error = await errorOf(client.secrets.resolve("op://nothing"));
  assert.instance(error, ReferenceFailureError);
});

test("an outcome keeps a key that is also a name of objects", () => {
  const record: Record<string, number> = {};
  put(record, "__proto__", 1);
  assert.equal(Object.entries(record), [["__proto__", 1]]);
});

test("deleteAll deletes all at once, and one by one when one is missing", async () => {
  await using broker = await startBroker();
  broker.authorize = () => writeGrant();
  const asked: string[][] = [];
  broker.request = ({ operation }) => {
    const removal = (operation as Operation).operation;
    if (removal.case !== "removeItems") throw new Error("another operation");
    asked.push([...removal.value.itemIds]);
    if (removal.value.itemIds.includes("lost")) {
      throw refusal(Code.NotFound, Reason.NOT_FOUND);
    }
    return { case: "done", value: { $typeName: "assent.v1.Done" } };
  };
  const { items } = await connect(broker);
  assert.equal(await items.deleteAll("v1", ["a", "b"]), {
    individualResponses: { a: {}, b: {} },
  });
  assert.equal(await items.deleteAll("v1", ["a", "lost"]), {
    individualResponses: { a: {}, lost: { error: { type: "itemNotFound" } } },
  });
  assert.equal(asked, [["a", "b"], ["a", "lost"], ["a"], ["lost"]]);
});

test("an item that does not get its files is deleted again", async () => {
  await using broker = await startBroker();
  broker.authorize = () => writeGrant();
  const seen: (string | undefined)[] = [];
  broker.request = ({ operation }) => {
    seen.push(operation?.operation.case);
    switch (operation?.operation.case) {
      case "putItems": {
        const overview = { id: "i1", vaultId: "v1", title: "x" };
        const value = { overview, revision: 1n };
        const outcomes = [{ outcome: { case: "item" as const, value } }];
        return {
          case: "itemOutcomes",
          value: create(ItemOutcomesSchema, { outcomes }),
        };
      }
      case "removeItems":
        return { case: "done", value: { $typeName: "assent.v1.Done" } };
      default:
        throw refusal(Code.Unavailable, Reason.STORAGE_FAILED);
    }
  };
  const { items } = await connect(broker);
  const params = {
    vaultId: "v1",
    title: "x",
    category: sdk.ItemCategory.Document,
    document: { name: "a", content: new Uint8Array(3) },
  };
  const error = await errorOf(items.create(params));
  assert.is(error.code, "storage-failed");
  const { individualResponses } = await items.createAll("v1", [params]);
  assert.is(individualResponses[0]?.error?.type, "internal");
  const calls = ["putItems", "putFile", "removeItems"];
  assert.equal(seen, [...calls, ...calls]);
});

const memorable = (
  separatorType: sdk.SeparatorType,
  wordListType: sdk.WordListType,
  capitalize = false,
) =>
  sdk.Secrets.generatePassword({
    type: "Memorable",
    parameters: { separatorType, wordListType, capitalize, wordCount: 4 },
  }).password;

test("passwords are as the recipe says", () => {
  const { SeparatorType: separator, WordListType: words } = sdk;
  for (const [password, expected] of [
    [memorable(separator.Hyphens, words.FullWords), /^[a-z]{5}(-[a-z]{5}){3}$/],
    [memorable(separator.Spaces, words.Syllables), /^[a-z]{3}( [a-z]{3}){3}$/],
    [memorable(separator.Commas, words.ThreeLetters), /^\w{3}(,\w{3}){3}$/],
    [
      memorable(separator.Underscores, words.ThreeLetters),
      /^\w{3}(_\w{3}){3}$/,
    ],
    [memorable(separator.Periods, words.FullWords), /^\w{5}(\.\w{5}){3}$/],
    [memorable(separator.Digits, words.FullWords), /^\D{5}(\d\D{5}){3}$/],
    [
      memorable(separator.DigitsAndSymbols, words.FullWords),
      /^[a-z]{5}([^a-z][a-z]{5}){3}$/,
    ],
    [
      memorable(separator.Hyphens, words.Syllables, true),
      /^(?=[^A-Z]*[A-Z]{3}[^A-Z]*$)\w{3}(-\w{3}){3}$/,
    ],
    [
      sdk.Secrets.generatePassword({ type: "Pin", parameters: { length: 8 } })
        .password,
      /^\d{8}$/,
    ],
    [
      sdk.Secrets.generatePassword({
        type: "Random",
        parameters: { length: 40, includeDigits: false, includeSymbols: false },
      }).password,
      /^[A-Za-z]{40}$/,
    ],
  ] as const) {
    assert.match(password, expected);
  }
  assert.throws(
    () => memorable("no" as never, words.FullWords),
    /separatorType/,
  );
  assert.throws(
    () => memorable(separator.Digits, "no" as never),
    /wordListType/,
  );
});

test.run();
