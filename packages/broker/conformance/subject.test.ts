// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountSchema } from "@assent/protocol/conformance";
import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seedAccounts } from "./seeding.ts";
import { type Subject, startSubject } from "./subject.ts";

let directory: string;
let subject: Subject;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "assent-subject-"));
  mkdirSync(join(directory, "run"), { mode: 0o700 });
  const endpoint = join(directory, "run", "broker.sock");
  subject = await startSubject(endpoint, directory);
  const account = create(AccountSchema, {
    displayName: "Personal",
    credential: "correct horse battery staple",
  });
  await seedAccounts(subject, [account]);
});
afterAll(async () => {
  await subject.stop();
  rmSync(directory, { recursive: true });
});

test("the owner's calls are answered although time has just closed their connection (WIR-007)", async () => {
  const statuses = new Set<number>();
  for (let round = 0; round < 20; round++) {
    subject.time.advance(3_600_000);
    subject.time.runTimers(3_600_000);
    const lock = await subject.owner("AccountService/LockAccount", {});
    statuses.add(lock.status);
  }
  expect([...statuses]).toEqual([200]);
});
