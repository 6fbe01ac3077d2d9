import { t } from '@vscode/l10n';
import type { FieldName } from '../../contract/wizardState.ts';
import type { SetupError } from '../errors.ts';
import type { Finding } from './finding.ts';
import type { FormModel } from './formModel.ts';
import { isGuid } from './guid.ts';
import { userError } from './problem.ts';
import { tenantOf } from './tenant.ts';

/** What the sign-in as the app said, for the field that it belongs to. */
export function appErrorAt(model: FormModel, field: FieldName): SetupError | undefined {
  const { error } = model.lists.appCheck;
  return error !== undefined && fieldOfAppError(error) === field ? error : undefined;
}

function fieldOfAppError({ field }: SetupError): FieldName {
  if (field === 'clientId') return 'clientId';
  return field === 'tenantId' || field === 'tenant' ? 'appTenant' : 'clientSecret';
}

export function findInOtherTenant(model: FormModel): Finding {
  if (tenantOf(model) !== undefined) return {};
  const message = t('This is neither the ID of a tenant nor the domain of a listed one.');
  const remedy = t('The Azure portal shows the ID under Microsoft Entra ID, Overview.');
  return { error: userError('invalid_tenant_id', message, remedy) };
}

export function findInAppTenant(model: FormModel, value: string): Finding {
  const tenant = tenantOf(model);
  if (!isGuid(value)) return { error: notAGuid('invalid_tenant_id'), suggestion: tenant };
  if (tenant === undefined || value === tenant) return errorOf(appErrorAt(model, 'appTenant'));
  const message = t('The app is in another tenant than the one chosen above.');
  const remedy = t('Choose its tenant above, or use an app of the chosen one.');
  return { error: userError('invalid_tenant_id', message, remedy), suggestion: tenant };
}

export function findInClientId(model: FormModel, value: string): Finding {
  if (!isGuid(value)) return { error: notAGuid('invalid_credentials') };
  if (value === tenantOf(model)) {
    const message = t('This is the ID of the tenant, not of the app.');
    return { error: userError('invalid_credentials', message, whereIsClientId()) };
  }
  return errorOf(appErrorAt(model, 'clientId'));
}

export function findInSecretDays(value: string): Finding {
  const days = Number(value);
  if (/^\d+$/.test(value) && days >= 1 && days <= 730) return {};
  const message = t('A client secret is good for 1 to 730 days.');
  return {
    error: userError('secret_days_invalid', message, t('Change the number.')),
    suggestion: '90',
  };
}

export function findInPrincipalId(value: string): Finding {
  return isGuid(value) ? {} : { error: notAGuid('principal_id_invalid', whereIsPrincipalId()) };
}

function errorOf(error: SetupError | undefined): Finding {
  return error === undefined ? {} : { error };
}

function notAGuid(code: string, remedy = whereIsClientId()): SetupError {
  const message = t('This is no ID: an ID looks like {0}.', '0a1b2c3d-0000-4000-8000-0123456789ab');
  return userError(code, message, remedy);
}

function whereIsClientId(): string {
  return t('Copy it from the app’s Overview in the Azure portal.');
}

/** An app's Overview shows another object ID: that of the app, which roles can't be given to. */
function whereIsPrincipalId(): string {
  return t(
    'Copy the object ID from the identity’s page in the Azure portal; that of an app stands under Enterprise applications.',
  );
}
