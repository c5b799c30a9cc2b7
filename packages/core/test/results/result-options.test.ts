/** Options about results that cannot work, refused where flows and tasks are defined. */
import { describe, expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";

const SERIALIZERS = 'a serializer or one of "json", "v8", "compressed/json", "compressed/v8"';

/** Options in a form that the types would not allow. */
const named = (option: string, value: unknown): object => ({ name: "load", [option]: value });

const STORAGE = "a FileSystem, or the reference of a block such as s3-bucket/results";

const OF_BOTH: [option: string, value: unknown, mustBe: string][] = [
  ["persistResult", "yes", "true or false"],
  ["resultStorage", "./results", STORAGE],
  ["resultStorage", {}, STORAGE],
  ["resultSerializer", "pickle", SERIALIZERS],
  ["resultSerializer", { dumps: () => "" }, SERIALIZERS],
  ["cacheResultInMemory", 0, "true or false"],
];

const OF_TASKS: typeof OF_BOTH = [
  ["cachePolicy", "INPUTS", "a cache policy such as INPUTS, or policies joined with .plus()"],
  ["cacheKey", "{n}", "a function"],
  ["refreshCache", "always", "true or false"],
  ["resultStorageKey", 5, "a template string or a function"],
  ["onCommit", "hook", "a function or a list of functions"],
  ["onRollback", [1], "a function or a list of functions"],
];

describe("a task", () => {
  it.each([...OF_BOTH, ...OF_TASKS])("refuses %s: %j", (option, value, mustBe) => {
    const options = named(option, value);
    const refusal = expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringContaining(`Task "load": option ${option} must be ${mustBe}, not `),
    });
    expect(() => task(options, async () => 1)).toThrow(refusal);
    expect(() => task({ name: "load" }, async () => 1).withOptions(options)).toThrow(refusal);
  });
});

describe("a flow", () => {
  it.each(OF_BOTH)("refuses %s: %j", (option, value, mustBe) => {
    const options = named(option, value);
    const message = `Flow "load": option ${option} must be ${mustBe}, not `;
    expect(() => flow(options, async () => 1)).toThrow(message);
    expect(() => flow({ name: "load" }, async () => 1).withOptions(options)).toThrow(message);
  });

  it.each(OF_TASKS)("has no option %s", (option, value) => {
    expect(() => flow(named(option, value), async () => 1)).toThrow(`Flow "load" has no option "${option}".`);
  });
});
