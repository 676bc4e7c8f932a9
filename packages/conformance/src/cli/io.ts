// SPDX-License-Identifier: Apache-2.0

/** Where the command line writes. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Where a person types. */
  readonly stdin?: NodeJS.ReadableStream;
  /** Aborted when the user ends the program. */
  readonly signal?: AbortSignal;
}

/** A stream that takes text. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}
