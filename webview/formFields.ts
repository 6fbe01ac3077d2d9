import { t } from '@vscode/l10n';
import type { FieldName, TextFieldName, WizardForm } from '../src/contract/wizardState.ts';
import { ChoiceControl } from './choice.ts';
import { setVisible } from './dom.ts';
import { SelectControl, TextControl, type FormControl, type Send } from './fields.ts';
import { SecretControl } from './secret.ts';

/** Every field of the form, drawn as what it is. */
export type FormFields = { readonly [Name in FieldName]: FormControl<WizardForm[Name]> };

const ID_LENGTH = 60;

export function formFields(send: Send, announce: (text: string) => void): FormFields {
  const list = (name: ConstructorParameters<typeof SelectControl>[0], label: string) =>
    new SelectControl(name, { label, send, announce });
  const text = (name: TextFieldName, label: string, maxLength: number) =>
    new TextControl(name, { label, maxLength, send });
  return {
    account: list('account', t('Account')),
    tenant: list('tenant', t('Tenant')),
    otherTenant: text('otherTenant', t('ID of the other tenant'), ID_LENGTH),
    subscription: list('subscription', t('Subscription')),
    location: list('location', t('Location')),
    projectName: text('projectName', t('Project name'), 50),
    storageAccount: list('storageAccount', t('Storage account')),
    newStorageAccount: text('newStorageAccount', t('Name of the new storage account'), 24),
    resourceGroup: list('resourceGroup', t('Resource group')),
    newResourceGroup: text('newResourceGroup', t('Name of the new resource group'), 90),
    credentials: new ChoiceControl('credentials', { label: t('Credentials for the server'), send }),
    secretDays: text('secretDays', t('Days that the secret is good for'), 3),
    appTenant: text('appTenant', t('Tenant ID'), ID_LENGTH),
    clientId: text('clientId', t('Client ID'), ID_LENGTH),
    clientSecret: new SecretControl('clientSecret', { label: t('Client secret'), send }),
    principalId: text('principalId', t('Object ID of the server’s identity (optional)'), ID_LENGTH),
    server: new ChoiceControl('server', { label: t('Where it runs'), send }),
    serverUrl: text('serverUrl', t('URL of the server'), 300),
    serverToken: new SecretControl('serverToken', { label: t('Your token on it'), send }),
  };
}

/** Shows the fields that the answers call for, each as the host says. */
export function updateFields(fields: FormFields, form: WizardForm): void {
  for (const name of Object.keys(fields) as FieldName[]) {
    updateField(name, fields, form);
    setVisible(fields[name].element, form.inUse.includes(name));
  }
}

/** One at a time, so that the compiler sees that field and view belong together. */
function updateField<Name extends FieldName>(
  name: Name,
  fields: Pick<FormFields, Name>,
  form: Pick<WizardForm, Name>,
): void {
  const field: FormControl<WizardForm[Name]> = fields[name];
  field.update(form[name]);
}
