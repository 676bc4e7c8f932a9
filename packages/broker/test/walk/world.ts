// SPDX-License-Identifier: Apache-2.0
import { expect } from "vitest";
import type { Answer, Caller, Calling } from "../caller.ts";
import { base64, type Rig } from "../rig.ts";
import {
  changePassword,
  credential,
  type Ground,
  passwords,
  put,
  remove,
  restore,
  turnOn,
  vaultId,
} from "./ground.ts";
import {
  type Approval,
  type Given,
  Oracle,
  type Outcome,
  type Program,
  type Prompt,
} from "./oracle.ts";
import { soon, until } from "./patience.ts";
import type { Item, Reach } from "./reach.ts";
import { canariesIn, readings } from "./received.ts";
import {
  type Answering,
  type Asking,
  accountNames,
  askedNames,
  fieldNames,
  type Reading,
  type Step,
  scopes,
  titles,
  vaultNames,
} from "./steps.ts";

// Long, because it is one class: how each kind of step is done to a real broker
// and told to the oracle in the same breath. What stands by itself is beside it.

/** A real process, the program it runs now, and its calls that wait. */
interface Slot {
  caller: Caller;
  readonly os: { readonly parent: object | undefined };
  program: Program;
}

interface Waiting {
  readonly slot: Slot;
  readonly calling: Calling;
  answer: Answer | undefined;
}

/** The broker's side of what the oracle knows by its own objects. */
interface Begun {
  readonly approval: Approval;
  readonly id: string;
}

const codes: Readonly<Record<string, string>> = {
  AUTHORIZATION_REQUIRED: "unauthenticated",
  SESSION_EXPIRED: "unauthenticated",
  SESSION_REVOKED: "unauthenticated",
  ACCOUNT_LOCKED: "unauthenticated",
  PROMPT_DENIED: "permission_denied",
  PROMPT_TIMED_OUT: "permission_denied",
  OUT_OF_SCOPE: "permission_denied",
  TOO_MANY_PROMPTS: "resource_exhausted",
  INTEGRATION_DISABLED: "unavailable",
};

/** One walk: does each step to the broker and tells it to the oracle, and compares. */
export class World {
  readonly #ground: Ground;
  readonly #rig: Rig;
  readonly #oracle: Oracle;
  readonly #slots: (Slot | undefined)[] = [undefined, undefined, undefined];
  readonly #waiting = new Map<number, Waiting>();
  #begun: Begun[] = [];
  /** Sessions of programs that are gone, until they are swept. */
  readonly #ghosts = new Set<string>();
  /** Processes whose prompts ended in one of two ways: what follows for new ones is not known till then. */
  readonly #unsure = new Map<object, number>();
  readonly #used: Caller[] = [];
  /** How many steps meant something. */
  taken = 0;

  private constructor(ground: Ground) {
    this.#ground = ground;
    this.#rig = ground.rig;
    this.#oracle = new Oracle(0, ground.contents);
  }

  static async enter(ground: Ground): Promise<World> {
    await restore(ground);
    return new World(ground);
  }

