// SPDX-License-Identifier: Apache-2.0
import type { Socket } from "node:net";

/**
 * The descriptor of an accepted socket. Node has no public way to it, so this
 * is the only place that reaches into one of its objects; undefined when there
 * is none, and then the connection must be refused.
 */
export function socketDescriptor(socket: Socket): number | undefined {
  const { _handle: handle } = socket as { _handle?: { fd?: unknown } | null };
  const descriptor = handle?.fd;
  return Number.isInteger(descriptor) && (descriptor as number) >= 0
    ? (descriptor as number)
    : undefined;
}
