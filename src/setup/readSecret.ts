import { t } from '@vscode/l10n';
import type { JournalEntry } from './journal.ts';
import type { Change } from './plan.ts';
import type { ObservedResource, SetupPorts } from './ports.ts';
import type { ProjectRecord } from './projectRecord.ts';
import { APPLICATION } from './resources/appRegistration.ts';
import type { ProjectContext } from './resources/projectContext.ts';
import { decideSecret, keysIn, keysInJournal, type SecretChange } from './secretChange.ts';

/** What the plan says about the app's secret. */
export type SecretPlan = Pick<Change, 'action' | 'reason' | 'secret'>;

/**
 * Finds out what is to be done about the secret: from the application's JSON, which has been read
 * already, from what this machine holds, and from record and journal. No call to Azure.
 * @returns undefined if the project has no app of its own
 */
export async function readSecret(
  project: ProjectContext,
  observed: ReadonlyMap<string, ObservedResource>,
  known: { readonly journal: readonly JournalEntry[]; readonly record: ProjectRecord | undefined },
  ports: Pick<SetupPorts, 'clock' | 'secrets'>,
): Promise<SecretPlan | undefined> {
  if (project.spec.credentials.kind !== 'newApp') return undefined;
  const { secrets } = ports;
  if (secrets === undefined) {
    return { action: 'conflict', reason: t('There is no place here to keep the app’s secret.') };
  }
  const { holder } = secrets;
  const keys = keysIn(observed.get(APPLICATION)?.body['passwordCredentials']);
  const ids = new Set([...keys.map(({ keyId }) => keyId), ...keysInJournal(known.journal)]);
  const held = new Set<string>();
  // Without the app nothing that is held belongs to anything any more.
  for (const id of observed.has(APPLICATION) ? ids : []) {
    if (await holder.has(project.projectId, id)) held.add(id);
  }
  const now = ports.clock.now();
  const secret: SecretChange = decideSecret({ ...known, keys, held, holder: holder.name, now });
  return { action: secret.action, reason: secret.reason, secret };
}
