// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "@assent/wording";
import { usageError } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import {
  findItem,
  findVault,
  forgetItem,
  getItem,
  putItem,
} from "../owner/operate.ts";
import { type AccountOptions, withCredential } from "../owner/session.ts";

/** Move an item into another vault, with its files; it keeps its id. */
export async function moveItem(
  io: Io,
  vaultName: string,
  title: string,
  targetName: string,
  options: AccountOptions,
): Promise<void> {
  await withCredential(io, options, async (session) => {
    const target = await findVault(session, targetName);
    const { overview } = await findItem(session, vaultName, title);
    const [what, where] = [makeSafe(overview.title), makeSafe(target.name)];
    if (overview.vaultId === target.id) {
      throw usageError(`${what} is in ${where} already.`);
    }
    const item = await getItem(session, overview);
    try {
      if (item.overview !== undefined) item.overview.vaultId = target.id;
      forgetItem(await putItem(session, item));
    } finally {
      forgetItem(item);
    }
    await writeLine(
      io.stdout,
      `${what} is in ${where}. References to it have to name that vault now.`,
    );
  });
}
