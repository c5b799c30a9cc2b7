/** A request must not go where its URL leads. */
export class RefusedTargetError extends Error {
  override readonly name = "RefusedTargetError";
}
