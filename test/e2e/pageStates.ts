import {
  CREATE_NEW,
  type Option,
  type ProblemView,
  type ProgressItemView,
  type SelectField,
  type WizardForm,
  type WizardState,
} from '../../src/contract/wizardState.ts';
import { extraViews } from '../../src/setup/wizard/extras.ts';
import {
  access,
  CREDENTIALS,
  list,
  parts,
  ROLES,
  secret,
  SERVERS,
  text,
  WHERE,
} from './pageAccess.ts';

const STEPS = [
  [
    'Resource provider',
    'Microsoft.Storage',
    'Lets the subscription have storage accounts.',
    'keep',
  ],
  [
    'Resource provider',
    'Microsoft.ManagedIdentity',
    'Lets the subscription have identities.',
    'create',
  ],
  ['Resource group', 'dstack-vision', 'Holds everything of the project.', 'create'],
  ['Storage account', 'dstackvision37daa2cb', 'Keeps artifacts of runs and the record.', 'create'],
  ['Blob container', 'dstack-container', 'Artifacts of runs.', 'create'],
  ['Blob container', 'dstack-azure', 'The project record.', 'adopt'],
  ['Managed identity', 'dstackvision37daa2cb-runner-identity', 'Who runs are.', 'create'],
  ['Role', 'Storage Blob Data Contributor', 'Runs read and write their artifacts.', 'update'],
  ['Project record', 'vision', 'What the tree shows on every machine.', 'create'],
] as const;

/** States of every screen, the ugly ones included, for pagePreview.ts. */
export const pageStates: Readonly<Record<string, WizardState>> = {
  'form-signed-out': state({ form: form({ account: { ...empty(), ...signedOut() } }) }),
  'form-loading': state({
    form: form({
      tenant: { ...chosen('Contoso (contoso.example)'), loading: false },
      subscription: { ...empty(), loading: true },
      location: { ...empty(), loading: true },
      storageAccount: { ...empty(), loading: true },
    }),
  }),
  'form-filled': state({ form: form({}) }),
  'form-tenants': state({ form: form({ tenant: list(tenants(), 'Contoso') }) }),
  'form-tenant-closed': state({ form: form(closedTenant()) }),
  'form-nothing-chosen': state({ form: form({ location: list(locations().options) }) }),
  'form-existing': state({
    form: form({ storageAccount: chosen('contosoartifacts', 'resource group data') }),
  }),
  'form-errors': state({ form: form(errors()) }),
  'form-no-subscription': state({
    form: form({
      subscription: {
        ...empty(),
        emptyReason:
          'This account has a role in no subscription. Ask an administrator for one, create a subscription in the Azure portal, or use another account.',
      },
      location: empty(),
      storageAccount: empty(),
    }),
  }),
  'form-long-names': state({ form: form(longNames()) }),
  'form-reviewing': state({ form: { ...form({}), reviewing: true } }),
  'form-no-folder': state({
    form: { ...form({}), canReview: false, whyNotReview: 'No folder is open.' },
    problem: {
      ...problem('no_folder', 'No folder is open, so there is no place for the configuration.'),
      action: { id: 'openFolder', label: 'Open Folder' },
    },
  }),
  'access-default': state({
    form: form({
      parts: parts('access'),
      roles: ROLES,
      credentials: { ...list(CREDENTIALS, 'default'), canRetry: true },
    }),
  }),
  'access-app-wrong': state({
    form: form({
      parts: parts('access'),
      credentials: list(CREDENTIALS, 'existingApp'),
      inUse: [...WHERE, 'credentials', 'appTenant', 'clientId', 'clientSecret', 'server'],
      appTenant: text('0b000000-0000-4000-8000-000000000001', {
        error: problem(
          'invalid_tenant_id',
          'The app is in another tenant than the one chosen above.',
        ),
        suggestion: '0a000000-0000-4000-8000-000000000001',
      }),
      clientId: text('0c000000-0000-4000-8000-000000000001'),
      clientSecret: secret({
        stored: true,
        error: problem('invalid_credentials', 'This is the id of a client secret, not its value.'),
      }),
    }),
  }),
  'access-app-right': state({
    form: form({
      parts: parts('access'),
      credentials: list(CREDENTIALS, 'existingApp'),
      inUse: [...WHERE, 'credentials', 'appTenant', 'clientId', 'clientSecret', 'server'],
      clientId: text('0c000000-0000-4000-8000-000000000001'),
      clientSecret: secret({ stored: true, hint: 'The app has signed in.' }),
      roles: ROLES,
      extras: extraViews(new Set(['classicVmRight'])),
    }),
  }),
  'access-administrator': state({
    form: form({
      parts: parts('access'),
      credentials: list(CREDENTIALS, 'administrator'),
      inUse: [...WHERE, 'credentials', 'appTenant', 'clientId', 'clientSecret', 'server'],
      administrator: { text: '# An app for the dstack server\n\naz ad app create' },
    }),
  }),
  'server-choice': state({
    form: form({
      parts: parts('server'),
      server: list(SERVERS, 'home:https://dstack.contoso.example'),
    }),
  }),
  'server-remote': state({
    form: form({
      parts: parts('server'),
      server: list(SERVERS, 'remote'),
      inUse: [...WHERE, 'credentials', 'server', 'serverUrl', 'serverToken'],
      serverUrl: text('dstack.contoso.example', {
        error: problem('server_url_invalid', 'The server URL begins with https:// or http://.'),
        suggestion: 'https://dstack.contoso.example',
      }),
      serverToken: secret({ stored: true, loading: true, hint: 'Asking the server…' }),
    }),
  }),
  'parts-all': state({
    form: form({ parts: parts('where', 'access', 'server'), roles: ROLES }),
  }),
  'parts-closed': state({ form: form({ parts: parts() }) }),
  review: state({ step: 'review', plan: plan() }),
  'review-conflict': state({
    step: 'review',
    plan: { ...plan(true), canApply: false, summary: '11 to create, 1 in the way' },
    problem: problem('plan_outdated', 'Something has changed in Azure since you looked.'),
  }),
  progress: state({ step: 'progress', plan: plan(), progress: progress('running') }),
  'progress-cancelling': state({
    step: 'progress',
    progress: { ...progress('running'), cancelling: true, canCancel: false },
  }),
  'progress-comparing': state({
    step: 'progress',
    progress: comparing(),
    notice: 'Comparing with what exists in Azure…',
  }),
  'progress-failed': state({
    step: 'progress',
    progress: { ...progress('failed'), canCancel: false, canContinue: true },
    problem: problem('run_failed', 'You may not give roles in this resource group.'),
  }),
  'progress-handed-off': state({
    step: 'progress',
    progress: {
      ...progress('handedOff'),
      canCancel: false,
      canContinue: true,
      handOff: handOff(),
    },
    problem: {
      code: 'handed_off',
      message: 'Everything else is done; what is left is for an administrator.',
      remedy: 'Continue when they have run the commands.',
    },
  }),
  'review-handed-off': state({ step: 'review', plan: { ...plan(), handOff: handOff() } }),
  done: state({ step: 'done', done: done([]), notice: 'The command is copied.' }),
  'done-pending': state({
    step: 'done',
    done: done(['The project record: written as soon as the new role has spread in Azure.']),
  }),
  'done-unrecorded': state({
    step: 'done',
    done: done([]),
    problem: {
      ...problem('run_failed', 'Public access to the storage account is denied.'),
      action: { id: 'continue', label: 'Continue' },
    },
  }),
};

