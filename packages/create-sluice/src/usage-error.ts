/** Something was asked for in a way that cannot be done. */
export class UsageError extends Error {}
