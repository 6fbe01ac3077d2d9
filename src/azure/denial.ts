import { t } from '@vscode/l10n';

/** What Azure's authorization refused, read out of its sentence. */
export interface Denial {
  /** E.g. `Microsoft.Authorization/roleAssignments/write`. */
  readonly action?: string;
  readonly scope?: string;
  /** The other object whose right is missing (`LinkedAuthorizationFailed`). */
  readonly linkedScope?: string;
  /** A condition of the caller's role is what forbids it. */
  readonly conditional: boolean;
}

/** Reads action and scopes out of the message; they stand nowhere else (azure-facts 2). */
export function denialIn(message: string): Denial {
  const linked = /linked (?:scope\(s\)|subscription) '([^']+)'/.exec(message)?.[1];
  const linkedAction = /perform action\(s\) '([^']+)' on the linked scope/.exec(message)?.[1];
  const action = linkedAction ?? /action(?:\(s\))? '([^']+)'/.exec(message)?.[1];
  const scope = /(?:over|on) scope '([^']+)'/.exec(message)?.[1];
  return {
    conditional: /ABAC condition/i.test(message),
    ...(action === undefined ? {} : { action }),
    ...(scope === undefined ? {} : { scope }),
    ...(linked === undefined ? {} : { linkedScope: linked }),
  };
}

const OWNER = 'Owner';
const USER_ACCESS = 'User Access Administrator';

/** The built-in roles that would help, the least powerful first (azure-facts 5). */
export function rolesFor({ action }: Pick<Denial, 'action'>): string {
  return rolesForAction(action?.toLowerCase() ?? '').join(t(' or '));
}

function rolesForAction(action: string): readonly string[] {
  if (action.startsWith('microsoft.authorization/') && !action.endsWith('/read')) {
    return action.includes('/roleassignments/')
      ? ['Role Based Access Control Administrator', USER_ACCESS, OWNER]
      : [USER_ACCESS, OWNER];
  }
  if (action.includes('/containers/blobs/')) return ['Storage Blob Data Contributor'];
  return action.endsWith('/read') ? ['Reader', 'Contributor', OWNER] : ['Contributor', OWNER];
}
