// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Host, startHost } from "../host/host.ts";
import { ownerOver } from "../host/owner-connection.ts";
import { connectOwnerSocket } from "../host/owner-socket.ts";
import { ownBroker, sharedBroker } from "../host/page-broker.ts";
import { leaveMs } from "../host/pages.ts";
import { systemTime, type Time } from "../host/time.ts";
import type { ManualTime } from "./manual-time.ts";
import { enter, type TestPage } from "./page-client.ts";
import { password, type RealBroker } from "./real-broker.ts";

/** A host in this process, in front of a real broker. */
export interface HostRig {
  readonly host: Host;
  readonly directory: string;
  /** A page that came in by a file of its own. */
  page(): Promise<TestPage>;
  close(): Promise<void>;
}

/** The page as it is built. */
export const pageDirectory: string = fileURLToPath(
  new URL("../dist/page/", import.meta.url),
);

/**
 * Serve in front of a broker: `own` connections, as `assent ui` does, or one
 * that all pages share and that is trusted, as the broker's surface has it.
 */
export async function startHostRig(
  broker: Pick<RealBroker, "ownerSocket">,
  kind: "own" | "shared",
  time: Time = systemTime,
): Promise<HostRig> {
  const directory = mkdtempSync(join(tmpdir(), "assent-host-"));
  const connect = async () =>
    ownerOver(await connectOwnerSocket(broker.ownerSocket));
  const shared = kind === "shared" ? await connect() : undefined;
  const host = await startHost({
    pageDirectory,
    directory,
    newBroker:
      shared === undefined
        ? () => ownBroker(connect, () => {})
        : sharedBroker(shared, time.now),
    hasCode: true,
    time,
  });
  const page = async () => enter(host.origin, host.createBootstrap());
  // A socket pair to the broker is trusted from its start; this one is by a password.
  if (shared !== undefined) await signIn(await page());
  return {
    host,
    directory,
    page,
    async close() {
      const closing = host.close();
      // Pages that are still there do not leave by themselves here.
      if (isManual(time)) time.advance(leaveMs);
      await closing;
      shared?.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isManual(time: Time): time is ManualTime {
  return "advance" in time;
}

/** Give the password on a page; the id of the account. */
export async function signIn(page: TestPage): Promise<string> {
  const { accounts } = await page.accounts.listAccounts({});
  const id = accounts[0]?.id ?? "";
  await page.accounts.authenticate({ credential: credential(id) });
  return id;
}

/** The account's password, for a call. */
export function credential(account: string): {
  account: string;
  proof: { case: "password"; value: Uint8Array<ArrayBuffer> };
} {
  return {
    account,
    proof: { case: "password", value: new TextEncoder().encode(password) },
  };
}