function state(change: Partial<WizardState>): WizardState {
  return { revision: 1, step: 'form', form: form({}), ...change };
}

function form(change: Partial<WizardForm>): WizardForm {
  return {
    account: {
      ...chosen('dev@contoso.example'),
      action: { id: 'useAnotherAccount', label: 'Use Another Account' },
    },
    tenant: chosen('Contoso', 'contoso.example · 0a000000-0000-4000-8000-000000000001'),
    subscription: chosen('Contoso Development', '0a000000-0000-4000-8000-0000000000aa'),
    location: { ...locations(), hint: 'GPU quota here: 1 × A100, 2 × T4.' },
    storageAccount: createNew('Create a new storage account'),
    newStorageAccount: text('dstackvision37daa2cb', { hint: 'This name is free.' }),
    resourceGroup: createNew('Create a new resource group'),
    newResourceGroup: text('dstack-vision'),
    projectName: text('vision'),
    ...access(),
    parts: parts('where'),
    inUse: [
      ...WHERE,
      ...(change.storageAccount === undefined
        ? (['newStorageAccount', 'resourceGroup', 'newResourceGroup'] as const)
        : []),
      'credentials',
      'server',
    ],
    canReview: true,
    reviewing: false,
    ...change,
  };
}

function problem(code: string, message: string): ProblemView {
  return { code, message, remedy: 'Put it right and continue; nothing is made twice.' };
}

function empty(): SelectField {
  return list([]);
}

function chosen(label: string, detail?: string): SelectField {
  const option = { value: label, label, ...(detail === undefined ? {} : { detail }) };
  return list([option, { value: 'another', label: 'Another one', detail: 'also there' }], label);
}

