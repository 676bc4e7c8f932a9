// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import { expect, test } from "vitest";
import { hardenProcess } from "./hardening.ts";
import { PlatformError } from "./platform.ts";
import {
  fixture,
  isRoot,
  nobody,
  talk,
  temporaryDirectory,
} from "./processes.fixture.ts";

// Root may look into everything: then both run as somebody else.
const user = isRoot ? { uid: nobody, gid: nobody } : {};

test("keeps debuggers and core files of the same user away (T10)", async () => {
  const directory = temporaryDirectory(isRoot ? 0o777 : 0o700);
  const open = talk([fixture("caller")], user);
  const { ready } = await open.next();
  const hardened = talk([fixture("admissions"), `${directory}/s`], user);
  const { listening, coreLimit } = await hardened.next();
  // The same debugger, on a process that did not close itself.
  const tracing = talk([fixture("tracer"), String(ready)], user);
  expect(await tracing.next()).toEqual({ errno: 0 });
  const refused = talk([fixture("tracer"), String(listening)], user);
  expect(await refused.next()).toEqual({ errno: constants.errno.EPERM });
  expect(coreLimit).toBe("0 0");
});

test("does not go on when the system refuses (T10)", () => {
  const fails = () => {
    throw new Error("no");
  };
  const passes = () => undefined;
  for (const binding of [
    { forbidInspection: fails },
    { forbidCoreFiles: fails },
    { forbidNewRights: fails },
  ]) {
    const others = {
      forbidInspection: passes,
      forbidCoreFiles: passes,
      forbidNewRights: passes,
    };
    expect(() => hardenProcess({ ...others, ...binding })).toThrow(
      PlatformError,
    );
  }
});
