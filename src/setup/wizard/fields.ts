import {
  CREATE_NEW,
  OTHER_TENANT,
  REMOTE_SERVER,
  type FieldName,
  type FormPart,
} from '../../contract/wizardState.ts';
import type { FormModel } from './formModel.ts';

/** The fields of each part, as they stand on the page. */
export const FIELDS_OF: Readonly<Record<FormPart, readonly FieldName[]>> = {
  where: [
    'account',
    'tenant',
    'otherTenant',
    'subscription',
    'location',
    'projectName',
    'storageAccount',
    'newStorageAccount',
    'resourceGroup',
    'newResourceGroup',
  ],
  access: ['credentials', 'secretDays', 'appTenant', 'clientId', 'clientSecret', 'principalId'],
  server: ['server', 'serverUrl', 'serverToken'],
};

export function partOf(field: FieldName): FormPart {
  if (FIELDS_OF.access.includes(field)) return 'access';
  return FIELDS_OF.server.includes(field) ? 'server' : 'where';
}

/** Whether an empty field says that it is missing: its part was left, or the plan was asked for. */
export function isAttempted(model: FormModel, field: FieldName): boolean {
  return model.attempted.has(partOf(field));
}

/** Whether the server is signed in by an app whose values are typed in. */
export function usesTypedApp({ chosen }: Pick<FormModel, 'chosen'>): boolean {
  return chosen.credentials === 'existingApp' || chosen.credentials === 'administrator';
}

/** Whether the answers so far call for this field. */
export function isInUse({ chosen }: Pick<FormModel, 'chosen'>, field: FieldName): boolean {
  const createsAccount = chosen.storageAccount === CREATE_NEW;
  switch (field) {
    case 'account':
    case 'tenant':
    case 'subscription':
    case 'location':
    case 'projectName':
    case 'storageAccount':
    case 'credentials':
    case 'server':
      return true;
    case 'otherTenant':
      return chosen.tenant === OTHER_TENANT;
    case 'newStorageAccount':
    case 'resourceGroup':
      return createsAccount;
    case 'newResourceGroup':
      return createsAccount && chosen.resourceGroup === CREATE_NEW;
    case 'secretDays':
      return chosen.credentials === 'newApp';
    case 'appTenant':
    case 'clientId':
    case 'clientSecret':
      return usesTypedApp({ chosen });
    case 'principalId':
      return chosen.credentials === 'default' && isElsewhere({ chosen });
    case 'serverUrl':
    case 'serverToken':
      return chosen.server === REMOTE_SERVER;
  }
}

/** Whether the server runs somewhere else than on this machine. */
export function isElsewhere({ chosen }: Pick<FormModel, 'chosen'>): boolean {
  return chosen.server !== undefined && chosen.server !== 'local';
}
