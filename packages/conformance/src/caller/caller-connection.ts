// SPDX-License-Identifier: Apache-2.0
import { Duplex } from "node:stream";
import type { Op } from "./caller-process.ts";

/** Of one command; a frame may hold twice as much. */
const mostBytes = 8 * 1024 * 1024;

/** What moves the bytes of a connection: the process that holds it. */
export interface Holder {
  send(op: Op): Promise<number>;
  isAlive(): boolean;
}

/**
 * The runner's end of a connection that a caller holds. When the caller hands
 * it to another process, it goes on through that one.
 */
export class CallerConnection extends Duplex {
  /** Everything that came, as it came. */
  readonly received: Buffer[] = [];
  #number: number;
  #holder: Holder;

  constructor(number: number, holder: Holder) {
    super({ allowHalfOpen: false });
    this.#number = number;
    this.#holder = holder;
  }

  /** The number its holder has for it. */
  get number(): number {
    return this.#number;
  }

  /** From now on this process moves its bytes. */
  moveTo(number: number, holder: Holder): void {
    this.#number = number;
    this.#holder = holder;
  }

  override _read(): void {}

  override _write(
    bytes: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    const sends: Promise<number>[] = [];
    for (let at = 0; at === 0 || at < bytes.length; at += mostBytes) {
      const data = bytes.subarray(at, at + mostBytes);
      sends.push(
        this.#holder.send({
          case: "send",
          value: { connection: this.number, data, halfClose: false },
        }),
      );
    }
    Promise.all(sends).then(
      () => done(),
      (error) => done(error),
    );
  }

  override _writev(
    parts: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    // All that waits goes in one command.
    const whole = Buffer.concat(parts.map(({ chunk }) => chunk));
    this._write(whole, "binary", done);
  }

  override _final(done: () => void): void {
    if (!this.#holder.isAlive()) {
      done();
      return;
    }
    this.#holder
      .send({
        case: "send",
        value: {
          connection: this.number,
          data: new Uint8Array(),
          halfClose: true,
        },
      })
      .then(
        () => done(),
        () => done(),
      );
  }

  override _destroy(
    error: Error | null,
    done: (error: Error | null) => void,
  ): void {
    if (this.#holder.isAlive()) {
      this.#holder
        .send({ case: "close", value: this.number })
        .catch(() => undefined);
    }
    done(error);
  }
}
