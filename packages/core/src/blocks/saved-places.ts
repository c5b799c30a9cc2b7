/** Where blocks are kept: beside them, so that a block is its fields and nothing else. */

export interface SavedPlace {
  /** Absent for an anonymous document. */
  readonly name: string | undefined;
  /** Absent when the block comes from an environment variable, or is given by a test. */
  readonly documentId: string | undefined;
  /** Where the API is that keeps the document; only there does its id mean something. */
  readonly location?: string | undefined;
  /** The environment variable that the block comes from. */
  readonly variable?: string | undefined;
}

const places = new WeakMap<object, SavedPlace>();

/** Where the block was saved to or loaded from. */
export function savedPlace(block: object): SavedPlace | undefined {
  return places.get(block);
}

export function setSavedPlace(block: object, place: SavedPlace): void {
  places.set(block, place);
}
