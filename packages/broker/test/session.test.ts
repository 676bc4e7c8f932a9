// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer, Caller } from "./caller.ts";
import { base64, type Rig, startRig } from "./rig.ts";

const secret = "canary-7f3a-token";
let rig: Rig;
let personal: string;
let work: string;
let dev: string;
let dev2: string;
let token: string;

beforeAll(async () => {
  rig = await startRig();
  personal = (await rig.broker.parts.accounts.list())[0]?.id ?? "";
  work = await rig.account("Work");
  dev = await rig.vault("Personal", "Dev");
  dev2 = await rig.vault("Personal", "Dev2");
  token = await rig.item("Personal", dev, "GitHub", { token: secret });
  await rig.item("Personal", dev2, "GitLab", { token: `${secret}-2` });
  await rig.vault("Work", "Team");
});
afterAll(() => rig.close());

const reference = "assent://Dev/GitHub/token";
const firstSecret = (answer: Answer): unknown =>
  answer.body?.result?.resolvedSecrets?.secrets?.[0];
const everyVault = { access: "ACCESS_READ", everyVault: {} };
const oneVault = (vault: string, access = "ACCESS_READ") => ({
  access,
  vaults: { vaults: [vault] },
});

async function withGrant(scope?: object, decision = {}): Promise<Caller> {
  const caller = await rig.caller();
  await rig.grant(
    caller,
    { account: "Personal", ...(scope ? { scope } : {}) },
    decision,
  );
  return caller;
}

describe("a process without authorization", () => {
  it("gets nothing and starts no prompt by a Request (SES-001, SES-008)", async () => {
    const caller = await rig.caller();
    for (let n = 0; n < 100; n += 1) {
      const answer = await rig.resolve(caller, "Personal", reference);
      expect(answer.code).toBe("unauthenticated");
      expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
      expect(answer.text).not.toContain("canary");
    }
    expect(await rig.prompts()).toEqual([]);
  });

  it("gets nothing while its prompt is undecided (SES-002)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    const answer = await caller.broker(
      "Request",
      { account: "Personal", operation: { listVaults: {} } },
      { on: "second" },
    );
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
    await authorizing.cancel();
    await rig.pending(0);
    expect(prompt).toBeDefined();
  });

  it("is answered alike for accounts that exist and that do not (LEAK-002)", async () => {
    const caller = await rig.caller();
    const [real, madeUp, item, noItem] = await Promise.all([
      rig.resolve(caller, "Personal", reference),
      rig.resolve(caller, "Made Up", reference),
      rig.resolve(caller, personal, "assent://Dev/None/none"),
      rig.resolve(caller, "Work", "assent://Team/x/y"),
    ]);
    expect(new Set([real, madeUp, item, noItem].map((a) => a?.text)).size).toBe(
      1,
    );
  });
});

describe("an approval", () => {
  it("lets that process read the secret, after exactly one prompt (SES-002)", async () => {
    const caller = await withGrant();
    const answer = await rig.resolve(caller, "Personal", reference);
    expect(firstSecret(answer)).toMatchObject({
      value: base64(secret),
      vaultId: dev,
      itemId: token,
    });
    expect(await rig.prompts()).toEqual([]);
  });

  it("does not serve another process of the same executable (SES-007, PRC-010)", async () => {
    await withGrant();
    const other = await rig.caller();
    const answer = await rig.resolve(other, "Personal", reference);
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
  });

  it("does not serve another account (SES-006)", async () => {
    const caller = await withGrant();
    for (const account of [
      "Work",
      work,
      "",
      "personal",
      "Personal ",
      "Personal\0Work",
    ]) {
      const answer = await caller.broker("Request", {
        account,
        operation: { listVaults: {} },
      });
      expect(answer.reason, account).toBe("AUTHORIZATION_REQUIRED");
    }
  });

  it("needs the account's own password (SES-005)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    for (const triesLeft of [4, 3, 2, 1]) {
      const wrong = await rig.approve(prompt, { password: "not the password" });
      expect(wrong.reason).toBe("WRONG_CREDENTIAL");
      expect(wrong.text).toContain(`${triesLeft} tr`);
    }
    expect((await rig.prompts()).map((p) => p.id)).toEqual([prompt.id]);
    // The fifth ends it as denied (decisions 9).
    await rig.approve(prompt, { password: "not the password" });
    expect((await authorizing).reason).toBe("PROMPT_DENIED");
    expect((await rig.resolve(caller, "Personal", reference)).code).toBe(
      "unauthenticated",
    );
  });

  it("belongs to the process: reconnects and parallel connections share it (SES-014, PRC-008)", async () => {
    const caller = await withGrant();
    const parallel = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        caller.broker(
          "Request",
          { account: "Personal", operation: { listVaults: {} } },
          { on: `c${n}` },
        ),
      ),
    );
    expect(parallel.map((a) => a.status)).toEqual(Array(8).fill(200));
    for (let n = 0; n < 20; n += 1) {
      await caller.act({ do: "close", on: "broker" });
      expect((await rig.resolve(caller, "Personal", reference)).status).toBe(
        200,
      );
    }
  });
});

