// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Warning } from "@assent/protocol/owner";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { exitCodes } from "../src/exit.ts";
import {
  endProcesses,
  mainScript,
  type RunningProcess,
  startCommand,
  startProcess,
} from "./daemon.ts";
import { type Household, startHousehold } from "./household.ts";

const token = "ghp_canary0123456789";
const other = "0123456789-second";
const reference = "assent://Dev/GitHub/token";
const hidden = "<concealed by Assent>";

// Each start is a process and a key derivation, slow on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let household: Household;
let folder: string;

beforeAll(async () => {
  household = await startHousehold();
  folder = join(household.home, "work");
  mkdirSync(folder);
  await household.store("Dev", "GitHub", {
    token,
    other,
    pin: "123",
    binary: new Uint8Array([0xff, 0xfe]),
    zero: "a\0b",
    line: "with a newline\n",
  });
});
afterAll(async () => {
  await household?.[Symbol.asyncDispose]();
  endProcesses();
});
beforeEach(() => {
  household.answer = () => true;
});

function run(options: string[], ...words: string[]): RunningProcess {
  const own = ["run", ...options, "--home", household.home, "--"];
  return startProcess([...own, ...words]);
}

const withToken = ["--env", `TOKEN=${reference}`];

test("one prompt names the command as opened, its arguments and the references, and that we pass it on (T45)", async () => {
  const asked = household.prompts.length;
  const { code, out, err } = await run(
    [...withToken, "--env", "OTHER=assent://Dev/GitHub/other"],
    "sh",
    "-c",
    'echo "$TOKEN" "$OTHER" "$@"',
    "name",
    "--",
    "-x",
  ).ended;
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(out).toBe(`${hidden} ${hidden} -- -x\n`);
  expect(household.prompts.length).toBe(asked + 1);
  const body = household.prompts.at(-1)?.body;
  expect(body?.scope?.extent).toMatchObject({
    case: "references",
    value: { references: [reference, "assent://Dev/GitHub/other"] },
  });
  const { integration, purpose, startedBy } = body?.claims ?? {};
  expect(integration?.name).toBe("assent run");
  expect(purpose).toMatch(/^run \/\S*\/sh (\(\/\S+\) )?-c .* name -- -x$/);
  expect(purpose).toContain('echo "$TOKEN"');
  expect(startedBy?.length).toBeGreaterThan(0);
  expect(body?.warnings).toContain(Warning.RELAY);
});

test("a secret is in the environment of the command, and nowhere of ours (T20)", async () => {
  const child = run(
    withToken,
    "sh",
    "-c",
    'test "$TOKEN" = "$1" && echo "has it"; read x',
    "sh",
    token,
  );
  await child.says("has it");
  const { pid } = child.process;
  const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
  expect(environment).not.toContain(token);
  const sessions = await household.asOwner(["sessions"]);
  expect(sessions.out).toBe("No program has access.\n");
  child.process.stdin?.end("\n");
  expect((await child.ended).out).toBe("has it\n");
});

test("hides secrets in both outputs, also when they are split over writes", async () => {
  const script = `
    const token = process.env.TOKEN;
    process.stderr.write("stderr " + token + "\\n");
    process.stdout.write("key=" + token.slice(0, 7));
    setImmediate(() => process.stdout.write(token.slice(7) + "\\n" + token.slice(0, 7) + "\\n"));`;
  const { out, err } = await run(withToken, process.execPath, "-e", script)
    .ended;
  expect(out).toBe(`key=${hidden}\nghp_can\n`);
  expect(err).toContain(`stderr ${hidden}\n`);
  expect(out + err).not.toContain(token);
});

test("an output that is no text comes through as it is", async () => {
  const child = spawn(process.execPath, [
    mainScript,
    "run",
    ...withToken,
    "--home",
    household.home,
    "--",
    "head",
    "-c",
    "3000000",
    process.execPath,
  ]);
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  await new Promise((resolve) => child.once("close", resolve));
  const whole = readFileSync(process.execPath).subarray(0, 3_000_000);
  expect(Buffer.concat(parts).equals(whole)).toBe(true);
});

test("the environment is ours, then the files in order, then --env", async () => {
  const [first, second] = [join(folder, "1.env"), join(folder, "2.env")];
  writeFileSync(
    first,
    `# a comment\nPLAIN="two words"\nexport A=first\nB='first'\nTOKEN = ${reference} # the token\n`,
  );
  writeFileSync(second, "B=second\nC=second\nD=op://Dev/GitHub/token\n");
  const files = ["--env-file", first, "--env-file", second];
  const print = 'echo "$PLAIN,$A,$B,$C,$D,$TOKEN,$LINE"';
  const { code, out } = await run(
    [
      ...files,
      "--env",
      `C=${reference}`,
      "--env",
      "LINE=assent://Dev/GitHub/line",
    ],
    "sh",
    "-c",
    print,
  ).ended;
  expect(code).toBe(0);
  expect(out).toBe(
    `two words,first,second,${hidden},${hidden},${hidden},${hidden}\n\n`,
  );
});

