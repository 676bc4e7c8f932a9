// SPDX-License-Identifier: Apache-2.0
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import { type Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createMasker } from "./masker.ts";
import { createSystemPipe } from "./system-pipe.ts";

/** One output of a child, on its way through us. */
export interface MaskedOutput {
  /** For the child's `stdio`. */
  readonly stdio: number | "pipe";
  /**
   * The child is there, or never will be: pass on what it writes until nobody
   * can write any more. A reader who has enough ends the child as it would
   * without us. `own` is the child's stream, if it was given a "pipe".
   */
  relay(own: Readable | null): Promise<void>;
}

const mark = Buffer.from("<concealed by Assent>");

/** An output without the secrets. Ready to be given to a child. */
export function createMaskedOutput(
  target: Writable,
  secrets: readonly Uint8Array[],
): MaskedOutput {
  const pipe = createSystemPipe();
  return {
    stdio: pipe?.writeEnd ?? "pipe",
    async relay(own) {
      let source = own;
      if (pipe !== undefined) {
        closeSync(pipe.writeEnd);
        source = new Socket({
          fd: pipe.readEnd,
          readable: true,
          writable: false,
        });
      }
      if (source === null) return;
      const stages = pipeline(source, maskingStage(secrets), target, {
        end: false,
      });
      await stages.catch(() => {});
    },
  };
}

function maskingStage(secrets: readonly Uint8Array[]): Transform {
  const masker = createMasker(secrets, mark);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      for (const part of masker.push(chunk)) this.push(part);
      done();
    },
    flush(done) {
      for (const part of masker.end()) this.push(part);
      done();
    },
  });
}
