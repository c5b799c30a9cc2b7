/** How a kind of object that only some serialisers know is carried by all of them. */

/**
 * A kind of object and what is carried in its place. The payload may hold anything that can be carried itself; a Map in
 * its place stands for the object's properties.
 */
export interface RichType {
  /** Recorded beside the payload; never changes once released. */
  readonly name: string;
  /**
   * What is inside and cannot be carried (a socket, a function) is carried as its text, since an error is a report that
   * must get through. Default false: it is refused.
   */
  readonly isReport?: boolean | undefined;
  matches(value: object): boolean;
  encode(value: object): unknown;
  /** What makes two objects the same in a cache key. Default: what is carried. */
  identify?(value: object): unknown;
  /** The object again; an empty one, made before its contents are known, when there is `fill`. */
  create(payload: unknown): object;
  /** Puts the contents into what `create` made; objects that may contain themselves need it. */
  fill?(target: object, payload: unknown): void;
}
