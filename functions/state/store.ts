/** A value with the version that a conditional replacement names. */
export interface StateEntry {
  value: Record<string, unknown>;
  version: number;
  /** Epoch seconds. */
  expires_at: number;
}

/**
 * Short-lived shared state: one item a key, every write conditional, every entry with an end.
 * An entry past its `expires_at` (epoch seconds) does not exist, whether or not the table has removed it.
 */
export interface StateStore {
  get(key: string): Promise<StateEntry | undefined>;
  /** Creates the entry; false when an unexpired one is there. */
  create(key: string, value: Record<string, unknown>, expiresAt: number): Promise<boolean>;
  /** Replaces the entry if its version is still the one named; false otherwise. */
  replace(key: string, version: number, value: Record<string, unknown>, expiresAt: number): Promise<boolean>;
  /** Removes the entry; it is no error when there is none. */
  remove(key: string): Promise<void>;
}

const attempts = 8;

/**
 * Changes an entry as `change` says, which is asked again when others change the entry at the same time. False when
 * there is none, or when `change` leaves it with `undefined`.
 */
export async function changeEntry(
  state: StateStore,
  key: string,
  change: (entry: StateEntry) => Pick<StateEntry, 'value' | 'expires_at'> | undefined,
): Promise<boolean> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const entry = await state.get(key);
    const changed = entry && change(entry);
    if (!changed) return false;
    if (await state.replace(key, entry.version, changed.value, changed.expires_at)) return true;
  }
  throw new Error('An entry changes faster than it can be changed.');
}
