// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  mkdtempDisposableSync,
  openSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testIo, typingTerminal } from "../test/test-io.ts";
import { createSecretInput } from "./credential.ts";
import { exitCodes } from "./exit.ts";

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}

describe("--password-stdin", () => {
  test("takes the first line as the password and the rest as the input", async () => {
    const io = testIo({ stdin: "secret one\nvalue\nmore\n" });
    const secrets = createSecretInput(io, { passwordStdin: true });
    expect(text(await secrets.password("P"))).toBe("secret one");
    expect(text(await secrets.nextLine())).toBe("value");
    expect(text(await secrets.rest())).toBe("more\n");
  });

  test("an empty password is refused", async () => {
    for (const stdin of ["", "\n", "\r\nx"]) {
      const secrets = createSecretInput(testIo({ stdin }), {
        passwordStdin: true,
      });
      await expect(secrets.password("P")).rejects.toMatchObject({
        exitCode: exitCodes.credential,
      });
    }
  });
});

describe("--password-fd", () => {
  test("takes a line for each password, and leaves the input alone", async () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), "assent-fd-"));
    const file = join(directory.path, "passwords");
    writeFileSync(file, "old secret\nnew secret\n");
    const passwordFd = openSync(file, "r");
    const io = testIo({ stdin: "value" });
    const secrets = createSecretInput(io, { passwordFd });
    expect(text(await secrets.password("P"))).toBe("old secret");
    expect(text(await secrets.newPassword("P"))).toBe("new secret");
    expect(text(await secrets.rest())).toBe("value");
    closeSync(passwordFd);
  });

  test("goes not together with --password-stdin", () => {
    expect(() =>
      createSecretInput(testIo(), { passwordStdin: true, passwordFd: 3 }),
    ).toThrow(expect.objectContaining({ exitCode: exitCodes.usage }));
  });
});

describe("a terminal", () => {
  test("asks without showing what is typed", async () => {
    const terminal = typingTerminal("pä\u007fass\r");
    const io = testIo({ openTerminal: terminal.open });
    const secrets = createSecretInput(io, {});
    expect(text(await secrets.password("Password"))).toBe("pass");
    expect(terminal.drawn).toEqual(["Password: ", "\r\n"]);
  });

  test("asks twice for a new password", async () => {
    const same = typingTerminal("one\r", "one\r");
    const differing = typingTerminal("one\r", "two\r");
    const secrets = (terminal: typeof same) =>
      createSecretInput(testIo({ openTerminal: terminal.open }), {});
    expect(text(await secrets(same).newPassword("New"))).toBe("one");
    expect(same.drawn).toContain("New, once more: ");
    await expect(secrets(differing).newPassword("New")).rejects.toMatchObject({
      message: "The two passwords are not the same. Nothing was changed.",
    });
  });

  test("Ctrl-C, Ctrl-D and Esc do nothing but end", async () => {
    for (const key of ["\u0003", "\u0004", "\u001b"]) {
      const terminal = typingTerminal(key);
      const io = testIo({ openTerminal: terminal.open });
      await expect(
        createSecretInput(io, {}).password("P"),
      ).rejects.toMatchObject({ exitCode: exitCodes.interrupted });
    }
  });

  test("that is missing is told, with what to do", async () => {
    const secrets = createSecretInput(testIo(), {});
    await expect(secrets.password("P")).rejects.toMatchObject({
      exitCode: exitCodes.credential,
      hint: expect.stringContaining("--password-stdin"),
    });
  });
});