function createNew(label: string): SelectField {
  const taken = { disabledReason: 'Belongs to the project robots.' };
  return list(
    [
      { value: CREATE_NEW, label },
      { value: 'a', label: 'contosoartifacts', detail: 'resource group data' },
      { value: 'b', label: 'robotsartifacts', detail: 'resource group robots', ...taken },
    ],
    CREATE_NEW,
  );
}

function locations(): SelectField {
  const options = Array.from({ length: 60 }, (_, index): Option => {
    const name = `location${index.toString()}`;
    const rest = index < 16 ? {} : { disabledReason: 'dstack does not run here.' };
    return { value: name, label: `Location ${index.toString()}`, detail: name, ...rest };
  });
  return list(options, 'location3');
}

function tenants(): readonly Option[] {
  const tenant = (label: string, id: string, more: Partial<Option> = {}) => ({
    value: label,
    label,
    detail: `${label.toLowerCase().replaceAll(' ', '')}.example · ${id}`,
    ...more,
  });
  const closed = {
    mark: 'Needs another sign-in',
    action: { id: 'signInToTenant', label: 'Sign In' },
  } as const;
  return [
    tenant('Adatum', '0a000000-0000-4000-8000-000000000003'),
    tenant('Contoso', '0a000000-0000-4000-8000-000000000001'),
    tenant('Fabrikam', '0a000000-0000-4000-8000-000000000002', closed),
    tenant('Wide World Importers', '0a000000-0000-4000-8000-000000000004', closed),
    { value: '+other', label: 'Another tenant, by its ID' },
  ];
}

function closedTenant(): Partial<WizardForm> {
  const action = { id: 'signInToTenant', label: 'Sign In to This Tenant' } as const;
  return {
    tenant: { ...list(tenants(), 'Fabrikam'), action },
    subscription: {
      ...empty(),
      error: problem(
        'sign_in_needed',
        'dev@contoso.example has to sign in to the tenant Fabrikam.',
      ),
    },
    location: empty(),
    storageAccount: empty(),
  };
}

function signedOut() {
  return {
    emptyReason: 'You are not signed in. Sign in with the account that you use for Azure.',
    action: { id: 'signIn', label: 'Sign In' },
  } as const;
}

function errors(): Partial<WizardForm> {
  return {
    subscription: {
      ...empty(),
      error: problem('sign_in_needed', 'Contoso wants you to sign in once more.'),
      action: { id: 'signInToTenant', label: 'Sign In to This Tenant' },
    },
    location: {
      ...empty(),
      error: problem('network', 'Azure could not be reached: getaddrinfo ENOTFOUND.'),
      canRetry: true,
    },
    projectName: text('robots', {
      error: problem('project_name_taken', 'There is a project robots already.'),
      suggestion: 'robots-2',
      action: { id: 'useProject', label: 'Use the Project robots' },
    }),
    newStorageAccount: text('My_Account', {
      error: problem(
        'storage_name_invalid',
        'A storage account name has 3 to 24 letters and digits.',
      ),
      suggestion: 'myaccount',
    }),
    canReview: false,
    whyNotReview: 'Contoso wants you to sign in once more.',
  };
}

function longNames(): Partial<WizardForm> {
  const long =
    'A subscription whose name somebody in accounting made up and which never ends '.repeat(2);
  return {
    tenant: chosen(long, '0a000000-0000-4000-8000-000000000001'),
    subscription: { ...chosen(long.replaceAll(' ', '_')), hint: long },
    resourceGroup: chosen('g'.repeat(90), 'westeurope'),
    storageAccount: createNew('Create a new storage account'),
    projectName: text('p'.repeat(50)),
  };
}

function plan(conflict = false) {
  return {
    planId: 'p',
    items: STEPS.map(([kindLabel, name, purpose, action], index) => ({
      key: index.toString(),
      kindLabel,
      name,
      action: conflict && index === 3 ? ('conflict' as const) : action,
      reason: action === 'create' ? 'Does not exist yet.' : 'Is there already.',
      purpose,
      ...(kindLabel === 'Role'
        ? {
            grantedTo: 'the identity dstackvision37daa2cb-runner-identity of the VMs of runs',
            scope: 'only the container dstack-container of dstackvision37daa2cb',
          }
        : {}),
    })),
    summary: '7 to create, 1 to change, 1 already right',
    canApply: true,
    files: [
      { path: '.dstack/config.yml', note: 'server, project and token; readable by you only' },
      { path: '.dstack/profiles.yml', note: 'a profile for this location; holds no secret' },
    ],
    warnings: ['The lock “keep” on the resource group will stop a later undo.'],
    ports: [{ ports: '22', purpose: 'SSH, by which dstack and you reach the VMs of runs.' }],
    costs: {
      items: [
        { what: 'Storage account', price: 'about $0.02 per GB and month' },
        { what: 'VMs of runs, with their disks and addresses', price: 'billed by use' },
        { what: 'Everything else of this plan', price: 'free of charge' },
      ],
      note: 'Rough list prices in US dollars, without tax.',
    },
    duration: 'Takes about 35 seconds.',
    rights: rights(conflict),
  };
}