describe("a denial", () => {
  it("ends the call with PROMPT_DENIED, grants nothing and leaves other grants alone (SES-003)", async () => {
    const caller = await withGrant();
    const authorizing = caller.broker("Authorize", { account: "Work" });
    const [prompt] = await rig.pending();
    if (prompt) await rig.deny(prompt);
    const denied = await authorizing;
    expect([denied.code, denied.reason]).toEqual([
      "permission_denied",
      "PROMPT_DENIED",
    ]);
    expect((await rig.resolve(caller, "Work", "assent://Team/x/y")).code).toBe(
      "unauthenticated",
    );
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
  });

  it("does not keep the program from asking again (PRM-010)", async () => {
    const caller = await rig.caller();
    const first = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt) await rig.deny(prompt);
    expect((await first).reason).toBe("PROMPT_DENIED");
    await rig.grant(caller);
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
  });
});

describe("a scope", () => {
  it("that is covered is returned without a prompt (SES-009)", async () => {
    const caller = await withGrant();
    const again = await caller.broker("Authorize", {
      account: "Personal",
      scope: oneVault("Dev"),
    });
    expect(again.body.grant.scope).toEqual(everyVault);
    expect(await rig.prompts()).toEqual([]);
  });

  it("ends where it ends: what is outside is answered alike, existing or not (SES-010, LEAK-002)", async () => {
    const caller = await withGrant(oneVault("Dev"));
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
    const outside = await Promise.all(
      [
        "assent://Dev2/GitLab/token",
        "assent://Dev2/None/none",
        "assent://None/none/none",
        `assent://${dev2}/GitLab/token`,
      ].map((one) => rig.resolve(caller, "Personal", one)),
    );
    expect(new Set(outside.map((a) => a.text)).size).toBe(1);
    expect(outside[0]?.reason).toBe("OUT_OF_SCOPE");
  });

  it("judges each part of a Request (SES-010)", async () => {
    const caller = await withGrant(oneVault("Dev"));
    const answer = await rig.resolve(
      caller,
      "Personal",
      reference,
      "assent://Dev2/GitLab/token",
      "assent://Dev/None/token",
    );
    expect(answer.body.result.resolvedSecrets.secrets).toMatchObject([
      { value: base64(secret) },
      { failure: "REFERENCE_FAILURE_OUT_OF_SCOPE" },
      { failure: "REFERENCE_FAILURE_ITEM_NOT_FOUND" },
    ]);
  });

  it("for reading does not write (SES-010)", async () => {
    const caller = await withGrant();
    const item = { overview: { vaultId: dev, title: "New" } };
    const answer = await caller.broker("Request", {
      account: "Personal",
      operation: { putItems: { items: [item] } },
    });
    expect(answer.reason).toBe("OUT_OF_SCOPE");
    const listed = await rig.operate("Personal", { listItems: { vault: dev } });
    expect(
      listed.itemOverviews.items.map((i: { title: string }) => i.title),
    ).toEqual(["GitHub"]);
  });

  it("of one field reads that field and nothing else (SES-010, SES-016, T49)", async () => {
    const scope = {
      access: "ACCESS_READ",
      references: { references: [reference] },
    };
    const caller = await withGrant(scope);
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
    for (const operation of [
      { getItems: { vault: "Dev", itemIds: [token] } },
      { listItems: { vault: "Dev" } },
      { listVaults: {} },
      { resolveSecrets: { references: [`${reference}?attribute=id`] } },
    ]) {
      const answer = await caller.broker("Request", {
        account: "Personal",
        operation,
      });
      expect(answer.reason, JSON.stringify(operation)).toBe("OUT_OF_SCOPE");
    }
  });

  it("that is wider prompts again, and the earlier grant stands until then (SES-011)", async () => {
    const caller = await withGrant(oneVault("Dev"));
    const widening = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
    expect(
      (await rig.resolve(caller, "Personal", "assent://Dev2/GitLab/token"))
        .reason,
    ).toBe("OUT_OF_SCOPE");
    if (prompt) await rig.deny(prompt);
    expect((await widening).reason).toBe("PROMPT_DENIED");
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
  });

  it("and time may be narrowed by the user, and are then enforced and reported so (SES-012)", async () => {
    const caller = await rig.caller();
    const grant = await rig.grant(
      caller,
      { account: "Personal" },
      { scope: oneVault("Dev2"), inactivityTimeout: "60s" },
    );
    expect(grant.scope).toEqual(oneVault(dev2));
    expect(grant.inactivityTimeout).toBe("60s");
    expect((await rig.resolve(caller, "Personal", reference)).reason).toBe(
      "OUT_OF_SCOPE",
    );
    rig.time.advance(59_999);
    expect(
      (await rig.resolve(caller, "Personal", "assent://Dev2/GitLab/token"))
        .status,
    ).toBe(200);
    rig.time.advance(60_000);
    expect((await rig.resolve(caller, "Personal", reference)).reason).toBe(
      "SESSION_EXPIRED",
    );
  });

  it("cannot be widened by the approver (SES-012)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", {
      account: "Personal",
      scope: oneVault("Dev"),
    });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    for (const scope of [
      everyVault,
      oneVault("Dev2"),
      oneVault("Dev", "ACCESS_READ_WRITE"),
    ]) {
      expect((await rig.approve(prompt, { scope })).reason).toBe("INVALID");
    }
    await rig.deny(prompt);
    expect((await authorizing).reason).toBe("PROMPT_DENIED");
  });

  it("is never merged with another of the same process (SES-017, T44)", async () => {
    const caller = await withGrant();
    await rig.grant(caller, {
      account: "Personal",
      scope: oneVault("Dev", "ACCESS_READ_WRITE"),
    });
    const put = (vaultId: string) =>
      caller.broker("Request", {
        account: "Personal",
        operation: {
          putItems: { items: [{ overview: { vaultId, title: "By grant" } }] },
        },
      });
    expect((await put(dev2)).reason).toBe("OUT_OF_SCOPE");
    const written = await put(dev);
    const { id } = written.body.result.itemOutcomes.outcomes[0].item.overview;
    await rig.operate("Personal", {
      removeItems: { vaultId: dev, itemIds: [id] },
    });
  });

  it("is bound to ids when the user approves: a rename changes nothing (SES-018, T48)", async () => {
    const renamed = await rig.vault("Personal", "Before");
    await rig.item("Personal", renamed, "Thing", { key: "k1" });
    const caller = await withGrant(oneVault("Before"));
    await rig.operate("Personal", {
      putVault: { vault: { id: renamed, name: "After" } },
    });
    const impostor = await rig.vault("Personal", "Before");
    await rig.item("Personal", impostor, "Thing", { key: "k2" });
    expect(
      (await rig.resolve(caller, "Personal", "assent://After/Thing/key"))
        .status,
    ).toBe(200);
    expect(
      (await rig.resolve(caller, "Personal", "assent://Before/Thing/key"))
        .reason,
    ).toBe("OUT_OF_SCOPE");
    await rig.operate("Personal", { deleteVault: { vaultId: renamed } });
    // Its last vault gone, the grant reaches nothing (SES-016).
    expect((await rig.resolve(caller, "Personal", reference)).reason).toBe(
      "OUT_OF_SCOPE",
    );
    await rig.operate("Personal", { deleteVault: { vaultId: impostor } });
  });

  it("whose names mean nothing grants nothing, and Authorize does not fail for it (SES-016, T44)", async () => {
    const caller = await rig.caller();
    const grant = await rig.grant(caller, {
      account: "Personal",
      scope: oneVault("No such vault"),
    });
    expect(grant.scope).toEqual({ access: "ACCESS_READ", vaults: {} });
    for (const operation of [
      { listVaults: {} },
      { resolveSecrets: { references: [reference] } },
    ]) {
      const answer = await caller.broker("Request", {
        account: "Personal",
        operation,
      });
      expect(answer.reason).toBe("OUT_OF_SCOPE");
    }
  });

  it("does not let items move in or out of it (SES-010, T48)", async () => {
    const caller = await withGrant(oneVault("Dev", "ACCESS_READ_WRITE"));
    const listed = await rig.operate("Personal", {
      listItems: { vault: dev2 },
    });
    const [inside, outside] = [token, listed.itemOverviews.items[0].id];
    const move = (id: string, vaultId: string) =>
      caller.broker("Request", {
        account: "Personal",
        operation: {
          putItems: {
            items: [
              { overview: { id, vaultId, title: "Moved" }, revision: "1" },
            ],
          },
        },
      });
    expect((await move(outside, dev)).reason).toBe("OUT_OF_SCOPE");
    expect((await move(inside, dev2)).reason).toBe("OUT_OF_SCOPE");
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
  });
});

