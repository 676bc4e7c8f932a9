// SPDX-License-Identifier: Apache-2.0
import {
  bind,
  type Content,
  covers,
  isEmpty,
  type Reach,
  type Read,
  readWith,
} from "./reach.ts";
import {
  type Answering,
  accountNames,
  askedNames,
  type Reading,
} from "./steps.ts";

// What the rules say, as plainly as they can be said: who was approved, until
// when, and why not. It shares no code with the product, sees no bytes, and
// knows of the world only what a walk tells it. Long, because the rules are read
// in one piece, against one state.

const minute = 60_000;
const tenMinutes = 10 * minute;
const twelveHours = 12 * 60 * minute;

/** One program: a process from one exec to the next. */
export interface Program {
  /** The process, and those that started it; the same through an exec. */
  readonly lineage: readonly object[];
  alive: boolean;
}

interface Yes {
  /** As it was asked for. */
  readonly scope: number;
  readonly reach: Reach;
  readonly inactivityMs: number;
  readonly grantedAt: number;
  lastUse: number;
}

interface Access {
  readonly program: Program;
  readonly account: string;
  /** In order of granting. */
  yeses: Yes[];
  /** Names the program asked by when the user chose the account. */
  readonly chosenFor: Set<string>;
}

export interface Prompt {
  readonly program: Program;
  readonly asked: string;
  /** Undefined: the user chooses. */
  readonly account: string | undefined;
  readonly scope: number;
  readonly inactivityMs: number;
  /** Calls that wait on it. */
  readonly calls: Set<number>;
  /** Undefined: others of its program come first. */
  expiresAt: number | undefined;
  wrongTries: number;
}

export interface Approval {
  readonly prompt: Prompt;
  readonly account: string;
  readonly scope: number;
  readonly inactivityMs: number;
  readonly generation: number;
  readonly expiresAt: number;
}

/** A yes as the program is told of it. */
export interface Given {
  readonly account: string;
  readonly reach: Reach;
  readonly inactivityMs: number;
}

/** What a call comes to. */
export type Outcome =
  | { readonly reason: string }
  | { readonly given: Given }
  | { readonly read: Read };

interface Account {
  open: "no" | "by-approval" | "by-hand";
  lastUse: number;
  idleSince: number | undefined;
  /** Raised by each lock and each change of password. */
  generation: number;
}

interface Annoyance {
  ends: number[];
  refusedUntil: number;
}

export class Oracle {
  now: number;
  isOn = true;
  readonly contents: Readonly<Record<string, Content>>;
  readonly accounts: Record<string, Account> = {};
  accesses: Access[] = [];
  /** In order of asking; of each program the first is pending. */
  prompts: Prompt[] = [];
  approvals: Approval[] = [];
  /** Calls that came to their end in this step. */
  settled = new Map<number, Outcome>();
  #ended = new Map<Program, Map<string, string>>();
  #annoyances = new Map<Program, Annoyance>();
  #lastCall = 0;

  constructor(now: number, contents: Readonly<Record<string, Content>>) {
    this.now = now;
    this.contents = contents;
    for (const name of accountNames) {
      this.accounts[name] = {
        open: "no",
        lastUse: now,
        idleSince: undefined,
        generation: 0,
      };
    }
  }

  // Programs

