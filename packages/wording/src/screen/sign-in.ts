// SPDX-License-Identifier: Apache-2.0

/** What stands on the panel that asks for a password before it shows something. */
export const signInText = {
  title: "Sign in to see this",
  account: "Account",
  submit: "Sign in",
  unlockAndSubmit: "Unlock and sign in",
  signedOut:
    "You were signed out here: the account was locked, or ten minutes passed without use.",
  noAccount: "You have no account yet",
  noAccountHint: "Create one first.",
  createAccount: "Create your account",
} as const;
