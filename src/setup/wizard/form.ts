import type { WizardIntent } from '../../contract/wizardIntent.ts';
import {
  FORM_PARTS,
  LOCAL_SERVER,
  SECRET_FIELDS,
  SELECT_FIELDS,
  TEXT_FIELDS,
  type Extra,
  type FieldName,
  type FormPart,
  type SecretFieldName,
  type SelectFieldName,
  type TextFieldName,
} from '../../contract/wizardState.ts';
import { asSetupError, isCancellation, type SetupError } from '../errors.ts';
import type { FoundProject } from '../ports.ts';
import type { ProjectSpec } from '../projectSpec.ts';
import { DEPENDENTS, settle } from './cascade.ts';
import { chooseDisabled } from './chooseDisabled.ts';
import { isInUse, partOf } from './fields.ts';
import type { Chosen, FieldProblem, FormModel, GivenSecret, Typed } from './formModel.ts';
import { listOf, optionsOf, textValue } from './formOptions.ts';
import { wrongParts } from './formView.ts';
import { isGuid, readGuid } from './guid.ts';
import { createLoaded, type Loaded } from './loaded.ts';
import { partAfter } from './parts.ts';
import { SIGN_IN_NEEDED } from './selectFields.ts';
import { replaceUserInfo } from './serverUrlField.ts';
import { createSignIns } from './signIns.ts';
import { specOf } from './specOf.ts';
import { tenantOf } from './tenant.ts';
import { takenBy, textField } from './textFields.ts';
import type { WizardDeps } from './wizardDeps.ts';

/** What of the form survives a reload. Holds no secret: there is none in the form. */
export interface FormValues {
  readonly chosen: Chosen;
  readonly typed: Typed;
  readonly extras?: readonly Extra[] | undefined;
  readonly open?: readonly FormPart[] | undefined;
}

/** What the form asks to have planned. */
export interface PlanRequest {
  readonly accountId: string;
  readonly spec: ProjectSpec;
}

type FormIntent = Extract<
  WizardIntent,
  { readonly field: string } | { readonly part: string } | { readonly extra: string }
>;

/** The form's logic: intents in, model out. */
export interface Form {
  readonly model: FormModel;
  dispatch(intent: FormIntent): void;
  /** Puts a failure beside its field, if it names one of the form. */
  place(error: SetupError): boolean;
  /** Review was pressed. */
  attempt(): void;
  /** Opens the parts in which something has to be put right by hand. */
  showWrong(): void;
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
  const signIns = createSignIns(() => options.onChange());
  const chosen: Chosen = {};
  const typed: Typed = { ...restored?.typed };
  const wanted: Chosen = { credentials: 'default', server: LOCAL_SERVER, ...restored?.chosen };
  const secrets: Partial<Record<SecretFieldName, GivenSecret>> = {};
  const extras = new Set<Extra>(restored?.extras);
  const versions: Record<SecretFieldName, number> = { clientSecret: 0, serverToken: 0 };
  const open = new Set<FormPart>(restored?.open ?? ['where']);
  const visited = new Set(open);
  const problems = new Map<FieldName, FieldProblem>();
  const searches: Chosen = {};
  const attempted = new Set<FormPart>();