describe("the chooser", () => {
  it("is what an unknown account, or none, gives; the answer says what was chosen (LEAK-002, T39)", async () => {
    for (const account of ["", "Made Up"]) {
      const caller = await rig.caller();
      const authorizing = caller.broker("Authorize", { account });
      const [prompt] = await rig.pending();
      if (prompt === undefined) throw new Error("no prompt");
      expect(prompt.body.account).toBeUndefined();
      expect(prompt.body.choices.map((c) => c.name)).toEqual([
        "Personal",
        "Work",
      ]);
      await rig.approve(prompt, { account: work });
      expect((await authorizing).body.grant).toMatchObject({
        accountId: work,
        accountName: "Work",
      });
      // While it is live, asking again by the same name, or by none, returns it.
      for (const again of [account, ""]) {
        const answer = await caller.broker("Authorize", { account: again });
        expect(answer.body.grant.accountId).toBe(work);
      }
      expect((await rig.resolve(caller, "Personal", reference)).code).toBe(
        "unauthenticated",
      );
    }
  });
});

it("nothing that a process was handed works in another (SES-015, T32)", async () => {
  const caller = await rig.caller();
  const grant = await rig.grant(caller);
  const other = await rig.caller();
  for (const account of [grant.accountId, grant.accountName]) {
    const answer = await rig.resolve(other, account, reference);
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
  }
});

