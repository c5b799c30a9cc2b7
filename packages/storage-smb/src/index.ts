/** A Windows or Samba share as a file system. */
export { SmbShare } from "./smb-share.ts";
