// SPDX-License-Identifier: Apache-2.0
import {
  type DriverRequest,
  DriverRequestSchema,
  type DriverResponse,
  DriverResponseSchema,
} from "@assent/protocol/conformance";
import {
  fromBinary,
  fromJsonString,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";

/** Messages of the driver protocol, on standard input and output. */
export interface DriverPipe {
  /** Begins to read. */
  listen(receive: (request: DriverRequest) => void): void;
  answer(response: DriverResponse): void;
  /** Reads no more, so that the program can end. */
  close(): void;
}

const headerLength = 4;

/** Four bytes of length and a message; or lines of JSON. */
export function createDriverPipe(isJson: boolean): DriverPipe {
  const { stdin, stdout } = process;
  return {
    listen(receive) {
      let kept: Buffer = Buffer.alloc(0);
      stdin.on("data", (bytes: Buffer) => {
        kept = Buffer.concat([kept, bytes]);
        for (;;) {
          const end = isJson ? kept.indexOf("\n") + 1 : framedLength(kept);
          if (end === 0 || end > kept.length) return;
          const message = kept.subarray(isJson ? 0 : headerLength, end);
          kept = kept.subarray(end);
          receive(
            isJson
              ? fromJsonString(DriverRequestSchema, message.toString())
              : fromBinary(DriverRequestSchema, message),
          );
        }
      });
    },
    answer(response) {
      if (isJson) {
        stdout.write(`${toJsonString(DriverResponseSchema, response)}\n`);
        return;
      }
      const message = toBinary(DriverResponseSchema, response);
      const header = Buffer.alloc(headerLength);
      header.writeUInt32BE(message.length);
      stdout.write(Buffer.concat([header, message]));
    },
    close: () => stdin.destroy(),
  };
}

function framedLength(bytes: Buffer): number {
  return bytes.length < headerLength ? 0 : headerLength + bytes.readUInt32BE(0);
}
