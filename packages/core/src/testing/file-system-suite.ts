/** What every file system must do; a plugin's conformance test calls it with a way to make one. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileSystem, FileSystemCapabilities } from "../filesystems/file-system.ts";
import { directoryCases } from "./file-system/directory-cases.ts";
import { listingCases } from "./file-system/listing-cases.ts";
import { MEBIBYTE, type Place } from "./file-system/place.ts";
import { readingCases } from "./file-system/reading-cases.ts";
import { ODD_PATHS, type OddPaths, type SampleFile, sampleFiles } from "./file-system/sample-files.ts";
import { sharedUseCases } from "./file-system/shared-use-cases.ts";
import { signedUrlCases } from "./file-system/signed-url-cases.ts";
import { streamWritingCases } from "./file-system/stream-writing-cases.ts";
import { type FileSystemTroubles, troubleCases } from "./file-system/trouble-cases.ts";
import { writingCases } from "./file-system/writing-cases.ts";

const DEFAULT_LARGE_FILE_BYTES = 128 * MEBIBYTE;
const DEFAULT_MANY_FILES = 120;
const SET_UP_TIMEOUT_MS = 120_000;

/** What the suite needs of any file system. */
interface AnyFileSystemSuiteOptions {
  /** As in the title of the tests. */
  readonly name: string;
  /** Called at the end, to remove what `create` or `filled` made. */
  readonly dispose?: ((fileSystem: FileSystem) => Promise<void>) | undefined;
  /** What the file system must say that it can do; whatever it says decides which tests apply. */
  readonly capabilities?: Partial<FileSystemCapabilities> | undefined;
  /** Paths that the place cannot keep, and therefore has to refuse. Default: none. */
  readonly refuses?: ((path: string) => boolean) | undefined;
  /** Paths that the place can keep, but the server that stands for it in the test cannot. Default: none. */
  readonly untestable?: ((path: string) => boolean) | undefined;
  /** Whether the server of the test counts directories among the entries of a page, as it should. Default true. */
  readonly pagesDirectories?: boolean | undefined;
  /** File systems that refuse or fail, to see the errors. */
  readonly troubles?: FileSystemTroubles | undefined;
}

export interface WritableFileSystemSuiteOptions extends AnyFileSystemSuiteOptions {
  /** A file system that nobody else uses; called once. */
  readonly create: () => FileSystem | Promise<FileSystem>;
  /** Bytes of the large streamed file. Default 128 MiB; memory is not measured below 100 MiB. */
  readonly largeFileBytes?: number | undefined;
  /** Whether whole files are kept in memory, so that it need not stay constant. Default false. */
  readonly holdsFiles?: boolean | undefined;
  /** Files that are written, listed and deleted at once. Default 120; more than a page or a batch shows more. */
  readonly manyFiles?: number | undefined;
  /** What an upload to a signed URL has to say. */
  readonly uploadHeaders?: Readonly<Record<string, string>> | undefined;
}

export interface ReadOnlyFileSystemSuiteOptions extends AnyFileSystemSuiteOptions {
  /** A file system with exactly these files; called once. */
  readonly filled: (files: readonly SampleFile[]) => FileSystem | Promise<FileSystem>;
}

export type FileSystemSuiteOptions = WritableFileSystemSuiteOptions | ReadOnlyFileSystemSuiteOptions;

/** Defines the tests of a file system; of one that can only be read, the reading half. */
export function fileSystemSuite(options: FileSystemSuiteOptions): void {
  const testable = ODD_PATHS.filter((path) => options.untestable?.(path) !== true);
  const paths: OddPaths = {
    kept: testable.filter((path) => options.refuses?.(path) !== true),
    refused: testable.filter((path) => options.refuses?.(path) === true),
  };
  describe(`${options.name} as a file system`, () => {
    let fileSystem: FileSystem;
    /** Where the sample files are; empty or ending in a slash. */
    let samples = "";
    beforeAll(async () => {
      const files = sampleFiles(paths.kept);
      if ("filled" in options) fileSystem = await options.filled(files);
      else {
        fileSystem = await options.create();
        samples = `${randomUUID()}/`;
        for (const { path, content } of files) await fileSystem.write(`${samples}${path}`, content);
      }
    }, SET_UP_TIMEOUT_MS);
    afterAll(async () => {
      await options.dispose?.(fileSystem);
    }, SET_UP_TIMEOUT_MS);
    const filledPlace = (): Place => ({ fileSystem, at: (path) => `${samples}${path}` });
    const emptyPlace = (): Place => {
      const directory = randomUUID();
      return { fileSystem, at: (path) => `${directory}/${path}` };
    };

    it("says what it can do", () => {
      expect(fileSystem.capabilities).toMatchObject(options.capabilities ?? {});
      expect(fileSystem.capabilities.write).toBe(!("filled" in options));
      expect(fileSystem.capabilities.signedUrls).toBe(fileSystem.signedUrl !== undefined);
      expect(fileSystem.location).toMatch(/^[a-z][a-z0-9+.-]*:/);
    });
    readingCases(filledPlace, paths.kept);
    describe("listing", () => listingCases(filledPlace, options.pagesDirectories ?? true));
    if ("filled" in options) describe("a file system that can only be read", () => refusalCases(filledPlace));
    else writableCases(emptyPlace, paths, options);
    if (options.troubles !== undefined) troubleCases(options.troubles);
  });
}

function writableCases(place: () => Place, paths: OddPaths, options: WritableFileSystemSuiteOptions): void {
  const large = {
    bytes: options.largeFileBytes ?? DEFAULT_LARGE_FILE_BYTES,
    isHeld: options.holdsFiles ?? false,
  };
  writingCases(place, paths);
  describe("long content", () => streamWritingCases(place, large));
  directoryCases(place, { oddPaths: paths.kept, manyFiles: options.manyFiles ?? DEFAULT_MANY_FILES });
  describe("what the core keeps in it", () => sharedUseCases(place));
  describe("signed URLs", () => signedUrlCases(place, options.uploadHeaders ?? {}));
}

function refusalCases(place: () => Place): void {
  it("says so when it is to write or delete", async () => {
    const { fileSystem, at } = place();
    const refusal = { code: "UNSUPPORTED_OPERATION", message: expect.stringContaining(fileSystem.location) };
    await expect(fileSystem.write(at("new"), "x")).rejects.toMatchObject(refusal);
    await expect(fileSystem.delete(at("digits"))).rejects.toMatchObject(refusal);
    expect(await fileSystem.read(at("digits"))).toHaveLength(10);
  });
}
