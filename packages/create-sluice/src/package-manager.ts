/** Which package manager installs, and how. */
import { spawn } from "node:child_process";

export const PACKAGE_MANAGERS = ["npm", "pnpm", "yarn", "bun"] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

export function isPackageManager(text: string): text is PackageManager {
  return (PACKAGE_MANAGERS as readonly string[]).includes(text);
}

/** The one that runs this command (`npm create`, `pnpm create`); npm where none says so. */
export function currentPackageManager(env: Readonly<Record<string, string | undefined>>): PackageManager {
  const name = env["npm_config_user_agent"]?.split("/", 1)[0] ?? "";
  return isPackageManager(name) ? name : "npm";
}

/** Installs what the project in the directory needs; what the package manager says is shown as it comes. */
export function install(manager: PackageManager, directory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const command = spawn(manager, ["install"], {
      cwd: directory,
      stdio: ["ignore", "inherit", "inherit"],
      // npm is a script there.
      shell: process.platform === "win32",
    });
    command.once("error", (cause) => reject(new Error(`${manager} could not be started: ${cause.message}`)));
    command.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${manager} install ended with ${signal ?? `exit code ${code}`}.`));
    });
  });
}
