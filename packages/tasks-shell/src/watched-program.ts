/** A program that ends when this process does, even when this process is killed. */
import { hasOwnGroup } from "@sluice/core";

/** Which of the program's channels this process holds. */
export const WATCH_CHANNEL = 3;

/** Written to the channel when the program has ended. */
export const PROGRAM_ENDED = "\n";

/**
 * A shell that starts a watcher, and then becomes the program. The watcher waits for a line; when the channel ends without
 * one, because nobody holds it any more, it ends the process group.
 */
const WATCHED = `( read -r line <&3 || kill -KILL 0 ) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-`;

/** What to spawn, to have the program watched where there are process groups. */
export function watchedProgram(program: string, args: readonly string[]): readonly [string, string[]] {
  return hasOwnGroup ? ["sh", ["-c", WATCHED, "sh", program, ...args]] : [program, [...args]];
}
