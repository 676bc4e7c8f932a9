// SPDX-License-Identifier: Apache-2.0
// The closed lists of @1password/sdk, with its names and values. A type here is
// the union of the values: an enum of TypeScript cannot be erased.

type Values<T> = T[keyof T];

/** What kind of thing an item is. Not all of them can be kept here. */
export const ItemCategory = {
  Login: "Login",
  SecureNote: "SecureNote",
  CreditCard: "CreditCard",
  CryptoWallet: "CryptoWallet",
  Identity: "Identity",
  Password: "Password",
  Document: "Document",
  ApiCredentials: "ApiCredentials",
  BankAccount: "BankAccount",
  Database: "Database",
  DriverLicense: "DriverLicense",
  Email: "Email",
  MedicalRecord: "MedicalRecord",
  Membership: "Membership",
  OutdoorLicense: "OutdoorLicense",
  Passport: "Passport",
  Rewards: "Rewards",
  Router: "Router",
  Server: "Server",
  SshKey: "SshKey",
  SocialSecurityNumber: "SocialSecurityNumber",
  SoftwareLicense: "SoftwareLicense",
  Person: "Person",
  /** With us: an environment, or of a kind newer than this SDK. */
  Unsupported: "Unsupported",
} as const;
/** A value of {@link ItemCategory}. */
export type ItemCategory = Values<typeof ItemCategory>;

/** How to treat the value of a field. Not all of them can be kept here. */
export const ItemFieldType = {
  Text: "Text",
  Concealed: "Concealed",
  CreditCardType: "CreditCardType",
  CreditCardNumber: "CreditCardNumber",
  Phone: "Phone",
  Url: "Url",
  Totp: "Totp",
  Email: "Email",
  Reference: "Reference",
  SshKey: "SshKey",
  Menu: "Menu",
  MonthYear: "MonthYear",
  Address: "Address",
  Date: "Date",
  /** Of a kind newer than this SDK. */
  Unsupported: "Unsupported",
} as const;
/** A value of {@link ItemFieldType}. */
export type ItemFieldType = Values<typeof ItemFieldType>;

/** Where a browser fills an item in. Assent fills in nothing and does not keep it. */
export const AutofillBehavior = {
  AnywhereOnWebsite: "AnywhereOnWebsite",
  ExactDomain: "ExactDomain",
  Never: "Never",
} as const;
/** A value of {@link AutofillBehavior}. */
export type AutofillBehavior = Values<typeof AutofillBehavior>;

/** Whether an item is in use. */
export const ItemState = { Active: "active", Archived: "archived" } as const;
/** A value of {@link ItemState}. */
export type ItemState = Values<typeof ItemState>;

/** What kind of vault it is. With us always `UserCreated`. */
export const VaultType = {
  Personal: "personal",
  Everyone: "everyone",
  Transfer: "transfer",
  UserCreated: "userCreated",
  Unsupported: "unsupported",
} as const;
/** A value of {@link VaultType}. */
export type VaultType = Values<typeof VaultType>;

/** What stands between the words of a password. */
export const SeparatorType = {
  Digits: "digits",
  DigitsAndSymbols: "digitsAndSymbols",
  Spaces: "spaces",
  Hyphens: "hyphens",
  Underscores: "underscores",
  Periods: "periods",
  Commas: "commas",
} as const;
/** A value of {@link SeparatorType}. */
export type SeparatorType = Values<typeof SeparatorType>;

/** What the words of a password are. */
export const WordListType = {
  /** With us: words of five letters that can be spoken, 16 bits each. */
  FullWords: "fullWords",
  /** Syllables of three letters, 10 bits each. */
  Syllables: "syllables",
  /** Three letters in no order, 14 bits. */
  ThreeLetters: "threeLetters",
} as const;
/** A value of {@link WordListType}. */
export type WordListType = Values<typeof WordListType>;