function rights(missing: boolean) {
  const scope = '/subscriptions/0a000000-0000-4000-8000-0000000000aa/resourceGroups/dstack-vision';
  const may = {
    action: 'Microsoft.Storage/storageAccounts/write',
    scope: `${scope}/providers/Microsoft.Storage/storageAccounts/dstackvision37daa2cb`,
    verdict: 'may' as const,
    why: '',
  };
  if (!missing) {
    const summary = 'Your account may do everything that the plan needs: 1 actions.';
    return { summary, isClear: true, checks: [may] };
  }
  const action = 'Microsoft.Authorization/roleAssignments/write';
  return {
    summary:
      'Of the 3 actions that the plan needs, your account may not do 1; of 1 only the call itself tells.',
    isClear: false,
    checks: [
      {
        action,
        scope,
        verdict: 'mayNot' as const,
        why: `None of your roles allows ${action}.`,
        remedy: `Would help: the role Role Based Access Control Administrator or User Access Administrator or Owner at ${scope}.`,
      },
      {
        action: 'Microsoft.Network/virtualNetworks/write',
        scope: `${scope}/providers/Microsoft.Network/virtualNetworks/dstackvision37daa2cb-default-network`,
        verdict: 'cantTell' as const,
        why: 'A condition of your role may forbid it; only the call itself tells.',
      },
      may,
    ],
  };
}

function handOff() {
  return {
    steps: [
      'Storage Blob Data Contributor: runs read and write their artifacts',
      'dstack dstack-vision 1a2b3c4d: what the dstack server may do in the group',
    ],
    text: `# For an administrator: the dstack project vision

### 1. Runs read and write their artifacts

\`\`\`bash
az role assignment create --name 0a000000-0000-4000-8000-000000000001 --assignee-object-id 0a000000-0000-4000-8000-000000000002 --role ba92f5b4-2d11-453d-a403-e96b0029c9fe
\`\`\`
`,
  };
}

function progress(sixth: 'running' | 'failed' | 'handedOff') {
  const items = STEPS.map(([kindLabel, name], index): ProgressItemView => {
    const base = { key: index.toString(), kindLabel, name };
    if (index < 5) return { ...base, status: 'done', durationMs: index * 1700 };
    if (index > 6) {
      return sixth === 'running'
        ? { ...base, status: 'waiting' }
        : { ...base, status: 'skipped', note: `Waits for ${STEPS[7][1]}.` };
    }
    if (sixth === 'handedOff') {
      return index === 5
        ? { ...base, status: 'done', durationMs: 900 }
        : { ...base, status: sixth, note: 'Waits for an administrator.' };
    }
    if (index === 5)
      return {
        ...base,
        status: 'running',
        startedAt: Date.now() - 9000,
        note: 'Azure asked us to slow down. Next try in 5 s.',
      };
    return sixth === 'running'
      ? { ...base, status: 'running', startedAt: Date.now() - 3000 }
      : {
          ...base,
          status: 'failed',
          durationMs: 2300,
          canRetry: true,
          problem: problem(
            'forbidden',
            'You may not give roles in this resource group: Microsoft.Authorization/roleAssignments/write is missing.',
          ),
        };
  });
  return {
    items,
    fraction: 5 / 9,
    done: 5,
    total: 9,
    canCancel: true,
    cancelling: false,
    canContinue: false,
  };
}

/** Continue was pressed after a reload: nothing runs yet. */
function comparing() {
  const running = progress('running');
  const items = running.items.map(({ key, kindLabel, name, status }): ProgressItemView => ({
    ...{ key, kindLabel, name },
    status: status === 'running' ? 'waiting' : status,
  }));
  return { ...running, items };
}

function done(pending: readonly string[]) {
  return {
    projectName: 'vision',
    summary: 'The folder my-project uses the project vision.',
    files: plan().files,
    pending,
    actions: [
      'startServer',
      'openTerminal',
      'createFleet',
      'createHelloGpu',
      'openConfig',
      'openPortal',
      'showInTree',
      'createAnother',
    ] as const,
  };
}
