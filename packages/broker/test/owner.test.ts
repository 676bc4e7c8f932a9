// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AccountService,
  ActivityService,
  Policy,
  PromptService,
  policy,
  SessionService,
  SettingsService,
  VaultService,
} from "@assent/protocol/owner";
import { getOption, hasOption } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveArgon2id } from "../src/crypto/argon2.ts";
import type { Caller } from "./caller.ts";
import { base64, password, passwordJson, type Rig, startRig } from "./rig.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  await rig.vault("Personal", "Dev");
});
afterAll(() => rig.close());

const methods = [
  PromptService,
  AccountService,
  SessionService,
  ActivityService,
  VaultService,
  SettingsService,
].flatMap((service) =>
  service.methods.map((method) => ({
    name: `${service.name}/${method.name}`,
    method,
  })),
);
const credential = { account: "Personal", password: passwordJson };
const wrong = { account: "Personal", password: base64("not the password") };

describe("every method of the owner channel states its policy and keeps it (decisions 3)", () => {
  let own: Rig;
  let anyone: Caller;
  beforeAll(async () => {
    own = await startRig();
    anyone = await own.caller();
  });
  afterAll(() => own.close());

  it.each(methods)("$name", async ({ name, method }) => {
    expect(hasOption(method, policy), "states a policy").toBe(true);
    const stated = getOption(method, policy);
    expect([1, 2, 3, 4]).toContain(stated);
    const call = async (message: object) => {
      // Each try comes from a connection of its own: authority hangs on it.
      const on = `policy ${name} ${Math.random()}`;
      if (method.methodKind === "server_streaming") {
        const watching = anyone.watch(name, message, on);
        const event = await watching.next();
        return event.error?.code as string | undefined;
      }
      return (await anyone.owner(name, message, { on })).code;
    };
    switch (stated) {
      case Policy.TRUSTED:
      case Policy.AUTHENTICATED:
        expect(await call({ account: "Personal" })).toBe("unauthenticated");
        break;
      case Policy.CREDENTIAL: {
        // Approve takes its credential for a prompt: without one there is nothing to approve.
        const none = await call({});
        expect(["unauthenticated", "not_found", "invalid_argument"]).toContain(
          none,
        );
        own.time.advance(600_000);
        const answered = await call({
          credential: wrong,
          settings: {},
          operation: { listVaults: {} },
        });
        expect(["unauthenticated", "not_found"]).toContain(answered);
        own.time.advance(600_000);
        break;
      }
      case Policy.ANYONE:
        // Makes things safer, or tells what a file of the user holds in clear.
        expect(await call({})).not.toBe("internal");
        break;
    }
  });
});

describe("a connection of the owner", () => {
  it("is trusted once it authenticated, and no other connection with it", async () => {
    const process = await rig.caller();
    const list = (on: string) =>
      process.owner("SessionService/ListSessions", {}, { on });
    expect((await list("a")).reason).toBe("CREDENTIAL_REQUIRED");
    rig.time.advance(600_000);
    const authenticated = await process.owner(
      "AccountService/Authenticate",
      { credential },
      { on: "a" },
    );
    expect(authenticated.body.idleTimeout).toBe("600s");
    expect((await list("a")).status).toBe(200);
    expect((await list("b")).reason).toBe("CREDENTIAL_REQUIRED");
  });

  it("is authenticated for ten idle minutes, and for its account alone", async () => {
    const process = await rig.caller();
    await process.owner("AccountService/Authenticate", { credential });
    const slots = (account: string) =>
      process.owner("AccountService/ListKeySlots", { account });
    rig.time.advance(599_999);
    expect((await slots("Personal")).status).toBe(200);
    rig.time.advance(599_999);
    expect((await slots("Personal")).status).toBe(200);
    rig.time.advance(600_000);
    expect((await slots("Personal")).reason).toBe("CREDENTIAL_REQUIRED");
    expect((await slots("None")).reason).toBe("CREDENTIAL_REQUIRED");
  });

  it("authenticating unlocks nothing (decisions 3)", async () => {
    await rig.owner.owner("AccountService/LockAccount", {});
    const process = await rig.caller();
    await process.owner("AccountService/Authenticate", { credential });
    expect(rig.broker.parts.accounts.find("Personal")?.locked).toBe(true);
    const browse = await process.owner("VaultService/Browse", {
      account: "Personal",
      operation: { listVaults: {} },
    });
    expect(browse.reason).toBe("ACCOUNT_LOCKED");
  });
});

