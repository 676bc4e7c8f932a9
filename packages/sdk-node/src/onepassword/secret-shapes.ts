// SPDX-License-Identifier: Apache-2.0
// Secrets, passwords and environments in the shape of @1password/sdk.
import type { SeparatorType, WordListType } from "./kinds.ts";
import type { ErrorMessage, Response } from "./response.ts";

/** A secret, and where it was found. */
export interface ResolvedReference {
  secret: string;
  itemId: string;
  vaultId: string;
}

/** Why a reference has no value. `other`: also outside what was granted. */
export type ResolveReferenceError =
  | { type: "parsing"; message: ErrorMessage }
  | { type: "fieldNotFound"; message?: undefined }
  | { type: "vaultNotFound"; message?: undefined }
  | { type: "tooManyVaults"; message?: undefined }
  | { type: "itemNotFound"; message?: undefined }
  | { type: "tooManyItems"; message?: undefined }
  | { type: "tooManyMatchingFields"; message?: undefined }
  | { type: "noMatchingSections"; message?: undefined }
  | { type: "incompatibleTOTPQueryParameterField"; message?: undefined }
  | { type: "unableToGenerateTotpCode"; message: ErrorMessage }
  | { type: "sSHKeyMetadataNotFound"; message?: undefined }
  | { type: "unsupportedFileFormat"; message?: undefined }
  | { type: "incompatibleSshKeyQueryParameterField"; message?: undefined }
  | { type: "unableToParsePrivateKey"; message?: undefined }
  | { type: "unableToFormatPrivateKeyToOpenSsh"; message?: undefined }
  | { type: "other"; message?: undefined };

/** What came of each reference. */
export interface ResolveAllResponse {
  individualResponses: Record<
    string,
    Response<ResolvedReference, ResolveReferenceError>
  >;
}

/** What a password is to be like. */
export type PasswordRecipe =
  | {
      type: "Memorable";
      parameters: {
        separatorType: SeparatorType;
        /** One word in upper case. */
        capitalize: boolean;
        wordListType: WordListType;
        /** 3 to 16. */
        wordCount: number;
      };
    }
  | {
      type: "Pin";
      parameters: {
        /** 3 to 32. */
        length: number;
      };
    }
  | {
      type: "Random";
      parameters: {
        /** One at least. */
        includeDigits: boolean;
        /** One at least. */
        includeSymbols: boolean;
        /** 8 to 128. */
        length: number;
      };
    };

/** A password that was made. */
export interface GeneratePasswordResponse {
  password: string;
}

/** One environment variable. */
export interface EnvironmentVariable {
  name: string;
  value: string;
  /** Not to be shown. */
  masked: boolean;
}

/** The variables of an environment. */
export interface GetVariablesResponse {
  variables: EnvironmentVariable[];
}
