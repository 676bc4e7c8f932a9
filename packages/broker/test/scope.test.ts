// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { base64 } from "./rig.ts";
import {
  dev,
  dev2,
  everyVault,
  oneVault,
  reference,
  rig,
  secret,
  token,
  withGrant,
} from "./two-accounts.fixture.ts";

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
