// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller, Calling, CallOptions } from "./caller.ts";
import { type Rig, startRig } from "./rig.ts";

let rig: Rig;
let caller: Caller;

beforeAll(async () => {
  rig = await startRig();
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: "canary-wire" });
  caller = await rig.caller();
});
afterAll(() => rig.close());

const request = { account: "Personal", operation: { listVaults: {} } };

describe("every answer", () => {
  it("states the protocol version, errors and unknown paths too (VER-001)", async () => {
    const answers = await Promise.all([
      caller.broker("Request", request),
      caller.broker("Unknown"),
      caller.broker("Request", request, {
        headers: { "content-type": "text/plain" },
      }),
      caller.broker("Request", request, {
        headers: { "assent-protocol-version": "2.0" },
      }),
      caller.broker("Revoke"),
    ]);
    expect(answers.map((a) => a.version)).toEqual(Array(5).fill("1.0"));
  });

  it("is free of stacks, paths and names the caller did not send (LEAK-001, LEAK-005)", async () => {
    const answers = await Promise.all([
      caller.broker("Request", request),
      caller.broker("Request", {}),
      caller.broker("Authorize", { scope: { access: 9 } }),
      caller.broker("Authorize", { interaction: "INTERACTION_NEVER" }),
      caller.broker("Unknown"),
    ]);
    for (const { text } of answers) {
      expect(text).not.toMatch(
        /\bat |\.ts|\.js|node:|\/home|\/root|\/tmp|Dev|GitHub|canary/,
      );
    }
  });
});

describe("a version", () => {
  it("of our major is served, whatever its minor (VER-002)", async () => {
    for (const version of ["1.0", "1.7"]) {
      const answer = await caller.broker("Request", request, {
        headers: { "assent-protocol-version": version },
      });
      expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
    }
  });

  it.each(["2.0", "0.9", "1", "1.x", "", "v1.0", "1.0, 1.0", "9".repeat(1000)])(
    "that is %j is refused with the supported ones, without a prompt (VER-003)",
    async (version) => {
      for (const method of ["Authorize", "Request", "Revoke"]) {
        const answer = await caller.broker(
          method,
          { account: "Personal" },
          { headers: { "assent-protocol-version": version } },
        );
        expect([answer.code, answer.reason]).toEqual([
          "failed_precondition",
          "VERSION_UNSUPPORTED",
        ]);
      }
      expect(await rig.prompts()).toEqual([]);
    },
  );
});