test("a reference in our own environment stands for its secret too", async () => {
  const { out } = await startCommand([
    "env",
    `INHERITED=${reference}`,
    process.execPath,
    mainScript,
    "run",
    "--no-masking",
    "--home",
    household.home,
    "--",
    "printenv",
    "INHERITED",
  ]).ended;
  expect(out).toBe(`${token}\n`);
});

test("without references nobody is asked", async () => {
  const asked = household.prompts.length;
  const { code, out } = await run([], "echo", "hello").ended;
  expect({ code, out }).toEqual({ code: 0, out: "hello\n" });
  expect(household.prompts.length).toBe(asked);
});

test("a secret too short to be hidden is told by name", async () => {
  const { err } = await run(
    ["--env", "PIN=assent://Dev/GitHub/pin", ...withToken],
    "true",
  ).ended;
  expect(err).toContain("PIN is too short to be hidden in the output");
});

test("ends as the command ends: by its exit code or its signal", async () => {
  const how = async (script: string, masking = true) => {
    const options = masking ? withToken : [...withToken, "--no-masking"];
    const child = run(options, "sh", "-c", script);
    await child.ended;
    return child.process.signalCode ?? child.process.exitCode;
  };
  expect(await how("exit 7")).toBe(7);
  expect(await how("exit 0", false)).toBe(0);
  expect(await how("kill -TERM $$")).toBe("SIGTERM");
  expect(await how("kill -KILL $$", false)).toBe("SIGKILL");
  // By a core: ours would hold secrets.
  expect(await how("ulimit -c 0; kill -SEGV $$")).toBe(139);
});

test("signals go on to the command, which decides what they mean", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const name = signal.slice(3);
    const child = run(
      withToken,
      "sh",
      "-c",
      `trap 'echo got ${name}; exit 3' ${name}; echo ready; while :; do sleep 0.05; done`,
    );
    await child.says("ready");
    child.process.kill(signal);
    expect(await child.ended).toMatchObject({
      code: 3,
      out: `ready\ngot ${name}\n`,
    });
  }
});

test("interrupted while somebody is asked, it ends and the prompt is withdrawn", async () => {
  const asked = new Promise<void>((resolve) => {
    household.answer = () => void resolve();
  });
  const file = join(folder, "interrupted");
  const child = run(withToken, "touch", file);
  await asked;
  child.process.kill("SIGINT");
  await child.ended;
  expect(child.process.signalCode).toBe("SIGINT");
  expect(existsSync(file)).toBe(false);
  const prompts = await household.asOwner(["prompts", "--json"]);
  expect(JSON.parse(prompts.out)).toEqual([]);
});

test("a reader who has enough ends the command as it would without us", async () => {
  const words = [process.execPath, mainScript, "run", ...withToken];
  const line = [...words, "--home", household.home, "--", "yes"]
    .map((word) => `'${word}'`)
    .join(" ");
  const { out } = await startCommand([
    "bash",
    "-c",
    `${line} | head -n 1; echo "\${PIPESTATUS[0]}"`,
  ]).ended;
  expect(out).toBe("y\n141\n");
});

test("a script may open its outputs again", async () => {
  const { code, out, err } = await run(
    withToken,
    "sh",
    "-c",
    'echo "$TOKEN" > /dev/stdout; echo "$TOKEN" > /dev/stderr',
  ).ended;
  expect({ code, out }).toEqual({ code: 0, out: `${hidden}\n` });
  expect(err).toContain(hidden);
});

test("a terminal stays one: the input always, the outputs without masking", async () => {
  const isTerminal = `import os, pty, sys
status = pty.spawn(sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(status))`;
  const print =
    "for n in 0 1 2; do if [ -t $n ]; then echo $n yes; else echo $n no; fi; done";
  const seen = async (...options: string[]) => {
    const words = ["run", ...withToken, ...options, "--home", household.home];
    const line = [...words, "--", "sh", "-c", print];
    const { out } = await startCommand([
      "python3",
      "-c",
      isTerminal,
      process.execPath,
      mainScript,
      ...line,
    ]).ended;
    return out.replaceAll("\r", "");
  };
  expect(await seen()).toContain("0 yes\n1 no\n2 no\n");
  expect(await seen("--no-masking")).toContain("0 yes\n1 yes\n2 yes\n");
});