  /** A number for the call when it waits, else what it comes to at once. */
  authorize(
    program: Program,
    step: {
      readonly asked: number;
      readonly scope: number;
      readonly inactivity: number | undefined;
      readonly never: boolean;
    },
  ): number | Outcome {
    const asked = askedNames[step.asked] ?? "";
    const given = this.#covering(program, asked, step.scope);
    if (given !== undefined) return { given };
    if (step.never) return { reason: "AUTHORIZATION_REQUIRED" };
    if (this.#isRefused(program)) return { reason: "TOO_MANY_PROMPTS" };
    if (!this.#annoyances.has(program)) {
      this.#annoyances.set(program, { ends: [], refusedUntil: 0 });
    }
    this.#lastCall += 1;
    const call = this.#lastCall;
    const same = this.prompts.find(
      (one) =>
        one.program === program &&
        one.asked === asked &&
        one.scope === step.scope,
    );
    if (same !== undefined) {
      same.calls.add(call);
      return call;
    }
    this.prompts.push({
      program,
      asked,
      account: accountNames.find((name) => name === asked),
      scope: step.scope,
      inactivityMs: Math.min(tenMinutes, (step.inactivity ?? 600) * 1_000),
      calls: new Set([call]),
      expiresAt: undefined,
      wrongTries: 0,
    });
    this.#takeTurns();
    return call;
  }

  request(program: Program, asked: number, reading: Reading): Outcome {
    const account = accountNames.find((name) => name === askedNames[asked]);
    const access = account && this.#live(program, account);
    if (!access) {
      const reason = account && this.#ended.get(program)?.get(account);
      return { reason: reason || "AUTHORIZATION_REQUIRED" };
    }
    const content = this.#content(account);
    const reaches = access.yeses.map(({ reach }) => reach);
    const read = readWith(reaches, reading, content);
    if (read === undefined) return { reason: "OUT_OF_SCOPE" };
    for (const [at, yes] of access.yeses.entries()) {
      if (read.by.has(at)) yes.lastUse = this.now;
    }
    this.#account(account).lastUse = this.now;
    return { read };
  }

  revoke(program: Program, asked: number): void {
    const name = askedNames[asked] ?? "";
    this.#endPrompts(
      (one) => one.program === program && (name === "" || one.asked === name),
      () => "SESSION_REVOKED",
      "counts",
    );
    for (const access of [...this.accesses]) {
      if (access.program !== program) continue;
      const isNamed =
        name === "" || access.account === name || access.chosenFor.has(name);
      if (isNamed) this.#end(access, "SESSION_REVOKED");
    }
  }

