// SPDX-License-Identifier: Apache-2.0
import { Access } from "@assent/protocol";
import {
  type AccountRef,
  ApprovalMethod,
  MuteReach,
  OwnerReason,
  PromptEnd,
  Warning,
} from "@assent/protocol/owner";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import type { Page } from "playwright-core";
import { pageKeyItem } from "../host/contract.ts";
import {
  account,
  ownerError,
  type PromptInit,
  type StagedHost,
} from "./staged-host.ts";

/** A state of the page: how to get there from a page that was just opened. */
export interface State {
  readonly name: string;
  /** What is so before the page is opened. */
  readonly before?: (host: StagedHost) => void;
  readonly act?: (host: StagedHost, page: Page) => Promise<void>;
  /** Of its headline, or of something else that tells it is there. */
  readonly shows: RegExp;
  /** Without a key for the page. */
  readonly isSignedOut?: boolean;
}

const methods = [ApprovalMethod.PASSWORD];
const personal = account({ id: "ac-personal-1", name: "Personal", methods });
const work = account({ id: "ac-work", name: "Work", locked: true, methods });
const accounts: AccountRef[] = [personal, work];

/** A prompt of an ordinary program, asked 34 seconds ago. */
export function ordinary(change: PromptInit = {}): PromptInit {
  const now = Date.now();
  return {
    createdAt: timestampFromMs(now - 34_000),
    expiresAt: timestampFromMs(now + 86_000),
    account: personal,
    process: {
      pid: 41_822,
      name: "deploy-cli",
      path: "/home/ada/.local/bin/deploy-cli",
      user: "ada",
      startedAt: timestampFromMs(now - 37_000),
    },
    claims: {
      integration: { name: "Deploy CLI", version: "2.4.0" },
      startedBy: ["make", "zsh"],
    },
    scope: {
      access: Access.READ_WRITE,
      extent: { case: "everyVault", value: {} },
    },
    inactivityTimeout: durationFromMs(600_000),
    ...change,
  };
}

const interpreter = (): PromptInit =>
  ordinary({
    process: {
      pid: 40_117,
      name: "node",
      path: "/home/ada/.local/share/mise/installs/node/26.10.0/bin/node",
      user: "ada",
      startedAt: timestampFromMs(Date.now() - 36_000),
    },
    claims: {
      integration: { name: "Nightly backup", version: "1.0.2" },
      purpose: "copy the database",
      script: "/home/ada/projects/backup/nightly.ts",
      startedBy: ["systemd"],
    },
    scope: {
      access: Access.READ,
      extent: { case: "vaults", value: { vaults: ["Backup", "Databases"] } },
    },
    warnings: [Warning.INTERPRETER, Warning.FIRST_SEEN],
  });

/** A program whose name and folder say that something is wrong. */
export const dangerous = (): PromptInit =>
  ordinary({
    process: {
      pid: 52_001,
      name: "gpj<U+202E>exe.tool",
      path: "/tmp/.cache-8f21/gpj<U+202E>exe.tool",
      user: "ada",
      startedAt: timestampFromMs(Date.now() - 35_000),
    },
    claims: { integration: { name: "Password Helper", version: "" } },
    warnings: [Warning.DECEPTIVE_NAME, Warning.WRITABLE_LOCATION],
  });

const references = [
  "assent://Deploy/Registry/token",
  "assent://Deploy/Signing key",
  "assent://Deploy/Cloud/one-time?attribute=otp",
];

const wrong = () =>
  Promise.reject(
    ownerError(Code.Unauthenticated, {
      reason: OwnerReason.WRONG_CREDENTIAL,
      triesLeft: 4,
    }),
  );
const right = async () => ({ grant: { accountName: "Personal" } });

/** Read a card to its end, and type a password. */
export async function typePassword(page: Page, text: string): Promise<void> {
  // It is all to be read first.
  await page.locator(".card-end").waitFor({ state: "attached" });
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.getByRole("textbox", { name: /password/i }).fill(text);
}

async function approve(page: Page): Promise<void> {
  await typePassword(page, "correct horse battery");
  await page.getByRole("button", { name: /^Approve|^Unlock/ }).click();
}

