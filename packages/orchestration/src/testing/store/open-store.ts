/** How the cases of the suite get a store. */
import type { Store } from "../../store.ts";

/** Opens an empty store, which the suite closes after the case. */
export type OpenStore = () => Promise<Store>;
