/** What the shell is told. */

export const EXIT_OK = 0;
/** The command was understood and did not succeed. */
export const EXIT_FAILURE = 1;
/** The command line itself is wrong. */
export const EXIT_USAGE = 2;
/** Ctrl-C: by convention 128 and the signal's number. */
export const EXIT_SIGINT = 130;
export const EXIT_SIGTERM = 143;