/** Every state that the page has for requests. */
export const states: readonly State[] = [
  { name: "empty", shows: /Nothing is waiting/ },
  {
    name: "integration-off",
    before: ({ stage }) => {
      stage.integrationEnabled = false;
    },
    shows: /integration is off/,
  },
  {
    name: "request",
    act: async (host, page) => {
      host.show(ordinary(), interpreter(), dangerous());
      await typePassword(page, "correct horse");
    },
    shows: /Allow deploy-cli to use/,
  },
  {
    name: "arming",
    act: async (host) => host.show(ordinary()),
    shows: /Allow deploy-cli to use/,
  },
  {
    name: "interpreter",
    act: async (host) => host.show(interpreter(), ordinary()),
    shows: /Allow node to use/,
  },
  {
    name: "danger",
    act: async (host) => host.show(dangerous()),
    shows: /Allow gpj/,
  },
  {
    name: "references",
    act: async (host) =>
      host.show(
        ordinary({
          scope: {
            access: Access.READ,
            extent: { case: "references", value: { references } },
          },
          inactivityTimeout: durationFromMs(60_000),
        }),
      ),
    shows: /Allow deploy-cli to use/,
  },
  {
    name: "locked",
    act: async (host) => host.show(ordinary({ account: work })),
    shows: /Work is locked/,
  },
  {
    name: "choose",
    act: async (host) => {
      const { account: _, ...rest } = ordinary();
      host.show({ ...rest, choices: accounts });
    },
    shows: /one of your accounts/,
  },
  {
    name: "chosen",
    act: async (host, page) => {
      const { account: _, ...rest } = ordinary();
      host.show({ ...rest, choices: accounts });
      await page.getByRole("radio", { name: /Personal/ }).check();
    },
    shows: /to use PPersonal|to use.*Personal/,
  },
  {
    name: "narrowing",
    act: async (host, page) => {
      host.show(
        ordinary({
          scope: {
            access: Access.READ_WRITE,
            extent: {
              case: "vaults",
              value: { vaults: ["Backup", "Databases", "Servers"] },
            },
          },
        }),
      );
      await page.getByRole("button", { name: "Allow less" }).click();
      await page.getByRole("checkbox", { name: "Only reading" }).check();
      await page.getByRole("checkbox", { name: "Servers" }).uncheck();
    },
    shows: /Allow deploy-cli to use/,
  },
  {
    name: "deny-menu",
    act: async (host, page) => {
      host.show(ordinary());
      await page.getByRole("button", { name: "More ways to deny" }).click();
    },
    shows: /Allow deploy-cli to use/,
  },
  {
    name: "checking",
    act: async (host, page) => {
      host.show(ordinary());
      await approve(page);
    },
    shows: /Checking/,
  },
  {
    name: "wrong-password",
    before: ({ stage }) => {
      stage.approve = wrong;
    },
    act: async (host, page) => {
      host.show(ordinary());
      await approve(page);
    },
    shows: /4 tries left/,
  },
  {
    name: "wrong-password-danger",
    before: ({ stage }) => {
      stage.approve = wrong;
    },
    act: async (host, page) => {
      host.show(dangerous());
      await approve(page);
    },
    shows: /4 tries left/,
  },
  {
    name: "changed",
    act: async (host, page) => {
      host.show({ ...ordinary(), id: "same" });
      await page.getByRole("heading", { name: /Allow/ }).waitFor();
      host.show({ ...interpreter(), id: "same" });
    },
    shows: /changed while it was shown/,
  },
  {
    name: "cannot-be-approved",
    act: async (host) =>
      host.show(ordinary({ scope: { access: Access.READ_WRITE } })),
    shows: /cannot show this request in full/,
  },
  {
    name: "approved",
    before: ({ stage }) => {
      stage.approve = right;
    },
    act: async (host, page) => {
      host.show(ordinary(), interpreter());
      await approve(page);
    },
    shows: /deploy-cli can use Personal/,
  },
  {
    name: "approved-then-empty",
    before: ({ stage }) => {
      stage.approve = right;
    },
    act: async (host, page) => {
      host.show(ordinary());
      await approve(page);
      host.show();
      await page.getByText("Nothing is waiting").waitFor();
    },
    shows: /deploy-cli can use Personal/,
  },
  {
    name: "denied",
    act: async (host, page) => {
      host.show(ordinary(), interpreter());
      await page.getByRole("button", { name: "Deny", exact: true }).click();
    },
    shows: /Denied\. Nothing was given/,
  },
  {
    name: "muted",
    before: ({ stage }) => {
      stage.deny = async () => ({
        mute: {
          id: "m1",
          process: { pid: 41_822, name: "deploy-cli" },
          reach: MuteReach.EXECUTABLE,
        },
      });
    },
    act: async (host, page) => {
      host.show(ordinary(), interpreter());
      await page.getByRole("button", { name: "More ways to deny" }).click();
      await page.getByRole("menuitem").click();
    },
    shows: /refused without asking you/,
  },
  ...(
    [
      ["too-late", PromptEnd.TIMED_OUT, /Too late/],
      ["gone", PromptEnd.REQUESTER_EXITED, /quit before you answered/],
      ["elsewhere", PromptEnd.APPROVED, /answered elsewhere/],
      ["account-locked", PromptEnd.ACCOUNT_LOCKED, /was locked/],
    ] as const
  ).map(([name, end, shows]) => ({
    name,
    shows,
    act: async (host: StagedHost, page: Page) => {
      host.show(ordinary(), interpreter());
      await page.getByRole("heading", { name: /Allow/ }).waitFor();
      host.end(end);
    },
  })),
  {
    name: "offline",
    act: async (host, page) => {
      host.show(ordinary());
      await page.getByRole("heading", { name: /Allow/ }).waitFor();
      host.leave("offline");
    },
    shows: /Assent is not running/,
  },
  {
    name: "signed-out",
    act: async (host) => host.leave("signed-out"),
    shows: /signed out/,
  },
  {
    name: "crowded",
    before: ({ stage }) => {
      stage.isCrowded = true;
    },
    shows: /open in too many windows/,
  },
  { name: "code", isSignedOut: true, shows: /One-time code/ },
  {
    name: "sign-in",
    before: ({ stage }) => {
      stage.pageState = "sign-in";
    },
    shows: /Who is there/,
  },
];

/** Open the page in a state, and wait until it is there; what the host knew is forgotten. */
export async function reach(
  state: State,
  host: StagedHost,
  page: Page,
): Promise<void> {
  // Whatever is of the host's origin will do to leave the key there.
  if (!page.url().startsWith(`${host.origin}/`)) {
    await page.goto(`${host.origin}/icons/assent.svg`);
  }
  host.reset();
  host.stage.accounts = accounts;
  state.before?.(host);
  await page.evaluate(
    ([item, isSignedOut]) => {
      if (isSignedOut) window.sessionStorage.removeItem(item);
      else window.sessionStorage.setItem(item, "key");
    },
    [pageKeyItem, state.isSignedOut === true] as const,
  );
  await page.goto(host.origin);
  await state.act?.(host, page);
  await page.getByText(state.shows).first().waitFor();
}