  cancel(call: number): void {
    for (const prompt of [...this.prompts]) {
      if (!prompt.calls.delete(call) || prompt.calls.size > 0) continue;
      this.#endPrompts(
        (one) => one === prompt,
        () => "",
        "counts",
      );
    }
  }

  /** Its connection went away, and its calls with it. */
  withdraw(program: Program): void {
    this.#endPrompts(
      (one) => one.program === program,
      () => "",
      "counts",
    );
    this.settled.clear();
  }

  /** The process is another program now, or none. Nobody is told. */
  leave(program: Program): void {
    program.alive = false;
    this.#endPrompts(
      (one) => one.program === program,
      () => "",
      "no",
    );
    this.accesses = this.accesses.filter((one) => one.program !== program);
    this.#ended.delete(program);
    this.settled.clear();
  }

  // The user

  /** Undefined: begun. */
  begin(prompt: Prompt | undefined, how: Answering): string | undefined {
    if (!this.#isPending(prompt)) return "PROMPT_GONE";
    const account =
      prompt.account ?? accountNames[how.choice % accountNames.length] ?? "";
    this.approvals = this.approvals.filter((one) => one.prompt !== prompt);
    this.approvals.push({
      prompt,
      account,
      scope: how.scope ?? prompt.scope,
      inactivityMs: Math.min(
        prompt.inactivityMs,
        (how.inactivity ?? 600) * 1_000,
      ),
      generation: this.#account(account).generation,
      expiresAt: this.now + minute,
    });
    return undefined;
  }

  /** Undefined: granted. */
  finish(approval: Approval | undefined, isWrong: boolean): string | undefined {
    if (approval === undefined) return "PROMPT_GONE";
    this.approvals = this.approvals.filter((one) => one !== approval);
    const { prompt, account: name } = approval;
    if (this.now >= approval.expiresAt || !this.#isPending(prompt))
      return "PROMPT_GONE";
    if (isWrong) {
      prompt.wrongTries += 1;
      if (prompt.wrongTries === 5) this.deny(prompt);
      return "WRONG_CREDENTIAL";
    }
    const account = this.#account(name);
    if (approval.generation !== account.generation) return "NOT_APPROVED";
    const content = this.#content(name);
    const { reach } = bind(approval.scope, content);
    const most = bind(prompt.scope, content).reach;
    // The user may only narrow, be it to nothing (SES-012).
    if (!covers(most, reach) && !isEmpty(reach)) {
      // It was opened to look up the names, and locked again.
      if (account.open === "no") account.generation += 1;
      return "INVALID";
    }
    if (account.open === "no") {
      account.open = "by-approval";
      account.idleSince = undefined;
    }
    account.lastUse = this.now;
    const given = { account: name, reach, inactivityMs: approval.inactivityMs };
    const access = this.#live(prompt.program, name) ?? {
      program: prompt.program,
      account: name,
      yeses: [],
      chosenFor: new Set<string>(),
    };
    if (!this.accesses.includes(access)) this.accesses.push(access);
    // What the new yes covers for as long takes its place.
    access.yeses = access.yeses.filter(
      (old) =>
        !(covers(reach, old.reach) && given.inactivityMs >= old.inactivityMs),
    );
    access.yeses.push({
      ...given,
      scope: approval.scope,
      grantedAt: this.now,
      lastUse: this.now,
    });
    if (prompt.account === undefined) access.chosenFor.add(prompt.asked);
    this.#ended.get(prompt.program)?.delete(name);
    this.#drop(prompt, { given });
    this.#takeTurns();
    return undefined;
  }

  deny(prompt: Prompt | undefined): string | undefined {
    if (!this.#isPending(prompt)) return "PROMPT_GONE";
    const { program } = prompt;
    this.#endPrompts(
      (one) => one.program === program,
      () => "PROMPT_DENIED",
      "counts",
    );
    return undefined;
  }

  lock(name: string): void {
    const account = this.#account(name);
    account.open = "no";
    account.generation += 1;
    const holders = new Set(
      this.accesses
        .filter((one) => one.account === name && this.#live(one.program, name))
        .map((one) => one.program),
    );
    for (const access of this.accesses.filter((one) => one.account === name)) {
      this.#end(access, "ACCOUNT_LOCKED");
    }
    const asksForIt = (one: Prompt) => (one.account ?? name) === name;
    const isHolder = (one: Prompt) => holders.has(one.program);
    this.#endPrompts(
      (one) => asksForIt(one) && isHolder(one),
      () => "ACCOUNT_LOCKED",
      "no",
    );
    this.#endPrompts(asksForIt, () => "PROMPT_DENIED", "counts");
  }

  unlock(name: string): void {
    Object.assign(this.#account(name), {
      open: "by-hand",
      lastUse: this.now,
      idleSince: undefined,
    });
  }

  changePassword(name: string): void {
    this.#account(name).generation += 1;
  }

  /** The owner worked on it. */
  used(name: string): void {
    this.#account(name).lastUse = this.now;
  }

  endAccess(ending: readonly Access[]): void {
    for (const access of ending) this.#end(access, "SESSION_REVOKED");
  }

  turnOff(): void {
    this.isOn = false;
    this.#endPrompts(
      () => true,
      () => "INTEGRATION_DISABLED",
      "no",
    );
    for (const access of [...this.accesses])
      this.#end(access, "SESSION_REVOKED");
  }

  /** Nothing is remembered but what lies in files (CHN-005). */
  restart(): void {
    for (const name of accountNames) this.#account(name).open = "no";
    this.prompts = [];
    this.approvals = [];
    this.accesses = [];
    this.settled.clear();
    this.#ended.clear();
    this.#annoyances.clear();
  }

  // Time

  /** What the broker finds out four times a second. */
  sweep(): void {
    for (const prompt of [...this.prompts]) {
      if (prompt.expiresAt === undefined || this.now < prompt.expiresAt)
        continue;
      this.#endPrompts(
        (one) => one === prompt,
        () => "PROMPT_TIMED_OUT",
        "counts",
      );
    }
    for (const [program, { ends, refusedUntil }] of this.#annoyances) {
      const isRecent =
        ends.some((at) => this.now - at < minute) || this.now < refusedUntil;
      const isKnown =
        this.prompts.some((one) => one.program === program) ||
        this.accesses.some((one) => one.program === program) ||
        this.#ended.has(program);
      if (!isRecent && !isKnown) this.#annoyances.delete(program);
    }
    for (const { program, account } of [...this.accesses])
      this.#live(program, account);
    const due = accountNames.filter((name) => {
      const account = this.#account(name);
      if (account.open === "no") return false;
      const isIdle =
        account.open === "by-hand"
          ? this.now - account.lastUse >= tenMinutes
          : !this.accesses.some((one) => one.account === name);
      if (!isIdle) {
        account.idleSince = undefined;
        return false;
      }
      account.idleSince ??= this.now;
      const isAsked = this.prompts.some(
        (one) => (one.account ?? name) === name,
      );
      return !isAsked || this.now - account.idleSince >= 2 * minute;
    });
    for (const name of due) this.lock(name);
  }

  // What is to be seen

  /** Prompts whose turn it is, those included that ran out and were not swept. */
  pending(): Prompt[] {
    return this.prompts.filter((one) => one.expiresAt !== undefined);
  }

  /** Whether nothing ran out that nobody looked at since. */
  isCurrent(): boolean {
    return this.accesses.every(({ yeses }) =>
      yeses.every((yes) => this.#isLive(yes)),
    );
  }

  /** Live access, and when it ends if nothing happens. */
  list(): (Access & { readonly endsAt: number })[] {
    return this.accesses
      .filter((one) => this.#live(one.program, one.account) !== undefined)
      .map((one) => ({
        ...one,
        endsAt: Math.max(
          ...one.yeses.map((yes) =>
            Math.min(
              yes.lastUse + yes.inactivityMs,
              yes.grantedAt + twelveHours,
            ),
          ),
        ),
      }));
  }

  #isPending(prompt: Prompt | undefined): prompt is Prompt {
    return (
      prompt?.expiresAt !== undefined &&
      this.prompts.includes(prompt) &&
      this.now < prompt.expiresAt
    );
  }

  /** The access of a program to an account; what ran out ends here (EXP-001, EXP-013). */
  #live(program: Program, account: string): Access | undefined {
    const access = this.accesses.find(
      (one) => one.program === program && one.account === account,
    );
    if (access === undefined) return undefined;
    access.yeses = access.yeses.filter((yes) => this.#isLive(yes));
    if (access.yeses.length > 0) return access;
    this.#end(access, "SESSION_EXPIRED");
    return undefined;
  }

  #isLive(yes: Yes): boolean {
    return (
      this.now - yes.lastUse < yes.inactivityMs &&
      this.now - yes.grantedAt < twelveHours
    );
  }

  #covering(program: Program, asked: string, scope: number): Given | undefined {
    const named = accountNames.find((name) => name === asked);
    const candidates =
      named !== undefined
        ? [named]
        : this.accesses
            .filter((one) => one.program === program)
            .filter(
              ({ chosenFor }) =>
                chosenFor.has(asked) || (asked === "" && chosenFor.size > 0),
            )
            .map((one) => one.account)
            .sort();
    for (const account of candidates) {
      const access = this.#live(program, account);
      if (access === undefined) continue;
      const { reach, isWhole } = bind(scope, this.#content(account));
      const yes = isWhole
        ? access.yeses.find((one) => covers(one.reach, reach))
        : undefined;
      if (yes !== undefined)
        return { account, reach: yes.reach, inactivityMs: yes.inactivityMs };
    }
    return undefined;
  }

  #end(access: Access, reason: string): void {
    this.accesses = this.accesses.filter((one) => one !== access);
    const reasons =
      this.#ended.get(access.program) ?? new Map<string, string>();
    this.#ended.set(access.program, reasons.set(access.account, reason));
  }

  /** End prompts, pending or waiting their turn, all at once. */
  #endPrompts(
    which: (prompt: Prompt) => boolean,
    reason: () => string,
    counting: "counts" | "no",
  ): void {
    for (const prompt of this.prompts.filter(which)) {
      if (prompt.expiresAt !== undefined && counting === "counts")
        this.#annoy(prompt.program);
      this.#drop(prompt, { reason: reason() });
    }
    this.#takeTurns();
  }

  #drop(prompt: Prompt, outcome: Outcome): void {
    this.prompts = this.prompts.filter((one) => one !== prompt);
    for (const call of prompt.calls) this.settled.set(call, outcome);
  }

  #takeTurns(): void {
    const seen = new Set<Program>();
    for (const prompt of this.prompts) {
      if (!seen.has(prompt.program)) prompt.expiresAt ??= this.now + 2 * minute;
      seen.add(prompt.program);
    }
  }

  // Three prompts unapproved in a minute: a minute's refusal (PRM-012).

  #annoy(program: Program): void {
    for (const annoyance of this.#annoyancesOf(program)) {
      annoyance.ends = annoyance.ends.filter((at) => this.now - at < minute);
      annoyance.ends.push(this.now);
      if (annoyance.ends.length >= 3)
        annoyance.refusedUntil = this.now + minute;
    }
  }

  #isRefused(program: Program): boolean {
    return this.#annoyancesOf(program).some(
      ({ refusedUntil }) => this.now < refusedUntil,
    );
  }

  #annoyancesOf(program: Program): Annoyance[] {
    return [...this.#annoyances]
      .filter(([one]) => program.lineage.includes(one.lineage[0] ?? {}))
      .map(([, annoyance]) => annoyance);
  }

  #content(account: string): Content {
    const content = this.contents[account];
    if (content === undefined) throw new Error(`no account ${account}`);
    return content;
  }

  #account(name: string): Account {
    const account = this.accounts[name];
    if (account === undefined) throw new Error(`no account ${name}`);
    return account;
  }
}