  const model: FormModel = {
    lists,
    signIns,
    chosen,
    typed,
    problems,
    searches,
    secrets,
    extras,
    open,
    visited,
    attempted,
    get reviewing() {
      return options.reviewing();
    },
  };
  const cascade = {
    model,
    deps,
    wanted: (field: SelectFieldName) => wanted[field],
    assign(field: SelectFieldName, value: string | undefined) {
      // What was wrong with the value before, or with what hung on it, is of no concern any more.
      if (value !== chosen[field])
        for (const each of [field, ...DEPENDENTS[field]]) problems.delete(each);
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
    typed[field] = readText(field, value);
    problems.delete(field);
    changed(true);
  };

  /** The secret goes to its keeper; here stays that there is one. */
  const takeSecret = (field: SecretFieldName, value: string): void => {
    const secret = value.trim();
    problems.delete(field);
    deps.keepSecret(field, secret);
    versions[field] += 1;
    if (secret === '') Reflect.deleteProperty(secrets, field);
    else secrets[field] = lookAt(secret, versions[field]);
    changed();
  };

  const show = (part: FormPart): void => {
    open.add(part);
    visited.add(part);
  };

  const showWrong = (): void => {
    for (const part of wrongParts(model)) show(part);
    // A part that is open for the first time has questions of its own.
    settle(cascade, false);
  };

  const nextPart = (part: FormPart): void => {
    attempted.add(part);
    // What is still being checked keeps nobody here: Review waits for it.
    if (!wrongParts(model).has(part)) {
      const next = partAfter(part);
      open.delete(part);
      if (next !== undefined) show(next);
    }
    changed();
  };

  const signIn = async (field: FieldName, toTenant: boolean): Promise<void> => {
    const { account } = chosen;
    const tenant = tenantOf(model);
    problems.delete(field);
    try {
      const signedIn = await deps.accounts.signIn({
        ...(toTenant && account !== undefined ? { accountId: account } : {}),
        ...(toTenant && tenant !== undefined ? { tenantId: tenant } : {}),
      });
      wanted.account = signedIn.id;
      lists.accounts.reload();
      reloadRefused();
      signIns.recheck();
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

  const openQuota = async (tenantId: string): Promise<void> => {
    try {
      await deps.openQuota(tenantId);
    } catch (thrown) {
      problems.set('location', { error: asSetupError(thrown) });
      changed();
    }
  };

  const accountsWatch = deps.accounts.onDidChange(() => {
    lists.accounts.reload();
    reloadRefused();
    signIns.recheck();
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
        case 'secret': {
          takeSecret(intent.field, intent.value);
          return;
        }
        case 'extra': {
          if (intent.checked) extras.add(intent.extra);
          else extras.delete(intent.extra);
          changed();
          return;
        }
        case 'showPart': {
          if (intent.open) show(intent.part);
          else open.delete(intent.part);
          changed();
          return;
        }
        case 'nextPart': {
          nextPart(intent.part);
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
          if (intent.action === 'openQuota') {
            const tenantId = tenantOf(model);
            if (tenantId !== undefined) void openQuota(tenantId);
            return;
          }
          return void signIn(intent.field, intent.action === 'signInToTenant');
      }
    },
    place(error) {
      const field = fieldOf(error);
      if (field === undefined || !isInUse(model, field)) return false;
      problems.set(field, { error });
      show(partOf(field));
      return true;
    },
    attempt() {
      // What an earlier plan or run has said is asked again now.
      problems.clear();
      for (const part of FORM_PARTS) attempted.add(part);
      showWrong();
      const { folder, otherCloud } = lists.environment.value ?? {};
      if (folder?.writable !== true || otherCloud !== undefined) lists.environment.reload();
      // In the other cloud there may have been none, or others.
      if (otherCloud !== undefined) lists.accounts.reload();
    },
    showWrong,
    request: () => planRequest(model),
    values: () => ({
      chosen: { ...wanted, ...chosen },
      typed: { ...typed },
      extras: [...extras],
      open: [...open],
    }),
    dispose() {
      accountsWatch.dispose();
      signIns.dispose();
      for (const list of allLists(lists)) list.dispose();
    },
  };
}

const GUID_FIELDS: readonly TextFieldName[] = [
  'otherTenant',
  'appTenant',
  'clientId',
  'principalId',
];

/** What is kept of a text as it was typed or pasted. */
function readText(field: TextFieldName, value: string): string {
  if (field === 'serverUrl') return replaceUserInfo(value.trim(), '***@');
  return GUID_FIELDS.includes(field) ? readGuid(value) : value.trim();
}

/** All that is ever said of a secret. */
function lookAt(secret: string, version: number): GivenSecret {
  return { version, hasBlanks: /\s/.test(secret), looksLikeGuid: isGuid(readGuid(secret)) };
}

/** Errors name fields as dstack's own form did; the page has names of its own. */
function fieldOf({ field }: SetupError): FieldName | undefined {
  if (field === 'tenantId') return 'tenant';
  if (field === 'subscriptionId') return 'subscription';
  return [...SELECT_FIELDS, ...TEXT_FIELDS, ...SECRET_FIELDS].find((each) => each === field);
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
    registrar: createLoaded(onChange),
    appCheck: createLoaded(onChange),
    homeServers: createLoaded(onChange),
    serverCheck: createLoaded(onChange),
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
    case 'appTenant':
    case 'clientId':
    case 'clientSecret':
      return model.lists.appCheck;
    case 'serverUrl':
    case 'serverToken':
      return model.lists.serverCheck;
    case 'server':
      return model.lists.serverCheck.error === undefined
        ? model.lists.homeServers
        : model.lists.serverCheck;
    case 'newResourceGroup':
    case 'otherTenant':
    case 'secretDays':
    case 'principalId':
      return undefined;
    case 'account':
    case 'tenant':
    case 'subscription':
    case 'location':
    case 'storageAccount':
    case 'resourceGroup':
    case 'credentials':
      return listOf(model, field);
  }
}

function planRequest(model: FormModel): PlanRequest | undefined {
  const { account } = model.chosen;
  const spec = specOf(model);
  return account === undefined || spec === undefined ? undefined : { accountId: account, spec };
}