  /** Leave nothing behind for the next walk. */
  async leave(): Promise<void> {
    for (const prompt of this.#rig.broker.parts.prompts.pending()) {
      await this.#owner("PromptService/Deny", { promptId: prompt.id });
    }
    await Promise.all(this.#used.map((caller) => caller.kill()));
    await until(
      () => this.#rig.broker.parts.prompts.pending().length === 0,
      "prompts end with their programs",
    );
    this.#rig.broker.sweep();
    this.#scan(this.#rig.lines.join("\n"), []);
  }

  async take(step: Step): Promise<void> {
    this.#oracle.settled.clear();
    await this.#do(step);
    await this.#settle();
    await this.#compare(step.do === "list" || step.do === "sweep");
  }

  async #do(step: Step): Promise<void> {
    const oracle = this.#oracle;
    this.taken += 1;
    switch (step.do) {
      case "authorize":
        return this.#authorize(step);
      case "request":
        return this.#request(step);
      case "again": {
        const access = nth(oracle.accesses, step.access);
        const slot = this.#slots.find(
          (one) => one?.program === access?.program,
        );
        const yes = access?.yeses.at(-1);
        if (access === undefined || slot === undefined || yes === undefined) {
          return this.#passOver();
        }
        const asked = askedNames.indexOf(access.account);
        return this.#ask(slot, {
          asked,
          scope: yes.scope,
          inactivity: undefined,
          never: false,
        });
      }
      case "work":
      case "use": {
        const access = nth(oracle.accesses, step.access);
        const slot = this.#slots.find(
          (one) => one?.program === access?.program,
        );
        if (access === undefined || slot === undefined) return this.#passOver();
        const asked = askedNames.indexOf(access.account);
        if (step.do === "use") return this.#read(slot, asked, step.reading);
        for (let n = 0; n < 73 && oracle.isOn; n += 1) {
          this.#advance(599_999);
          await this.#read(slot, asked, step.reading);
        }
        return;
      }
      case "pester": {
        const slot = await this.#slot(step.process);
        for (let n = 0; n < step.times && oracle.isOn; n += 1) {
          await this.#ask(slot, {
            asked: askedNames.indexOf("Nowhere"),
            scope: n,
            inactivity: undefined,
            never: false,
          });
          await this.#promptsAgree();
          const at = oracle
            .pending()
            .findIndex((one) => one.program === slot.program);
          if (at >= 0) await this.#deny(at);
          await this.#settle();
          oracle.settled.clear();
        }
        return;
      }
      case "revoke": {
        const slot = await this.#slot(step.process);
        const answer = await slot.caller.broker("Revoke", {
          account: askedNames[step.asked],
        });
        if (!oracle.isOn) return expect(answer.status).toBe(0);
        oracle.revoke(slot.program, step.asked);
        this.#scan(answer.received, []);
        return expect([answer.status, answer.body]).toEqual([200, {}]);
      }
      case "cancel": {
        const [call, waiting] = nth([...this.#waiting], step.call) ?? [];
        if (call === undefined || waiting === undefined)
          return this.#passOver();
        this.#waiting.delete(call);
        oracle.cancel(call);
        await waiting.calling.cancel();
        return this.#scan((await waiting.calling).received, []);
      }
      case "reconnect": {
        const slot = await this.#slot(step.process);
        await this.#disconnect(slot);
        return;
      }
      case "fork": {
        const slot = await this.#slot(step.process);
        if (!oracle.isOn || this.#slots.length >= 5) return this.#passOver();
        const caller = await slot.caller.fork();
        this.#used.push(caller);
        const os = { parent: slot.os };
        this.#slots.push({
          caller,
          os,
          program: { alive: true, lineage: [os, ...slot.program.lineage] },
        });
        await caller.broker("Nothing");
        return;
      }
      case "exec":
      case "exit":
        return this.#end(step);
      case "begin": {
        await this.#begin(step);
        return;
      }
      case "approve": {
        if (await this.#begin(step))
          await this.#finish(this.#begun.at(-1), step.wrong);
        return;
      }
      case "guess": {
        for (let n = 0; n < step.times; n += 1) {
          if (!(await this.#begin(step))) return;
          await this.#finish(this.#begun.at(-1), true);
          await this.#promptsAgree();
        }
        return;
      }
      case "finish": {
        const begun = nth(this.#begun, step.approval);
        if (begun === undefined) return this.#passOver();
        if (step.after === "password") {
          const { account } = begun.approval;
          await changePassword(this.#ground, account);
          oracle.changePassword(account);
        } else {
          this.#advance(step.after);
        }
        return this.#finish(begun, step.wrong);
      }
      case "shown":
      case "stale": {
        const [prompt, real] = this.#prompt(step.prompt);
        if (prompt === undefined || real === undefined) return this.#passOver();
        const digest = Buffer.from(real.frozen.digest);
        if (step.do === "stale") digest.writeUInt8(digest.readUInt8(0) ^ 1);
        const method = step.do === "stale" ? "BeginApproval" : "Shown";
        const answer = await this.#owner(`PromptService/${method}`, {
          promptId: real.id,
          digest: digest.toString("base64"),
          ...(step.do === "stale"
            ? {
                accountId: this.#accountId("Personal"),
                method: "APPROVAL_METHOD_PASSWORD",
              }
            : {}),
        });
        const isGone = oracle.now >= (prompt.expiresAt ?? 0);
        return expect(answer.reason).toBe(
          isGone
            ? "PROMPT_GONE"
            : step.do === "stale"
              ? "DIGEST_MISMATCH"
              : undefined,
        );
      }
      case "deny":
        return this.#deny(step.prompt);
      case "lock": {
        const account =
          step.account === undefined ? undefined : accountNames[step.account];
        await this.#must(
          "AccountService/LockAccount",
          account === undefined ? {} : { account },
        );
        for (const name of account === undefined ? accountNames : [account])
          oracle.lock(name);
        return;
      }
      case "unlock": {
        const account = accountNames[step.account] ?? "";
        await this.#must("AccountService/UnlockAccount", {
          credential: credential(this.#ground, account),
        });
        return oracle.unlock(account);
      }
      case "password": {
        const account = accountNames[step.account] ?? "";
        await changePassword(this.#ground, account);
        return oracle.changePassword(account);
      }
      case "pass":
        return this.#advance(step.ms);
      case "sleep": {
        // The time of day of a machine that wakes may be anything.
        const wall = this.#rig.time.clock.wallMs();
        this.#rig.time.advance(step.ms);
        this.#rig.time.setWall(wall);
        oracle.now += step.ms;
        return;
      }
      case "set-wall":
        return this.#rig.time.setWall(this.#rig.time.clock.wallMs() + step.ms);
      case "sweep":
        return this.#sweep();
      case "list":
        return;
      case "restart":
        return this.#restart();
      case "integration": {
        if (step.on === oracle.isOn) return this.#passOver();
        if (step.on) {
          await turnOn(this.#ground);
          oracle.isOn = true;
          return;
        }
        await this.#must("SettingsService/DisableIntegration");
        return oracle.turnOff();
      }
      case "end-sessions":
        return this.#endSessions(step);
      case "rename": {
        const account = accountNames[step.account] ?? "";
        const item = this.#item(account, step.item);
        const title = titles[step.title] ?? "";
        if (item === undefined || this.#isTaken(account, item.vault, title))
          return this.#passOver();
        await put(this.#ground, account, item, { vault: item.vault, title });
        return oracle.used(account);
      }
      case "move": {
        const account = accountNames[step.account] ?? "";
        const item = this.#item(account, step.item);
        const vault = item?.vault === "Dev" ? "Ops" : "Dev";
        if (item === undefined || this.#isTaken(account, vault, item.title))
          return this.#passOver();
        await put(this.#ground, account, item, { vault, title: item.title });
        return oracle.used(account);
      }
      case "delete": {
        const account = accountNames[step.account] ?? "";
        const item = this.#item(account, step.item);
        const content = this.#ground.contents[account];
        if (item === undefined || content === undefined)
          return this.#passOver();
        await remove(this.#ground, account, item);
        content.items = content.items.filter((one) => one !== item);
        return oracle.used(account);
      }
    }
  }

  #advance(ms: number): void {
    this.#rig.time.advance(ms);
    this.#oracle.now += ms;
  }

  async #deny(n: number): Promise<void> {
    const [prompt, real] = this.#prompt(n);
    if (real === undefined) return this.#passOver();
    const answer = await this.#owner("PromptService/Deny", {
      promptId: real.id,
    });
    expect(answer.reason).toBe(this.#oracle.deny(prompt));
  }

  #passOver(): void {
    this.taken -= 1;
  }

  // Programs

  async #slot(n: number): Promise<Slot> {
    const at = n % this.#slots.length;
    const present = this.#slots[at];
    if (present !== undefined) return present;
    const caller = await this.#rig.caller();
    this.#used.push(caller);
    const os = { parent: undefined };
    const slot = { caller, os, program: { alive: true, lineage: [os] } };
    this.#slots[at] = slot;
    return slot;
  }

  async #authorize(step: Extract<Step, { do: "authorize" }>): Promise<void> {
    return this.#ask(await this.#slot(step.process), step);
  }

  async #ask(slot: Slot, step: Asking): Promise<void> {
    const oracle = this.#oracle;
    const isUnsure = slot.program.lineage.some(
      (os) => oracle.now < (this.#unsure.get(os) ?? 0),
    );
    if (isUnsure) return this.#passOver();
    const scope = scopes[step.scope];
    const calling = slot.caller.broker("Authorize", {
      account: askedNames[step.asked],
      ...(scope === undefined ? {} : { scope }),
      ...(step.inactivity === undefined
        ? {}
        : { inactivityTimeout: `${step.inactivity}s` }),
      ...(step.never ? { interaction: "INTERACTION_NEVER" } : {}),
    });
    if (!oracle.isOn) return expect((await calling).status).toBe(0);
    const outcome = oracle.authorize(slot.program, step);
    if (typeof outcome !== "number")
      return this.#judge(await soon(calling, "an answer"), outcome);
    const waiting: Waiting = { slot, calling, answer: undefined };
    this.#waiting.set(outcome, waiting);
    void calling.then((answer) => {
      waiting.answer = answer;
    });
    // What is answered after it on the same connection was read after it.
    await slot.caller.broker("Nothing");
  }

  async #request({
    process,
    asked,
    reading,
  }: Extract<Step, { do: "request" }>): Promise<void> {
    return this.#read(await this.#slot(process), asked, reading);
  }

  async #read(slot: Slot, asked: number, wanted: Reading): Promise<void> {
    const account = askedNames[asked] ?? "";
    const reading = this.#placed(account, wanted);
    const operation = this.#operation(account, reading);
    const calling = slot.caller.broker("Request", { account, operation });
    const answer = await soon(calling, "an answer");
    if (!this.#oracle.isOn) return expect(answer.status).toBe(0);
    this.#judge(answer, this.#oracle.request(slot.program, asked, reading));
  }

  /** A field of an item as a path, by where the item is now. */
  #placed(account: string, reading: Reading): Reading {
    if (reading.read !== "field-of") return reading;
    const item = this.#item(account, reading.item);
    const vault = Math.max(0, vaultNames.indexOf(item?.vault ?? ""));
    const title = Math.max(0, titles.indexOf(item?.title ?? ""));
    return { read: "fields", of: [{ vault, title, field: reading.field }] };
  }

  #operation(account: string, reading: Reading): object {
    if (reading.read === "vaults") return { listVaults: {} };
    if (reading.read === "item") {
      const item = this.#item(account, reading.item);
      return {
        getItems: {
          vault: vaultNames[reading.vault],
          itemIds: [item?.id ?? "none"],
        },
      };
    }
    if (reading.read === "field-of") throw new Error("not placed");
    const references = reading.of.map(
      ({ vault, title, field }) =>
        `assent://${vaultNames[vault]}/${titles[title]}/${fieldNames[field]}`,
    );
    return { resolveSecrets: { references } };
  }

  async #disconnect(slot: Slot): Promise<void> {
    const mine = [...this.#waiting].filter(
      ([, waiting]) => waiting.slot === slot,
    );
    for (const [call] of mine) this.#waiting.delete(call);
    this.#oracle.withdraw(slot.program);
    await slot.caller.act({ do: "close", on: "broker" });
    for (const [, { calling }] of mine)
      this.#scan((await calling).received, []);
  }

  async #end(step: {
    do: "exec" | "exit";
    process: number;
    swept: boolean;
  }): Promise<void> {
    const slot = await this.#slot(step.process);
    const { sessions, cards } = this.#rig.broker.parts;
    const until = this.#oracle.now + 120_000;
    if (this.#oracle.prompts.some((one) => one.program === slot.program)) {
      for (const os of slot.program.lineage) this.#unsure.set(os, until);
    }
    for (const session of sessions.all()) {
      if (cards.last(session.process)?.process.pid === slot.caller.pid)
        this.#ghosts.add(session.id);
    }
    for (const [call, waiting] of [...this.#waiting]) {
      if (waiting.slot === slot) this.#waiting.delete(call);
    }
    this.#oracle.leave(slot.program);
    if (step.do === "exec") {
      slot.caller.tell({
        do: "exec",
        file: process.execPath,
        args: slot.caller.args,
      });
      await slot.caller.ready();
      slot.program = { alive: true, lineage: slot.program.lineage };
    } else {
      await slot.caller.kill();
      this.#slots[this.#slots.indexOf(slot)] = undefined;
      // Who started them is told apart no more once it is gone.
      for (const other of this.#slots) {
        if (other?.os.parent === slot.os)
          this.#unsure.set(other.os, Number.POSITIVE_INFINITY);
      }
    }
    await this.#promptsAgree();
    if (step.swept) this.#sweep();
  }

  #sweep(): void {
    this.#rig.broker.sweep();
    this.#ghosts.clear();
    this.#oracle.sweep();
  }

  async #restart(): Promise<void> {
    for (const { calling } of this.#waiting.values())
      void calling.then((answer) => this.#scan(answer.received, []));
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const authenticated = passwords[this.#ground.password["Personal"] ?? 0];
    await this.#rig.restart(authenticated);
    this.#oracle.restart();
    this.#ghosts.clear();
    this.#unsure.clear();
    for (const { calling } of waiting) {
      const answer = await soon(calling, "the end of a call");
      expect([0, 503]).toContain(answer.status);
    }
    for (const slot of this.#slots)
      await slot?.caller.act({ do: "close", on: "broker" });
  }

  // The user

  #prompt(
    n: number,
  ): [
    Prompt | undefined,
    (
      | ReturnType<Rig["broker"]["parts"]["prompts"]["pending"]>[number]
      | undefined
    ),
  ] {
    const prompt = nth(this.#oracle.pending(), n);
    const slot = this.#slots.find((one) => one?.program === prompt?.program);
    const { prompts, cards } = this.#rig.broker.parts;
    const real = prompts
      .pending()
      .find(
        (one) =>
          cards.last(one.question.process)?.process.pid === slot?.caller.pid,
      );
    return [prompt, real];
  }

  /** True when it was begun. */
  async #begin(how: Answering): Promise<boolean> {
    const [prompt, real] = this.#prompt(how.prompt);
    if (prompt === undefined || real === undefined) {
      this.#passOver();
      return false;
    }
    const account = accountNames[how.choice % accountNames.length] ?? "";
    const answer = await this.#owner("PromptService/BeginApproval", {
      promptId: real.id,
      digest: Buffer.from(real.frozen.digest).toString("base64"),
      ...(prompt.account === undefined
        ? { accountId: this.#accountId(account) }
        : {}),
      ...(how.scope === undefined
        ? {}
        : {
            scope: scopes[how.scope] ?? {
              access: "ACCESS_READ",
              everyVault: {},
            },
          }),
      ...(how.inactivity === undefined
        ? {}
        : { inactivityTimeout: `${how.inactivity}s` }),
      method: "APPROVAL_METHOD_PASSWORD",
    });
    expect(answer.reason).toBe(this.#oracle.begin(prompt, how));
    const approval = this.#oracle.approvals.at(-1);
    if (answer.status !== 200 || approval === undefined) return false;
    this.#begun.push({ approval, id: answer.body.approvalId });
    return true;
  }

  async #finish(begun: Begun | undefined, isWrong: boolean): Promise<void> {
    if (begun === undefined) return;
    const { approval } = begun;
    const right = this.#ground.password[approval.account] ?? 0;
    const answer = await this.#owner("PromptService/Approve", {
      approvalId: begun.id,
      password: base64(passwords[isWrong ? 1 - right : right] ?? ""),
    });
    const stands = this.#oracle.approvals.includes(approval);
    const reason = this.#oracle.finish(stands ? approval : undefined, isWrong);
    expect(answer.reason).toBe(reason);
  }

  async #endSessions({
    which,
    at,
  }: Extract<Step, { do: "end-sessions" }>): Promise<void> {
    const oracle = this.#oracle;
    const account = accountNames[at % accountNames.length] ?? "";
    if (which !== "one") {
      await this.#must(
        "SessionService/RevokeSessions",
        which === "all" ? { all: true } : { account },
      );
      return oracle.endAccess(
        oracle.accesses.filter(
          (one) => which === "all" || one.account === account,
        ),
      );
    }
    const access = nth(oracle.accesses, at);
    const slot = this.#slots.find((one) => one?.program === access?.program);
    const { sessions, cards } = this.#rig.broker.parts;
    const real = sessions
      .all()
      .find(
        (one) =>
          !this.#ghosts.has(one.id) &&
          cards.last(one.process)?.process.pid === slot?.caller.pid &&
          one.accountId === this.#accountId(access?.account ?? ""),
      );
    if (access === undefined) return this.#passOver();
    await this.#must("SessionService/RevokeSessions", { sessionId: real?.id });
    oracle.endAccess([access]);
  }

  #owner(method: string, message: object = {}): Promise<Answer> {
    return soon(this.#rig.owner.owner(method, message), method);
  }

  async #must(method: string, message: object = {}): Promise<void> {
    const answer = await this.#owner(method, message);
    expect([answer.status, answer.reason], method).toEqual([200, undefined]);
  }

  #accountId(name: string): string {
    return this.#rig.broker.parts.accounts.find(name)?.id ?? "";
  }

  #item(account: string, n: number): Item | undefined {
    return nth(this.#ground.contents[account]?.items ?? [], n);
  }

  #isTaken(account: string, vault: string, title: string): boolean {
    return (
      this.#ground.contents[account]?.items.some(
        (one) => one.vault === vault && one.title === title,
      ) ?? false
    );
  }

  // What must hold after every step

  /** Every call that the oracle ended has ended so; every other one still waits. */
  async #settle(): Promise<void> {
    for (const [call, outcome] of this.#oracle.settled) {
      const waiting = this.#waiting.get(call);
      if (waiting === undefined) continue;
      this.#waiting.delete(call);
      this.#judge(
        await soon(
          waiting.calling,
          `the end of a call: ${JSON.stringify(outcome)}`,
        ),
        outcome,
      );
    }
    if (!this.#oracle.isOn) {
      for (const slot of this.#slots)
        await slot?.caller.act({ do: "close", on: "broker" });
    }
    for (const { answer } of this.#waiting.values()) {
      expect(answer, "a call that waits").toBeUndefined();
    }
  }

  #judge(answer: Answer, outcome: Outcome): void {
    if ("reason" in outcome) {
      this.#scan(answer.received, []);
      expect(answer.reason).toBe(outcome.reason);
      expect(answer.code).toBe(codes[outcome.reason]);
      return;
    }
    if ("given" in outcome) {
      this.#scan(answer.received, []);
      expect(answer.reason).toBeUndefined();
      const { grant } = answer.body;
      expect({
        account: grant.accountName,
        scope: grant.scope,
        inactivity: grant.inactivityTimeout,
      }).toEqual(this.#given(outcome.given));
      return;
    }
    const { outcomes, canaries } = outcome.read;
    this.#scan(answer.received, canaries);
    expect(answer.reason).toBeUndefined();
    expect(readings(answer.body.result)).toEqual(outcomes);
  }

  /** Nothing planted is in what was received but what may be (SES-001). */
  #scan(received: string, allowed: readonly string[]): void {
    const seen = canariesIn(received);
    for (const canary of seen) {
      expect(allowed, "a value that nothing allows").toContain(canary);
    }
  }

  #given({ account, reach, inactivityMs }: Given): object {
    return {
      account,
      scope: this.#scope(account, reach),
      inactivity: `${inactivityMs / 1_000}s`,
    };
  }

  /** A scope in the words of the schema. */
  #scope(account: string, reach: Reach): object {
    const id = (vault: string) => vaultId(this.#ground, account, vault);
    switch (reach.kind) {
      case "all":
        return {
          access: reach.write ? "ACCESS_READ_WRITE" : "ACCESS_READ",
          everyVault: {},
        };
      case "vaults":
        return {
          access: "ACCESS_READ",
          vaults: { vaults: reach.vaults.map(id) },
        };
      case "references": {
        const references = reach.references.map(({ item, vault, field }) =>
          [
            "assent:/",
            id(vault),
            item.id,
            ...(field === undefined ? [] : [item.fields[field]?.id]),
          ].join("/"),
        );
        return {
          access: "ACCESS_READ",
          references: references.length > 0 ? { references } : {},
        };
      }
    }
  }

  async #compare(always: boolean): Promise<void> {
    await this.#promptsAgree();
    const { accounts } = this.#rig.broker.parts;
    for (const name of accountNames) {
      expect(accounts.find(name)?.locked, `${name} is locked`).toBe(
        this.#oracle.accounts[name]?.open === "no",
      );
    }
    // Listing finds out what ran out: where time alone has ended something, a
    // Request shall find it out first.
    if (always || this.#oracle.isCurrent()) await this.#sessionsAgree();
  }

  async #promptsAgree(): Promise<void> {
    const { prompts, cards } = this.#rig.broker.parts;
    const real = () =>
      prompts
        .pending()
        .map(({ question, frozen, waiters }) => {
          const pid = cards.last(question.process)?.process.pid;
          const chosen = frozen.accountId === undefined ? "choice" : "named";
          return `${pid} ${question.account} ${chosen} ${waiters}`;
        })
        .sort();
    const wanted = this.#oracle
      .pending()
      .map(({ program, asked, account, calls }) => {
        const slot = this.#slots.find((one) => one?.program === program);
        return `${slot?.caller.pid} ${asked} ${account === undefined ? "choice" : "named"} ${calls.size}`;
      })
      .sort();
    const agree = () => JSON.stringify(real()) === JSON.stringify(wanted);
    await until(
      agree,
      () => `prompts ${JSON.stringify(real())} to be ${JSON.stringify(wanted)}`,
    );
  }

  async #sessionsAgree(): Promise<void> {
    const oracle = this.#oracle;
    const answer = await this.#owner("SessionService/ListSessions");
    this.#scan(answer.received, []);
    // biome-ignore lint/suspicious/noExplicitAny: JSON of the answer.
    const real = (answer.body.sessions ?? []).flatMap((one: any) =>
      this.#ghosts.has(one.id)
        ? []
        : [
            JSON.stringify({
              pid: one.process.pid,
              account: one.account.name,
              remaining: one.remaining,
              scopes: one.scopes,
            }),
          ],
    );
    const wanted = oracle.list().map(({ program, account, yeses, endsAt }) => {
      const slot = this.#slots.find((one) => one?.program === program);
      return JSON.stringify({
        pid: slot?.caller.pid,
        account,
        remaining: seconds(endsAt - oracle.now),
        scopes: yeses.map(({ reach }) => this.#scope(account, reach)),
      });
    });
    expect(real.sort()).toEqual(wanted.sort());
  }
}

/** As the JSON of a duration has it. */
function seconds(ms: number): string {
  const rest = ms % 1_000;
  return `${Math.floor(ms / 1_000)}${rest === 0 ? "" : `.${String(rest).padStart(3, "0")}`}s`;
}

function nth<T>(all: readonly T[], n: number): T | undefined {
  return all[n % Math.max(1, all.length)];
}
