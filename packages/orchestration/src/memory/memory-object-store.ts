/** Objects of one noun in memory. */
import { ConflictError } from "@sluice/protocol";
import type { Condition, MemberOf, ObjectQuery } from "../conditions.ts";
import { jsonCopy } from "../json-copy.ts";
import type { ObjectStore } from "../store.ts";
import type { Access } from "./access.ts";
import { select } from "./condition-predicate.ts";
import { pageOf } from "./page.ts";
import type { MemoryTables } from "./tables.ts";
import { countBy } from "./tallies.ts";

export interface MemoryObjectStoreOptions<T> {
  /** For people, such as `work_pool`. */
  readonly noun: string;
  readonly objects: Map<string, T>;
  readonly uniqueKeys: readonly (readonly MemberOf<T>[])[];
}

export class MemoryObjectStore<T extends { readonly id: string }> implements ObjectStore<T> {
  readonly #tables: MemoryTables;
  readonly #access: Access;
  readonly #options: MemoryObjectStoreOptions<T>;

  constructor(tables: MemoryTables, access: Access, options: MemoryObjectStoreOptions<T>) {
    this.#tables = tables;
    this.#access = access;
    this.#options = options;
  }

  insert(object: T): Promise<{ object: T; created: boolean }> {
    return this.#access(() => {
      const existing = this.#options.objects.get(object.id) ?? this.#findSame(object);
      if (existing !== undefined) return { object: jsonCopy(existing), created: false };
      this.#tables.journal.set(this.#options.objects, object.id, jsonCopy(object));
      return { object: jsonCopy(object), created: true };
    });
  }

  find(id: string): Promise<T | undefined> {
    return this.#access(() => jsonCopy(this.#options.objects.get(id)));
  }

  update(id: string, changes: Partial<T>): Promise<boolean> {
    return this.#access(() => {
      const { noun, objects } = this.#options;
      const object = objects.get(id);
      if (object === undefined) return false;
      const changed = { ...object, ...jsonCopy(changes) };
      if (this.#findSame(changed) !== undefined) {
        throw new ConflictError(`Another ${noun.replaceAll("_", " ")} has the keys that ${id} was to get.`);
      }
      this.#tables.journal.set(objects, id, changed);
      return true;
    });
  }

  delete(id: string): Promise<boolean> {
    return this.#access(() => {
      const isThere = this.#options.objects.has(id);
      this.#tables.journal.delete(this.#options.objects, id);
      return isThere;
    });
  }

  list(query: ObjectQuery<T>): Promise<T[]> {
    return this.#access(() => jsonCopy(pageOf(this.#select(query.where), query)));
  }

  count(where?: Condition<T>): Promise<number> {
    return this.#access(() => this.#select(where).length);
  }

  countBy(member: MemberOf<T>, where?: Condition<T>): Promise<ReadonlyMap<string, number>> {
    return this.#access(() => countBy(this.#select(where), member));
  }

  #select(where: Condition<T> | undefined): T[] {
    return select(this.#options.objects.values(), where, this.#tables.objectsOf);
  }

  /** Another object that has one of its keys; a key with a missing member is none. */
  #findSame(object: T): T | undefined {
    const { objects, uniqueKeys } = this.#options;
    for (const other of objects.values()) {
      const isSame = (member: MemberOf<T>) => object[member] !== null && object[member] === other[member];
      if (other.id !== object.id && uniqueKeys.some((key) => key.every(isSame))) return other;
    }
    return undefined;
  }
}