describe("what is not a call", () => {
  it.each(["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])(
    "%s is refused (WIR-004, WIR-013)",
    async (method) => {
      const answer = await caller.broker("Request", request, {
        headers: { ":method": method },
      });
      expect(answer.status).toBe(405);
    },
  );

  it.each([
    ["an unknown method", "assent.v1.BrokerService/Nothing"],
    [
      "an owner service on the broker channel",
      "assent.owner.v1.AccountService/ListAccounts",
    ],
    ["reflection", "grpc.reflection.v1.ServerReflection/ServerReflectionInfo"],
    ["health", "grpc.health.v1.Health/Check"],
    ["metrics", "metrics"],
    ["the root", ""],
    ["a path with a query", "assent.v1.BrokerService/Request?x=1"],
    ["a path trick", "/assent.v1.BrokerService/Request"],
    ["an escaped path", "assent.v1.BrokerService%2FRequest"],
  ])("%s does not exist (WIR-004, LEAK-006, T27)", async (_what, path) => {
    const answer = await caller.broker(
      "Request",
      {},
      { headers: { ":path": `/${path}` } },
    );
    expect(answer.status).toBe(404);
    expect(answer.text).toBe("");
  });

  it("an unknown content type is refused (WIR-004)", async () => {
    const answer = await caller.broker("Request", request, {
      headers: { "content-type": "text/plain" },
    });
    expect(answer.status).toBe(415);
  });

  it("the broker service is not on the owner channel", async () => {
    const answer = await caller.owner(
      "X",
      {},
      { headers: { ":path": "/assent.v1.BrokerService/Request" } },
    );
    expect(answer.status).toBe(404);
  });
});

describe("a deadline", () => {
  it("of zero has passed (WIR-009)", async () => {
    const answer = await caller.broker(
      "Authorize",
      { account: "Personal" },
      { headers: { "connect-timeout-ms": "0" } },
    );
    expect(answer.code).toBe("deadline_exceeded");
    expect(await rig.prompts()).toEqual([]);
  });

  it.each(["abc", "-1", "12345678901"])(
    "that is %j is refused (WIR-009)",
    async (timeout) => {
      const answer = await caller.broker("Request", request, {
        headers: { "connect-timeout-ms": timeout },
      });
      expect([answer.code, answer.reason]).toEqual([
        "invalid_argument",
        "INVALID",
      ]);
    },
  );

  it("beyond what a timer can wait has not passed (WIR-009)", async () => {
    const answer = await caller.broker("Request", request, {
      headers: { "connect-timeout-ms": "9999999999" },
    });
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
  });
});

it("another version of Connect itself is refused, with a reason (VER-003)", async () => {
  const answer = await caller.broker("Request", request, {
    headers: { "connect-protocol-version": "99" },
  });
  expect([answer.code, answer.reason]).toEqual(["invalid_argument", "INVALID"]);
});

it.each([
  [
    "a key that stands twice (T19)",
    Buffer.from('{"account":"Personal","account":"Work"}'),
    "application/json",
    "invalid_argument",
    "INVALID",
  ],
  [
    "truncated JSON",
    Buffer.from("{"),
    "application/json",
    "invalid_argument",
    "INVALID",
  ],
  [
    "no UTF-8",
    Buffer.from([0x22, 0xff]),
    "application/json",
    "invalid_argument",
    "INVALID",
  ],
  [
    "truncated proto",
    Buffer.from([0x0a, 0xff, 0xff]),
    "application/proto",
    "invalid_argument",
    "INVALID",
  ],
  [
    "a message above the limit",
    Buffer.alloc(4 * 1024 * 1024 + 1, 0x20),
    "application/json",
    "resource_exhausted",
    "LIMIT_EXCEEDED",
  ],
])(
  "%s is refused, and the connection goes on (WIR-001, WIR-003)",
  async (_what, body, type, code, reason) => {
    const answer = await caller.broker(
      "Request",
      {},
      { raw: body.toString("base64"), headers: { "content-type": type } },
    );
    expect([answer.code, answer.reason]).toEqual([code, reason]);
    expect(await rig.prompts()).toEqual([]);
    expect((await caller.broker("Revoke")).status).toBe(200);
  },
);

it("a message that breaks a rule is refused with no prompt, and the connection goes on (WIR-001)", async () => {
  for (const message of [
    { account: "x".repeat(129) },
    { account: "Personal", purpose: "x".repeat(201) },
    { account: "Personal", integration: { name: "x".repeat(65) } },
    { account: "Personal", interaction: 9 },
    { account: "Personal", inactivityTimeout: "-1s" },
  ]) {
    const answer = await caller.broker("Authorize", message);
    expect(
      [answer.code, answer.reason],
      JSON.stringify(message).slice(0, 60),
    ).toEqual(["invalid_argument", "INVALID"]);
  }
  expect(await rig.prompts()).toEqual([]);
  expect((await caller.broker("Revoke")).status).toBe(200);
});

// All of the message is there, but for the word that it is: whoever acts upon
// what came, once the stream is over, puts the vault in.
it.each<[string, (writer: Caller, calling: Calling) => Promise<unknown>]>([
  ["a reset of its stream", (_, calling) => calling.reset()],
  [
    "the end of its connection",
    (writer) => writer.act({ do: "close", on: "half" }),
  ],
])("a Request cut off by %s has no effect (WIR-005)", async (_, cut) => {
  const half = { on: "half" };
  const writer = await rig.caller();
  await rig.grant(writer, {
    account: "Personal",
    scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
  });
  const putVault = { vault: { name: "Half" } };
  const calling = writer.broker(
    "Request",
    { account: "Personal", operation: { putVault } },
    { ...half, hold: true },
  );
  // Answered on the same connection: what was sent before it has been read.
  await writer.broker("Revoke", { account: "nobody" }, half);
  await cut(writer, calling);
  await writer.broker("Revoke", { account: "nobody" }, half);
  const { vaults } = await rig.operate("Personal", { listVaults: {} });
  expect(vaults.vaults.map((v: { name: string }) => v.name)).toEqual(["Dev"]);
});

it("what would be too large an answer is refused before it is made (WIR-003, WIR-011)", async () => {
  const reader = await rig.caller();
  const vault = await rig.vault("Personal", "Large");
  const id = await rig.item("Personal", vault, "Blob", {
    blob: "x".repeat(1_000_000),
  });
  await rig.grant(reader, {
    account: "Personal",
    scope: { access: "ACCESS_READ", vaults: { vaults: [vault] } },
  });
  for (const operation of [
    {
      resolveSecrets: {
        references: Array(1_000).fill(`assent://${vault}/Blob/blob`),
      },
    },
    { getItems: { vault, itemIds: Array(1_000).fill(id) } },
  ]) {
    const answer = await reader.broker("Request", {
      account: "Personal",
      operation,
    });
    expect([answer.code, answer.reason]).toEqual([
      "resource_exhausted",
      "LIMIT_EXCEEDED",
    ]);
  }
  await rig.operate("Personal", { deleteVault: { vaultId: vault } });
});

it("answers that a process does not read are bounded; others are served (WIR-011, T29b)", async () => {
  const [greedy, other] = [await rig.caller(), await rig.caller()];
  const vault = await rig.vault("Personal", "Unread");
  const title = "Blob";
  await rig.item("Personal", vault, title, { blob: "x".repeat(1_000_000) });
  for (const one of [greedy, other]) {
    await rig.grant(one, {
      account: "Personal",
      scope: { access: "ACCESS_READ", vaults: { vaults: [vault] } },
    });
  }
  const operation = {
    resolveSecrets: { references: [`assent://${vault}/${title}/blob`] },
  };
  const read = (one: Caller, options?: CallOptions) =>
    one.broker("Request", { account: "Personal", operation }, options);
  const { flights } = rig.broker.parts;
  // Each has 1.3 MB: with ten under way there is no room for one of 4 MiB.
  const stalled = Array.from({ length: 20 }, (_, n) =>
    read(greedy, { on: `stalled${n % 4}`, stall: true }),
  );
  for (let n = 0; n < 4; n += 1) {
    await greedy.broker("Revoke", { account: "no" }, { on: `stalled${n}` });
  }
  // All are here; those that are refused end by themselves.
  while (flights.size !== 10) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const refused = await read(greedy, { on: "more" });
  expect([refused.code, refused.reason]).toEqual([
    "resource_exhausted",
    "LIMIT_EXCEEDED",
  ]);
  expect((await read(other)).status).toBe(200);
  for (const one of stalled) await one.read();
  const statuses = (await Promise.all(stalled)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect((await read(greedy)).status).toBe(200);
  await rig.operate("Personal", { deleteVault: { vaultId: vault } });
});

it("a list that is too long for one answer comes in pages that fit (WIR-003)", async () => {
  const vault = await rig.vault("Personal", "Listed");
  const tags = ["t".repeat(700_000)];
  const items = Array.from({ length: 4 }, (_, n) => ({
    overview: { vaultId: vault, title: `Item ${n}`, tags },
  }));
  for (const half of [items, items]) {
    await rig.operate("Personal", { putItems: { items: half } });
  }
  const titles: string[] = [];
  let pages = 0;
  for (let pageToken = ""; pages === 0 || pageToken !== ""; pages += 1) {
    const { itemOverviews } = await rig.operate("Personal", {
      listItems: { vault, pageToken },
    });
    titles.push(...itemOverviews.items.map((i: { title: string }) => i.title));
    pageToken = itemOverviews.nextPageToken ?? "";
  }
  expect(titles).toHaveLength(8);
  expect(pages).toBe(2);
  await rig.operate("Personal", { deleteVault: { vaultId: vault } });
});

it("one process cannot have more calls in flight than it may; others are served (WIR-011)", async () => {
  const greedy = await rig.caller();
  const calls = Array.from({ length: 260 }, (_, n) =>
    greedy.broker("Authorize", { account: "Personal" }, { on: `c${n % 4}` }),
  );
  const refused = await Promise.race(calls);
  expect(refused.reason).toBe("LIMIT_EXCEEDED");
  expect((await caller.broker("Revoke")).status).toBe(200);
  await greedy.kill();
  await rig.pending(0);
});
