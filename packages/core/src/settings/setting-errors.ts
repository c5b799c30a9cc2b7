/** What can be wrong with settings and profiles. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** A setting has a value that it cannot have. The message never shows a secret. */
export class InvalidSettingError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("INVALID_SETTING", message, options);
  }
}

/** No setting has this key. */
export class UnknownSettingError extends SluiceError {
  constructor(key: string, suggestion: string | undefined) {
    const remedy =
      suggestion === undefined
        ? '"sluice config view --show-defaults" lists them.'
        : `Did you mean ${suggestion}?`;
    super("INVALID_SETTING", `There is no setting ${key}. ${remedy}`, { details: { key } });
  }
}

/** The file of profiles cannot be read, understood or written. */
export class ProfilesFileError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("INVALID_SETTING", message, options);
  }
}

/** No profile has this name. */
export class ProfileNotFoundError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("OBJECT_NOT_FOUND", message, options);
  }
}

/** The change of profiles contradicts what there is: the name is taken, or the profile is in use. */
export class ProfileConflictError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("CONFLICT", message, options);
  }
}