test("what is changed while somebody is asked does not run (T45)", async () => {
  const ran = join(folder, "ran");
  const script = join(folder, "script");
  const binary = join(folder, "binary");
  const write = (path: string) => {
    writeFileSync(path, `#!/bin/sh\ntouch ${ran}\n`);
    chmodSync(path, 0o755);
  };
  const changes: [string, () => void][] = [
    [script, () => appendFileSync(script, "# more\n")],
    [
      script,
      () => {
        write(`${script}.new`);
        renameSync(`${script}.new`, script);
      },
    ],
    [binary, () => appendFileSync(binary, "more")],
    // Another file at the same path, and the one that was opened untouched.
    [
      join(folder, "link", "script"),
      () => {
        mkdirSync(join(folder, "elsewhere"));
        write(join(folder, "elsewhere", "script"));
        unlinkSync(join(folder, "link"));
        symlinkSync("elsewhere", join(folder, "link"));
      },
    ],
  ];
  symlinkSync(".", join(folder, "link"));
  for (const [path, change] of changes) {
    write(script);
    copyFileSync("/bin/true", binary);
    chmodSync(binary, 0o755);
    household.answer = () => {
      change();
      return true;
    };
    const { code, err } = await run(withToken, path).ended;
    expect(code).toBe(exitCodes.commandNotStarted);
    expect(err).toContain("changed since you were asked");
    expect(existsSync(ran)).toBe(false);
  }
});

test("a command knows itself by the name it was called, and a script by its path", async () => {
  const script = join(folder, "self");
  writeFileSync(script, '#!/bin/sh\necho "$0"\n');
  chmodSync(script, 0o755);
  expect((await run(withToken, script).ended).out).toBe(`${script}\n`);
  const self = await run(withToken, "sh", "-c", "cat /proc/$$/cmdline").ended;
  expect(self.out.startsWith("sh\0-c\0")).toBe(true);
});

test("where a reference has no value nothing is started, and each is named", async () => {
  const file = join(folder, "unresolved");
  const { code, err } = await run(
    [
      ...withToken,
      "--env",
      "A=assent://Dev/GitHub/none",
      "--env",
      "B=assent://Nowhere/x/y",
    ],
    "touch",
    file,
  ).ended;
  expect(code).toBe(exitCodes.notFound);
  expect(err).toContain("assent://Dev/GitHub/none: ");
  expect(err).toContain("assent://Nowhere/x/y: ");
  expect(existsSync(file)).toBe(false);
});

test("what is denied is not started", async () => {
  household.answer = () => false;
  const file = join(folder, "denied");
  const { code } = await run(withToken, "touch", file).ended;
  expect(code).toBe(exitCodes.notApproved);
  expect(existsSync(file)).toBe(false);
});

test("a value that no environment can hold is told, and nothing started", async () => {
  for (const [field, why] of [
    ["binary", "is not text"],
    ["zero", "zero byte"],
  ]) {
    const { code, err } = await run(
      ["--env", `X=assent://Dev/GitHub/${field}`],
      "echo",
      "started",
    ).ended;
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain(why);
  }
});

test("bad input is told before anybody is asked", async () => {
  const asked = household.prompts.length;
  const plain = join(folder, "plain");
  writeFileSync(plain, "no command", { mode: 0o644 });
  const bytes = join(folder, "bytes.env");
  writeFileSync(bytes, new Uint8Array([0x41, 0x3d, 0xff]));
  const zero = join(folder, "zero.env");
  writeFileSync(zero, "A=b\0c\n");
  const large = join(folder, "large.env");
  writeFileSync(large, "A=b\n".repeat(300_000));
  const wrong = join(folder, "wrong.env");
  writeFileSync(wrong, "A=assent://Dev/GitHub\n");
  const cases: [string[], string, number, string][] = [
    [withToken, "no-such-command-here", 127, "There is no command"],
    [withToken, join(folder, "none"), 127, "There is no command"],
    [withToken, "", 127, "There is no command"],
    [withToken, plain, 126, "not executable"],
    [withToken, folder, 126, "not executable"],
    [["--env", `TOKEN=${token}`], "true", 2, "no secret reference"],
    [["--env", reference], "true", 2, "NAME=REFERENCE"],
    [["--env-file", join(folder, "none")], "true", 1, "no such file"],
    [["--env-file", folder], "true", 1, "a folder"],
    [["--env-file", bytes], "true", 1, "not text"],
    [["--env-file", zero], "true", 1, "not text"],
    [["--env-file", large], "true", 1, "larger than 1 MiB"],
    [["--env-file", wrong], "true", 2, "A (from "],
  ];
  for (const [options, command, code, text] of cases) {
    const ended = await household.run(["run", ...options, "--", command]);
    expect(ended).toMatchObject({ code, out: "" });
    expect(ended.err).toContain(text);
    expect(ended.err).not.toContain(token);
  }
  expect(household.prompts.length).toBe(asked);
});

test("a script whose interpreter is not there, and a file for no system, are told", async () => {
  const script = join(folder, "nowhere");
  writeFileSync(script, "#!/no/such/interpreter\n", { mode: 0o755 });
  const { code, err } = await run(withToken, script).ended;
  expect(code).toBe(exitCodes.commandNotStarted);
  expect(err).toContain("its interpreter is not there");
});
