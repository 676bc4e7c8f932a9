// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import { count } from "@assent/wording";

/** An attached file that comes from elsewhere. */
export interface DraftFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Title of its section. */
  readonly section?: string | undefined;
  /** What is in it, read when it is asked for. @throws ImportError */
  readonly content: () => Promise<Uint8Array>;
}

/** A file as it can be stored: with a name that a file may have. */
export function draftFile({ name, ...file }: DraftFile): DraftFile {
  const plain = name.trim() === "" ? "file" : name.slice(0, limits.nameLength);
  const isLikeId = /^[a-z2-7]{26}$/i.test(plain);
  return { ...file, name: isLikeId ? `file ${plain}` : plain };
}

/** Counts what cannot be taken over, and why. */
export class LeftFiles {
  readonly #counts = new Map<string, number>();

  /** Those that can be stored; the others are counted. */
  fitting(files: readonly DraftFile[]): DraftFile[] {
    const small = files.filter(({ size }) => size <= limits.fileBytes);
    const kept = small.slice(0, limits.files);
    const most = limits.fileBytes / 1024 / 1024;
    this.add(`larger than ${most} MiB`, files.length - small.length);
    const many = `of items that have more than ${limits.files}`;
    this.add(many, small.length - kept.length);
    return kept.map(draftFile);
  }

  add(why: string, number: number): void {
    if (number > 0) {
      this.#counts.set(why, (this.#counts.get(why) ?? 0) + number);
    }
  }

  /** A line for each reason. */
  lines(): string[] {
    return [...this.#counts].map(
      ([why, number]) => `${count(number, "attached file")} ${why}`,
    );
  }
}
