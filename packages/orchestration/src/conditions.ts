/**
 * What lists are narrowed by: one language that every store understands, in memory by running it, in SQL by compiling
 * it. Filters of the wire are translated into it once (`filters/`), whatever the store.
 *
 * A condition on a missing value does not hold, except `none-of` and `is-missing`. `any` of nothing does not hold, `all`
 * of nothing does.
 */
import type { StoredNouns } from "./stored-nouns.ts";

/** A member of a stored object. */
export type MemberOf<T> = keyof T & string;

/** A label that is there, and whose value one of the patterns fits. */
export interface LabelCondition {
  readonly label: string;
  readonly patterns: readonly LabelPattern[];
}

/** A text that a value equals, begins with, or does neither. */
export interface LabelPattern {
  readonly text: string;
  /** Whether only the beginning of the value must be the text. */
  readonly isPrefix: boolean;
  /** The pattern fits the values that it otherwise would not. */
  readonly isNegated: boolean;
}

/** What an object of a noun must be like to be listed. */
export type Condition<T> =
  | { readonly type: "one-of"; readonly member: MemberOf<T>; readonly values: readonly string[] }
  /** Holds for a missing value. */
  | { readonly type: "none-of"; readonly member: MemberOf<T>; readonly values: readonly string[] }
  | { readonly type: "equals"; readonly member: MemberOf<T>; readonly value: string | number | boolean }
  | { readonly type: "is-missing"; readonly member: MemberOf<T>; readonly expected: boolean }
  /** Numbers, or instants as canonical text; inclusive. Of several members the first that is not missing counts. */
  | {
      readonly type: "at-least" | "at-most";
      readonly member: MemberOf<T> | readonly MemberOf<T>[];
      readonly value: string | number;
    }
  /** A piece of text in any of the members (of objects: in their JSON), whatever the case of either. */
  | { readonly type: "contains-text"; readonly members: readonly MemberOf<T>[]; readonly text: string }
  | { readonly type: "starts-with"; readonly member: MemberOf<T>; readonly prefixes: readonly string[] }
  /** Arrays of text. */
  | {
      readonly type: "contains-all" | "contains-any";
      readonly member: MemberOf<T>;
      readonly values: readonly string[];
    }
  /** An object of labels, or some one of a list of them, has all of these. */
  | { readonly type: "has-labels"; readonly member: MemberOf<T>; readonly labels: readonly LabelCondition[] }
  | { readonly type: "is-empty"; readonly member: MemberOf<T>; readonly expected: boolean }
  | { readonly type: "all" | "any"; readonly conditions: readonly Condition<T>[] }
  | { readonly type: "not"; readonly condition: Condition<T> }
  | RelatedCondition<T>;

/** Some object of another noun, whose member `references` equals this one's `member`, matches. */
export type RelatedCondition<T> = { readonly [N in keyof StoredNouns]: RelatedTo<T, N> }[keyof StoredNouns];

/** An interface with written variance, since the compiler would find it out noun by noun: a check took twenty times as long. */
interface RelatedTo<in out T, in out N extends keyof StoredNouns> {
  readonly type: "related";
  readonly noun: N;
  readonly member: MemberOf<T>;
  readonly references: MemberOf<StoredNouns[N]>;
  readonly where?: Condition<StoredNouns[N]> | undefined;
}

/** What a list is sorted by. Of several members the first that is not missing counts. */
export interface Order<T> {
  readonly member: MemberOf<T> | readonly MemberOf<T>[];
  readonly direction: "asc" | "desc";
}

/** A sorted page of the objects that match. */
export interface ObjectQuery<T> {
  readonly where?: Condition<T> | undefined;
  /** Missing values come last in either direction; what is equal is ordered by id in the direction of the first. Default: by id. */
  readonly orderBy?: readonly Order<T>[] | undefined;
  /** Default: all of them, so give one wherever there may be many. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /**
   * In a transaction: holds the rows until it ends, waiting for others who hold them (`wait`) or leaving out those that
   * others hold (`skip`).
   */
  readonly lock?: "wait" | "skip" | undefined;
}
