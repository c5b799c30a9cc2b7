/** The interface of what turns values into bytes and back. */

export interface Serializer {
  /** Recorded with what was written, so that a reader knows how to read it: "json", "compressed/json", "v8" or your own. */
  readonly type: string;
  /** More members to record beside the type, for readers in other languages. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** @throws {SerializationError} when something in the value cannot be carried */
  dumps(value: unknown): Uint8Array | Promise<Uint8Array>;
  /** @throws {SerializationError} when the bytes are not what `dumps` gives */
  loads(bytes: Uint8Array): unknown;
}

export interface SerializerOptions {
  /** What the value is called in the paths of error messages, such as "parameters". Default "result". */
  readonly subject?: string | undefined;
}
