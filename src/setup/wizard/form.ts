import type { WizardIntent } from '../../contract/wizardIntent.ts';
import {
  CREATE_NEW,
  SELECT_FIELDS,
  TEXT_FIELDS,
  type FieldName,
  type SelectFieldName,
  type TextFieldName,
} from '../../contract/wizardState.ts';
import { asSetupError, isCancellation, type SetupError } from '../errors.ts';
import type { FoundProject } from '../ports.ts';
import { specSchema, type ProjectSpec } from '../projectSpec.ts';
import { DEPENDENTS, settle } from './cascade.ts';
import { chooseDisabled } from './chooseDisabled.ts';
import type { Chosen, FieldProblem, FormModel, Typed } from './formModel.ts';
import { listOf, optionsOf, textValue } from './formOptions.ts';
import { createLoaded, type Loaded } from './loaded.ts';
import { SIGN_IN_NEEDED } from './selectFields.ts';
import { takenBy, textField } from './textFields.ts';
import type { WizardDeps } from './wizardDeps.ts';

/** What of the form survives a reload. Holds no secret: there is none in the form. */
export interface FormValues {
  readonly chosen: Chosen;
  readonly typed: Typed;
}

/** What the form asks to have planned. */
export interface PlanRequest {
  readonly accountId: string;
  readonly spec: ProjectSpec;
}

type FormIntent = Extract<WizardIntent, { readonly field: string }>;

/** The form's logic: intents in, model out. */
export interface Form {
  readonly model: FormModel;
  dispatch(intent: FormIntent): void;
  /** Puts a failure beside its field, if it names one of the form. */
  place(error: SetupError): boolean;
  /** Review was pressed. */
  attempt(): void;
  /** What to plan; undefined while something is missing. */
  request(): PlanRequest | undefined;
  values(): FormValues;
  dispose(): void;
}

export interface FormOptions {
  readonly deps: WizardDeps;
  readonly restored: FormValues | undefined;
  readonly reviewing: () => boolean;
  /** Called after every change. */
  readonly onChange: () => void;
  /** The person wants a project that exists. */
  readonly onUseProject: (project: FoundProject, accountId: string) => void;
}

export function createForm(options: FormOptions): Form {
  const { deps, restored } = options;
  const changed = (typing = false): void => {
    settle(cascade, typing);
    options.onChange();
  };
  const lists = createLists(() => changed());
  const chosen: Chosen = {};
  const typed: Typed = { ...restored?.typed };
  const wanted: Chosen = { ...restored?.chosen };
  const problems = new Map<FieldName, FieldProblem>();
  const searches: Chosen = {};
  let attempted = false;

  const model: FormModel = {
    lists,
    chosen,
    typed,
    problems,
    searches,
    get attempted() {
      return attempted;
    },
    get reviewing() {
      return options.reviewing();
    },
  };
  const cascade = {
    model,
    deps,
    wanted: (field: SelectFieldName) => wanted[field],
    assign(field: SelectFieldName, value: string | undefined) {
      if (value === undefined) Reflect.deleteProperty(chosen, field);
      else chosen[field] = value;
      if (value === wanted[field]) Reflect.deleteProperty(wanted, field);
    },
  };

  const choose = (field: SelectFieldName, value: string): void => {
    const option = optionsOf(model, field)?.find((each) => each.value === value);
    if (option === undefined) return;
    Reflect.deleteProperty(searches, field);
    if (option.disabledReason !== undefined) {
      problems.set(field, chooseDisabled(model, field, option));
      changed();
      return;
    }
    for (const each of [field, ...DEPENDENTS[field]]) {
      problems.delete(each);
      Reflect.deleteProperty(wanted, each);
      if (chosen[field] !== value) Reflect.deleteProperty(searches, each);
    }
    if (chosen[field] !== value) {
      for (const each of DEPENDENTS[field]) Reflect.deleteProperty(chosen, each);
    }
    chosen[field] = value;
    changed();
  };

  const type = (field: TextFieldName, value: string): void => {
    typed[field] = value.trim();
    problems.delete(field);
    changed(true);
  };

  const signIn = async (field: FieldName, toTenant: boolean): Promise<void> => {
    const { account, tenant } = chosen;
    problems.delete(field);
    try {
      const signedIn = await deps.accounts.signIn({
        ...(toTenant && account !== undefined ? { accountId: account } : {}),
        ...(toTenant && tenant !== undefined ? { tenantId: tenant } : {}),
      });
      wanted.account = signedIn.id;
      lists.accounts.reload();
      reloadRefused();
    } catch (thrown) {
      if (!isCancellation(thrown)) problems.set(field, { error: asSetupError(thrown) });
    }
    changed();
  };

  /** After a sign-in: the lists that were refused for want of one. */
  const reloadRefused = (): void => {
    for (const list of allLists(lists)) {
      if (list.error?.code === SIGN_IN_NEEDED) list.reload();
    }
  };

  const useProject = (field: FieldName): void => {
    const project =
      problems.get(field)?.useProject ?? takenBy(model, textValue(model, 'projectName'));
    if (project !== undefined && chosen.account !== undefined) {
      options.onUseProject(project, chosen.account);
    }
  };

  const accountsWatch = deps.accounts.onDidChange(() => {
    lists.accounts.reload();
    reloadRefused();
    changed();
  });
  settle(cascade, false);

  return {
    model,
    dispatch(intent) {
      switch (intent.kind) {
        case 'choose': {
          choose(intent.field, intent.value);
          return;
        }
        case 'search':
          searches[intent.field] = intent.text;
          {
            options.onChange();
            return;
          }
        case 'type': {
          type(intent.field, intent.value);
          return;
        }
        case 'useSuggestion': {
          const { suggestion } = textField(model, intent.field);
          if (suggestion === undefined) return;
          typed[intent.field] = suggestion;
          problems.delete(intent.field);
          changed();
          return;
        }
        case 'retryField':
          problems.delete(intent.field);
          listBehind(model, intent.field)?.reload();
          {
            changed();
            return;
          }
        case 'fieldAction':
          if (intent.action === 'useProject') {
            useProject(intent.field);
            return;
          }
          return void signIn(intent.field, intent.action === 'signInToTenant');
      }
    },
    place(error) {
      const field = [...SELECT_FIELDS, ...TEXT_FIELDS].find((each) => each === error.field);
      if (field === undefined) return false;
      problems.set(field, { error });
      return true;
    },
    attempt() {
      attempted = true;
      if (lists.environment.value?.folder?.writable !== true) lists.environment.reload();
    },
    request: () => planRequest(model),
    values: () => ({ chosen: { ...wanted, ...chosen }, typed: { ...typed } }),
    dispose() {
      accountsWatch.dispose();
      for (const list of allLists(lists)) list.dispose();
    },
  };
}

