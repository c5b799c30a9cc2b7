/** The wire's instants: ISO 8601 in UTC with `Z`, up to six decimals. */
import { z } from "zod";

export const timestampSchema = z.iso.datetime({ offset: true });