describe("the files of an item", () => {
  const key = "canary-file-1f2e\n";
  let item: string;
  let fileId: string;
  let reads: Caller;
  let writes: Caller;

  const request = (caller: Caller, operation: object) =>
    caller.broker("Request", { account: "Personal", operation });
  const readFile = (caller: Caller, wanted: object = {}) =>
    request(caller, {
      readFile: { vaultId: dev, itemId: item, fileId, length: 100, ...wanted },
    });
  const putFile = (caller: Caller, part: object) =>
    request(caller, {
      putFile: { vaultId: dev, itemId: item, ...part },
    });
  const stored = async () => {
    const got = await rig.operate("Personal", {
      getItems: { vault: dev, itemIds: [item] },
    });
    return got.itemOutcomes.outcomes[0].item;
  };
  const revision = async (): Promise<string> => (await stored()).revision;
  const zeros = (length: number) => Buffer.alloc(length).toString("base64");

  beforeAll(async () => {
    item = await rig.item("Personal", dev, "Deploy", { token: secret });
    const put = await rig.operate("Personal", {
      putFile: {
        vaultId: dev,
        itemId: item,
        revision: "1",
        file: { name: "id.key" },
        content: base64(key),
        last: true,
      },
    });
    fileId = put.file.id;
    expect(put.file).toMatchObject({ name: "id.key", size: "17" });
    reads = await withGrant(oneVault("Dev"));
    writes = await withGrant(oneVault("Dev", "ACCESS_READ_WRITE"));
  });

  it("are read in parts, and as secrets by reference", async () => {
    const whole = await readFile(reads);
    expect(whole.body.result.fileChunk).toEqual({
      data: base64(key),
      size: "17",
      revision: "2",
    });
    const part = await readFile(reads, { offset: "7", length: 4 });
    expect(part.body.result.fileChunk.data).toBe(base64("file"));
    const none = await readFile(reads, { offset: "17" });
    expect(none.body.result.fileChunk).toEqual({ size: "17", revision: "2" });
    const far = await readFile(reads, { offset: "18446744073709551615" });
    expect(far.body.result.fileChunk).toEqual({ size: "17", revision: "2" });
    const all = await readFile(reads, { length: 0 });
    expect(all.body.result.fileChunk.data).toBe(base64(key));
    const answer = await rig.resolve(
      reads,
      "Personal",
      ...["", "?attribute=content", "?attribute=name", "?attribute=size"].map(
        (attribute) => `assent://Dev/Deploy/id.key${attribute}`,
      ),
    );
    expect(
      answer.body.result.resolvedSecrets.secrets.map(
        (one: { value: string }) => one.value,
      ),
    ).toEqual([key, key, "id.key", "17"].map(base64));
  });

  it("are outside of what is not granted, existing or not (SES-010, LEAK-002)", async () => {
    const elsewhere = await withGrant(oneVault("Dev2"));
    const answers = await Promise.all([
      readFile(elsewhere),
      readFile(elsewhere, { fileId: "nothing" }),
      readFile(elsewhere, { itemId: "nothing" }),
      readFile(elsewhere, { vaultId: "nothing" }),
      readFile(elsewhere, { vaultId: work }),
    ]);
    expect(answers[0]?.reason).toBe("OUT_OF_SCOPE");
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    for (const wanted of [
      { fileId: "nothing" },
      { itemId: "nothing" },
      { itemId: token },
    ]) {
      expect((await readFile(reads, wanted)).reason).toBe("NOT_FOUND");
    }
    // In the vault that is named, and in no other.
    expect((await readFile(elsewhere, { vaultId: dev2 })).reason).toBe(
      "NOT_FOUND",
    );
  });

  it("are read under the grant of the file, or of its item, and nothing else is (SES-010, SES-016, T49)", async () => {
    const one = await withGrant({
      access: "ACCESS_READ",
      references: { references: ["assent://Dev/Deploy/id.key"] },
    });
    expect((await readFile(one)).status).toBe(200);
    const byContent = "assent://Dev/Deploy/id.key?attribute=content";
    expect((await rig.resolve(one, "Personal", byContent)).status).toBe(200);
    for (const operation of [
      { resolveSecrets: { references: ["assent://Dev/Deploy/token"] } },
      {
        resolveSecrets: {
          references: ["assent://Dev/Deploy/id.key?attribute=name"],
        },
      },
      { readFile: { vaultId: dev, itemId: item, fileId: "nothing" } },
      { readFile: { vaultId: dev, itemId: token, fileId } },
      { deleteFile: { vaultId: dev, itemId: item, revision: "2", fileId } },
    ]) {
      const answer = await request(one, operation);
      expect(answer.reason, JSON.stringify(operation)).toBe("OUT_OF_SCOPE");
    }
    const field = await withGrant({
      access: "ACCESS_READ",
      references: { references: ["assent://Dev/Deploy/token"] },
    });
    expect((await readFile(field)).reason).toBe("OUT_OF_SCOPE");
    const whole = await withGrant({
      access: "ACCESS_READ",
      references: { references: ["assent://Dev/Deploy"] },
    });
    expect((await readFile(whole)).status).toBe(200);
    expect((await readFile(whole, { fileId: "nothing" })).reason).toBe(
      "NOT_FOUND",
    );
  });

  it("are not changed under a grant for reading (SES-010)", async () => {
    const put = { revision: "2", file: { name: "new" }, last: true };
    expect((await putFile(reads, put)).reason).toBe("OUT_OF_SCOPE");
    const remove = { vaultId: dev, itemId: item, revision: "2", fileId };
    const removed = await request(reads, { deleteFile: remove });
    expect(removed.reason).toBe("OUT_OF_SCOPE");
    expect((await stored()).files.length).toBe(1);
  });

  it("are put in parts, and appear with the last of them", async () => {
    const at = await revision();
    const content = Buffer.alloc(7_000_000, "0123456789abcdefg");
    const send = (offset: number, end: number, more: object = {}) =>
      putFile(writes, {
        revision: at,
        file: { name: "big", size: "7000000" },
        content: content.subarray(offset, end).toString("base64"),
        offset: String(offset),
        ...more,
      });
    const first = await send(0, 3_000_000);
    expect(first.body.result.file).toMatchObject({ size: "3000000" });
    expect((await stored()).files.length).toBe(1);
    // Not in order, twice, or of another process.
    expect((await send(4_000_000, 5_000_000)).reason).toBe("INVALID");
    expect((await send(1, 5)).reason).toBe("INVALID");
    const other = await withGrant(oneVault("Dev", "ACCESS_READ_WRITE"));
    const stolen = await putFile(other, {
      revision: at,
      file: { name: "big" },
      offset: "3000000",
      last: true,
    });
    expect(stolen.reason).toBe("INVALID");
    expect((await send(3_000_000, 6_000_000)).status).toBe(200);
    const last = await send(6_000_000, 7_000_000, { last: true });
    const { id, size } = last.body.result.file;
    expect(size).toBe("7000000");
    const chunk = await readFile(writes, {
      fileId: id,
      offset: "2999999",
      length: 1_048_576,
    });
    const read = Buffer.from(chunk.body.result.fileChunk.data, "base64");
    const wanted = content.subarray(2_999_999, 2_999_999 + 1_048_576);
    expect(read.equals(wanted)).toBe(true);
    // Larger than an answer: no secret, but read in parts.
    const answer = await rig.resolve(
      writes,
      "Personal",
      "assent://Dev/Deploy/big",
      "assent://Dev/Deploy/big?attribute=size",
    );
    expect(answer.body.result.resolvedSecrets.secrets).toMatchObject([
      { failure: "REFERENCE_FAILURE_UNSUPPORTED_FILE_FORMAT" },
      { value: base64("7000000") },
    ]);
    const removed = await request(writes, {
      deleteFile: {
        vaultId: dev,
        itemId: item,
        revision: await revision(),
        fileId: id,
      },
    });
    expect(removed.body.result).toHaveProperty("done");
    expect((await readFile(writes, { fileId: id })).reason).toBe("NOT_FOUND");
  });

  it("are replaced, and refused where they do not fit", async () => {
    const at = await revision();
    const whole = (part: object) =>
      putFile(writes, { revision: at, last: true, ...part });
    const named = { file: { name: "x" } };
    const refusals: [object, string][] = [
      [{ ...named, revision: "1" }, "CONFLICT"],
      [{ ...named, revision: "1", last: false }, "CONFLICT"],
      [{ file: { id: "nothing" } }, "NOT_FOUND"],
      [{ ...named, itemId: "nothing" }, "NOT_FOUND"],
      [{ ...named, vaultId: dev2 }, "OUT_OF_SCOPE"],
      [{}, "INVALID"],
      [{ file: { name: " " } }, "INVALID"],
      [{ file: { name: "x", sectionId: "none" } }, "INVALID"],
      [{ file: { name: "x", size: "2" }, content: zeros(1) }, "INVALID"],
      [{ ...named, offset: "1" }, "INVALID"],
      [{ ...named, content: zeros(3_000_001) }, "LIMIT_EXCEEDED"],
      [{ file: { name: "x", size: "33554433" } }, "LIMIT_EXCEEDED"],
      [{ ...named, offset: "33554432", content: zeros(1) }, "LIMIT_EXCEEDED"],
      [{ ...named, offset: "18446744073709551615" }, "LIMIT_EXCEEDED"],
    ];
    for (const [part, reason] of refusals) {
      const answer = await whole(part);
      expect(answer.reason, JSON.stringify(part).slice(0, 99)).toBe(reason);
    }
    expect((await readFile(reads, { length: 1_048_577 })).reason).toBe(
      "LIMIT_EXCEEDED",
    );
    expect(await revision()).toBe(at);
    const put = await whole({ file: { id: fileId }, content: base64("new") });
    expect(put.body.result.file).toMatchObject({ id: fileId, name: "id.key" });
    const read = await readFile(reads);
    expect(read.body.result.fileChunk.data).toBe(base64("new"));
  });

  it("that are not complete are dropped when nothing more comes, when the process ends, when the account locks; and of one process no more is kept than a file may have (T33)", async () => {
    const own = await rig.account("Files");
    const vaultId = await rig.vault("Files", "V");
    const itemId = await rig.item("Files", vaultId, "I", {});
    const part = { vaultId, itemId, revision: "1", file: { name: "f" } };
    const begin = async () => {
      const caller = await rig.caller();
      const scope = { access: "ACCESS_READ_WRITE", everyVault: {} };
      await rig.grant(caller, { account: "Files", scope });
      const send = (more: object) =>
        caller.broker("Request", {
          account: "Files",
          operation: { putFile: { ...part, ...more } },
        });
      expect((await send({ content: base64("part") })).status).toBe(200);
      let offset = 4;
      const goesOn = async () => {
        const part = { content: base64("more"), offset: String(offset) };
        offset += 4;
        return (await send(part)).reason;
      };
      return { caller, goesOn };
    };
    const left = await begin();
    rig.time.advance(59_999);
    rig.broker.sweep();
    expect(await left.goesOn()).toBeUndefined();
    rig.time.advance(60_000);
    rig.broker.sweep();
    expect(await left.goesOn()).toBe("INVALID");
    const ended = await begin();
    const { process } = rig.broker.parts.sessions.all().at(-1) ?? {
      process: 0,
    };
    const add = (offset: bigint) =>
      rig.broker.parts.uploads
        .of(process, own, false)
        .add(JSON.stringify([itemId, "", "f"]), offset, new Uint8Array(1));
    expect(add(4n)).toBe(5);
    await ended.caller.kill();
    rig.broker.sweep();
    expect(() => add(5n)).toThrow();
    const locked = await begin();
    await rig.owner.owner("AccountService/LockAccount", { account: own });
    await rig.grant(locked.caller, {
      account: "Files",
      scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
    });
    expect(await locked.goesOn()).toBe("INVALID");
    const full = await begin();
    const answers: (string | undefined)[] = [];
    for (let count = 0; count < 12; count += 1) {
      const answer = await full.caller.broker("Request", {
        account: "Files",
        operation: {
          putFile: {
            ...part,
            file: { name: `f${count}` },
            content: zeros(2_999_990),
          },
        },
      });
      answers.push(answer.reason);
    }
    expect(answers.slice(0, 11)).toEqual(Array(11).fill(undefined));
    expect(answers[11]).toBe("LIMIT_EXCEEDED");
  });

  it("show in the log by name, and nothing of them anywhere (LEAK-003)", async () => {
    const lines = rig.lines.join("");
    expect(lines).toContain("putFile");
    expect(lines).not.toContain("canary-file");
  });
});
