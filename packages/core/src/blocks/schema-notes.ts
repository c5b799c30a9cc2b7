/** What we know about a zod schema beside what zod keeps. */
import type { z } from "zod";

/** Notes on schemas; those that `describe`, `meta` or `refine` make of a schema have its note. */
export class SchemaNotes<Note extends object> {
  readonly #notes = new WeakMap<z.core.$ZodType, Note>();

  set(schema: z.core.$ZodType, note: Note): void {
    this.#notes.set(schema, note);
  }

  get(schema: z.core.$ZodType): Note | undefined {
    for (let each: z.core.$ZodType | undefined = schema; each !== undefined; each = each._zod.parent) {
      const note = this.#notes.get(each);
      if (note !== undefined) return note;
    }
    return undefined;
  }
}