it("a password longer than any is refused before it costs anything", async () => {
  const long = base64("x".repeat(1_025));
  const answer = await rig.owner.owner("AccountService/UnlockAccount", {
    credential: { account: "Personal", password: long },
  });
  expect(answer.reason).toBe("INVALID");
});

describe("wrong credentials", () => {
  it("from untrusted connections are slowed down, and the owner is not locked out by them (T34)", async () => {
    const attacker = await rig.caller();
    const guess = () =>
      attacker.owner("AccountService/Authenticate", { credential: wrong });
    rig.time.advance(600_000);
    expect((await guess()).reason).toBe("WRONG_CREDENTIAL");
    expect((await guess()).reason).toBe("RETRY_LATER");
    rig.time.advance(1_000);
    expect((await guess()).reason).toBe("WRONG_CREDENTIAL");
    rig.time.advance(1_000);
    expect((await guess()).reason).toBe("RETRY_LATER");
    // A trusted surface has a bucket of its own.
    const unlocked = await rig.owner.owner("AccountService/UnlockAccount", {
      credential,
    });
    expect(unlocked.status).toBe(200);
    rig.time.advance(600_000);
  });

  it("given at once are judged one after the other: there is one guess, not many (T34, T52)", async () => {
    const attacker = await rig.caller();
    const guesses = await Promise.all(
      Array.from({ length: 12 }, () =>
        attacker.owner("AccountService/Authenticate", { credential: wrong }),
      ),
    );
    const reasons = guesses.map((answer) => answer.reason).sort();
    expect(reasons).toEqual([
      ...Array(11).fill("RETRY_LATER"),
      "WRONG_CREDENTIAL",
    ]);
    rig.time.advance(600_000);
  });

  it("for an account that does not exist cost and say the same", async () => {
    const attacker = await rig.caller();
    const guess = (account: string) =>
      attacker.owner("AccountService/Authenticate", {
        credential: { ...wrong, account },
      });
    const real = await guess("Personal");
    rig.time.advance(600_000);
    const madeUp = await guess("Made Up");
    expect(madeUp.text).toBe(real.text);
    rig.time.advance(600_000);
  });
});

describe("an account", () => {
  it("is created by the owner of an existing one, but for the first (T41)", async () => {
    const process = await rig.caller();
    const planted = await process.owner("AccountService/CreateAccount", {
      name: "Planted",
      password: passwordJson,
    });
    expect(planted.reason).toBe("CREDENTIAL_REQUIRED");
    const made = await process.owner("AccountService/CreateAccount", {
      name: "Second",
      password: passwordJson,
      credential,
    });
    expect(made.status).toBe(200);
    const twin = await process.owner("AccountService/CreateAccount", {
      name: "SECOND",
      password: passwordJson,
      credential,
    });
    expect(twin.reason).toBe("NAME_TAKEN");
  });

  it("is renamed and has its password changed with its own credential", async () => {
    const process = await rig.caller();
    const own = { account: "Second", password: passwordJson };
    expect(
      (
        await process.owner("AccountService/RenameAccount", {
          credential: own,
          name: "Third",
        })
      ).status,
    ).toBe(200);
    const renamed = { ...own, account: "Third" };
    const newPassword = base64("another good password");
    expect(
      (
        await process.owner("AccountService/ChangePassword", {
          credential: renamed,
          newPassword,
        })
      ).status,
    ).toBe(200);
    expect(
      (
        await process.owner("AccountService/UnlockAccount", {
          credential: renamed,
        })
      ).reason,
    ).toBe("WRONG_CREDENTIAL");
    rig.time.advance(600_000);
    const unlocked = await process.owner("AccountService/UnlockAccount", {
      credential: { ...renamed, password: newPassword },
    });
    expect(unlocked.status).toBe(200);
  });
});

