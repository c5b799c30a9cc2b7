/** Where blocks are saved: kept beside them, so that a block is its fields and nothing else. */

export interface SavedPlace {
  readonly documentId: string;
  /** Absent for an anonymous document. */
  readonly name: string | undefined;
}

const places = new WeakMap<object, SavedPlace>();

/** Where the block was saved to or loaded from. */
export function savedPlace(block: object): SavedPlace | undefined {
  return places.get(block);
}

export function setSavedPlace(block: object, place: SavedPlace): void {
  places.set(block, place);
}
