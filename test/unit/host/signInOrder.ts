import type { SignInOrder } from '../../../src/host/appSecretStore.ts';

/** What one machine remembers of its local server's sign-in. */
export function newMachine(): () => Promise<SignInOrder> {
  let ids: readonly string[] = [];
  const order: SignInOrder = {
    all: () => Promise.resolve(ids),
    change: (edit) => Promise.resolve(void (ids = edit(ids))),
  };
  return () => Promise.resolve(order);
}
