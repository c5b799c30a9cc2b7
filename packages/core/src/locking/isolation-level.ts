/** How pieces of work with the same key see each other. */

/**
 * - `read-committed`: each sees what others have committed; several may do the same work at once
 * - `serializable`: one at a time, by a lock on the key
 */
export type IsolationLevel = "read-committed" | "serializable";