function createLists(onChange: () => void): FormModel['lists'] {
  return {
    environment: createLoaded(onChange),
    accounts: createLoaded(onChange),
    tenants: createLoaded(onChange),
    subscriptions: createLoaded(onChange),
    projects: createLoaded(onChange),
    locations: createLoaded(onChange),
    storageAccounts: createLoaded(onChange),
    resourceGroups: createLoaded(onChange),
    gpuQuota: createLoaded(onChange),
    nameCheck: createLoaded(onChange),
  };
}

function allLists(lists: FormModel['lists']): readonly Loaded<unknown>[] {
  return Object.values<Loaded<unknown>>({ ...lists });
}

/** What Retry beside a field fetches again. */
function listBehind(model: FormModel, field: FieldName): { reload(): void } | undefined {
  switch (field) {
    case 'projectName':
      return model.lists.projects;
    case 'newStorageAccount':
      return model.lists.nameCheck;
    case 'newResourceGroup':
      return undefined;
    case 'account':
    case 'tenant':
    case 'subscription':
    case 'location':
    case 'storageAccount':
    case 'resourceGroup':
      return listOf(model, field);
  }
}

function planRequest(model: FormModel): PlanRequest | undefined {
  const { account, tenant, subscription, location, storageAccount } = model.chosen;
  if (account === undefined || storageAccount === undefined) return undefined;
  const parsed = specSchema.safeParse({
    schema: 1,
    name: textValue(model, 'projectName'),
    tenantId: tenant,
    subscriptionId: subscription,
    location,
    ...placeOf(model, storageAccount),
    server: { kind: 'local' },
  });
  return parsed.success ? { accountId: account, spec: parsed.data } : undefined;
}

function placeOf(model: FormModel, storageAccount: string) {
  if (storageAccount !== CREATE_NEW) {
    const account = model.lists.storageAccounts.value?.find(({ name }) => name === storageAccount);
    return {
      resourceGroup: { name: account?.resourceGroup, create: false },
      storageAccount: { name: storageAccount, create: false },
    };
  }
  const create = model.chosen.resourceGroup === CREATE_NEW;
  const group = create ? textValue(model, 'newResourceGroup') : model.chosen.resourceGroup;
  return {
    resourceGroup: { name: group, create },
    storageAccount: { name: textValue(model, 'newStorageAccount'), create: true },
  };
}
