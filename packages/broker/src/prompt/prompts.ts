// SPDX-License-Identifier: Apache-2.0

/** How a prompt ended without a yes. */
export type PromptEnding =
  | "denied"
  | "timed-out"
  | "withdrawn"
  | "revoked"
  | "process-exited"
  | "process-replaced"
  | "account-locked"
  | "integration-off"
  | "too-many"
  | "failed";

/** What came of asking. */
export type PromptOutcome<Granted> =
  | { readonly granted: Granted }
  | { readonly ending: PromptEnding };

/** A prompt as it is shown: these bytes, and no others, are what is approved (PRM-010, T24). */
export interface FrozenPrompt {
  /** A serialized PromptBody. */
  readonly body: Uint8Array;
  /** Its digest, 32 bytes. */
  readonly digest: Uint8Array;
  /** Undefined: the user chooses among their accounts. */
  readonly accountId: string | undefined;
}

/** What a process asks the user. */
export interface Question {
  readonly process: number;
  /** The account as asked for, known or not: calls coalesce on it (LEAK-002, T50). */
  readonly account: string;
  /** The scope as asked for, in one canonical form. */
  readonly scope: string;
  /** Gather the facts and freeze them; called once, when it is this prompt's turn. */
  freeze(): Promise<FrozenPrompt>;
}

/** A prompt whose turn it is. */
export interface PendingPrompt {
  /** Unguessable. */
  readonly id: string;
  readonly question: Question;
  readonly frozen: FrozenPrompt;
  /** Boot time at which it counts as not approved (SES-004). */
  readonly expiresAtMs: number;
  /** Calls that wait on it. */
  readonly waiters: number;
}

/** Told after each change of what is pending. */
export interface PromptListener {
  changed(): void;
  /** `id` had been pending. `approved` when the user said yes. */
  ended(prompt: PendingPrompt, ending: PromptEnding | "approved"): void;
}

interface Waiter<Granted> {
  settle(outcome: PromptOutcome<Granted>): void;
}

interface Entry<Granted> {
  readonly id: string;
  readonly question: Question;
  readonly waiting: Set<Waiter<Granted>>;
  /** Set once it is this prompt's turn. */
  expiresAtMs: number | undefined;
  frozen: FrozenPrompt | undefined;
}

/** Options of {@link Prompts}. */
export interface PromptsOptions {
  readonly newId: () => string;
  readonly bootMs: () => number;
  readonly timeoutMs: number;
  /** Prompts of one process, the pending one included; more are refused. */
  readonly perProcess: number;
  /** Prompts of all processes; more are refused. */
  readonly inAll: number;
}

/**
 * The questions waiting for the user. Of each process one is pending at a
 * time, the others wait their turn (PRM-008, PRM-013). Calls that ask the same
 * share one prompt and one outcome (PRM-007). A prompt lives as long as a call
 * waits on it (PRM-009).
 */
export class Prompts<Granted> {
  readonly #queues = new Map<number, Entry<Granted>[]>();
  readonly #byId = new Map<string, Entry<Granted>>();
  readonly #listeners = new Set<PromptListener>();
  readonly #options: PromptsOptions;

  constructor(options: PromptsOptions) {
    this.#options = options;
  }

  /** Ask, and wait. When the signal aborts, the call waits no more and gets "withdrawn". */
  ask(
    question: Question,
    signal: AbortSignal,
  ): Promise<PromptOutcome<Granted>> {
    if (signal.aborted) return Promise.resolve({ ending: "withdrawn" });
    const queue = this.#queues.get(question.process) ?? [];
    let entry = queue.find(
      (one) =>
        one.question.account === question.account &&
        one.question.scope === question.scope,
    );
    if (entry === undefined) {
      const { perProcess, inAll } = this.#options;
      if (queue.length >= perProcess || this.#byId.size >= inAll) {
        return Promise.resolve({ ending: "too-many" });
      }
      entry = {
        id: this.#options.newId(),
        question,
        waiting: new Set(),
        expiresAtMs: undefined,
        frozen: undefined,
      };
      queue.push(entry);
      this.#queues.set(question.process, queue);
      this.#byId.set(entry.id, entry);
    }
    const outcome = this.#wait(entry, signal);
    if (queue[0] === entry && entry.expiresAtMs === undefined) {
      this.#activate(entry);
    } else {
      this.#changed();
    }
    return outcome;
  }

