/** Whether a value can be carried, asked beforehand. */
import { jsonSerializer } from "./json-serializer.ts";
import { SerializationError } from "./serialization-error.ts";

/** Why the json serializer cannot carry a value, which paths in the message call `subject`; `undefined` when it can. */
export async function serializationRefusal(
  value: unknown,
  subject: string,
): Promise<SerializationError | undefined> {
  try {
    await jsonSerializer({ subject }).dumps(value);
    return undefined;
  } catch (error) {
    if (error instanceof SerializationError) return error;
    throw error;
  }
}
