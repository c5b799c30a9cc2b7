/** What is answered in place of a secret that was not asked for; in changes it stands for the value that is stored. */
export const SECRET_MASK = "********";
