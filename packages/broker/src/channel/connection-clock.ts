// SPDX-License-Identifier: Apache-2.0
import type { Scheduler } from "../peer/scheduler.ts";

/** What becomes of a connection that makes no progress. */
export interface ConnectionClockOptions {
  readonly scheduler: Scheduler;
  /** Until the first request, and each later body, is received, and until an answer is taken. */
  readonly receiveMs: number;
  /** Without any call, after the first. */
  readonly idleMs: number;
  /** Something was not received in time. */
  readonly onStalled: () => void;
  /** Nothing was asked for long. */
  readonly onIdle: () => void;
  /** True: only bodies are timed; for surfaces that we started ourselves. */
  readonly patient: boolean;
}

/** One call, as far as time is concerned; both may be told more than once. */
export interface CallClock {
  /** Its request is here completely. */
  received(): void;
  /** Its answer is written, to its end. */
  answered(): void;
  /** Its answer has left, or never will. */
  ended(): void;
}

/**
 * Times one connection (WIR-007): from the start until the first request is
 * complete, then the body of each request, the taking of each answer, and the
 * silence between calls. A call that is received and waits for the user is not
 * timed at all.
 */
export class ConnectionClock {
  readonly #options: ConnectionClockOptions;
  #calls = 0;
  #receiving = new Set<() => void>();
  #leaving = new Set<() => void>();
  /** Times what comes before a call: the first request, its headers, or silence. */
  #cancelWait: () => void = () => undefined;
  #servedFirst = false;
  /** A request has begun that is not here yet; its time runs, or will when the last answer has left. */
  #begun = false;
  #stopped = false;

  constructor(options: ConnectionClockOptions) {
    this.#options = options;
    if (options.patient) this.#servedFirst = true;
    else this.#waitForRequest();
  }

  /** Calls that have not ended. */
  get calls(): number {
    return this.#calls;
  }

  /** A request's headers are here. */
  begin(): CallClock {
    const { scheduler, receiveMs, onStalled } = this.#options;
    this.#calls += 1;
    this.#begun = false;
    // Before the first request is complete, its own clock runs on.
    if (this.#servedFirst) this.#cancelWait();
    const cancel = scheduler.after(receiveMs, onStalled);
    this.#receiving.add(cancel);
    let open = true;
    let cancelAnswer: () => void = () => undefined;
    return {
      answered: () => {
        if (!open || this.#stopped) return;
        this.#leaving.delete(cancelAnswer);
        cancelAnswer();
        cancelAnswer = scheduler.after(receiveMs, onStalled);
        this.#leaving.add(cancelAnswer);
      },
      received: () => {
        cancel();
        if (!this.#receiving.delete(cancel) || this.#servedFirst) return;
        this.#servedFirst = true;
        this.#cancelWait();
        this.#settle();
      },
      ended: () => {
        if (!open) return;
        open = false;
        cancelAnswer();
        this.#leaving.delete(cancelAnswer);
        this.#calls -= 1;
        this.#settle();
      },
    };
  }

  /** Bytes arrived; unless a request is being received, the next one has begun. */
  bytesArrived(): void {
    const known = this.#begun || this.#receiving.size > 0;
    if (known || !this.#servedFirst || this.#stopped) return;
    this.#begun = true;
    if (this.#calls === 0) this.#waitForRequest();
  }

  /** The connection is closed. */
  stop(): void {
    this.#stopped = true;
    this.#cancelWait();
    for (const cancel of [...this.#receiving, ...this.#leaving]) cancel();
    this.#receiving.clear();
    this.#leaving.clear();
  }

  #waitForRequest(): void {
    const { scheduler, receiveMs, onStalled } = this.#options;
    this.#cancelWait();
    this.#cancelWait = scheduler.after(receiveMs, onStalled);
  }

  #settle(): void {
    const { scheduler, idleMs, onIdle, patient } = this.#options;
    if (this.#calls > 0 || !this.#servedFirst || this.#stopped || patient) {
      return;
    }
    if (this.#begun) {
      this.#waitForRequest();
      return;
    }
    this.#cancelWait();
    this.#cancelWait = scheduler.after(idleMs, onIdle);
  }
}
