import { isJsonObject } from '../setup/json.ts';

/** Which project a workspace folder uses. Made by the extension only, never read from a file. */
export interface Binding {
  readonly projectName: string;
  readonly serverUrl: string;
  readonly tenantId: string;
  readonly storageAccountId: string;
  /** Azure location code; absent in what an earlier version remembered. */
  readonly location?: string;
}

/** The bindings of this workspace's folders, by folder URI. */
export interface Bindings {
  of(folderUri: string): Binding | undefined;
  set(folderUri: string, binding: Binding): Promise<void>;
  remove(folderUri: string): Promise<void>;
  onDidChange(listener: () => void): { dispose(): void };
}

/** VS Code's workspace state, as far as it is used. */
export interface StateStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'dstackAzure.bindings';

export function createBindings(state: StateStore): Bindings {
  const listeners = new Set<() => void>();
  const write = async (next: Readonly<Record<string, unknown>>) => {
    await state.update(KEY, next);
    for (const listener of [...listeners]) listener();
  };
  return {
    of: (folderUri) => asBinding(stored(state)[folderUri]),
    set: async (folderUri, binding) => write({ ...stored(state), [folderUri]: binding }),
    async remove(folderUri) {
      const { [folderUri]: removed, ...rest } = stored(state);
      if (removed !== undefined) await write(rest);
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
  };
}

function stored(state: StateStore): Readonly<Record<string, unknown>> {
  const value = state.get(KEY);
  return isJsonObject(value) ? value : {};
}

/** State of another version of the extension is no binding rather than a broken one. */
function asBinding(value: unknown): Binding | undefined {
  if (!isJsonObject(value)) return undefined;
  const { projectName, serverUrl, tenantId, storageAccountId, location } = value;
  return typeof projectName === 'string' &&
    typeof serverUrl === 'string' &&
    typeof tenantId === 'string' &&
    typeof storageAccountId === 'string'
    ? {
        ...{ projectName, serverUrl, tenantId, storageAccountId },
        ...(typeof location === 'string' ? { location } : {}),
      }
    : undefined;
}
