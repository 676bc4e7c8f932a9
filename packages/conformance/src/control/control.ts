// SPDX-License-Identifier: Apache-2.0
import { createConnection } from "node:net";
import { ControlService } from "@assent/protocol/conformance";
import {
  create,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { type Exchange, openHttp2 } from "../wire/exchange.ts";
import { flavour } from "../wire/flavour.ts";

/** The control service refused or did not answer: what it declared does not work. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  /** It says itself that it does not do it. */
  readonly isUnimplemented: boolean;

  constructor(message: string, isUnimplemented = false) {
    super(message);
    this.isUnimplemented = isUnimplemented;
  }
}

type Methods = typeof ControlService.method;

/** The control service of a broker under test: one function for each method. */
export type Control = {
  readonly [K in keyof Methods]: Methods[K] extends DescMethodUnary<
    infer I,
    infer O
  >
    ? (request?: MessageInitShape<I>) => Promise<MessageShape<O>>
    : never;
} & { close(): void };

async function open(endpoint: string): Promise<Exchange> {
  const socket = createConnection(endpoint);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return openHttp2(socket);
}

/**
 * Speak to the control service at a socket; to whoever listens there by then,
 * once the broker has been started again. @throws when it cannot be reached
 */
export async function connectControl(endpoint: string): Promise<Control> {
  let exchange = await open(endpoint);
  const way = flavour("connect-proto");
  const methods = Object.entries(ControlService.method).map(
    ([name, method]) => [
      name,
      async (request: object = {}) => {
        if (!exchange.isOpen) exchange = await open(endpoint);
        const answer = way.read(
          method.output,
          await exchange.send({
            path: `/${ControlService.typeName}/${method.name}`,
            headers: way.headers(undefined),
            body: way.write(method.input, create(method.input, request)),
          }),
        );
        if (answer.kind === "served") return answer.message;
        throw new ControlError(
          `${method.name}: ${answer.kind === "refused" ? `${answer.code} ${answer.message}` : answer.why}`,
          answer.kind === "refused" && answer.code === "unimplemented",
        );
      },
    ],
  );
  return {
    ...Object.fromEntries(methods),
    close: () => exchange.close(),
  } as Control;
}