describe("the owner's own operations", () => {
  it.each([["locked"], ["unlocked"]])(
    "on a %s account read what was written, and leave it so (LCK-008)",
    async (state) => {
      await rig.owner.owner("AccountService/LockAccount", {
        account: "Personal",
      });
      if (state === "unlocked") {
        await rig.owner.owner("AccountService/UnlockAccount", { credential });
      }
      const vault = await rig.vault("Personal", `Own ${state}`);
      const id = await rig.item("Personal", vault, "Thing", {
        key: "as it was",
      });
      const read = await rig.operate("Personal", {
        getItems: { vault, itemIds: [id] },
      });
      const { item } = read.itemOutcomes.outcomes[0];
      expect(Buffer.from(item.fields[0].value, "base64").toString()).toBe(
        "as it was",
      );
      const resolved = await rig.operate("Personal", {
        resolveSecrets: { references: [`assent://${vault}/Thing/key`] },
      });
      expect(resolved.resolvedSecrets.secrets[0].value).toBe(
        base64("as it was"),
      );
      const changed = await rig.operate("Personal", {
        putItems: {
          items: [
            { ...item, overview: { ...item.overview, title: "Renamed" } },
          ],
        },
      });
      expect(changed.itemOutcomes.outcomes[0].item.fields[0].value).toBe(
        base64("as it was"),
      );
      expect(rig.broker.parts.accounts.find("Personal")?.locked).toBe(
        state === "locked",
      );
    },
  );
});

it("cancelling one stream leaves the connection and its other calls alone (WIR-010)", async () => {
  const surface = await rig.caller();
  await surface.owner(
    "AccountService/Authenticate",
    { credential },
    { on: "s" },
  );
  const first = surface.watch("PromptService/WatchPrompts", {}, "s");
  const second = surface.watch("PromptService/WatchPrompts", {}, "s");
  await Promise.all([first.next(), second.next()]);
  await first.cancel();
  // Whatever is written to the stream that is gone harms nobody.
  const asking = (await rig.caller()).broker("Authorize", {
    account: "Personal",
  });
  const [prompt] = await rig.pending();
  await second.next((event) => event.prompts?.length === 1);
  if (prompt) await rig.deny(prompt);
  await asking;
  expect(
    (await surface.owner("SessionService/ListSessions", {}, { on: "s" }))
      .status,
  ).toBe(200);
});

it("a call that is cancelled while its password is worked on changes nothing, and never to another password (WIR-009, WIR-010)", async () => {
  let hold: Promise<void> | undefined;
  let reached = () => {};
  let go = () => {};
  const own = await startRig({
    options: {
      passwords: {
        cost: { memory: 64, passes: 1, parallelism: 1 },
        acceptsWeakCost: true,
        async derive(...args) {
          reached();
          await hold;
          return deriveArgon2id(...args);
        },
      },
    },
  });
  const unlock = (secret: string) =>
    own.owner.owner("AccountService/UnlockAccount", {
      credential: { account: "Personal", password: base64(secret) },
    });
  try {
    // Cancelled at the first derivation, of the old password, and at the
    // second, of the new one.
    for (const at of [1, 2]) {
      let count = 0;
      const held = new Promise<void>((resolve) => {
        reached = () => {
          count += 1;
          if (count !== at) return;
          hold = new Promise((release) => {
            go = release;
          });
          resolve();
        };
      });
      const changing = own.owner.owner(
        "AccountService/ChangePassword",
        { credential, newPassword: base64("a new password") },
        { on: "cancelled" },
      );
      await held;
      await changing.cancel();
      await changing;
      while (own.broker.parts.flights.size > 0) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      reached = () => {};
      go();
      hold = undefined;
      const zeros = await unlock("\0".repeat("a new password".length));
      expect(zeros.reason).toBe("WRONG_CREDENTIAL");
      expect((await unlock(password)).status, `at derivation ${at}`).toBe(200);
    }
  } finally {
    await own.close();
  }
});