  /** Prompts whose turn it is, oldest first. */
  pending(): PendingPrompt[] {
    return [...this.#byId.values()].flatMap((entry) => view(entry) ?? []);
  }

  /** A pending prompt. Judged by the clock, not by a timer (SES-004). */
  get(id: string): PendingPrompt | undefined {
    const prompt = view(this.#byId.get(id));
    if (prompt === undefined) return undefined;
    return this.#options.bootMs() < prompt.expiresAtMs ? prompt : undefined;
  }

  /** The user said yes to this prompt, and it took effect. */
  approve(id: string, granted: Granted): void {
    const entry = this.#byId.get(id);
    if (entry !== undefined) this.#settle(entry, { granted });
  }

  /** The user said no: every waiting call of that process ends (PRM-013, SES-003). */
  deny(id: string): boolean {
    const process = this.get(id)?.question.process;
    if (process === undefined) return false;
    this.endWhere((question) => question.process === process, "denied");
    return true;
  }

  /** End the prompts that match, pending or waiting their turn. */
  endWhere(
    matches: (question: Question, frozen: FrozenPrompt | undefined) => boolean,
    ending: PromptEnding | ((question: Question) => PromptEnding),
  ): void {
    // All are taken out first, so that none of them gets its turn meanwhile.
    const entries = [...this.#byId.values()].filter((entry) =>
      matches(entry.question, entry.frozen),
    );
    for (const entry of entries) this.#byId.delete(entry.id);
    for (const entry of entries) {
      this.#settle(entry, {
        ending: typeof ending === "string" ? ending : ending(entry.question),
      });
    }
  }

  /** End what nobody answered in time. */
  sweep(): void {
    const now = this.#options.bootMs();
    for (const entry of [...this.#byId.values()]) {
      if (entry.expiresAtMs !== undefined && now >= entry.expiresAtMs) {
        this.#settle(entry, { ending: "timed-out" });
      }
    }
  }

  /** Whether any prompt matches, pending or waiting its turn. */
  some(
    matches: (question: Question, frozen: FrozenPrompt | undefined) => boolean,
  ): boolean {
    return [...this.#byId.values()].some((entry) =>
      matches(entry.question, entry.frozen),
    );
  }

  /** Whether a process waits for the user. */
  holds(process: number): boolean {
    return this.#queues.has(process);
  }

  /** Be told of changes; returns how to stop. */
  listen(listener: PromptListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #wait(
    entry: Entry<Granted>,
    signal: AbortSignal,
  ): Promise<PromptOutcome<Granted>> {
    return new Promise((resolve) => {
      const waiter: Waiter<Granted> = {
        settle(outcome) {
          signal.removeEventListener("abort", leave);
          resolve(outcome);
        },
      };
      const leave = () => {
        entry.waiting.delete(waiter);
        waiter.settle({ ending: "withdrawn" });
        if (entry.waiting.size === 0) {
          this.#settle(entry, { ending: "withdrawn" });
        } else {
          this.#changed();
        }
      };
      entry.waiting.add(waiter);
      signal.addEventListener("abort", leave);
    });
  }

  #activate(entry: Entry<Granted>): void {
    const now = this.#options.bootMs();
    entry.expiresAtMs = now + this.#options.timeoutMs;
    entry.question.freeze().then(
      (frozen) => {
        if (!this.#byId.has(entry.id)) return;
        entry.frozen = frozen;
        this.#changed();
      },
      () => this.#settle(entry, { ending: "failed" }),
    );
  }

  #settle(entry: Entry<Granted>, outcome: PromptOutcome<Granted>): void {
    const { process } = entry.question;
    const queue = this.#queues.get(process);
    const at = queue?.indexOf(entry) ?? -1;
    if (queue === undefined || at < 0) return;
    const shown = view(entry);
    queue.splice(at, 1);
    this.#byId.delete(entry.id);
    if (queue.length === 0) this.#queues.delete(process);
    const waiting = [...entry.waiting];
    entry.waiting.clear();
    for (const waiter of waiting) waiter.settle(outcome);
    if (shown !== undefined) {
      const ending = "granted" in outcome ? "approved" : outcome.ending;
      for (const listener of this.#listeners) listener.ended(shown, ending);
    }
    const next = queue[0];
    if (
      next !== undefined &&
      next.expiresAtMs === undefined &&
      this.#byId.has(next.id)
    ) {
      this.#activate(next);
    }
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener.changed();
  }
}

function view<Granted>(
  entry: Entry<Granted> | undefined,
): PendingPrompt | undefined {
  if (entry?.frozen === undefined || entry.expiresAtMs === undefined) {
    return undefined;
  }
  return {
    id: entry.id,
    question: entry.question,
    frozen: entry.frozen,
    expiresAtMs: entry.expiresAtMs,
    waiters: entry.waiting.size,
  };
}
