// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Caller } from "./caller.ts";
import { base64 } from "./rig.ts";
import {
  dev,
  dev2,
  oneVault,
  rig,
  secret,
  token,
  withGrant,
  work,
} from "./two-accounts.fixture.ts";

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
  /** From now on, what the activity of the account is told, by kind; asked once. */
  const watchLog = () => {
    const { accounts, logOf } = rig.broker.parts;
    const log = logOf(accounts.find("Personal")?.id ?? "");
    if (log === undefined) throw new Error("no log");
    const logged = vi.spyOn(log, "append");
    return (wanted: string) => {
      const events = logged.mock.calls.map(([event]) => event);
      logged.mockRestore();
      return events.filter(({ kind }) => kind === wanted);
    };
  };
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
    const logged = watchLog();
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
    // The file is one event of the activity, not one for each part.
    expect(logged("request")).toMatchObject([
      { operation: "putFile", touched: ["Deploy/big"], count: 1 },
    ]);
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

  it("of the owner's own command are put in parts as well, and are one event", async () => {
    const at = await revision();
    const logged = watchLog();
    const send = (offset: number, part: object) =>
      rig.operate("Personal", {
        putFile: {
          vaultId: dev,
          itemId: item,
          revision: at,
          file: { name: "mine" },
          content: zeros(1_000),
          offset: String(offset),
          ...part,
        },
      });
    await send(0, {});
    await send(1_000, {});
    const put = await send(2_000, { last: true });
    expect(put.file).toMatchObject({ name: "mine", size: "3000" });
    expect(logged("owner-operation")).toMatchObject([
      { operation: "putFile", touched: ["Deploy/mine"], count: 1 },
    ]);
    await rig.operate("Personal", {
      deleteFile: {
        vaultId: dev,
        itemId: item,
        revision: await revision(),
        fileId: put.file.id,
      },
    });
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