it("two first accounts made at once are not two: the second takes the password of the first (T41)", async () => {
  const own = await startRig({ bare: true });
  try {
    const make = (name: string, on: string) =>
      own.owner.owner(
        "AccountService/CreateAccount",
        { name, password: passwordJson },
        { on },
      );
    const made = await Promise.all([make("Bank", "a"), make("Personal", "b")]);
    expect(made.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(own.broker.parts.accounts.list()).toHaveLength(1);
  } finally {
    await own.close();
  }
});

it("the integration is off even when that cannot be written down (T36)", async () => {
  const own = await startRig();
  try {
    const caller = await own.caller();
    await own.grant(caller);
    mkdirSync(join(own.home, "settings.json.new"));
    const answer = await own.owner.owner("SettingsService/DisableIntegration");
    expect(answer.reason).toBe("STORAGE_FAILED");
    expect((await caller.broker("Revoke", {}, { on: "new" })).status).toBe(0);
    expect(
      (await own.owner.owner("SettingsService/GetSettings")).body.settings
        .integrationEnabled,
    ).toBeUndefined();
    expect(own.broker.parts.sessions.all()).toEqual([]);
  } finally {
    await own.close();
  }
});

it("a channel that cannot be opened leaves the integration off", async () => {
  const own = await startRig();
  try {
    await own.owner.owner("SettingsService/DisableIntegration");
    writeFileSync(own.places.brokerSocket, "in the way");
    const on = () =>
      own.owner.owner("SettingsService/PutSettings", {
        credential,
        settings: { integrationEnabled: true },
      });
    expect((await on()).code).toBeDefined();
    expect(own.broker.parts.settings.current.integrationEnabled).toBe(false);
    rmSync(own.places.brokerSocket);
    expect((await on()).status).toBe(200);
    expect((await (await own.caller()).broker("Revoke")).status).toBe(200);
  } finally {
    await own.close();
  }
});

it("what a program can reach changes no policy and answers no prompt (T27)", async () => {
  const caller = await rig.caller();
  await rig.grant(caller, {
    account: "Personal",
    scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
  });
  for (const { name } of methods) {
    const answer = await caller.broker(
      "X",
      {},
      { headers: { ":path": `/assent.owner.v1.${name}` } },
    );
    expect(answer.status).toBe(404);
  }
});

it("turning the integration off removes the channel and ends everything; turning it on takes a credential", async () => {
  const own = await startRig();
  try {
    await own.vault("Personal", "Dev");
    const caller = await own.caller();
    await own.grant(caller);
    expect(
      (await (await own.caller()).owner("SettingsService/DisableIntegration"))
        .status,
    ).toBe(200);
    const off = await caller.broker("Revoke", {}, { on: "new" });
    expect(off.status).toBe(0);
    const on = (message: object) =>
      own.owner.owner("SettingsService/PutSettings", {
        settings: { integrationEnabled: true },
        ...message,
      });
    expect((await on({})).reason).toBe("CREDENTIAL_REQUIRED");
    expect((await on({ credential })).status).toBe(200);
    const again = await caller.broker(
      "Request",
      { account: "Personal", operation: { listVaults: {} } },
      { on: "newer" },
    );
    expect(again.reason).toBe("SESSION_REVOKED");
  } finally {
    await own.close();
  }
});
