// SPDX-License-Identifier: Apache-2.0
import { AccountService, SettingsService } from "@assent/protocol/owner";
import { expect, test } from "vitest";
import { serveOwner } from "../../test/scripted-owner.ts";
import { assent } from "../../test/test-io.ts";
import { personal, work } from "../../test/waiting.ts";

const broken = {
  id: "brokenbrokenbrokenbrokenbr",
  name: "Old\u202e",
  locked: true,
  problem: "its file was changed; put back a whole copy",
};

test("status tells every account's state, and why one cannot be used", async () => {
  await using server = await serveOwner((router) => {
    router.service(AccountService, {
      listAccounts: () => ({ accounts: [personal, work, broken] }),
    });
    router.service(SettingsService, {
      getSettings: () => ({
        settings: { integrationEnabled: true, webSurface: true },
        brokerVersion: "1.2.3",
        brokerPid: 42,
      }),
    });
  });
  const home = ["--home", server.home];
  const { out } = await assent(["status", ...home]);
  expect(out).toBe(
    [
      "Assent 1.2.3 is running (process 42).",
      "The integration is on: programs can ask for access.",
      "  Personal     unlocked",
      "  Work         locked",
      "  Old<U+202E>  cannot be used: its file was changed; put back a whole copy",
      "Answer requests with: assent watch",
      "",
    ].join("\n"),
  );
  const listed = await assent(["account", "list", "--json", ...home]);
  expect(JSON.parse(listed.out)).toMatchObject([
    { name: "Personal", locked: false },
    { name: "Work", locked: true },
    { name: "Old\u202e", problem: broken.problem },
  ]);
});
