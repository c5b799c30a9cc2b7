/** Defaults for blocks that nobody has saved. */

/** For `catch`: gives the default where a block does not exist; any other trouble with it stays an error. */
export function unlessSaved<T>(fallback: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "OBJECT_NOT_FOUND") return fallback;
    throw error;
  };
}
