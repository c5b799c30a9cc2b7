import { expect, it } from "vitest";
import { captureSite } from "../../src/tasks/definition-site.ts";
import { task } from "../../src/tasks/task.ts";
import { findTaskDefinition } from "../../src/tasks/task-definitions.ts";

function made(): ReturnType<typeof captureSite> {
  return captureSite(made);
}

/** The site that a stack as V8 writes it leads to. */
function siteOf(...lines: string[]): ReturnType<ReturnType<typeof captureSite>> {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => ["Error", ...lines.map((line) => `    at ${line}`)].join("\n");
  try {
    return made()();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

it("is the module and line of the definition", () => {
  const here = task({ name: "here" }, async () => 1);
  expect(findTaskDefinition(here)?.site()).toMatchObject({
    path: new URL(import.meta.url).pathname,
    line: expect.any(Number),
    modules: expect.arrayContaining([import.meta.url]),
  });
});

it("is read from every form that V8 and loaders give a place", () => {
  for (const line of [
    "file:///a/b.js:3:4",
    "file:///a/b.js?v=1:3:4",
    "/a/b.js:3:4",
    "Object.<anonymous> (/a/b.js:3:4)",
    "async make (file:///a/b.js:3:4)",
    "async file:///a/b.js:3:4",
    'data:text/javascript,f("(x)")%0A?filePath=%2Fa%2Fb.js:3:4',
    "Object.<anonymous> (data:text/javascript,(()=>%7B%7D)()?filePath=%2Fa%2Fb.js:3:4)",
  ]) {
    expect(siteOf(line), line).toMatchObject({ path: "/a/b.js", line: 3 });
  }
});

it("names the modules of all callers once, nearest first, and nothing of Node's own", () => {
  const site = siteOf(
    "factory (file:///lib/factory.js:1:2)",
    "again (file:///lib/factory.js:9:2)",
    "file:///app/tasks.js?x:5:6",
    "ModuleJob.run (node:internal/modules/esm/module_job:325:25)",
    "async loadCJSModule (node:internal/modules/esm/translators:205:3)",
    "<anonymous>",
  );
  expect(site).toEqual({
    path: "/lib/factory.js",
    line: 1,
    modules: ["file:///lib/factory.js", "file:///app/tasks.js?x"],
  });
});

it("is unknown when no file is on the stack", () => {
  expect(siteOf("eval (eval at x, <anonymous>:1:1)", "node:internal/a/b:1:2", "[eval]:1:2")).toBeUndefined();
});
