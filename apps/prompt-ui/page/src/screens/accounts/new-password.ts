// SPDX-License-Identifier: Apache-2.0
import { accountText, lengthText } from "@assent/wording";

/** What is told of a new password while it is typed; it is never kept. */
export interface PasswordJudgement {
  readonly isLongEnough: boolean;
  /** How long it is, and advice: strength is told, not forced. */
  readonly text: string;
  /** From 0 to 4, to be drawn. */
  readonly strength: 0 | 1 | 2 | 3 | 4;
}

const fewest = 8;
const advised = 16;

/** Judge a new password by its length in characters, as the broker and the command line do. */
export function judgePassword(password: string): PasswordJudgement {
  const characters = [...password].length;
  const length = lengthText(characters);
  if (characters < fewest) {
    return {
      isLongEnough: false,
      text: characters === 0 ? accountText.passwordHint : accountText.tooShort,
      strength: characters === 0 ? 0 : 1,
    };
  }
  if (characters < advised) {
    return {
      isLongEnough: true,
      text: `${length}. ${accountText.advice}`,
      strength: characters < 12 ? 2 : 3,
    };
  }
  return {
    isLongEnough: true,
    text: `${length}. ${accountText.goodLength}`,
    strength: 4,
  };
}

/** Why two entries of a new password cannot be taken; undefined: they can. */
export function newPasswordProblem(
  password: string,
  repeated: string,
): string | undefined {
  if (password === "") return accountText.emptyPassword;
  if (!judgePassword(password).isLongEnough) return accountText.tooShort;
  return password === repeated ? undefined : accountText.notTheSame;
}
