import { SetupError } from '../../../src/setup/errors.ts';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import type { FakePorts } from './fakeAzure.ts';

/** The journal can't be written from the entry on that `fails` names, for good or for that one. */
export function fullDisk(
  { journal }: Pick<FakePorts, 'journal'>,
  fails: (entry: JournalEntry) => boolean,
  once = false,
): void {
  const append = journal.append.bind(journal);
  let isFull = false;
  journal.append = async (entry) => {
    const hit = isFull || fails(entry);
    isFull = hit && !once;
    if (!hit) {
      await append(entry);
      return;
    }
    throw new SetupError({ code: 'disk_full', source: 'user', message: 'Full.', remedy: 'Tidy.' });
  };
}
