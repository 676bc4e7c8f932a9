// SPDX-License-Identifier: Apache-2.0
import {
  AssentError,
  generatePassword,
  type PasswordRecipe,
} from "@assent/sdk-node";
import { usageError } from "../exit.ts";

/** A new password, made here. @throws CommandError for a recipe that breaks a rule */
export function newPassword(recipe: PasswordRecipe): string {
  try {
    return generatePassword(recipe);
  } catch (error) {
    if (!(error instanceof AssentError)) throw error;
    throw usageError(error.message);
  }
}
