/** What is wrong with the shape of a packed package, by publint and are-the-types-wrong. */
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemAffectsResolutionKind } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** How the packages can be imported: they are ES modules only. */
const RESOLUTIONS = ["node16-esm", "bundler"];

/** Templates of projects have manifests, which are at the root of what is made of them. */
const NESTED_MANIFEST = "NESTED_PACKAGE_JSON_FIELD_IGNORED";

/** Sentences, one for each problem. */
export async function shapeProblems(tarballPath) {
  const tarball = new Uint8Array(readFileSync(tarballPath));
  return [...(await publintProblems(tarball)), ...(await typeProblems(tarball))];
}

async function publintProblems(tarball) {
  const { messages, pkg } = await publint({
    pack: { tarball: tarball.buffer },
    level: "warning",
    strict: true,
  });
  return messages
    .filter(({ code }) => code !== NESTED_MANIFEST)
    .map((message) => formatMessage(message, pkg) ?? message.code);
}

async function typeProblems(tarball) {
  const packed = createPackageFromTarballData(tarball);
  const analysis = await checkPackage(packed);
  const { bin } = JSON.parse(packed.readFile(`/node_modules/${packed.packageName}/package.json`));
  // A command is not imported.
  if (bin !== undefined) return [];
  if (analysis.types === false) return ["It has no types."];
  return analysis.problems
    .filter((problem) =>
      RESOLUTIONS.some((resolution) => problemAffectsResolutionKind(problem, resolution, analysis)),
    )
    .map((problem) => `${problem.kind}: ${JSON.stringify(problem)}`);
}
