/** Settings as code reads them: one frozen object, typed from the table. */
import type { Secret } from "../logging/secret.ts";
import type { SETTINGS, SettingKey } from "./settings-schema.ts";

/** Where a value came from. */
export type SettingSource =
  | { readonly kind: "override" }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "profile"; readonly profile: string; readonly path: string }
  | { readonly kind: "default" };

/** The value of one setting: `SettingValue<"api.url">` is `string | undefined`. */
export type SettingValue<K extends SettingKey> =
  | TextOrPlain<(typeof SETTINGS)[K]>
  | ((typeof SETTINGS)[K] extends { readonly default: unknown } ? never : undefined);

/** Values by key that come before every other source. `null` gives a setting its default again. */
export type SettingOverrides = {
  readonly [K in SettingKey]?: PlainValue<(typeof SETTINGS)[K]> | null | undefined;
};

type SettingGroups = {
  readonly [G in GroupOf<SettingKey>]: {
    readonly [K in SettingKey as K extends `${G}.${infer Name}` ? CamelCase<Name> : never]: SettingValue<K>;
  };
};

type UngroupedSettings = {
  readonly [K in SettingKey as K extends `${string}.${string}` ? never : K]: SettingValue<K>;
};

/** All settings (`settings.api.url`, `settings.tasks.defaultRetries`) with the source of each. Never changes. */
export type Settings = UngroupedSettings &
  SettingGroups & {
    readonly sources: Readonly<Record<SettingKey, SettingSource>>;
    /** What is odd but does no harm, a variable nobody reads for one; each a sentence for people. */
    readonly warnings: readonly string[];
  };

/** The value of a setting that is not a secret. */
export type PlainSetting = string | number | boolean | Readonly<Record<string, number>>;

type PlainValue<D> = D extends { readonly type: "boolean" }
  ? boolean
  : D extends { readonly type: "integer" | "seconds" }
    ? number
    : D extends { readonly type: "numbers" }
      ? Readonly<Record<string, number>>
      : D extends { readonly choices: readonly (infer Choice)[] }
        ? Choice
        : string;

type TextOrPlain<D> = D extends { readonly isSecret: true } ? Secret : PlainValue<D>;

type GroupOf<K extends string> = K extends `${infer Group}.${string}` ? Group : never;

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;
