/** One kind of error for whatever goes wrong in a serialiser. */
import { SluiceError } from "@sluice/protocol";
import { SerializationError } from "./serialization-error.ts";

/** Runs a part of `dumps`. */
export async function whileWriting<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw new SerializationError(`The value cannot be serialized: ${explain(error)}.`, { cause: error });
  }
}

/** Runs a part of `loads`. */
export async function whileReading<T>(type: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw new SerializationError(`The bytes cannot be read as "${type}": ${explain(error)}.`, {
      cause: error,
    });
  }
}

function explain(error: unknown): string {
  if (error instanceof RangeError && error.message.includes("call stack")) {
    return "it is nested too deeply. Use an array instead of a chain of objects";
  }
  return error instanceof Error ? error.message : String(error);
}
